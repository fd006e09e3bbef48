"""Sewage plants from the warehouse's readings and amounts: effluent against limits, influent, collection, rewards.

What follows becomes amounts and states of the figures: the days of the cold season, the people whose sewage is
collected, the plants that are markedly better than the standard of the province.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.asked import valid_in
from analytics.catalog import Catalog
from analytics.catalog import indicator as shapes
from analytics.catalog.plan import Plan
from analytics.catalog.served import deriving
from analytics.compute import plant_rewards, plants
from analytics.compute.steps import Every
from analytics.duck import Connection
from analytics.periods import year_of
from analytics.pipeline.sources import cells_aside
from analytics.warehouse import store
from analytics.warehouse.facts import Effective
from analytics.warehouse.queries import ask

REGISTER = "sewage_plants"
COMPLIANT, MONITORED, LEFT_OPEN = "plant_days_compliant", "plant_days_monitored", "plant_days_open"
COLLECTED, SERVED = "people_collected", "people_served"
BETTER = "plant_markedly_better"
_INFLUENT, _TREATED, _TEMPERATURE = "influent_bod5", "treated_water", "wetland_effluent_temperature"
_BESIDE = {"december": [12], "fourth_quarter": [10, 11, 12]}
_M3 = 10_000  # of a 万m3
_PLACE = ("snapshot", "sheet", "row")
_HAS_ALL_MONTHS = pl.col("used") == pl.col("expected")


@dataclass(frozen=True)
class PlantsAssessed:
    """A year of the plants: the rows of its tables, and the amounts and states that the figures count.

    `months` are rows of plant_month with the `city` in which the plant lies.
    """

    years: pl.DataFrame
    months: pl.DataFrame
    days: pl.DataFrame
    collection: pl.DataFrame
    amounts: pl.DataFrame
    states: pl.DataFrame


@dataclass(frozen=True)
class _Judged:
    """What one form tells: its readings, whom it is asked of, its days or months judged by the limits of each plant.

    `places` has the row of each plant's day or month.
    """

    asked: pl.DataFrame
    steps: pl.DataFrame
    places: pl.DataFrame


def _method(item: str, catalog: Catalog) -> str:
    """The method of the readings from which the item follows."""
    form = deriving(item, catalog)
    return form.readings.method if form and form.readings else ""


def doubts(by_source: Mapping[str, Effective], catalog: Catalog) -> pl.DataFrame:
    """Single readings of plants that were set aside and not put right: `entity_id`, `step`, `parameter`, `method`."""
    empty = pl.DataFrame(schema={**dict.fromkeys(("entity_id", "parameter", "method"), pl.String), "step": pl.Date})
    found = [empty.select("entity_id", "step", "parameter", "method")]
    for form in (deriving(item, catalog) for item in (COMPLIANT, BETTER)):
        if form is not None and form.readings is not None and form.id in by_source:
            told = cells_aside(by_source[form.id])
            found.append(told.select("entity_id", "parameter", step="taken_on", method=pl.lit(form.readings.method)))
    return pl.concat(frame.select(found[0].columns) for frame in found)


def assess(
    connection: Connection,
    aside: pl.DataFrame,
    amounts: pl.DataFrame,
    *,
    plan: Plan,
    year: int,
    as_of: date,
    catalog: Catalog,
) -> PlantsAssessed:
    """The year of every registered plant.

    Parameters
    ----------
    aside
        From `doubts`.
    amounts
        What was told (rows of fact_amount up to the day on which each file was received).
    as_of
        Nobody is asked for a day after it.
    """
    members = ask(connection, "register_members").filter(pl.col("register") == REGISTER)
    register = _registered(members, year, catalog)
    methods = [_method(item, catalog) for item in (COMPLIANT, BETTER)]
    readings = ask(connection, "plant_readings_of_year", methods=methods, year=year)
    told = _months_told(amounts, year)
    every = plants.held_to(catalog.plant_assessment, catalog.standards, catalog.parameters)
    limits = _limits(register, every)
    told_aside = aside.filter(pl.col("step").dt.year() == year)
    measured = readings.filter(parameter="water_temperature").select("entity_id", "step", "method", temperature="value")
    monthly = told.filter(item=_TEMPERATURE).select("entity_id", step="month", temperature="value")
    window = [(first, min(last, as_of)) for first, last in _window(plan, year, catalog) if first <= as_of]
    by_day, by_month = (_of_form(method, readings, told_aside) for method in methods)
    days = _judged(by_day, measured.filter(method=methods[0]), limits, spans=window, every="1d", catalog=catalog)
    whole = [(year_of(year).start, year_of(year).end)]
    months = _judged(by_month, monthly, limits, spans=whole, every="1mo", catalog=catalog)
    influent = _influent(register, told, year, catalog)
    of_province = _limits_to_be_better_than(every, months.asked, catalog)
    reached = _against(by_month, monthly, of_province, catalog)
    rule = _rule(plan, year, catalog)
    better = plant_rewards.markedly_better(
        reached, months.steps.lazy(), months.asked.lazy(), rule, every="1mo"
    ).collect()
    collection = pl.concat(
        _collection(_registered(members, y, catalog), amounts, plan=plan, year=y, catalog=catalog)
        for y in (year - 1, year)
    )
    return PlantsAssessed(
        years=_years(register, days, months, influent, better, year=year),
        months=_months(register, days, months, told, methods=methods, year=year),
        days=_not_compliant(days, year),
        collection=collection,
        amounts=pl.concat([_amounts_of_days(days), _people(collection)], how="diagonal"),
        states=_states(better, year),
    )


def _registered(members: pl.DataFrame, year: int, catalog: Catalog) -> pl.DataFrame:
    """Plants of the year: `entity_id`, `city`, `code` (of the standard; none where the entry was set aside)."""
    mine = members.filter(valid_in(year_of(year))).unique("entity_id", keep="last", maintain_order=True)
    standard = pl.col("attributes").str.json_path_match("$.plant_standard")
    cities = {area: catalog.city_of(area) for area in catalog.areas}
    return mine.select(
        "entity_id",
        city=pl.col("area_id").replace_strict(cities, default=None, return_dtype=pl.String),
        code=pl.when(~pl.col("is_set_aside")).then(standard),
    )


def _of_form(method: str, readings: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    """The readings of one form, and one without a value in place of each that was set aside."""
    return pl.concat([frame.filter(method=method) for frame in (readings, aside)], how="diagonal")


def _limits(register: pl.DataFrame, every: pl.DataFrame) -> pl.LazyFrame:
    """The limits of each plant by its own standard; `every` is from `held_to`."""
    names = every.select("code", "standard", "grade").unique()
    return plants.limits_of_plants(register.join(names, on="code").lazy(), every.drop("code").lazy())


def _months_told(amounts: pl.DataFrame, year: int) -> pl.DataFrame:
    """Amounts of single months of the year: `item`, `entity_id`, `month`, `value` and their place."""
    begins, ends = pl.col("period_start"), pl.col("period_end")
    of_month = (begins == begins.dt.month_start()) & (ends == begins.dt.month_end()) & (begins.dt.year() == year)
    return amounts.filter(of_month).select("item", "entity_id", pl.col("value"), *_PLACE, month=begins)


def _window(plan: Plan, year: int, catalog: Catalog) -> list[tuple[date, date]]:
    """First and last day of each stretch in which the days of plants are counted; the year, where no target says."""
    for target in plan.targets():
        numerator = catalog.indicators[target.indicator].numerator
        if isinstance(numerator, shapes.ByAmount) and numerator.amount == COMPLIANT and target.window:
            return plan.windows[target.window].spans(year)
    return [(year_of(year).start, year_of(year).end)]


# Against the limits


def _judged(
    readings: pl.DataFrame,
    temperatures: pl.DataFrame,
    limits: pl.LazyFrame,
    *,
    spans: Sequence[tuple[date, date]],
    every: Every,
    catalog: Catalog,
) -> _Judged:
    """The days or months of `spans` of each plant of which anything was told, against the limits of its plant."""
    items = _against(readings, temperatures, limits, catalog)
    stretches = pl.DataFrame(
        [{"period": f"{first}", "period_start": first, "period_end": last} for first, last in spans],
        schema={"period": pl.String, "period_start": pl.Date, "period_end": pl.Date},
    )
    known = limits.select("entity_id").unique().collect()
    heard = readings.select("entity_id").unique(maintain_order=True).join(known, on="entity_id", how="semi")
    required = pl.lit(catalog.plant_assessment.required, pl.List(pl.String))
    asked = heard.join(stretches, how="cross").with_columns(items=required)
    steps = plants.judged_steps(items, asked.lazy(), every=every).collect()
    places = readings.drop_nulls("snapshot").select("entity_id", "step", "method", *_PLACE)
    return _Judged(asked, steps, places.unique(["entity_id", "step"], maintain_order=True))


def _against(
    readings: pl.DataFrame, temperatures: pl.DataFrame, limits: pl.LazyFrame, catalog: Catalog
) -> pl.LazyFrame:
    """The readings of one form against limits (of `limits_of_plants`)."""
    return plants.judged_items(
        plants.single_values(readings.lazy()),
        limits,
        temperatures.lazy(),
        bracket_temperature=catalog.plant_assessment.bracket_temperature_c,
    )


def _amounts_of_days(days: _Judged) -> pl.DataFrame:
    """Rows of fact_amount by plant and month; of a plant of which no day could be judged they are without a value."""
    counts = plants.compliance(days.steps.lazy(), by=["entity_id", "month"]).collect().drop("value")
    first, last = pl.col("step").min(), pl.col("step").max()
    spans = days.steps.group_by("entity_id", "month").agg(period_start=first, period_end=last)
    judged, left = pl.col("compliant") + pl.col("failed"), pl.col("open") + pl.col("missing")
    is_told = judged.sum().over("entity_id") > 0
    values = {COMPLIANT: pl.col("compliant"), MONITORED: judged, LEFT_OPEN: left}
    told = counts.with_columns(
        pl.when(is_told).then(value).cast(pl.Float64).alias(item) for item, value in values.items()
    )
    index = ["entity_id", "period_start", "period_end"]
    long = told.join(spans, on=["entity_id", "month"]).unpivot(list(values), index=index, variable_name="item")
    return long.with_columns(unit=pl.lit("d"))


def _not_compliant(days: _Judged, year: int) -> pl.DataFrame:
    """Rows of plant_day: the days beyond a limit, and those that something was told of and that are open."""
    is_shown = ~pl.col("is_compliant").fill_null(False) & pl.col("has_data")
    columns = ("is_compliant", "items_failed", "items_missing", "items_open", "worst_item", "multiple", "reason")
    return days.steps.filter(is_shown).select("entity_id", *columns, day="step", year=pl.lit(year))


# Rewards


def _limits_to_be_better_than(every: pl.DataFrame, asked: pl.DataFrame, catalog: Catalog) -> pl.LazyFrame:
    """The limits of the standard of the province for every plant, whatever its own standard is."""
    mine = every.filter(code=catalog.plant_assessment.rewarded_against)
    return asked.select("entity_id").unique().lazy().join(mine.lazy(), how="cross").drop("code", "standard", "grade")


def _rule(plan: Plan, year: int, catalog: Catalog) -> plant_rewards.RewardRule | None:
    """The rule that held throughout the year, else the last one that was given: it ranks nobody, and says so."""
    given = catalog.said_since(plan).reward_rules
    whole = year_of(year)
    holds = [r for r in given if r.valid_from <= whole.start and (r.valid_to is None or r.valid_to >= whole.end)]
    if not given:
        return None
    told = (holds or given)[-1]
    return plant_rewards.RewardRule(
        told.id, told.valid_from, told.valid_to, told.least_share_pct, told.shares_of_limit, told.at_most
    )


def _states(better: pl.DataFrame, year: int) -> pl.DataFrame:
    """Rows of fact_state: whether each plant is markedly better; open ones are without an answer."""
    is_better, whole = pl.col("is_better"), year_of(year)
    code = pl.when(is_better).then(pl.lit("yes")).when(~is_better).then(pl.lit("no"))
    return better.select(
        "entity_id",
        item=pl.lit(BETTER),
        area_id=pl.lit(None, pl.String),
        period_start=pl.lit(whole.start),
        period_end=pl.lit(whole.end),
        value_code=code,
        value_text=pl.coalesce(code, "reason"),
    )


# Influent


def _influent(register: pl.DataFrame, told: pl.DataFrame, year: int, catalog: Catalog) -> pl.DataFrame:
    """The year's influent of every registered plant, and the water it treated [万m³] where every month is told."""
    months = pl.DataFrame({"month": [date(year, month, 1) for month in range(1, 13)]})
    asked = register.select("entity_id", "city").join(months, how="cross")
    for item in (_INFLUENT, _TREATED):
        of_item = told.filter(item=item).select("entity_id", "month", pl.col("value").alias(item))
        asked = asked.join(of_item, on=["entity_id", "month"], how="left", maintain_order="left")
    most = catalog.item_field(_INFLUENT).maximum or 0.0
    means = plants.influent_means(asked.lazy(), by=["entity_id"], beside=_BESIDE, maximum=most).collect()
    water = pl.col(_TREATED)
    treated = asked.group_by("entity_id", "city").agg(
        pl.when(water.null_count() == 0).then(water.sum()).alias(_TREATED)
    )
    return means.join(treated, on="entity_id").sort("entity_id")


def _collection(
    register: pl.DataFrame, amounts: pl.DataFrame, *, plan: Plan, year: int, catalog: Catalog
) -> pl.DataFrame:
    """Rows of sewage_collection: every city of the plan, by what its plants received."""
    influent, whole = _influent(register, _months_told(amounts, year), year, catalog), year_of(year)
    days = (whole.end - whole.start).days + 1
    received = influent.select(
        "entity_id",
        area_id="city",
        influent_bod5=pl.when(_HAS_ALL_MONTHS).then(pl.coalesce("value", 0.0)),
        treated_water=pl.col(_TREATED) * _M3 / days,
    )
    cities = [a.id for a in catalog.children(plan.area, "city")]
    served = amounts.filter(
        (pl.col("item") == SERVED) & (pl.col("period_start") == whole.start) & (pl.col("period_end") == whole.end)
    )
    people = pl.DataFrame({"area_id": cities}, schema={"area_id": pl.String}).join(
        served.select("area_id", people_served="value").unique("area_id", keep="last"), on="area_id", how="left"
    )
    load = catalog.plant_assessment.load_per_person_g_d
    rates = plants.collection_rates(_in_any_city(received, cities).lazy(), people.lazy(), load_per_person=load)
    return rates.collect().with_columns(year=pl.lit(year))


def _in_any_city(received: pl.DataFrame, cities: Sequence[str]) -> pl.DataFrame:
    """The plants, those whose place nobody can read once for each city: what they receive may be of any."""
    nowhere = received.filter(pl.col("area_id").is_null()).select("entity_id")
    perhaps = nowhere.join(pl.DataFrame({"area_id": list(cities)}, schema={"area_id": pl.String}), how="cross")
    return pl.concat([received.drop_nulls("area_id"), perhaps], how="diagonal")


def _people(collection: pl.DataFrame) -> pl.DataFrame:
    """Rows of fact_amount: people collected by city and year; where something is lacking they are without a value."""
    return collection.filter(pl.col("used") > 0).select(
        "area_id",
        item=pl.lit(COLLECTED),
        value="people_collected",
        period_start=pl.date("year", 1, 1),
        period_end=pl.date("year", 12, 31),
        unit=pl.lit("人"),
    )


# The tables


def _years(
    register: pl.DataFrame,
    days: _Judged,
    months: _Judged,
    influent: pl.DataFrame,
    better: pl.DataFrame,
    *,
    year: int,
) -> pl.DataFrame:
    """Rows of plant_year."""
    by_days = plants.compliance(days.steps.lazy(), by=["entity_id"]).collect()
    by_months = plants.compliance(months.steps.lazy(), by=["entity_id"]).collect()
    counts = ("compliant", "failed", "open", "missing", "expected", "value", "low", "high")
    parts = (
        by_days.select("entity_id", *(pl.col(c).alias(f"days_{c}") for c in counts)),
        by_months.select(
            "entity_id",
            months_compliant="compliant",
            months_failed="failed",
            months_open=pl.col("open") + pl.col("missing"),
        ),
        influent.select(
            "entity_id",
            influent_bod5=pl.when(_HAS_ALL_MONTHS).then("value"),
            influent_months="used",
            treated_water_wan_m3=_TREATED,
            **{f"influent_{c}": pl.col(c) for c in ("simple_mean", *_BESIDE, "low", "high", "reason")},
        ),
        better.select(
            "entity_id",
            reward_rule="rule",
            reward_months="better",
            reward_value="value",
            is_markedly_better="is_better",
            reward_reason="reason",
        ),
    )
    found = register.select("entity_id", year=pl.lit(year))
    for part in parts:
        found = found.join(part, on="entity_id", how="left", maintain_order="left")
    return found


def _months(
    register: pl.DataFrame, days: _Judged, months: _Judged, told: pl.DataFrame, *, methods: Sequence[str], year: int
) -> pl.DataFrame:
    """Rows of plant_month, with the city of the plant; a month of which only amounts were told has a row as well."""
    amounts = {_INFLUENT: "influent_bod5", _TREATED: "treated_water_wan_m3"}
    of_month = (
        told.filter(pl.col("item").is_in(list(amounts)))
        .group_by("entity_id", "month")
        .agg(
            *(pl.col("value").filter(item=item).first().alias(name) for item, name in amounts.items()),
            pl.col(_PLACE).first(),
        )
    )
    rows = []
    for judged, method in zip((days, months), methods, strict=True):
        counted = plants.compliance(judged.steps.lazy(), by=["entity_id", "month"]).collect()
        worst = judged.steps.sort("multiple", descending=True, nulls_last=True).unique(
            ["entity_id", "month"], keep="first", maintain_order=True
        )
        place = judged.places.with_columns(month=pl.col("step").dt.month_start())
        first = place.unique(["entity_id", "month"], keep="first", maintain_order=True)
        rows.append(
            counted.drop("value", "low", "high", "reason")
            .join(worst.select("entity_id", "month", "worst_item", "multiple"), on=["entity_id", "month"], how="left")
            .join(first.select("entity_id", "month", *_PLACE), on=["entity_id", "month"], how="left")
            .with_columns(method=pl.lit(method))
        )
    monthly = rows[1].join(of_month, on=["entity_id", "month"], how="full", coalesce=True, suffix="_of_amounts")
    rows[1] = monthly.with_columns(
        *(pl.col(c).fill_null(0) for c in ("compliant", "failed", "open", "missing", "expected")),
        *(pl.coalesce(c, f"{c}_of_amounts").alias(c) for c in _PLACE),
        method=pl.lit(methods[1]),
    ).drop(f"{c}_of_amounts" for c in _PLACE)
    both = pl.concat(rows, how="diagonal").with_columns(year=pl.lit(year))
    return both.join(register.select("entity_id", "city"), on="entity_id", maintain_order="left")


def keep(connection: Connection, found: PlantsAssessed) -> None:
    """Put the year into its tables."""
    year = pl.col("year").max()
    for table, rows in (
        ("plant_year", found.years),
        ("plant_month", found.months.drop("city")),
        ("plant_day", found.days),
        ("sewage_collection", found.collection.filter(pl.col("year") == year)),
    ):
        store.insert(connection, table, rows)
