"""Why a member of a figure is open: what is known of the readings, entries and rows behind it."""

from __future__ import annotations

import polars as pl

from analytics.compute import members
from analytics.pipeline.question import Question

ENTRY_SET_ASIDE, NO_SECTION, NOT_YET_DUE = "entry_set_aside", "no_section", "not_yet_due"


def with_reasons(found: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The members (see `compute.members`), each that is open with its reason, as far as one is known.

    A member is open that is not used, or of which the least is not the most. Of one of which nothing arrived that is
    the reason, but for a time that is not over.
    """
    joined = found.join(_told(question), on=members.CELL, how="left", maintain_order="left")
    is_open = pl.col("status").ne("excluded") & ~(pl.col("status").eq("used") & _is_closed())
    by_register = (
        pl.when(pl.col("entity_id").is_in(question.doubtful.to_list()))
        .then(pl.lit(ENTRY_SET_ASIDE))
        .when(pl.col("entity_id").is_in(question.rivers_without_any))
        .then(pl.lit(NO_SECTION))
    )
    ahead = [name for name, _, last in question.parts if last >= question.facts.as_of]
    not_over = pl.when(pl.col("status").eq("not_delivered") & pl.col("part").is_in(ahead)).then(pl.lit(NOT_YET_DUE))
    reason = pl.coalesce("reason", by_register, "why", not_over)
    return joined.with_columns(reason=pl.when(is_open).then(reason).otherwise("reason")).select(found.columns)


def _told(question: Question) -> pl.DataFrame:
    """What is known of the members: each reason once, with all its quarters and numbers."""
    told = question.in_window(question.facts.why_open.filter(pl.col("item").is_in(sorted(question.items))))
    if told.is_empty():
        return pl.DataFrame(schema=dict.fromkeys((*members.CELL, "why"), pl.String))
    parts = pl.col("reason").str.splitn(": ", 2)
    details = pl.col("details").drop_nulls().unique(maintain_order=True).str.join(", ")
    return (
        told.sort("period_start")
        .with_columns(code=parts.struct.field("field_0"), details=parts.struct.field("field_1"))
        .group_by(*members.CELL, "code", maintain_order=True)
        .agg(details=details)
        .with_columns(
            said=pl.when(pl.col("details") == "").then("code").otherwise(pl.format("{}: {}", "code", "details"))
        )
        .group_by(members.CELL, maintain_order=True)
        .agg(why=pl.col("said").str.join("; "))
    )


def _is_closed() -> pl.Expr:
    ends = (pl.col(f"{part}_low").eq_missing(pl.col(f"{part}_high")) for part in ("numerator", "denominator"))
    return pl.all_horizontal(ends)
