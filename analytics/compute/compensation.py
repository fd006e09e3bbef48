"""Ecological compensation by sections across boundaries: exceedance, deductions, rewards and their totals [万元].

What a scheme does not tell is no amount, never a guess. What is missing has a `reason`: dry (left out), not_in_force,
no_target, no_reading, items_unknown, band_unknown, no_amount (the scheme has none for the band or the reward), no_rule,
inflow (rewards of such sections are not known), class_unknown (this year's or last year's), open (the month, or the one
that it is held against, is).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from analytics.catalog.compensation import Band, Compensation, CrossedGrades, KeptMonths, Rewards
from analytics.compute.rounding import NOISE, exceedance
from analytics.compute.shape import Frame, Kind, Shape, named
from analytics.compute.steps import total_of

ENTRY = ("entity_id", "month", "kind", "ground", "amount", "low", "high", "year_low", "year_high", "reason")
_MONTH = ("entity_id", "month")
_MONTHS_OF_YEAR = 12
_OF_MONTH = {"entity_id": Kind.TEXT, "month": Kind.MONTH}
_VALUES = Shape(
    "results of months", _OF_MONTH | {"parameter": Kind.TEXT, "value": Kind.AMOUNT}, key=(*_MONTH, "parameter")
)
_TARGETS = Shape(
    "targets of sections",
    dict.fromkeys(("entity_id", "parameter"), Kind.TEXT) | {"target": Kind.NUMBER},
    key=("entity_id", "parameter"),
)
_ASKED = Shape("months that are asked about", _OF_MONTH, key=_MONTH)
_ASKED_DRY = replace(_ASKED, columns={**_OF_MONTH, "is_dry": Kind.FLAG})
_CLASSES = Shape(
    "classes of items", _OF_MONTH | {"parameter": Kind.TEXT, "item_class": Kind.WHOLE}, key=(*_MONTH, "parameter")
)
_JUDGED = Shape(
    "judged months",
    _OF_MONTH | {"is_at_target": Kind.FLAG} | dict.fromkeys(("water_class", "best_class"), Kind.WHOLE),
    key=_MONTH,
)
_ENTRIES = Shape(
    "entries",
    dict.fromkeys(("kind", "reason"), Kind.TEXT)
    | dict.fromkeys(("amount", "low", "high", "year_low", "year_high"), Kind.NUMBER),
)
_SECTIONS = Shape(
    "sections", {"entity_id": Kind.TEXT, "target_class": Kind.WHOLE, "has_inflow": Kind.FLAG}, key=("entity_id",)
)


# Deductions


def exceedances(values: Frame, targets: Frame, asked: Frame, *, items: Sequence[str]) -> pl.LazyFrame:
    """By how much each item of each section and month exceeds its target.

    Parameters
    ----------
    values
        `entity_id`, `month` (first day), `parameter`, `value` [mg/L]: monthly results as published.
    targets
        `entity_id`, `parameter`, `target` [mg/L] (above 0; what is not is none).
    asked
        One row per section and month: `entity_id`, `month`, `is_dry` (no water, nothing to be sampled).
    items
        The parameters that the scheme is about.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `month`, `parameter`, `is_dry`, `value`, `target`, `multiple` (null without a value or a target).
        Source: assessment_2011 (multiples), compensation_2013.
    """
    of_item = pl.LazyFrame({"parameter": list(items)}, schema={"parameter": pl.String})
    value, target = pl.col("value"), pl.when(pl.col("target") > 0).then("target")
    return (
        _ASKED_DRY.of(asked)
        .select(*_MONTH, pl.col("is_dry").fill_null(False))
        .join(of_item, how="cross")
        .join(
            _TARGETS.of(targets).select("entity_id", "parameter", "target"), on=["entity_id", "parameter"], how="left"
        )
        .join(_VALUES.of(values).select(*_MONTH, "parameter", "value"), on=[*_MONTH, "parameter"], how="left")
        .with_columns(target=target)
        .with_columns(multiple=exceedance(value, pl.col("target")))
        .select(*_MONTH, "parameter", "is_dry", "value", "target", "multiple")
    )


def section_months(exceeded: Frame) -> pl.LazyFrame:
    """Each section and month with its worst item, and whether all its items were at target.

    Parameters
    ----------
    exceeded
        From `exceedances`.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `month`, `is_dry`, `worst_item`, `multiple` (the largest known), `items_missing` (list),
        `lacks_target`, `is_at_target`: false where one item exceeds, true where every one is known not to, else null.
        Source: compensation_2013.
    """
    multiple, is_dry = pl.col("multiple"), pl.col("is_dry").first()
    is_worst = multiple == multiple.max()
    held = (multiple <= 0).all(ignore_nulls=False)
    return (
        exceeded.lazy()
        .group_by(_MONTH)
        .agg(
            is_dry=is_dry,
            worst_item=pl.col("parameter").filter(is_worst).sort().first(),
            multiple=multiple.max(),
            items_missing=pl.col("parameter").filter(multiple.is_null()).sort(),
            lacks_target=pl.col("target").is_null().any(),
            is_at_target=pl.when(~is_dry).then(held),
        )
        .sort(_MONTH)
    )


def graded(items: Frame, asked: Frame, *, by: Sequence[str]) -> pl.LazyFrame:
    """The class of each section and month by some items alone: that of the worst; none where one is missing.

    Parameters
    ----------
    items
        `entity_id`, `month`, `parameter`, `item_class` (1 to 6): the class of each item of the month.
    asked
        One row per section and month: `entity_id`, `month`.
    by
        The parameters that grade.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `month`, `water_class`, `best_class` (no better than this, whatever is missing; null: nothing
        known). Source: compensation_2013.
    """
    classes = pl.col("item_class")
    return (
        _ASKED.of(asked)
        .select(_MONTH)
        .join(pl.LazyFrame({"parameter": list(by)}, schema={"parameter": pl.String}), how="cross")
        .join(_CLASSES.of(items).select(*_MONTH, "parameter", "item_class"), on=[*_MONTH, "parameter"], how="left")
        .group_by(_MONTH)
        .agg(water_class=pl.when(classes.null_count() == 0).then(classes.max()), best_class=classes.max())
        .sort(_MONTH)
    )


def band_of(multiple: pl.Expr, scheme: Compensation) -> pl.Expr:
    """The id of the band that a multiple above 0 lies in; null where the scheme's limits do not tell."""
    found = pl.lit(None, pl.String)
    for band in scheme.bands:
        found = pl.when(_lies_in(multiple, band)).then(pl.lit(band.id)).otherwise(found)
    return found


def _lies_in(multiple: pl.Expr, band: Band) -> pl.Expr:
    if band.above is None:
        return multiple.is_between(min(band.seen_at) - NOISE, max(band.seen_at) + NOISE)
    is_above = multiple > band.above
    return is_above if band.up_to is None else is_above & (multiple <= band.up_to)


def deductions(months: Frame, scheme: Compensation) -> pl.LazyFrame:
    """What each section costs its area in each month, by the band of its worst item.

    A month without a reading is open, not free of charge; so is one whose band has no known amount: the band is named.
    One item that exceeds bounds the month from below where another is missing, and decides it where no band costs more.
    A section without water is left out.

    Parameters
    ----------
    months
        From `section_months`.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `month`, `kind` (deduction), `ground` (the band, null: none), `amount`, `low`, `high` [万元] (null:
        open; nothing bounds it), `year_low`, `year_high` (as `low` and `high`), `reason` (see the module),
        `worst_item`, `multiple`, `is_at_target`. Source: that of the scheme.
    """
    exceeds = (pl.col("multiple") > 0).fill_null(False)
    return (
        months.lazy()
        .with_columns(ground=pl.when(exceeds).then(band_of(pl.col("multiple"), scheme)))
        .with_columns(_known=_amount_of_band(scheme), _in_force=_in_force(scheme))
        .with_columns(amount=_deducted(exceeds, scheme))
        .with_columns(low=_least_deducted(exceeds, scheme), high=_most_deducted(scheme), kind=pl.lit("deduction"))
        .with_columns(reason=_why_open(exceeds), year_low="low", year_high="high")
        .select(*ENTRY, "worst_item", "multiple", "is_at_target")
        .sort(_MONTH)
    )


def _amount_of_band(scheme: Compensation) -> pl.Expr:
    known = {band.id: band.amount for band in scheme.bands if band.amount is not None}
    return pl.col("ground").replace_strict(known, default=None, return_dtype=pl.Float64)


def _in_force(scheme: Compensation) -> pl.Expr:
    """Whether the scheme holds in the month: from the month of its first day to that of its last."""
    begins = pl.col("month") >= scheme.valid_from.replace(day=1)
    return begins if scheme.valid_to is None else begins & (pl.col("month") <= scheme.valid_to)


def _deducted(exceeds: pl.Expr, scheme: Compensation) -> pl.Expr:
    is_judged = pl.col("_in_force") & ~pl.col("is_dry")
    has_all = pl.col("items_missing").list.len() == 0
    costs_most = (pl.col("_known") >= pl.lit(scheme.most, pl.Float64)).fill_null(False)
    is_free = has_all & pl.lit(scheme.has_all_items)
    return (
        pl.when(is_judged & exceeds & (has_all | costs_most))
        .then("_known")
        .when(is_judged & ~exceeds & is_free)
        .then(pl.lit(0.0))
    )


def _least_deducted(exceeds: pl.Expr, scheme: Compensation) -> pl.Expr:
    is_judged = pl.col("_in_force") & ~pl.col("is_dry")
    return pl.when(is_judged & exceeds).then(pl.coalesce("_known", pl.lit(scheme.least or 0.0))).otherwise(pl.lit(0.0))


def _most_deducted(scheme: Compensation) -> pl.Expr:
    most = pl.when(pl.col("_in_force")).then(pl.lit(scheme.most, pl.Float64))
    return pl.when(pl.col("is_dry")).then(pl.lit(0.0)).otherwise(pl.coalesce("amount", most))


def _why_open(exceeds: pl.Expr) -> pl.Expr:
    lacks_item = pl.col("items_missing").list.len() > 0
    why = (
        pl.when(pl.col("is_dry"))
        .then(pl.lit("dry"))
        .when(~pl.col("_in_force"))
        .then(pl.lit("not_in_force"))
        .when(pl.col("lacks_target"))
        .then(pl.lit("no_target"))
        .when(lacks_item)
        .then(pl.lit("no_reading"))
        .when(~exceeds)
        .then(pl.lit("items_unknown"))
        .when(pl.col("ground").is_null())
        .then(pl.lit("band_unknown"))
        .otherwise(pl.lit("no_amount"))
    )
    return pl.when(pl.col("amount").is_null()).then(why)


# Rewards


def rewards(judged: Frame, sections: Frame, scheme: Compensation, *, year: int) -> pl.LazyFrame:
    """What each section earns its area in the year, by each ground of the scheme.

    Whatever turns on a month that is open, or dry, is open. Runs of months are counted within the year: a month after
    an open one may be rewarded or not, but of the year it is known better how many rewards there are, which `year_low`
    and `year_high` add up to. The whole year is rewarded in December. Of a scheme whose rewards are not known, or that
    rewards only sections without a river flowing in, the others have a row that says so.

    Parameters
    ----------
    judged
        `entity_id`, `month` (first day), `is_at_target` (from `section_months`), `water_class` and `best_class` (1 to
        6, null: not known; see `graded`): every month of the year and of the year before. A month without a row breaks
        a run.
    sections
        `entity_id`, `target_class` (1 to 6), `has_inflow` (null: not known); one row per section.
    year
        The year whose months are rewarded.

    Returns
    -------
    pl.LazyFrame
        `entity_id`, `month`, `kind` (reward), `ground` (kept_months, kept_year, turned_to_target, crossed_grades, or
        rewards where none is known), `amount`, `low`, `high`, `year_low`, `year_high` [万元], `reason`.
        Source: compensation_2013.
    """
    judged, sections, known = _JUDGED.of(judged), _SECTIONS.of(sections), scheme.rewards
    if known is None:
        nothing_known = _entries(_whole_years(sections, year), "rewards", _nothing("no_rule"))
        return nothing_known.select(ENTRY).sort(ENTRY[:4])
    mine = judged.join(sections, on="entity_id", how="left")
    of_year = mine.filter(pl.col("month").dt.year() == year).with_columns(
        is_at_target=pl.when(_in_force(scheme)).then("is_at_target")
    )
    every = [
        # No run reaches beyond the scheme.
        _kept_months(of_year.with_columns(is_at_target=_in_force(scheme) & pl.col("is_at_target")), known.kept_months),
        _kept_year(of_year, sections, known.kept_year, year=year),
        *_improvements(_beside_last_year(mine, of_year), known),
    ]
    may_flow_in = pl.lit(known.only_without_inflow) & pl.col("has_inflow").fill_null(True)
    return (
        pl.concat(every)
        .join(sections.select("entity_id", "has_inflow"), on="entity_id", how="left")
        .pipe(_not_told, may_flow_in, "inflow")
        .pipe(_not_told, ~_in_force(scheme) | _whole_year_beyond(scheme, year), "not_in_force")
        .select(ENTRY)
        .sort(ENTRY[:4])
    )


def _whole_year_beyond(scheme: Compensation, year: int) -> pl.Expr:
    """Rewards of a whole year, in a year of which the scheme holds in a part only."""
    begins, ends = date(year, 1, 1), date(year, _MONTHS_OF_YEAR, 1)
    is_whole = scheme.valid_from.replace(day=1) <= begins and (scheme.valid_to is None or scheme.valid_to >= ends)
    return (pl.col("ground") == "kept_year") & pl.lit(not is_whole)


def _nothing(reason: str) -> dict[str, pl.Expr]:
    nothing, none = pl.lit(None, pl.Float64), pl.lit(0.0)
    bounds = {"low": none, "high": nothing, "year_low": none, "year_high": nothing}
    return {"amount": nothing, **bounds, "reason": pl.lit(reason)}


def _not_told(entries: pl.LazyFrame, where: pl.Expr, reason: str) -> pl.LazyFrame:
    return entries.with_columns(
        pl.when(where).then(value).otherwise(name).alias(name) for name, value in _nothing(reason).items()
    )


def _entries(rows: pl.LazyFrame, ground: str, told: dict[str, pl.Expr]) -> pl.LazyFrame:
    of_year = {f"year_{end}": told.get(f"year_{end}", told[end]) for end in ("low", "high")}
    return rows.select(*_MONTH, kind=pl.lit("reward"), ground=pl.lit(ground), **(told | of_year))


def _whole_years(sections: pl.LazyFrame, year: int) -> pl.LazyFrame:
    return sections.select("entity_id", month=pl.date(year, _MONTHS_OF_YEAR, 1))


def _earned(is_earned: pl.Expr, amount: float | None, *, most: float | None, why: str) -> dict[str, pl.Expr]:
    """What is paid where it is earned: nothing where it is not, up to `most` where nobody can say."""
    paid, none = pl.lit(amount, pl.Float64), pl.lit(0.0)
    value = pl.when(is_earned).then(paid).when(~is_earned).then(none)
    reason = pl.when(is_earned.is_null()).then(pl.lit(why)).when(value.is_null()).then(pl.lit("no_amount"))
    bound = pl.when(is_earned.is_null()).then(pl.lit(most, pl.Float64)).otherwise(value)
    return {"amount": value, "low": value.fill_null(0.0), "high": bound, "reason": reason}


def _kept_months(of_year: pl.LazyFrame, rule: KeptMonths) -> pl.LazyFrame:
    """Runs of months at target. How long the run is that a month ends turns on the open ones before it."""
    sure, may = pl.col("is_at_target").fill_null(False), pl.col("is_at_target").fill_null(True)
    amount, place, begins = pl.lit(rule.amount, pl.Float64), pl.col("_place"), pl.col("_begins")
    in_runs = (
        of_year.with_columns(_run=_run_of(may), _sure_run=_run_of(sure))
        .with_columns(_place=_place_in("_run", may), _length=_place_in("_sure_run", sure))
        .with_columns(_of_sure=sure & _completes(pl.col("_length"), rule), _of_all=may & _completes(place, rule))
    )
    # A run may begin at its first month that may be kept, or after any open one.
    of_run, is_open = in_runs.select("entity_id", "_run"), pl.col("is_at_target").is_null()
    first = of_run.unique().with_columns(_begins=pl.lit(0, pl.Int64))
    after_open = in_runs.filter(is_open).select("entity_id", "_run", _begins=place.cast(pl.Int64))
    told = (
        in_runs.join(pl.concat([first, after_open]), on=["entity_id", "_run"])
        .filter((begins < place) | (begins == 0))
        .group_by(_MONTH)
        .agg(_always=_completes(place - begins, rule).all(), _ever=_completes(place - begins, rule).any())
    )
    earned = pl.when(~may | ~pl.col("_ever")).then(False).when(sure & pl.col("_always")).then(True)
    # Of a year one open month adds what the whole run earns more than its parts.
    more = (pl.col("_of_all").sum() - pl.col("_of_sure").sum()).over("entity_id", "_run")
    is_last_open = is_open & (place == place.filter(is_open).max().over("entity_id", "_run"))
    of_sure = pl.col("_of_sure").cast(pl.Float64) * amount.fill_null(0.0)
    year = {
        "year_low": of_sure,
        "year_high": (pl.col("_of_sure") + pl.when(is_last_open.fill_null(False)).then(more).otherwise(0)) * amount,
    }
    rows = in_runs.join(told, on=_MONTH)
    return _entries(rows, "kept_months", _earned(earned, rule.amount, most=rule.amount, why="open") | year)


def _run_of(is_kept: pl.Expr) -> pl.Expr:
    """The number of the run of months, each kept and upon the one before, that a month of a section is in."""
    follows = pl.col("month") == pl.col("month").shift(1).dt.offset_by("1mo")
    begins = (~is_kept | ~is_kept.shift(1) | ~follows).fill_null(True)
    return begins.cum_sum().over("entity_id", order_by="month")


def _place_in(run: str, is_kept: pl.Expr) -> pl.Expr:
    return is_kept.cum_sum().over("entity_id", run, order_by="month").cast(pl.Int64)


def _completes(length: pl.Expr, rule: KeptMonths) -> pl.Expr:
    """Whether a run that has become so long is rewarded."""
    is_long = length >= rule.months
    return is_long & (length % rule.months == 0) if rule.counted == "without_overlap" else is_long


def _kept_year(of_year: pl.LazyFrame, sections: pl.LazyFrame, amount: float | None, *, year: int) -> pl.LazyFrame:
    is_whole = pl.when(pl.col("month").n_unique() == _MONTHS_OF_YEAR).then(True)
    kept = of_year.group_by("entity_id").agg(_kept=pl.col("is_at_target").all(ignore_nulls=False) & is_whole)
    rows = sections.select("entity_id").join(kept, on="entity_id", how="full", coalesce=True)
    december = rows.with_columns(month=pl.date(year, _MONTHS_OF_YEAR, 1))
    return _entries(december, "kept_year", _earned(pl.col("_kept"), amount, most=amount, why="open"))


def _beside_last_year(judged: pl.LazyFrame, of_year: pl.LazyFrame) -> pl.LazyFrame:
    """The months of the year with `was_at_target` and `class_before` of the same month last year."""
    before = judged.select(
        "entity_id",
        month=pl.col("month").dt.offset_by("1y"),
        was_at_target="is_at_target",
        class_before="water_class",
    )
    return of_year.join(before, on=_MONTH, how="left")


def _improvements(both: pl.LazyFrame, known: Rewards) -> list[pl.LazyFrame]:
    is_at, was_at = pl.col("is_at_target"), pl.col("was_at_target")
    turned = _earned(is_at & ~was_at, known.turned_to_target, most=known.turned_to_target, why="open")
    rule = known.crossed_grades
    counts = is_at & ~was_at if rule.counted == "after_turning" else is_at
    # From the class of last year where that was at target, else from the target's own: that far it has just turned.
    target, now, best = (pl.col(name).cast(pl.Int64) for name in ("target_class", "water_class", "best_class"))
    before = (pl.col("class_before") if rule.counted == "each_month" else pl.lit(None)).cast(pl.Int64)
    begins = pl.when(was_at).then(before).when(~was_at).then(target)
    crossed = _crossed(begins, now, rule)
    # Where it begins is not known: at last year's class or the target's, whichever is more; below class Ⅰ nothing is.
    farthest = pl.when(was_at.is_null()).then(pl.max_horizontal(before, target)).otherwise(begins)
    most = pl.sum_horizontal(_crossed(farthest, pl.coalesce(now, best, 1), rule), ignore_nulls=False)
    return [
        _entries(both, "turned_to_target", turned),
        _entries(both, "crossed_grades", _for_grades(counts, begins.is_not_null() & now.is_not_null(), crossed, most)),
    ]


def _crossed(from_class: pl.Expr, to_class: pl.Expr, rule: CrossedGrades) -> list[pl.Expr]:
    """What the grades crossed earn: those down to the rule's class, and those beyond it by an amount of their own."""
    near = (from_class - pl.max_horizontal(to_class, pl.lit(rule.to_class))).clip(lower_bound=0)
    beyond = (pl.min_horizontal(from_class, pl.lit(rule.to_class)) - to_class).clip(lower_bound=0)
    is_known = from_class.is_not_null() & to_class.is_not_null()
    return [
        pl.when(is_known & (number == 0)).then(0.0).when(is_known).then(number * pl.lit(amount, pl.Float64))
        for number, amount in ((near, rule.amount), (beyond, rule.amount_beyond))
    ]


def _for_grades(counts: pl.Expr, is_graded: pl.Expr, crossed: list[pl.Expr], most: pl.Expr) -> dict[str, pl.Expr]:
    """The entry of a month whose grades count or do not; one that is not known earns `most` at the most."""
    none, whole = pl.lit(0.0), pl.sum_horizontal(crossed, ignore_nulls=False)
    amount = pl.when(~counts).then(none).when(counts).then(whole)
    low = pl.when(counts).then(pl.sum_horizontal(crossed)).otherwise(none)
    why = pl.when(counts.is_null()).then(pl.lit("open")).when(~is_graded).then(pl.lit("class_unknown"))
    reason = pl.when(amount.is_null()).then(pl.coalesce(why, pl.lit("no_amount")))
    return {"amount": amount, "low": low, "high": pl.coalesce(amount, most), "reason": reason}


# Totals


def totals(entries: Frame, *, by: Sequence[str]) -> pl.LazyFrame:
    """Deductions, rewards and what is left of both, summed by area, month or year.

    A sum with an open entry is open; what is known of it is its `low` or more. Of a kind without an entry there is no
    sum. Sections without water are left out.

    Parameters
    ----------
    entries
        `kind` (deduction, reward), `amount`, `low`, `high`, `year_low`, `year_high` [万元], `reason`, as from
        `deductions` and `rewards`, with the columns of `by`: of whole years, unless `month` is among these.
    by
        Columns that name the group (a city, a county, a month, a year); none for one row over all.

    Returns
    -------
    pl.LazyFrame
        The group columns, `deductions`, `rewards`, `net` (rewards less deductions), each with `_low` and `_high`
        [万元] (null: open; nothing bounds it), `open` and `dry` (numbers of entries).
        Source: compensation_2013, the sums of whose notice it makes.
    """
    key = list(named(by)) if by else ["_all"]
    is_dry = pl.col("reason").eq("dry").fill_null(False)
    is_open = pl.col("amount").is_null() & ~is_dry
    ends = ("low", "high") if "month" in by else ("year_low", "year_high")
    sums = {
        **_sums_of("deduction", "deductions", is_open, ends),
        **_sums_of("reward", "rewards", is_open, ends),
        "open": is_open.sum().cast(pl.Int64),
        "dry": is_dry.sum().cast(pl.Int64),
    }
    earned, lost = pl.col("rewards"), pl.col("deductions")
    return (
        _ENTRIES.of(entries.lazy().with_columns(_all=pl.lit(0)), by=key)
        .group_by(key)
        .agg(**sums)
        .with_columns(
            net=earned - lost,
            net_low=pl.col("rewards_low") - pl.col("deductions_high"),
            net_high=pl.col("rewards_high") - pl.col("deductions_low"),
        )
        .sort(key)
        .drop("_all", strict=False)
    )


def _sums_of(kind: str, name: str, is_open: pl.Expr, ends: Sequence[str]) -> dict[str, pl.Expr]:
    mine = pl.col("kind") == kind
    amount, low, high = (pl.col(column).filter(mine) for column in ("amount", *ends))
    return {
        name: pl.when(mine.any() & ~(is_open & mine).any()).then(total_of(amount)),
        f"{name}_low": pl.when(mine.any()).then(total_of(low)),
        f"{name}_high": pl.when(mine.any() & (high.null_count() == 0)).then(total_of(high)),
    }
