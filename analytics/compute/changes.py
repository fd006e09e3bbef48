"""Changes of sections, rivers, basins and regions between two periods: by grade, and by the shares of classes.

Two periods are compared on the same sections with the same items alone; `in_both` leaves the sections of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from analytics.compute.main_items import with_left_out
from analytics.compute.ratings import SECTIONS_RATED, bounded, rate_groups
from analytics.compute.shape import Frame, Kind, Shape, named, require_same_kinds
from analytics.compute.surface_rules import SurfaceRules, rating_of_class

LEVELS = ("none", "some", "marked")  # 无明显变化、有所变化、明显变化
SECTION_CHANGE = ("class_before", "class_after", "class_steps", "grade_steps", "change", "direction", "reason")
GROUP_CHANGE = (
    *("rating_before", "rating_after", "grade_steps", "good_points", "worst_points", "points"),
    *("change", "direction", "reason"),
)
_BOUNDS = ("good_low_pct", "good_high_pct", "worst_low_pct", "worst_high_pct", "rating_best", "rating_worst")
_ITEMS = Shape(
    "items of sections", dict.fromkeys(("entity_id", "parameter"), Kind.TEXT), key=("entity_id", "parameter")
)
_OF_RATING = ("rated_by", "sections_good", "sections_worst", "rating", "reason", *_BOUNDS)


class Period(NamedTuple):
    """One period: its section frame (see `main_items`) and the items of the sections (`entity_id`, `parameter`, …)."""

    sections: Frame
    items: Frame


class _Told(NamedTuple):
    """A period as it is compared: its frames checked, and made once however often they are used."""

    sections: pl.LazyFrame
    items: pl.LazyFrame


def _told(period: Period, rules: SurfaceRules, by: Sequence[str]) -> _Told:
    shared = [c for c in by if c in period.items.lazy().collect_schema()]
    sections = bounded(SECTIONS_RATED.of(with_left_out(period.sections), by=by or None), rules)
    return _Told(sections.cache(), _ITEMS.of(period.items, by=shared or None).cache())


def in_both(before: Period, after: Period, *, by: Sequence[str]) -> tuple[Period, Period]:
    """Both periods with those sections alone that take part in the same group in both; one dry in either is gone."""
    key = list(dict.fromkeys([*by, "entity_id"]))
    first, second = (with_left_out(p.sections).filter(pl.col("left_out").is_null()) for p in (before, after))
    return (
        before._replace(sections=first.join(second.select(key), on=key, how="semi", nulls_equal=True)),
        after._replace(sections=second.join(first.select(key), on=key, how="semi", nulls_equal=True)),
    )


def section_changes(before: Period, after: Period, rules: SurfaceRules) -> pl.LazyFrame:
    """How the class of each section changed, in steps of the class and of the grade (the word); the grade decides.

    Parameters
    ----------
    before, after
        One row per section in `sections`, and the items of one period in `items`.

    Returns
    -------
    pl.LazyFrame
        One row per section of either: `entity_id`, `class_before`, `class_after`, `class_steps` and `grade_steps`
        (above 0: better), `change` (none, some, marked), `direction` (better, worse, none), and `reason` where there is
        none of these: `other_sections` (in one period alone), why it was left out, `other_items`, `open_class`.
        Source: assessment_2011.
    """
    key = ["entity_id"]
    first, second = (_told(period, rules, []) for period in (before, after))
    joined = _side(first, "before").join(_side(second, "after"), on=key, how="full", coalesce=True)
    differing = _in_one_alone(_items(first, key), _items(second, key), of=key).with_columns(has_other_items=True)
    reason = (
        pl.when(pl.col("in_before").is_null() | pl.col("in_after").is_null())
        .then(pl.lit("other_sections"))
        .when(pl.col("left_out_after").is_not_null() | pl.col("left_out_before").is_not_null())
        .then(pl.coalesce("left_out_after", "left_out_before"))
        .when(pl.col("has_other_items").is_not_null())
        .then(pl.lit("other_items"))
        .when(pl.col("is_open_after") | pl.col("is_open_before"))
        .then(pl.lit("open_class"))
    )
    grade_steps = rating_of_class("class_before", rules) - rating_of_class("class_after", rules)
    level, no_level = _level_of_grade(pl.col("grade_steps"), rules), pl.lit(0, pl.Int8)
    return (
        joined.join(differing, on=key, how="left")
        .with_columns(reason=reason)
        .with_columns(
            class_steps=_unless_refused(pl.col("class_before") - pl.col("class_after")),
            grade_steps=_unless_refused(grade_steps),
        )
        .with_columns(change=_named(level), direction=_direction(level, no_level, pl.col("grade_steps"), pl.lit(0)))
        .select("entity_id", *SECTION_CHANGE)
        .sort("entity_id")
    )


def group_changes(before: Period, after: Period, rules: SurfaceRules, *, by: Sequence[str]) -> pl.LazyFrame:
    """How each river, basin or region changed: by the steps of its rating and by its shares; the larger change wins.

    Parameters
    ----------
    before, after
        The sections and items of one period each, as `ratings.rate_groups` needs them.
    by
        The columns that tell the groups apart; none that tells the periods.

    Returns
    -------
    pl.LazyFrame
        One row per group of either: the columns of `by`, `rating_before`, `rating_after`, `grade_steps` (above 0:
        better); where rated by shares `good_points` (ΔG), `worst_points` (ΔD) and `points` (ΔG − ΔD) [percentage
        points]; `change` (none, some, marked), `direction` (better, worse, none; null where the two ways find equal
        changes in opposite directions: `ways_disagree`). No steps, points or change with `reason` `other_sections` (not
        the same ones take part; see `in_both`) or `other_items` (not each has the same list in both), else where a
        rating, G or D is open: that of `ratings.rate_groups`. No change with `open_class`: classes in doubt could make
        it another. Source: assessment_2011.
    """
    told = (_told(before, rules, named(by)), _told(after, rules, by))
    require_same_kinds(told[0].sections, told[1].sections, by, what="sections of two periods")
    rated = [
        rate_groups(period.sections, period.items, rules, by=by).select(
            *by, *_OF_RATING, pl.col("sections_assessed").add(pl.col("sections_open")).alias("counted")
        )
        for period in told
    ]
    first, second = (
        r.rename({c: f"{c}_{when}" for c in (*_OF_RATING, "counted")})
        for r, when in zip(rated, ("before", "after"), strict=True)
    )
    return (
        first.join(second, on=by, how="full", coalesce=True, nulls_equal=True)
        .join(_incomparable(told[0], told[1], by), on=by, how="left", nulls_equal=True)
        .pipe(_group_steps)
        .pipe(_group_verdict, rules)
        .select(*by, *GROUP_CHANGE)
        .sort(by)
    )


def _side(period: _Told, when: str) -> pl.LazyFrame:
    renamed = {f"class_{when}": "water_class", f"left_out_{when}": "left_out"}
    is_open = pl.col("water_class").is_null() | (pl.col("class_best") != pl.col("class_worst"))
    return period.sections.select(
        "entity_id", pl.lit(True).alias(f"in_{when}"), is_open.alias(f"is_open_{when}"), **renamed
    )


def _items(period: _Told, by: Sequence[str]) -> pl.LazyFrame:
    """The groups, sections and items that take part."""
    key = list(dict.fromkeys([*by, "entity_id"]))
    there = period.sections.filter(pl.col("left_out").is_null()).select(key)
    return there.join(period.items.select("entity_id", "parameter"), on="entity_id")


def _in_one_alone(first: pl.LazyFrame, second: pl.LazyFrame, *, of: Sequence[str]) -> pl.LazyFrame:
    """The groups of which a row stands in one of the two frames alone."""
    both = pl.concat([first.unique(), second.unique()], how="vertical_relaxed")
    names = both.collect_schema().names()
    return both.group_by(names).agg(frames=pl.len()).filter(pl.col("frames") == 1).select(of).unique()


def _incomparable(before: _Told, after: _Told, by: Sequence[str]) -> pl.LazyFrame:
    """The groups that cannot be compared, and why."""
    key = [*by, "entity_id"]
    sections = [p.sections.filter(pl.col("left_out").is_null()).select(key) for p in (before, after)]
    other_sections = _in_one_alone(*sections, of=by)
    other_items = _in_one_alone(_items(before, by), _items(after, by), of=by)
    return pl.concat(
        [
            other_sections.with_columns(refused=pl.lit("other_sections")),
            other_items.join(other_sections, on=by, how="anti", nulls_equal=True).with_columns(
                refused=pl.lit("other_items")
            ),
        ]
    )


def _unless_refused(value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("reason").is_null()).then(value)


def _group_steps(joined: pl.LazyFrame) -> pl.LazyFrame:
    """The groups with their steps and points, or the reason why there are none."""
    good, worst = (pl.col(f"sections_{c}_after") - pl.col(f"sections_{c}_before") for c in ("good", "worst"))
    is_open = (pl.col("rated_by_after") == "shares") & (good.is_null() | worst.is_null())
    reason = pl.coalesce(
        "refused", "reason_after", "reason_before", pl.when(is_open.fill_null(False)).then(pl.lit("open_sections"))
    )
    # The same sections take part in both periods: one denominator, and no noise of two divisions.
    points = {"good_points": good, "worst_points": worst, "points": good - worst}
    return joined.with_columns(reason=reason).with_columns(
        *(_unless_refused(100 * part / pl.col("counted_after")).alias(name) for name, part in points.items()),
        grade_steps=_unless_refused(pl.col("rating_before") - pl.col("rating_after")),
    )


def _group_verdict(steps: pl.LazyFrame, rules: SurfaceRules) -> pl.LazyFrame:
    """The change by what the classes are, where it is the same by the least and the most that they may be."""
    known, least, most = (
        _changed(pl.col(f"grade_steps{end}"), pl.col(f"points{end}"), rules) for end in ("", "_low", "_high")
    )
    is_sure = pl.all_horizontal(low.eq_missing(high) for low, high in zip(least, most, strict=True))
    (level, direction), is_told = known, pl.col("reason").is_null() & pl.col("grade_steps").is_not_null()
    disagree = pl.when(pl.col("change").is_not_null() & pl.col("direction").is_null()).then(pl.lit("ways_disagree"))
    return (
        steps.with_columns(_bounds_of_steps())
        .with_columns(reason=pl.when(is_told & ~is_sure).then(pl.lit("open_class")).otherwise("reason"))
        .with_columns(change=_unless_refused(_named(level)), direction=_unless_refused(direction))
        .with_columns(reason=pl.coalesce("reason", disagree))
    )


def _bounds_of_steps() -> list[pl.Expr]:
    """The least and the most that steps and points may be, every class in doubt taken at its worst and its best."""

    def sections(name: str) -> pl.Expr:
        share, when = name.rsplit("_", 1)
        return (pl.col(f"{share}_pct_{when}") * pl.col(f"counted_{when}") / 100).round()

    def points(good_after: str, good_before: str, worst_after: str, worst_before: str) -> pl.Expr:
        good = sections(f"good_{good_after}_after") - sections(f"good_{good_before}_before")
        worst = sections(f"worst_{worst_after}_after") - sections(f"worst_{worst_before}_before")
        return 100 * (good - worst) / pl.col("counted_after")

    return [
        (pl.col("rating_best_before") - pl.col("rating_worst_after")).alias("grade_steps_low"),
        (pl.col("rating_worst_before") - pl.col("rating_best_after")).alias("grade_steps_high"),
        points("low", "high", "high", "low").alias("points_low"),
        points("high", "low", "low", "high").alias("points_high"),
    ]


def _changed(steps: pl.Expr, points: pl.Expr, rules: SurfaceRules) -> tuple[pl.Expr, pl.Expr]:
    """The level of a change and its direction."""
    by_grade, by_points = _level_of_grade(steps, rules), _level_of_points(points, rules).fill_null(0)
    level = pl.when(by_grade.is_not_null()).then(pl.max_horizontal(by_grade, by_points))
    return level, _direction(by_grade, by_points, steps, points)


def _level_of_grade(steps: pl.Expr, rules: SurfaceRules) -> pl.Expr:
    """0, 1 or 2: no change, some, a marked one; a change of as many steps as the method names is one."""
    change = rules.method.change
    return (steps.abs() >= change.some_steps).cast(pl.Int8) + (steps.abs() >= change.marked_steps).cast(pl.Int8)


def _level_of_points(points: pl.Expr, rules: SurfaceRules) -> pl.Expr:
    """0, 1 or 2, as above; only more points than the method names are a change."""
    change = rules.method.change
    return (points.abs() > change.some_points).cast(pl.Int8) + (points.abs() > change.marked_points).cast(pl.Int8)


def _named(level: pl.Expr) -> pl.Expr:
    return level.replace_strict(dict(enumerate(LEVELS)), default=None, return_dtype=pl.String)


def _direction(by_grade: pl.Expr, by_points: pl.Expr, steps: pl.Expr, points: pl.Expr) -> pl.Expr:
    """The direction of the larger change; null where two equal ones are opposed, or there is none to tell."""
    grade_sign = steps.sign()
    sign = (
        pl.when(by_grade > by_points)
        .then(grade_sign)
        .when(by_grade < by_points)
        .then(points.sign())
        .when(by_grade == 0)
        .then(0)
        .when(grade_sign == points.sign())
        .then(grade_sign)
    )
    directions = {1: "better", 0: "none", -1: "worse"}
    return sign.cast(pl.Int8).replace_strict(directions, default=None, return_dtype=pl.String)
