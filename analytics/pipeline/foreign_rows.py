"""Rows about an area outside that of their delivery: not for their sender to tell, who has only to leave them out."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.catalog import Catalog
from analytics.pipeline.intake import Examined
from analytics.pipeline.told_anew import may_be_of_sender
from analytics.quality import gate
from analytics.warehouse.facts import PLACE, LoadedFile, business_key, counting_rows, is_foreign

_PLACES = dict.fromkeys(("snapshot", "sheet"), pl.String) | {"row": pl.Int32}


def foreign_rows(files: Sequence[Examined]) -> pl.DataFrame:
    """Places of the rows about an area outside that of their delivery, of all files of one form."""
    found = [pl.DataFrame(schema=_PLACES)]
    for e in files:
        if e.staged is not None:
            staged = _counting(e)
            found.append(staged.filter(is_foreign(staged)).select(PLACE).collect())
    return pl.concat(found)


def left_out_since(files: Sequence[Examined], catalog: Catalog) -> pl.DataFrame:
    """What the last later file of the same sender says of such rows: `fixed` where it came without them.

    It has to tell every row of their file that counts: one that only adds some rows left nothing out. A row that it
    tells once more is `still wrong`, and stands there.

    Parameters
    ----------
    files
        All files of one form, in the order received.

    Returns
    -------
    pl.DataFrame
        The place of each row that was answered, `status`, `later_snapshot`, `later_sheet`, `later_row`.
    """
    answers = [pl.DataFrame(schema=_PLACES | {"status": pl.String} | {f"later_{k}": v for k, v in _PLACES.items()})]
    taken = [e for e in files if e.staged is not None and not e.is_refused]
    for e in taken:
        rows = _keys(e, foreign=True)
        later = [o for o in taken if may_be_of_sender(o.snapshot, e.snapshot, catalog)] if rows.height else []
        again = [o for o in later if _tells_all(o, e)]
        if again:
            answers.append(_answered(rows, again[-1]))
    return pl.concat(answers)


def _counting(e: Examined) -> pl.LazyFrame:
    if e.staged is None:
        raise ValueError(e.snapshot.id)
    return counting_rows(LoadedFile(e.snapshot.id, e.source, e.staged.path, 0, e.broken))


def _keys(e: Examined, *, foreign: bool) -> pl.DataFrame:
    """Place and key of the rows of a file that are about another area than its own, or of all others."""
    staged = _counting(e)
    wanted = is_foreign(staged) if foreign else ~is_foreign(staged)
    return staged.filter(wanted).select(*PLACE, *business_key(e.source)).collect()


def _tells_all(later: Examined, earlier: Examined) -> bool:
    """Whether a file tells every row of its own area that counts in an earlier one."""
    key = business_key(earlier.source)
    rows = _keys(earlier, foreign=False)
    if earlier.result is not None:
        rows = rows.join(gate.rows_set_aside(earlier.result.broken, earlier.source), on=PLACE, how="anti")
    return rows.join(_keys(later, foreign=False), on=key, how="anti", nulls_equal=True).is_empty()


def _answered(rows: pl.DataFrame, later: Examined) -> pl.DataFrame:
    key = business_key(later.source)
    again = _keys(later, foreign=True).rename({name: f"later_{name}" for name in PLACE}).unique(key, keep="last")
    told = rows.join(again, on=key, how="left", nulls_equal=True, maintain_order="left")
    is_told = pl.col("later_row").is_not_null()
    status = pl.when(is_told).then(pl.lit("still wrong")).otherwise(pl.lit("fixed"))
    answered = told.with_columns(status=status, later_snapshot=pl.lit(later.snapshot.id))
    return answered.select(*PLACE, "status", *(f"later_{name}" for name in PLACE))
