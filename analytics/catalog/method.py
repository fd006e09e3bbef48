"""The typed shape of what the regulations say beside their limits: ratings, indices, grades, limits of detection."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.catalog.models import Entry, Identifier, Regulation, Text


class Rating(Entry):
    """One word for a river, basin or region, and when it is given [%]; a bound that is not told always holds."""

    word: Text
    good_at_least: float | None = Field(default=None, gt=0, le=100)
    worst_below: float | None = Field(default=None, gt=0, le=100)


class Change(Entry):
    """From when on a change is one, and a marked one: in steps of the class, and in percentage points."""

    some_steps: int = Field(ge=1)
    marked_steps: int = Field(ge=1)
    some_points: float = Field(ge=0)
    marked_points: float = Field(ge=0)

    @model_validator(mode="after")
    def _a_marked_change_is_the_larger(self) -> Change:
        if self.some_steps > self.marked_steps or self.some_points > self.marked_points:
            raise ValueError("a marked change begins where some change does, or later")
        return self


class SurfaceRating(Regulation):
    """How sections, rivers, basins and regions are rated, and two periods compared."""

    standard: Identifier
    good_class: str
    fewest_samplings: dict[str, Annotated[int, Field(ge=1)]]
    sections_for_shares: int = Field(ge=1)
    ratings: list[Rating] = Field(min_length=2)
    main_items: int = Field(ge=1)
    before_all_others: list[Identifier]
    without_multiple: list[Identifier]
    change: Change

    @model_validator(mode="after")
    def _periods_are_those_that_are_rated(self) -> SurfaceRating:
        if set(self.fewest_samplings) != {"month", "quarter", "season"}:
            raise ValueError(
                "fewest_samplings are told of a month, a quarter and a season; those of a year are a plan's setting"
            )
        return self

    @model_validator(mode="after")
    def _last_rating_is_for_the_rest(self) -> SurfaceRating:
        last = self.ratings[-1]
        if last.good_at_least is not None or last.worst_below is not None:
            raise ValueError("the last rating holds where no other does, and has no bounds")
        if any(r.good_at_least is None and r.worst_below is None for r in self.ratings[:-1]):
            raise ValueError("only the last rating has no bounds")
        return self

    @model_validator(mode="after")
    def _ratings_get_worse(self) -> SurfaceRating:
        good = [r.good_at_least for r in self.ratings if r.good_at_least is not None]
        worst = [r.worst_below for r in self.ratings if r.worst_below is not None]
        if good != sorted(good, reverse=True) or worst != sorted(worst):
            raise ValueError("the ratings stand from the best to the worst")
        return self


class LoadMethod(Regulation):
    """Of which items loads are told, and the fewest readings of a day and days of a month for a flow to count."""

    items: list[Identifier] = Field(min_length=1)
    fewest_readings_of_a_day: int = Field(ge=1)
    fewest_days_of_a_month: int = Field(ge=1)


class EcologicalFlow(Regulation):
    """When a day has a mean flow, and which river is replenished: the sum of what its release points give it."""

    fewest_readings_of_a_day: int = Field(ge=1)
    replenished_river: str = Field(min_length=1)


class TrophicTerm(Entry):
    """One term of the trophic level index: 10 (constant + slope · ln value), and its correlation with chlorophyll a."""

    parameter: Identifier
    unit: str
    constant: float
    slope: float
    correlation: float


class Grade(Entry):
    """One grade of an index, from the lowest: up to which value it is given."""

    word: Text
    below: float | None = None
    at_most: float | None = None


class TrophicIndex(Regulation):
    """The comprehensive trophic level index of lakes, and its grades."""

    terms: list[TrophicTerm] = Field(min_length=1)
    grades: list[Grade] = Field(min_length=2)


class CityIndex(Regulation):
    """The index by which cities are ranked by their surface water."""

    standard: Identifier
    base_class: str
    neutral: dict[Identifier, float]
    unranked_change_up_to_class: str


class ShallowWater(Entry):
    """Below which depth [cm] an item has to reach a share of the depth instead of its limit of one class.

    A depth of less than `least_cm` [cm] cannot be one: it is told in another unit.
    """

    parameter: Identifier
    least_cm: float = Field(gt=0)
    below_cm: float = Field(gt=0)
    share_of_depth: float = Field(gt=0, le=1)
    instead_of: str


class HeavyPoint(Entry):
    """From which share of heavy values on a point is heavy [%]: of any one item, and of each of two."""

    one_item_pct: float
    two_items_pct: float


class HeavyBody(Entry):
    """From how many heavy points in a row its stretch is heavy, and from which share of points the body is [%]."""

    points_in_a_row: int
    points_pct: float


class Fewest(Entry):
    """The fewest points of a body, and samplings of a point, from which a grade follows."""

    points: int
    samplings: int


class BlackOdorous(Regulation):
    """How points and bodies of black-odorous water are graded from single values.

    `kind` is that of the bodies that are graded so, as their register says; without it the figures do not use it.
    """

    kind: Literal["urban", "rural"] | None = None
    standard: Identifier
    shallow: ShallowWater
    heavy_point: HeavyPoint | None = None
    heavy_body: HeavyBody | None = None
    fewest: Fewest


class HeldAgainst(Entry):
    """A limit table, and the class whose limits hold."""

    standard: Identifier
    up_to_class: str


class SourceWater(Entry):
    """How one kind of water is judged as a source of drinking water.

    `case` is that of the limit tables. Without every one of the `required` items an occasion tells too little; the
    `reference` ones are held against their limits and never count.
    """

    case: Identifier
    limits: list[HeldAgainst] = Field(min_length=1)
    required: list[Identifier] = Field(min_length=1)
    reference: list[Identifier] = []


class SourceAssessment(Regulation):
    """How sources of drinking water are judged, by the kind of water that the register gives.

    `year_rule` is the setting of the plan that says how the occasions of a year become its verdict.
    """

    waters: dict[Identifier, SourceWater] = Field(min_length=1)
    without_multiple: list[Identifier]
    year_rule: Identifier


class PlantAssessment(Regulation):
    """How sewage plants are judged by the standard that each is held to.

    `held_to` has by the code of the register (`plant_standard`) the limit tables: of an item the first that has it
    counts, and the first table gives the standard its name. Without every one of the `required` items a day or a month
    tells too little. A plant is rewarded for what it is better than by the limits of the code `rewarded_against`,
    whatever its own is. Up to `bracket_temperature_c` [°C] the limits for cold water hold. `load_per_person_g_d` is the
    BOD₅ of a person and day [g].
    """

    held_to: dict[Identifier, Annotated[list[HeldAgainst], Field(min_length=1)]] = Field(min_length=1)
    required: list[Identifier] = Field(min_length=1)
    rewarded_against: Identifier
    bracket_temperature_c: float
    load_per_person_g_d: float = Field(gt=0)

    @model_validator(mode="after")
    def _names_each_standard_once(self) -> PlantAssessment:
        names = [(tables[0].standard, tables[0].up_to_class) for tables in self.held_to.values()]
        if len(set(names)) < len(names):
            raise ValueError("two codes are held to the same table first")
        return self

    @model_validator(mode="after")
    def _rewards_by_a_code_of_its_own(self) -> PlantAssessment:
        if self.rewarded_against not in self.held_to:
            raise ValueError(f"rewarded_against is one of {', '.join(sorted(self.held_to))}")
        return self


class DetectionLimit(Entry):
    """The limit of detection of one method for one item."""

    parameter: Identifier
    method: str
    unit: str
    limit: float = Field(gt=0)
    water: Literal["surface_water", "sewage"] = "surface_water"


class DetectionLimits(Regulation):
    """Limits of detection of common methods, for results that do not tell theirs."""

    limits: list[DetectionLimit] = Field(min_length=1)


class StationFlag(Entry):
    """One mark that a station sets beside a reading, and whether a reading so marked counts."""

    code: str = Field(pattern=r"^[A-Za-z]{1,2}$")
    label: Text
    counts: bool


class StationFlags(Regulation):
    """The marks that one kind of station knows; upper and lower case are one."""

    flags: list[StationFlag] = Field(min_length=1)

    @model_validator(mode="after")
    def _flags_are_told_once(self) -> StationFlags:
        codes = [flag.code.casefold() for flag in self.flags]
        twice = next((code for i, code in enumerate(codes) if code in codes[:i]), None)
        if twice:
            raise ValueError(f"the flag {twice} stands twice")
        return self
