"""Rewards of sewage plants: which of them are markedly better than the standard, by a rule that is given.

What is not told has a `reason`: no_rule, rule_not_in_force, no_data, undecided, compliance_open, not_compliant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from analytics.compute import verdict
from analytics.compute.plants import ITEM, JUDGED_ITEMS
from analytics.compute.rounding import NOISE
from analytics.compute.shape import Frame
from analytics.compute.steps import ASKED, Every, share_pct, steps_of

RULE_LACKING = ("no_rule", "rule_not_in_force")  # why nobody is ranked


@dataclass(frozen=True)
class RewardRule:
    """What “markedly better than the standard” means, with the days on which the rule holds.

    Of each item a value is at most a share of the standard's limit (`shares_of_limit`) or at most a value of its own
    [unit of the item] (`at_most`), and never above the limit itself; on `least_share_pct` of the days or months, at
    least. It has at least one item.
    """

    id: str
    valid_from: date
    valid_to: date | None
    least_share_pct: float
    shares_of_limit: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)

    @property
    def items(self) -> list[str]:
        """The parameters that the rule is about."""
        return sorted({*self.shares_of_limit, *self.at_most})


def markedly_better(items: Frame, steps: Frame, asked: Frame, rule: RewardRule | None, *, every: Every) -> pl.LazyFrame:
    """The plants that comply and are markedly better than the standard by a rule that held at the time.

    Without a rule, or with one that did not hold throughout the period, nobody is listed and nobody is ranked: every
    plant has a row that says so. A plant that was beyond a limit of its own in any step is not better, and one of which
    a step is open is not better yet: there is no reward without compliance.

    Parameters
    ----------
    items
        From `judged_items`, by the limits of the standard that plants are to be better than, the same for all.
    steps
        From `judged_steps`, by the limits that each plant is held to.
    asked
        One row per plant and period: `entity_id`, `period`, `period_start`, `period_end` (both included).
    rule
        The rule, or None where there is none.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `period`, `rule`, `better`, `expected` (days or months), `value`, `low`, `high` [%] (share of
        those that are better), `is_better` (null: not to be told), `reason` (no_rule, rule_not_in_force, no_data,
        undecided, compliance_open; where it is not better for that not_compliant). Source: plan_2021_clause_21, which
        leaves the rule open.
    """
    key = ("entity_id", "period")
    items, asked = JUDGED_ITEMS.of(items), ASKED.of(asked)
    if rule is None or not rule.items:
        return asked.select(*key, *_not_ranked("no_rule", None)).sort(key)
    ends_after = pl.lit(False) if rule.valid_to is None else pl.col("period_end") > rule.valid_to
    in_force = (pl.col("period_start") >= rule.valid_from) & ~ends_after
    others = asked.filter(~in_force).select(*key, *_not_ranked("rule_not_in_force", rule.id))
    shares = _shares_better(items, asked.filter(in_force), rule, every=every)
    complies = steps.lazy().group_by(key).agg(complies=pl.col("is_compliant").all(ignore_nulls=False))
    ranked = shares.join(complies, on=key, how="left").with_columns(_where_compliant()).drop("complies")
    return pl.concat([ranked, others]).sort(key)


def _where_compliant() -> list[pl.Expr]:
    """`is_better` and `reason` of a plant that `complies` with what it is held to, or does not (null: open)."""
    is_better, complies = pl.col("is_better"), pl.col("complies")
    waits = pl.when(is_better & complies.is_null()).then(pl.lit("compliance_open")).otherwise("reason")
    return [is_better & complies, pl.when(~complies).then(pl.lit("not_compliant")).otherwise(waits).alias("reason")]


def _not_ranked(reason: str, rule: str | None) -> list[pl.Expr]:
    kinds: dict[str, type[pl.DataType]] = dict.fromkeys(("better", "expected"), pl.Int64)
    kinds |= dict.fromkeys(("value", "low", "high"), pl.Float64) | {"is_better": pl.Boolean}
    nothing = [pl.lit(None, kind).alias(name) for name, kind in kinds.items()]
    return [pl.lit(rule, pl.String).alias("rule"), *nothing, pl.lit(reason).alias("reason")]


def _shares_better(items: pl.LazyFrame, asked: pl.LazyFrame, rule: RewardRule, *, every: Every) -> pl.LazyFrame:
    key = ("entity_id", "period")
    wanted = steps_of(asked.select(*key, "period_start", "period_end"), every=every)
    wanted = wanted.join(pl.LazyFrame({"parameter": rule.items}), how="cross")
    of_step = (
        wanted.join(items.with_columns(_is_better=_is_better(rule)), on=ITEM, how="left")
        .group_by(*key, "step")
        .agg(is_better=pl.col("_is_better").all(ignore_nulls=False))
    )
    is_better = pl.col("is_better")
    return (
        of_step.group_by(key)
        .agg(
            better=is_better.sum().cast(pl.Int64),
            failed=(~is_better).sum().cast(pl.Int64),
            expected=pl.len().cast(pl.Int64),
        )
        .with_columns(**share_pct(met=pl.col("better"), failed=pl.col("failed"), expected=pl.col("expected")))
        .with_columns(target=pl.lit(rule.least_share_pct), comparison=pl.lit(">="))
        .with_columns(is_better=verdict.holds_throughout())
        .select(
            *(*key, pl.lit(rule.id).alias("rule"), "better", "expected", "value", "low", "high", "is_better"),
            reason=pl.when(pl.col("value").is_null())
            .then(pl.lit("no_data"))
            .when(is_better.is_null())
            .then(pl.lit("undecided")),
        )
    )


def _is_better(rule: RewardRule) -> pl.Expr:
    """Whether a value keeps to the rule by every limit that may apply; null where they differ or nothing is told.

    What has a value of its own alone is at most at its limit: beyond it nothing is better than the standard.
    """
    share = pl.col("parameter").replace_strict(dict(rule.shares_of_limit), default=1.0, return_dtype=pl.Float64)
    own = pl.col("parameter").replace_strict(dict(rule.at_most), default=None, return_dtype=pl.Float64)
    strict = pl.min_horizontal(share * pl.col("strictest"), own) * (1 + NOISE)
    loose = pl.min_horizontal(share * pl.col("loosest"), own) * (1 + NOISE)
    return pl.when(pl.col("mean_high") <= strict).then(True).when(pl.col("mean_low") > loose).then(False)
