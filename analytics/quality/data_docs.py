"""The library's own pages, for data scientists; they load parts from outside, so nothing published links to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.quality.before import Before, with_asked
from analytics.quality.checks import checks_for, optional_columns
from analytics.quality.models import Check
from analytics.quality.result import GateResult
from analytics.quality.staged import attached

_SITE = "qinghe"
_NOT_THE_LIBRARYS = ("share",)


@dataclass(frozen=True)
class Checked:
    """A file that the gate looked at: what it is called, its staged rows, what it was held against, what came out."""

    name: str
    received: datetime
    staged: Path
    source: Source
    expectations: Path | None
    before: Before
    result: GateResult


def write_data_docs(files: Sequence[Checked], folder: Path, *, catalog: Catalog, registers: pl.DataFrame) -> Path:
    """Write the library's pages on every file into `folder`, and return the first page.

    What the gate could not check is left out, as is what only the gate itself counts.
    """
    import great_expectations as gx  # three seconds: only for those who ask for these pages

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for name in list(context.get_site_names()):
        context.delete_data_docs_site(name)
    backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())}
    index = {"class_name": "DefaultSiteIndexBuilder"}
    site = {"class_name": "SiteBuilder", "store_backend": backend, "site_index_builder": index}
    context.add_data_docs_site(site_name=_SITE, site_config=site)
    for file in files:
        _keep(context, file, _results(file, catalog, registers))
    context.build_data_docs(site_names=[_SITE])
    return folder / "index.html"


def _results(file: Checked, catalog: Catalog, registers: pl.DataFrame) -> list[Any]:
    from analytics.quality import engine

    checks = checks_for(file.source, catalog, file.expectations)
    unable = set(file.result.checks.filter(outcome="could_not_be_checked")["check"])
    wanted = [c for c in checks if c.id not in unable and c.kind not in _NOT_THE_LIBRARYS]
    optional = optional_columns(file.source, catalog)
    members = with_asked(registers, file.before.area, file.source, catalog)
    with attached(file.staged, checks, members, optional=optional, earlier=file.before.files) as table:
        results = engine.validated_by_library(table, wanted)
    said = {c.id: c for c in checks}
    for result in results:
        result.expectation_config.description = _described(said[result.expectation_config.meta["check"]])
    return results


def _described(check: Check) -> str:
    """The rule in our words, with its id and severity, for which the library's pages have no place."""
    reason = f" {check.reason}" if check.reason else ""
    return f"{check.id}, {check.severity}: {check.message.zh} ({check.message.en}){reason}"


def _keep(context: Any, file: Checked, results: list[Any]) -> None:
    """One validation in the library's store, under the name of the file."""
    from great_expectations.core import ExpectationSuiteValidationResult, RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    passed = Counter(bool(result.success) for result in results)
    run = RunIdentifier(run_name=file.name, run_time=file.received.replace(tzinfo=UTC))
    whole = ExpectationSuiteValidationResult(
        success=not passed[False],
        results=results,
        suite_name=file.source.id,
        suite_parameters={},
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": passed[True],
            "unsuccessful_expectations": passed[False],
            "success_percent": 100 * passed[True] / len(results) if results else None,
        },
        meta={"run_id": run, "active_batch_definition": {}, "batch_markers": {}, "validation_time": ""},
    )
    suite = ExpectationSuiteIdentifier(file.source.id)
    key = ValidationResultIdentifier(suite, run, batch_identifier=file.staged.stem)
    context.validation_results_store.set(key, whole)
