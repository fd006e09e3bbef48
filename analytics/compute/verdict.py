"""Value against target, by the decision table of the architecture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from analytics.compute.rounding import NOISE

NEVER_A_BREACH = ("strive", "encouraged")


def holds(value: pl.Expr) -> pl.Expr:
    """Whether `value` compares with `target` as `comparison` says; null where any of them is null."""
    target, comparison = pl.col("target"), pl.col("comparison")
    on_it = (value - target).abs() <= NOISE * pl.max_horizontal(target.abs(), pl.lit(1.0))
    above, below = (value > target) & ~on_it, (value < target) & ~on_it
    return (
        pl.when(comparison == ">=")
        .then(above | on_it)
        .when(comparison == "<=")
        .then(below | on_it)
        .when(comparison == ">")
        .then(above)
        .when(comparison == "<")
        .then(below)
        .when(comparison == "==")
        .then(on_it)
    )


def holds_throughout() -> pl.Expr:
    """True where the comparison holds from `low` to `high`, false where it fails throughout, null between.

    An equality holds throughout only where both ends stand on the target, and fails where the target
    lies outside them.
    """
    comparison = pl.col("comparison")
    at_low, at_high = holds(pl.col("low")), holds(pl.col("high"))
    outside = (pl.col("target") < pl.col("low")) | (pl.col("target") > pl.col("high"))
    equality = (
        pl.when(at_low & at_high)
        .then(True)
        .when(outside & ~(at_low.fill_null(False) | at_high.fill_null(False)))
        .then(False)
    )
    # What reaches upwards is reached throughout where its low end does, and missed throughout where its high end does.
    upwards = comparison.is_in([">=", ">"])
    least, most = pl.when(upwards).then(at_low).otherwise(at_high), pl.when(upwards).then(at_high).otherwise(at_low)
    order = pl.when(least).then(True).when(~most).then(False)
    return pl.when(comparison == "==").then(equality).otherwise(order)


def judged(values: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """The rows with `verdict`, `is_breach` and `gap`.

    Parameters
    ----------
    values
        `value`, `denominator`, `low` and `high` (null: nothing bounds it on that side), `used`, `expected` (null: no
        register has arrived), `delivered`, `target` (null: not judged here), `comparison`, `strength`, `due` (the last
        day on which it may still be reached).
    as_of
        Day of the assessment: up to `due` nothing is judged, and nobody is late.

    Returns
    -------
    pl.DataFrame
        The rows with `verdict`, `is_breach` (only a certain failure of what is more than striven for) and
        `gap` = value − target [unit of the value; null without a target].
    """
    throughout = holds_throughout()
    is_all_told = (pl.col("used") > 0) & (pl.col("used") == pl.col("expected"))
    is_about_nothing = pl.col("value").is_null() & (pl.col("denominator") == 0) & is_all_told
    verdict = (
        pl.when((pl.col("expected") == 0) | is_about_nothing)
        .then(pl.lit("not_applicable"))
        .when((pl.col("due") >= as_of) & (pl.col("target").is_not_null() | (pl.col("delivered") == 0)))
        .then(pl.lit("not_yet_due"))
        .when(pl.col("delivered") == 0)
        .then(pl.lit("not_delivered"))
        .when(pl.col("used") == 0)
        .then(pl.lit("no_data"))
        .when(pl.col("target").is_null())
        .then(pl.lit("no_target"))
        .when(throughout.is_null())
        .then(pl.lit("undecided"))
        .when(throughout)
        .then(pl.lit("met"))
        .otherwise(pl.lit("not_met"))
    )
    return with_breach(values.with_columns(verdict=verdict, gap=pl.col("value") - pl.col("target")))


def with_breach(judged_rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `is_breach`, from `verdict` and `strength`."""
    certain = pl.col("verdict") == "not_met"
    return judged_rows.with_columns(is_breach=certain & ~pl.col("strength").is_in(NEVER_A_BREACH))


def dated_work(*, as_of: date) -> pl.Expr:
    """Verdict of one named work from `status`, `reached` (null: untold), `reached_on`, `is_stale` and `deadline`.

    Reached by the deadline is met, after it met late; reached without a date is undecided, because the
    date decides. Not reached is not yet due up to the deadline, and not met after it; undecided where it was last heard
    of before the deadline (`is_stale`).
    """
    reached, on = pl.col("reached"), pl.col("reached_on")
    return (
        pl.when(reached & on.is_null())
        .then(pl.lit("undecided"))
        .when(reached & (on <= pl.col("deadline")))
        .then(pl.lit("met"))
        .when(reached)
        .then(pl.lit("met_late"))
        .when(pl.col("deadline") >= as_of)
        .then(pl.lit("not_yet_due"))
        .when(pl.col("status") == "not_delivered")
        .then(pl.lit("not_delivered"))
        .when(pl.col("is_stale"))
        .then(pl.lit("undecided"))
        .when(pl.col("status").is_in(["set_aside", "incomplete"]))
        .then(pl.lit("no_data"))
        .otherwise(pl.lit("not_met"))
    )


def of_list(members: pl.Series) -> str:
    """Verdict of a list from those of its works.

    One that is certainly not met decides; otherwise one that cannot be told leaves the list undecided;
    all done with some of them late is met late.
    """
    found = set(members)
    ways = (
        ("not_applicable", not found),
        ("no_target", found <= {"no_target"}),
        ("not_met", "not_met" in found),
        ("not_delivered", found == {"not_delivered"}),
        ("no_data", found <= {"no_data", "not_delivered"}),
        ("not_yet_due", "not_yet_due" in found),
        ("no_target", "no_target" in found),
        ("undecided", bool(found & {"undecided", "not_delivered", "no_data"})),
        ("met_late", "met_late" in found),
    )
    return next((name for name, holds_here in ways if holds_here), "met")


def undated_work(*, as_of: date) -> pl.Expr:
    """Verdict of one named work without a date, from `status` and `deadline` (the end of the period): shown, not
    judged; what has not been told of is said to be so once the period is over."""
    status = pl.col("status")
    return (
        pl.when((status == "not_delivered") & (pl.col("deadline") >= as_of))
        .then(pl.lit("not_yet_due"))
        .when(status == "not_delivered")
        .then(pl.lit("not_delivered"))
        .when(status.is_in(["set_aside", "incomplete"]))
        .then(pl.lit("no_data"))
        .otherwise(pl.lit("no_target"))
    )


def instead(judged_rows: pl.DataFrame, stands: str) -> pl.DataFrame:
    """The rows of a figure that is not compared with anything: where something was told, `stands` (list_only, …)."""
    told = pl.col("verdict").is_in(["no_target", "met", "not_met", "undecided"])
    kept = pl.when(told).then(pl.lit(stands)).otherwise("verdict")
    return judged_rows.with_columns(verdict=kept, is_breach=pl.lit(False))


def of_all(verdicts: Sequence[str]) -> str:
    """Verdict of a promise that needs all of several figures or areas; those that it does not concern are passed over.

    One that is certainly not met decides; otherwise one that cannot be told, or has not come due, leaves it open.
    """
    found = {v for v in verdicts if v != "not_applicable"}
    if not found:
        return "not_applicable"
    if len(found) == 1:
        return next(iter(found))
    for decisive in ("not_met", "undecided", "not_yet_due"):
        if decisive in found:
            return decisive
    return "met_late" if found == {"met", "met_late"} else "undecided"
