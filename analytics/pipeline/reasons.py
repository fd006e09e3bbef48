"""Why a member of a figure is open: what is known of the readings, entries and rows behind it."""

from __future__ import annotations

import polars as pl

from analytics.compute import members
from analytics.pipeline.question import Question

ENTRY_SET_ASIDE, NO_MEMBER = "entry_set_aside", "no_section"
_BETWEEN = "; "


def with_reasons(found: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The members (see `compute.members`), each that is open with its reason, as far as one is known.

    A member is open that is not used, or of which the least is not the most.
    """
    told = question.in_window(question.facts.why_open.filter(pl.col("item").is_in(sorted(question.items))))
    why = (
        told.sort("period_start")
        .group_by(members.CELL, maintain_order=True)
        .agg(why=pl.col("reason").unique(maintain_order=True).str.join(_BETWEEN))
    )
    is_open = pl.col("status").ne("excluded") & ~(pl.col("status").eq("used") & _is_closed())
    joined = found.join(why, on=members.CELL, how="left", maintain_order="left")
    by_register = (
        pl.when(pl.col("entity_id").is_in(question.doubtful.to_list()))
        .then(pl.lit(ENTRY_SET_ASIDE))
        .when(pl.col("entity_id").is_in(question.rivers_without_any))
        .then(pl.lit(NO_MEMBER))
    )
    reason = pl.coalesce("reason", by_register, "why")
    return joined.with_columns(reason=pl.when(is_open).then(reason).otherwise("reason")).select(found.columns)


def _is_closed() -> pl.Expr:
    ends = (pl.col(f"{part}_low").eq_missing(pl.col(f"{part}_high")) for part in ("numerator", "denominator"))
    return pl.all_horizontal(ends)
