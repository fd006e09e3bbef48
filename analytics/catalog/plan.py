"""The typed shape of a plan: clauses, targets, windows, sets of places, settings; and what is given beside it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analytics.catalog.indicator import ScopeKind
from analytics.catalog.models import AreaCode, Certainty, Entry, Identifier, Said, Sourced, Stage, Text

Comparison = Literal[">=", "<=", ">", "<", "=="]
Strength = Literal["binding", "strive", "basically", "all_out", "encouraged"]
Division = Literal["cities", "towns"]
Part = Literal["goals", "water_resources", "water_environment", "aquatic_ecology", "water_risk", "system", "safeguards"]
Number = Annotated[float, Field(allow_inf_nan=False)]
MonthDay = Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
Code = Annotated[str, Field(pattern=r"^[GTS]\d{1,2}[a-z]?$")]


class Assumption(Entry):
    """What the plan's text leaves open and we had to choose: how sure it is, by what, and why."""

    label: Text
    certainty: Certainty
    cites: list[str] = []
    reason: Text


class Setting(Assumption):
    """What the text leaves to a choice: a number between `minimum` and `maximum`, or one of named `choices`.

    A value of null has to be given by those who know.
    """

    value: Number | Identifier | None
    minimum: Number | None = None
    maximum: Number | None = None
    choices: dict[Identifier, Text] = {}

    @model_validator(mode="after")
    def _is_a_number_or_a_choice(self) -> Setting:
        bounds = (self.minimum is not None) + (self.maximum is not None)
        if bounds != (0 if self.choices else 2):
            raise ValueError("a setting has a minimum and a maximum, or choices")
        if self.value is not None and (rule := self.refused(self.value)):
            raise ValueError(rule)
        return self

    def refused(self, value: float | str) -> str:
        """Why the setting cannot have that value; nothing where it can."""
        if self.choices:
            return "" if value in self.choices else f"the value is one of {', '.join(self.choices)}"
        if self.minimum is None or self.maximum is None or isinstance(value, str):
            return "the value is a number"
        within = self.minimum <= value <= self.maximum
        return "" if within else f"the value lies between {self.minimum:g} and {self.maximum:g}"

    @property
    def number(self) -> float | None:
        """The value of a setting that is a number."""
        if isinstance(self.value, str):
            raise TypeError(self.value)
        return self.value

    @property
    def choice(self) -> str | None:
        """The name that was chosen, of a setting that has choices."""
        return self.value if isinstance(self.value, str) else None


class Window(Assumption):
    """A part of the year, from its first to its last day.

    Where the last day comes before the first, a continuous window runs into the next year; of any other the two parts
    within the year are meant.
    """

    first: MonthDay
    last: MonthDay
    is_continuous: bool = False

    @model_validator(mode="after")
    def _days_of_every_year(self) -> Window:
        for day in (self.first, self.last):
            date(2021, int(day[:2]), int(day[3:]))
        return self

    def spans(self, year: int) -> list[tuple[date, date]]:
        """First and last day of each part of the window that begins in the year."""
        first, last = (date(year, int(day[:2]), int(day[3:])) for day in (self.first, self.last))
        if first <= last:
            return [(first, last)]
        if self.is_continuous:
            return [(first, last.replace(year=year + 1))]
        return [(date(year, 1, 1), last), (first, date(year, 12, 31))]


class PlaceSet(Assumption):
    """Areas that the text means by a phrase such as 沿黄沿汾县级城市."""

    places: list[AreaCode] = Field(min_length=1)


class NamedWork(Entry):
    """A piece of work that the text names: by its county, its river, or both."""

    place: AreaCode | None = None
    river: Text | None = None

    @model_validator(mode="after")
    def _has_a_name(self) -> NamedWork:
        if self.place is None and self.river is None:
            raise ValueError("a named work has a place, a river, or both")
        return self


class Target(Entry):
    """What the plan promises of one figure, at the level its text sets.

    A target has a `value` per year; or says who sets it (`left_to`); or why there is none at all (`no_value`: the
    text wants progress, evidence or a list). `promised_members` is how many the text speaks of: printed beside the
    register's number, or, with `counts_unnamed`, each that no register names yet counts as not delivered. `name` stands
    for that of the indicator where several targets share one.
    """

    code: Code
    indicator: Identifier
    name: Text | None = None
    statement: Text
    level: ScopeKind = "province"
    comparison: Comparison = ">="
    value: dict[int, Number] = {}
    left_to: Text | None = None
    no_value: Text | None = None
    unit: str = ""
    strength: Strength = "binding"
    lead: list[Identifier] = Field(min_length=1)
    stage: Stage | None = None
    deadline: dict[int, date] = {}
    window: Identifier | None = None
    cadence: Literal["month", "quarter"] | None = None
    judged_from: dict[int, date] = {}
    works: list[NamedWork] = []
    is_open: bool = False
    places: list[AreaCode] = []
    place_set: Identifier | None = None
    rest_of: Division | None = None
    named_rivers: list[str] = []
    promised_members: int | None = None
    counts_unnamed: bool = False
    requires: list[Code] = []
    reason: str = ""

    @model_validator(mode="after")
    def _says_what_it_is_held_against(self) -> Target:
        if [bool(self.value), self.left_to is not None, self.no_value is not None].count(True) != 1:
            raise ValueError("a target has one of value per year, left_to (who sets it) and no_value (why none)")
        if bool(self.unit) != bool(self.value):
            raise ValueError("a value goes with its unit")
        return self

    @model_validator(mode="after")
    def _places_are_said_once(self) -> Target:
        if sum([bool(self.places), self.place_set is not None, self.rest_of is not None]) > 1:
            raise ValueError("places are given by one of places, place_set and rest_of")
        named = [*self.places, *((w.place, w.river and w.river.zh) for w in self.works)]
        if len(set(named)) < len(named):
            raise ValueError("a place or a work is named once")
        return self

    @model_validator(mode="after")
    def _days_lie_in_their_year(self) -> Target:
        for key, days in (("deadline", self.deadline), ("judged_from", self.judged_from)):
            for year, day in days.items():
                if day.year != year:
                    raise ValueError(f"the {key} of {year} is a day of {year}")
        return self


class Clause(Entry):
    """One clause of the plan in our own words, with who answers for it.

    `sentences` has, for each sentence of the document's clause in its order, the codes of what it promises; an empty
    list for one that declares and promises nothing that could be held against anything.
    """

    clause: str
    part: Part
    title: Text
    statement: Text
    lead: list[Identifier] = []
    cooperating: list[Identifier] = []
    responsible: list[Identifier] = []
    sentences: list[list[Code]] = []
    targets: list[Target] = []


class Joint(Entry):
    """Figures of which a promise needs all: 平均达150，且均不低于100."""

    codes: list[Code] = Field(min_length=2)
    statement: Text

    @model_validator(mode="after")
    def _are_several(self) -> Joint:
        if len(set(self.codes)) < len(self.codes):
            raise ValueError("a code stands once in a joint promise")
        return self

    @property
    def id(self) -> str:
        """The codes as one word: T07f+T07g."""
        return "+".join(self.codes)


class Plan(Entry):
    """A plan: its document, the years it promises for, and its clauses.

    `strata` has the indicators whose targets share all cities, or all towns, among them: each just once.
    """

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    document: str
    issued: date | None
    certainty: Certainty = "A"
    area: AreaCode
    years: list[Annotated[int, Field(ge=1000, le=9999)]] = Field(min_length=1)
    settings: dict[Identifier, Setting] = {}
    windows: dict[Identifier, Window] = {}
    place_sets: dict[Identifier, PlaceSet] = {}
    strata: dict[Identifier, list[Division]] = {}
    clauses: list[Clause] = Field(min_length=1)
    joint: list[Joint] = []

    def targets(self) -> list[Target]:
        """Every target, in the plan's order."""
        return [target for clause in self.clauses for target in clause.targets]


class GivenTarget(Sourced):
    """A target that the plan left to others; a working figure (工作参照值) is printed as such and never counts."""

    code: Code
    year: int
    value: Number
    is_working: bool = False


class GivenSetting(Sourced):
    """Another value of a setting: a number, or the name of one of its choices."""

    setting: Identifier
    value: Number | Said


class GivenPlaces(Sourced):
    """Other areas for a set of places."""

    place_set: Identifier
    places: list[AreaCode] = Field(min_length=1)


class Breakdown(Sourced):
    """任务分解: what each area is held to. Of a count or an amount the parts make up the whole of the province."""

    code: Code
    year: int
    values: dict[AreaCode, Number] = Field(min_length=1)


class GivenReward(Sourced):
    """What “markedly better than the standard” means for sewage plants, and the days on which that holds.

    Of each item the monthly mean is at most a share of the limit of the provincial standard (`shares_of_limit`), or at
    most a value of its own (`at_most`, in the unit of the item); in `least_share_pct` of the months, at least. A plant
    also keeps its own limits in every month.
    """

    id: Identifier
    valid_from: date
    valid_to: date | None = None
    least_share_pct: Annotated[float, Field(gt=0, le=100)]
    shares_of_limit: dict[Identifier, Annotated[float, Field(gt=0, le=1)]] = {}
    at_most: dict[Identifier, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}

    @model_validator(mode="after")
    def _is_a_rule(self) -> GivenReward:
        if not self.shares_of_limit and not self.at_most:
            raise ValueError("a rule for rewards names an item, in shares_of_limit or at_most")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("the rule ends before it begins")
        return self


class TypedReason(Sourced):
    """Why something was not met, what is done about it and by when: typed and signed by people, never generated."""

    code: Code
    area: AreaCode
    cause: Literal["natural", "engineering", "funding", "management"]
    text: Said
    measure: Said
    due: date
    signed_by: Said

    @model_validator(mode="after")
    def _is_about_what_comes(self) -> TypedReason:
        if self.due < self.date:
            raise ValueError("a measure is due after it was signed")
        return self


class Given(Entry):
    """`catalog/given/<plan>.yml` of a workspace: what was said of a plan after it was issued."""

    plan: str
    targets: list[GivenTarget] = []
    settings: list[GivenSetting] = []
    place_sets: list[GivenPlaces] = []
    breakdowns: list[Breakdown] = []
    reward_rules: list[GivenReward] = []
    reasons: list[TypedReason] = []

    @property
    def id(self) -> str:
        """The plan that it is about."""
        return self.plan
