"""What became of corrections once their files were checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from analytics.pipeline.corrections import Matched
from analytics.pipeline.intake import Examined, loaded_files
from analytics.warehouse.facts import PLACE, superseded


def settled(matched: Mapping[str, Sequence[Matched]], examined: Sequence[Examined]) -> dict[str, list[Matched]]:
    """The corrections as they were matched, by form, with what the gate decided.

    One that was applied in a file which is refused all the same is `file_refused`. One of a row that a file tells anew
    which was refused first and put right by corrections is `overtaken` by that file.
    """
    refused = {e.snapshot.id for e in examined if e.is_refused}
    found: dict[str, list[Matched]] = {}
    for form, several in matched.items():
        later = _replaced_by_put_right([e for e in examined if e.source.id == form])
        found[form] = [_settled(m, refused, later) for m in several]
    return found


def _settled(found: Matched, refused: set[str], later: pl.DataFrame) -> Matched:
    if found.outcome != "applied":
        return found
    if found.snapshot in refused:
        return replace(found, outcome="file_refused")
    cell = found.cells[0]
    by = later.filter(
        pl.col("parameter").is_null() | (pl.col("parameter") == cell.field),
        snapshot=found.snapshot,
        sheet=cell.sheet,
        row=cell.row,
    )
    return found if by.is_empty() else replace(found, outcome="overtaken", overtaken_by=by["by"][0])


def _replaced_by_put_right(files: Sequence[Examined]) -> pl.DataFrame:
    """Cells that a file which was put right replaces (`parameter` null: the whole row), and which file it is (`by`)."""
    put_right = {order: e.snapshot.id for order, e in enumerate(files) if e.is_put_right}
    if not put_right:
        return pl.DataFrame(schema={**dict.fromkeys([*PLACE, "parameter", "by"], pl.String), "row": pl.Int32})
    rows, cells = superseded(loaded_files(files, files[0].source))
    both = pl.concat([rows.with_columns(parameter=pl.lit(None, pl.String)), cells], how="diagonal")
    mine = both.filter(pl.col("by").is_in(list(put_right)))
    return mine.with_columns(by=pl.col("by").replace_strict(put_right, return_dtype=pl.String))
