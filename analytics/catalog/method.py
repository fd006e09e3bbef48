"""The typed shape of what the regulations say beside their limits: ratings, indices, grades, limits of detection."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analytics.catalog.models import Certainty, Entry, Identifier, Text


class Method(Entry):
    """Base of all: what it is, where it stands, how sure that is and what was left open."""

    id: Identifier
    title: Text
    cites: list[str] = Field(min_length=1)
    certainty: Certainty
    reason: str


class Rating(Entry):
    """One word for a river, basin or region, and when it is given [%]; a bound that is not told always holds."""

    word: Text
    good_at_least: float | None = None
    worst_below: float | None = None


class Change(Entry):
    """From when on a change is one, and a marked one: in steps of the class, and in percentage points."""

    some_steps: int
    marked_steps: int
    some_points: float
    marked_points: float


class SurfaceRating(Method):
    """How sections, rivers, basins and regions are rated, and two periods compared."""

    standard: Identifier
    good_class: str
    fewest_samplings: dict[Literal["month", "quarter"], int]
    sections_for_shares: int
    ratings: list[Rating] = Field(min_length=2)
    main_items: int
    before_all_others: list[Identifier]
    without_multiple: list[Identifier]
    change: Change

    @model_validator(mode="after")
    def _last_rating_is_for_the_rest(self) -> SurfaceRating:
        last = self.ratings[-1]
        if last.good_at_least is not None or last.worst_below is not None:
            raise ValueError("the last rating holds where no other does, and has no bounds")
        return self


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


class TrophicIndex(Method):
    """The comprehensive trophic level index of lakes, and its grades."""

    terms: list[TrophicTerm] = Field(min_length=1)
    grades: list[Grade] = Field(min_length=2)


class CityIndex(Method):
    """The index by which cities are ranked by their surface water."""

    standard: Identifier
    base_class: str
    neutral: dict[Identifier, float]
    unranked_change_up_to_class: str


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


class BlackOdorous(Method):
    """How points and bodies of black-odorous water are graded from single values."""

    standard: Identifier
    shallow_below_cm: float
    shallow_share_of_depth: float
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


class SourceAssessment(Method):
    """How sources of drinking water are judged, by the kind of water that the register gives.

    `year_rule` is the setting of the plan that says how the occasions of a year become its verdict.
    """

    waters: dict[Identifier, SourceWater] = Field(min_length=1)
    without_multiple: list[Identifier]
    year_rule: Identifier


class DetectionLimit(Entry):
    """The limit of detection of one method for one item."""

    parameter: Identifier
    method: str
    unit: str
    limit: float = Field(gt=0)
    water: Literal["surface_water", "sewage"] = "surface_water"


class DetectionLimits(Method):
    """Limits of detection of common methods, for results that do not tell theirs."""

    limits: list[DetectionLimit] = Field(min_length=1)
