"""Works behind a figure: whose each is, whether and when it reached the stage, and who has told of all of them."""

from __future__ import annotations

import polars as pl

from analytics.catalog import indicator as shapes
from analytics.catalog.models import DATED_STAGES, STAGES
from analytics.compute import members
from analytics.pipeline.question import Question


def works_of(question: Question) -> pl.DataFrame:
    """Works of a figure by `entity_id`, the member: whether and when each reached the stage, and by when it had to.

    Columns: `reached`, `reached_on`, `due_on`, and `is_stale`: last heard of too early to tell.

    Of works that are counted by area, one reached after the deadline, or before the year, is not one of the year's;
    without its day the period that it was told of decides, if that ends in time: so of works that need only have been
    taken up, for preparation has no day. Nobody can tell (null) of a work whose row was set aside; of one said to be
    done on a day after its file was received, for that is a plan, not a result; of one that was not done when it was
    last heard of, before the deadline that has passed since; and of one that is not done and does not say which of
    several lists it is on.
    """
    numerator = question.indicator.numerator
    if not isinstance(numerator, shapes.ByStage):
        raise TypeError(question.indicator.id)
    wanted = STAGES.index(numerator.reaches)
    reached = pl.col("stage").replace_strict(
        {s: i >= wanted for i, s in enumerate(STAGES)}, default=None, return_dtype=pl.Boolean
    )
    dated = [f"{stage}_on" for stage in DATED_STAGES if wanted and stage in STAGES[wanted:]]
    on = pl.coalesce(pl.lit(None, pl.Date), *dated)
    own_date = pl.col("attributes").str.json_path_match("$.due_on").str.to_date("%Y-%m-%d", strict=False)
    works = question.works_of_item.with_columns(due_on=pl.coalesce(own_date, pl.lit(question.due)))
    received, due = pl.col("received"), pl.col("due_on")
    is_plan = reached & (on > received).fill_null(False)
    is_dated = pl.lit(question.is_dated) | own_date.is_not_null()
    is_stale = is_dated & ~reached & (received <= due) & (pl.lit(question.facts.as_of) > due)
    # One that is not done and does not say which list it is on has yet to be told of, like one last heard of too early.
    is_stale = (is_stale | (~reached & pl.col("entity_id").is_in(question.unlabelled))).fill_null(False)
    by_area = pl.lit(question.indicator.population.register_name is not None)
    is_known = on.is_not_null() | (pl.col("period_end") <= due)
    of_the_year = (on <= due) & (on >= question.period.start)
    in_time = pl.when(~(by_area & reached)).then(reached).when(is_known).then(of_the_year.fill_null(True))
    known = works.with_columns(
        entity_id=member_of_work(question),
        reached=pl.when(~(is_plan | is_stale)).then(in_time),
        reached_on=pl.when(reached & ~is_plan).then(on),
        is_stale=is_stale,
    )
    return pl.concat([known.drop_nulls("entity_id"), _works_in_doubt(question)], how="diagonal")


def member_of_work(question: Question) -> pl.Expr:
    """The named work that a row is about; the row itself of an open list; of others the area that reports it."""
    if question.indicator.population.named == "works":
        grown = [key for key, _, _ in question.named_works]
        own = pl.when(pl.col("entity_id").is_in(grown)).then("entity_id")
        return pl.coalesce("member", own)
    ids = set(question.population["entity_id"])
    areas = question.facts.undertakings["area_id"].drop_nulls().unique().to_list()
    # A work that only a higher level tells of is nobody's below it, and still done.
    reporter = {a: next((up for up in question.catalog.upwards(a) if up in ids), a) for a in areas}
    return (
        pl.col("area_id")
        .fill_null(question.plan.area)
        .replace_strict({question.plan.area: question.plan.area, **reporter}, return_dtype=pl.String)
    )


def _with_higher_levels(population: pl.DataFrame, works: pl.DataFrame, question: Question) -> pl.DataFrame:
    """The population, and each area above it that tells of works without saying whose they are."""
    areas = question.catalog.areas
    above = [areas[a] for a in works["entity_id"].unique().sort() if a not in set(population["entity_id"])]
    rows = [(a.id, f"{a.name.zh}（未分到下级）", a.id, "") for a in above]
    own = pl.DataFrame(rows, schema=["entity_id", "name", "area_id", "part"], orient="row")
    return pl.concat([population, own], how="diagonal_relaxed") if rows else population


def _works_in_doubt(question: Question) -> pl.DataFrame:
    """One row for each member that a work set aside may belong to: itself, or all of the area that its row tells."""
    doubts = question.doubted_works
    own = doubts["member"].drop_nulls().to_list()
    about = question.members_about(doubts.filter(pl.col("member").is_null())["area_id"])
    return pl.DataFrame({"entity_id": [*own, *about]}, schema={"entity_id": pl.String})


def works_by_stage(question: Question) -> pl.DataFrame:
    """The member frame of a figure that counts works: named works one by one, others by the areas that report them.

    A named work that has a day counts where it was done by that day: one done later is done late, not by it, and one
    done on a day that nobody told may be either.
    """
    works = works_of(question)
    known = works.filter(pl.col("stage").is_not_null())
    told = known.select("entity_id").unique().with_columns(part=pl.lit(""))
    doubts = works.join(known, on="entity_id", how="anti").select("entity_id").unique().with_columns(part=pl.lit(""))
    aside = doubts.with_columns(was_set_aside=pl.lit(True))
    if question.indicator.population.register_name is None:
        arrived = question.arrived(told).join(doubts, on=members.CELL, how="anti")
        reached = works.select("entity_id", reached=_in_time(question))
        return members.by_stage(question.population, reached, arrived=pl.concat([arrived, aside]))
    arrived = question.arrived(pl.concat([told, _reported(question)]))
    population = _with_higher_levels(question.population, works, question)
    return members.by_numbers_of_works(
        population,
        works.select("entity_id", "reached"),
        arrived=pl.concat([arrived, aside]).unique(members.CELL, keep="first", maintain_order=True),
        final=_told_to_the_end(question, known),
    )


def _in_time(question: Question) -> pl.Expr:
    """Whether a named work was done by its day; where it has none, whether it was done."""
    if not question.is_dated:
        return pl.col("reached")
    return pl.col("reached") & (pl.col("reached_on") <= pl.col("due_on"))


def _reported(question: Question) -> pl.DataFrame:
    """Areas that have told of all their works: by a zero return, or in a file that is about the whole of them."""
    ids = _within(question, [*_zero_returns(question)["area_id"], *_whole_files(question)["area_id"]])
    return pl.DataFrame({"entity_id": ids, "part": ""}, schema={"entity_id": pl.String, "part": pl.String})


def _zero_returns(question: Question) -> pl.DataFrame:
    mine = pl.col("item").is_in(list(question.items)) & (pl.col("value_code") == "none")
    return question.in_window(question.facts.states.filter(mine))


def _whole_files(question: Question) -> pl.DataFrame:
    return question.in_window(question.facts.covered.filter(pl.col("item").is_in(list(question.items))))


def _told_to_the_end(question: Question, works: pl.DataFrame) -> list[str]:
    """Areas whose works cannot have become more since they were told: told of up to the deadline, and after it."""
    due = pl.lit(question.due)
    to_the_end = pl.col("period_end") >= due
    zero = _zero_returns(question).filter(to_the_end)["area_id"]
    whole = _whole_files(question).filter(to_the_end & (pl.col("received") > due))["area_id"]
    own = works.filter(to_the_end & (pl.col("received") > due))["entity_id"]
    return sorted({*own, *_within(question, [*zero, *whole])})


def _within(question: Question, areas: list[str | None]) -> list[str]:
    """Members that lie in one of the areas; no area is the whole plan's."""
    outer = {area or question.plan.area for area in areas}
    return [
        member
        for member, area in question.population.select("entity_id", "area_id").rows()
        if any(question.catalog.lies_in(area or question.plan.area, o) for o in outer)
    ]
