"""From a figure back: verdict, clause, formula, members, rows, files and their checksums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.indicator import EACH_AREA, Indicator
from analytics.catalog.models import Sourced
from analytics.catalog.plan import Clause, Plan, Target
from analytics.duck import Connection
from analytics.errors import UsageError
from analytics.warehouse.queries import ask

_ROWS_BEHIND = {
    "fact_amount": "amounts_behind",
    "fact_state": "states_behind",
    "fact_undertaking": "undertakings_behind",
    "fact_reading": "readings_behind",
    "source_occasion": "occasions_behind",
    "plant_month": "plant_months_behind",
    "body_sampling": "samplings_behind",
}


_NO_ROWS = {
    **dict.fromkeys(("item", "entity_id", "value", "found", "attributes", "snapshot", "sheet"), pl.String),
    "row": pl.Int32,
}
_NUMBER_ID = re.compile(r"[GTS]\d+[a-z]?-.+-(?P<year>\d{4})[^-]*-[0-9a-f]{8}")


@dataclass(frozen=True)
class Explanation:
    """A number with everything that leads back to the delivered rows."""

    value: dict[str, Any]
    plan: Plan
    clause: Clause
    target: Target
    indicator: Indicator
    members: pl.DataFrame
    rows: pl.DataFrame
    files: pl.DataFrame
    refused: pl.DataFrame
    corrections: pl.DataFrame
    answers: Sequence[str]
    said_since: Sequence[Sourced]
    reasons: pl.DataFrame

    @property
    def due(self) -> date:
        """The last day on which the target may be reached."""
        start: date = self.value["period_start"]
        end: date = self.value["period_end"]
        return self.target.deadline.get(start.year, end)

    def as_record(self) -> dict[str, object]:
        """Everything as plain values, for JSON."""
        return {
            "value": self.value,
            "plan": {"document": self.plan.document, "title": self.plan.title.model_dump()},
            "clause": {"number": self.clause.clause, "statement": self.clause.statement.model_dump()},
            "target": {"code": self.target.code, "statement": self.target.statement.model_dump()},
            "formula": self.indicator.formula.model_dump(),
            "answers": list(self.answers),
            "said_since": [said.model_dump(mode="json") for said in self.said_since],
            "members": self.members.to_dicts(),
            "rows": self.rows.to_dicts(),
            "files": self.files.to_dicts(),
            "refused": self.refused.to_dicts(),
            "corrections": self.corrections.to_dicts(),
            "reasons": self.reasons.to_dicts(),
        }


def year_of_number(word: str) -> int:
    """The year that a number id names; `UsageError` where the word is none and no year was given."""
    found = _NUMBER_ID.fullmatch(word)
    if found is None:
        raise UsageError(
            "Which year?",
            found=word,
            next_step="Give --year, for example --year 2021.",
            zh="请写明年份，如 --year 2021",
        )
    return int(found["year"])


def explain(connection: Connection, word: str, catalog: Catalog, *, year: int, area: str | None = None) -> Explanation:
    """The explanation of an indicator (id or code) at an area, or of a number id.

    `members` has a row per member of the figure's population within the scope, `rows` every fact behind
    it with file, sheet and row, `files` the deliveries these lie in, `corrections` what was corrected in these rows,
    `reasons` what departments sent on why the figure was not met, whatever the area.
    A row that stands for an occasion, a month of a plant or a sampling has in `found` (JSON) what was found there.
    """
    value = _value(connection, word, catalog, year=year, area=area)
    plan = catalog.plans[str(value["plan_id"])]
    clause, target = next((c, t) for c, t in catalog.targets(plan) if t.code == value["code"])
    lineage = ask(connection, "lineage_of_number", number_id=value["number_id"])
    behind = [_rows_behind(connection, fact) for fact in lineage.iter_rows(named=True)]
    rows = pl.concat([pl.DataFrame(schema=_NO_ROWS), *behind], how="diagonal_relaxed")
    deliveries = ask(connection, "deliveries")
    files = deliveries.filter(pl.col("snapshot").is_in(rows["snapshot"].unique().to_list()))
    ids = lineage["members"].explode().unique().drop_nulls().to_list()
    members = ask(connection, "members_of_year", year=year).filter(pl.col("code") == value["code"])
    if value["stratum"] not in (None, EACH_AREA) and value["scope_kind"] == "province":
        members = members.clear()  # they count in another way beside the figure, or in another year: see its rows
    elif ids:  # what other figures fell short of rests on no facts of its own
        members = members.filter(pl.col("entity_id").is_in(ids))
    paths = [catalog.path_of(catalog.areas[a]) if a in catalog.areas else None for a in members["area_id"]]
    members = members.with_columns(place=pl.Series(paths, dtype=pl.String))
    forms = _forms_of(lineage["item"].to_list(), catalog)
    refused = deliveries.filter(pl.col("source").is_in(forms) & (pl.col("outcome") == "refused"))
    indicator, answers = catalog.indicators[target.indicator], catalog.called(target.lead, "zh")
    since = catalog.said_of(plan, target, year, str(value["scope_id"]))
    applied = ask(connection, "corrections").filter(outcome="applied")
    corrected = applied.join(rows, on=["snapshot", "sheet", "row"], how="semi")
    reasons = ask(connection, "reasons_of_year", year=year).filter(code=target.code)
    return Explanation(
        value, plan, clause, target, indicator, members, rows, files, refused, corrected, answers, since, reasons
    )


def _forms_of(items: Sequence[str], catalog: Catalog) -> list[str]:
    """The delivery forms that bring the items of a figure."""
    return [
        source.id
        for source in catalog.sources.values()
        if {i.item for i in (*source.amounts, *source.states)} & set(items)
        or (source.undertaking and source.undertaking.item in items)
        or (source.readings and source.readings.method in items)
    ]


def _rows_behind(connection: Connection, fact: dict[str, object]) -> pl.DataFrame:
    return ask(
        connection,
        _ROWS_BEHIND[str(fact["fact"])],
        item=fact["item"],
        entities=fact["entities"],
        first=fact["period_start"],
        last=fact["period_end"],
    ).with_columns(pl.col("entity_id", "value", "item").cast(pl.String))


def _value(connection: Connection, word: str, catalog: Catalog, *, year: int, area: str | None) -> dict[str, object]:
    values = ask(connection, "values_of_year", year=year)
    by_id = values.filter(pl.col("number_id") == word)
    if by_id.height:
        return by_id.row(0, named=True)
    if _NUMBER_ID.fullmatch(word):
        raise _no_such_number(word, values, year)
    target = catalog.target(word, catalog.plan_for(year))
    indicator, scope = catalog.indicators[target.indicator], area or catalog.plan_for(year).area
    is_own = pl.col("stratum").is_null() | (pl.col("stratum") == EACH_AREA) | (pl.col("scope_kind") != "province")
    own = values.filter((pl.col("code") == target.code) & is_own)
    # Where areas are judged each by itself, how they stand together is the figure, not the number of the whole.
    found = own.filter(pl.col("scope_id") == scope).sort(
        pl.col("stratum").eq_missing(EACH_AREA), descending=True, maintain_order=True
    )
    if found.is_empty():
        scopes = own["scope_id"].unique(maintain_order=True).to_list()
        raise UsageError(
            f"{indicator.id} has no value for {scope} in {year}.",
            expected="one of " + ", ".join(scopes[:12]) + (" …" if len(scopes) > 12 else ""),
            next_step="Give one of these with --area, or leave --area out for the province.",
            zh=f"{year} 年该指标没有 {scope} 的数值：请按下列地区写 --area，或去掉 --area",
        )
    return found.row(0, named=True)


def _no_such_number(word: str, values: pl.DataFrame, year: int) -> UsageError:
    """Of a figure that has changed since, the number it has now."""
    figure = word.rpartition("-")[0]
    now = values.filter(pl.col("number_id").str.starts_with(f"{figure}-"))["number_id"].to_list()
    return UsageError(
        f"There is no such number in {year}.",
        found=word,
        expected=f"{now[0]}: what it is made of has changed since" if now else "",
        next_step=f"qinghe values --year {year} lists every number.",
        zh=f"{year} 年没有编号为 {word} 的数值：qinghe values --year {year} 列出全部编号",
    )
