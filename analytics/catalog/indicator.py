"""The typed shape of an indicator: whom it counts, what of them, and how that becomes a number."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from analytics.catalog.models import Entry, Identifier, Population, Stage, Text

Kind = Literal["ratio", "level", "count", "list", "cover", "change", "narrative"]
ScopeKind = Literal[
    "province", "city", "county", "urban_area", "basin", "river", "section", "plant", "reach", "zone", "work", "body"
]
# Scopes whose rows are single members of the population: the text judges each of them by itself.
MEMBER_SCOPES: tuple[ScopeKind, ...] = ("section", "zone", "plant", "reach", "work", "body", "urban_area")
# The companion that tells in how many areas a promise is kept which the text judges in each of them.
EACH_AREA = "each_area"
Formula = Literal["assessed_leakage", "composite_leakage"]


class Shape(Entry):
    """What a number is made of: `names` are the ids of amounts, states, … (`named` says of what)."""

    named: ClassVar[str] = ""

    @property
    def names(self) -> list[str]:
        """What is named."""
        return []


class ByAmount(Shape):
    """Sum of an amount over the members; `frozen`: as it stood on the day before the period began.

    `left_open` is another amount of the same kind: what belongs to a denominator and could not be judged. It takes no
    part in the value, and leaves it open by as much.
    """

    named: ClassVar[str] = "amount"
    amount: Identifier
    frozen: bool = False
    left_open: Identifier | None = None

    @property
    def names(self) -> list[str]:
        """What is named."""
        return [name for name in (self.amount, self.left_open) if name]


class ByFormula(Shape):
    """A quantity that a formula of `compute` makes of several amounts of each member."""

    named: ClassVar[str] = "amount"
    formula: Formula
    amounts: list[Identifier] = Field(min_length=1)

    @property
    def names(self) -> list[str]:
        """What is named."""
        return self.amounts


class ByGuarantee(Shape):
    """Days on which members had the flow they need; days without a reading are open (see `compute.flow`)."""

    named: ClassVar[str] = "amount"
    met: Identifier
    assessed: Identifier
    expected: Identifier

    @property
    def names(self) -> list[str]:
        """What is named."""
        return [self.met, self.assessed, self.expected]


class ByStates(Shape):
    """Members of whom every one of the states is one of its counted codes; `throughout`: all the time of the window."""

    named: ClassVar[str] = "state"
    states: dict[Identifier, list[str]] = Field(min_length=1)
    throughout: bool = False

    @property
    def names(self) -> list[str]:
        """What is named."""
        return list(self.states)


class ByWaterClass(Shape):
    """Sections whose annual class is one of those listed."""

    named: ClassVar[str] = "water class"
    water_class: list[str] = Field(min_length=1)

    @property
    def names(self) -> list[str]:
        """What is named."""
        return self.water_class


class ByTargetClass(Shape):
    """Sections whose annual class is that of their own target or better."""

    meets: Literal["target_class"]


class ByStage(Shape):
    """Works that have reached the stage; `where` narrows them to those whose attribute is one of the codes."""

    named: ClassVar[str] = "undertaking"
    undertaking: Identifier
    reaches: Stage
    where: dict[Identifier, list[str]] = {}

    @property
    def names(self) -> list[str]:
        """What is named."""
        return [self.undertaking]


class ByMean(Shape):
    """Mean of an amount over the year's parts, weighted by another amount where there is one.

    Over several members it is the mean of all, or that of the lowest one.
    """

    named: ClassVar[str] = "amount"
    mean: Identifier
    weighted_by: Identifier | None = None
    across: Literal["all", "lowest"] = "all"

    @property
    def names(self) -> list[str]:
        """What is named."""
        return [name for name in (self.mean, self.weighted_by) if name]


class ByLowest(Shape):
    """The lowest of an amount's values: of the parts of the year, and of the members."""

    named: ClassVar[str] = "amount"
    lowest: Identifier

    @property
    def names(self) -> list[str]:
        """What is named."""
        return [self.lowest]


class ByEvidence(Shape):
    """Evidence that was sent for the code; experts judge."""

    named: ClassVar[str] = "state"
    evidence: Identifier

    @property
    def names(self) -> list[str]:
        """What is named."""
        return [self.evidence]


# What an entry says that is none: a zero return.
NOT_LISTED = ("none", "no", "无")


class ByEntry(Shape):
    """Entries that were sent for a list: listed, never judged."""

    named: ClassVar[str] = "state"
    listed: Identifier

    @property
    def names(self) -> list[str]:
        """What is named."""
        return [self.listed]


class ByShortfall(Shape):
    """Areas in which one of the named figures fell short: early warning, to be verified."""

    named: ClassVar[str] = "code of a plan"
    short_of: list[str] = Field(min_length=1)

    @property
    def names(self) -> list[str]:
        """What is named."""
        return self.short_of


Numerator = (
    ByAmount
    | ByFormula
    | ByGuarantee
    | ByStates
    | ByWaterClass
    | ByTargetClass
    | ByStage
    | ByMean
    | ByLowest
    | ByEvidence
    | ByEntry
    | ByShortfall
)


class Companion(Entry):
    """A number printed beside the figure and never judged: the same members counted in another way.

    It is in the unit and decimals of the figure, and of its members, unless it says otherwise.
    """

    id: Identifier
    label: Text
    unit: str = ""
    decimals: int | None = None
    population: Population | None = None
    numerator: Numerator | None = None
    denominator: ByAmount | Literal["members"] | None = None
    months: list[Annotated[int, Field(ge=1, le=12)]] = []


class Indicator(Entry):
    """How a figure is computed; what it is compared with stands in the plan.

    `decided_by` names the settings of the plan by which the states that it counts are derived; `counts` what is
    counted, where it is not the members of the register themselves: source-quarters.
    """

    id: Identifier
    name: Text
    kind: Kind
    population: Population
    numerator: Numerator
    denominator: ByAmount | Literal["members"] = "members"
    change: Literal["points", "percent"] | None = None
    companions: list[Companion] = []
    decided_by: list[Identifier] = []
    counts: Text | None = None
    scopes: list[ScopeKind] = Field(min_length=1)
    better: Literal["higher", "lower"] = "higher"
    unit: str
    decimals: int = Field(default=0, ge=0, le=6)
    judge_on: Literal["unrounded", "printed"] = "unrounded"
    formula: Text
    caveats: Text | None = None
    cites: list[str] = Field(min_length=1)
    method_version: int = 1

    @property
    def is_lowest(self) -> bool:
        """Whether the figure is the lowest of its members: each of them has to reach the target."""
        return isinstance(self.numerator, ByLowest) or (
            isinstance(self.numerator, ByMean) and self.numerator.across == "lowest"
        )

    @property
    def settings(self) -> list[str]:
        """Settings of the plan that decide its number."""
        by_class = isinstance(self.numerator, ByWaterClass | ByTargetClass)
        above = [self.population.above.setting] if self.population.above else []
        return [*above, *(["minimum_months"] if by_class else []), *self.decided_by]

    @model_validator(mode="after")
    def _the_kind_fits(self) -> Indicator:
        if (self.change is not None) != (self.kind == "change"):
            raise ValueError("change goes with kind: change, and kind: change needs it")
        if not isinstance(self.numerator, _FITTING[self.kind]):
            raise ValueError(f"kind: {self.kind} does not go with this numerator")
        is_amount = isinstance(self.numerator, ByAmount | ByFormula)
        if self.kind == "ratio" and is_amount and self.denominator == "members":
            raise ValueError("a ratio of an amount needs another amount as its denominator")
        counted = [(self.numerator, self.denominator)]
        counted += [(c.numerator or self.numerator, c.denominator or self.denominator) for c in self.companions]
        pairs = [(a.amount, b.amount) for a, b in counted if isinstance(a, ByAmount) and isinstance(b, ByAmount)]
        if any(a == b for a, b in pairs):
            raise ValueError("the denominator is another amount than the numerator")
        if any(isinstance(a, ByAmount) and a.left_open for a, _ in counted):
            raise ValueError("left_open goes with a denominator")
        ids = [c.id for c in self.companions]
        if len(set(ids)) < len(ids) or len(set(self.scopes)) < len(self.scopes):
            raise ValueError("a scope, and a companion, stands once")
        return self

    @model_validator(mode="after")
    def _members_are_narrowed_where_they_can_be(self) -> Indicator:
        population, by_states = self.population, isinstance(self.numerator, ByStates)
        is_doubtful = population.above is not None or population.on_named_rivers
        if is_doubtful and not (by_states and self.kind in ("ratio", "cover", "count")):
            raise ValueError("above and on_named_rivers go with shares and numbers of members by their states")
        if population.left_out and not by_states:
            raise ValueError("left_out goes with figures on members by their states")
        return self


_FITTING: dict[str, tuple[type[Entry], ...]] = {
    "ratio": (ByAmount, ByFormula, ByStates, ByWaterClass, ByTargetClass),
    "level": (ByMean, ByLowest, ByStates),
    "count": (ByAmount, ByStates, ByWaterClass, ByStage),
    "list": (ByStage, ByEntry, ByShortfall),
    "cover": (ByStates,),
    "change": (ByAmount, ByGuarantee, ByStates),
    "narrative": (ByEvidence,),
}
