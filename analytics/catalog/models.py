"""The typed shape of every catalog file; an unknown key or a wrong type is an error."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Fact = Literal["reading", "amount", "undertaking", "state", "register"]
Stage = Literal["preparation", "started", "completed", "trial", "accepted", "stable"]
STAGES: tuple[Stage, ...] = get_args(Stage)  # in the order in which a piece of work passes them
DATED_STAGES = STAGES[1:]  # preparation has no day of its own
REMARK = "remark"  # the column in which a form takes whatever its others do not ask for
Certainty = Literal["A", "A2", "B", "C", "D"]
FieldType = Literal[
    "text",
    "number",
    "integer",
    "date",
    "month",
    "stamp",
    "code",
    "flag",
    "area",
    "register_year",
    "items",
    "department",
]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Said = Annotated[str, Field(pattern=r"\S")]
AreaCode = Annotated[str, Field(pattern=r"^\d{6}$")]


def folded_of(name: str) -> str:
    """The staged column beside a text that stands as sent: the same in half width, for whatever compares it."""
    return f"{name}_folded"


class Entry(BaseModel):
    """Base of all entries: frozen, no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Text(Entry):
    """A text for readers: both languages or none."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """The text in `zh` or `en`."""
        return self.en if lang == "en" else self.zh


class Sourced(Entry):
    """Something said beside the catalog: by which document, and when."""

    source: Said
    date: date


class Regulation(Entry):
    """What a regulation says: where it stands, how sure that is, and what was left open (`reason`).

    A workspace may put another in the place of a shipped one, by the same id; then it names in `given` the document
    that says so.
    """

    id: Identifier
    title: Text
    cites: list[str] = Field(min_length=1)
    certainty: Certainty
    reason: Text
    given: Sourced | None = None


class Code(Entry):
    """One value of a coded field, with the words people write for it."""

    label: Text
    aliases: list[str] = []


YES_NO = {
    "yes": Code(label=Text(zh="是", en="yes"), aliases=["有", "已完成", "√"]),
    "no": Code(label=Text(zh="否", en="no"), aliases=["无", "未完成", "×"]),
}


class FieldSpec(Entry):
    """One column name: the same quantity has the same name everywhere.

    `example` is what the example row of a form has. `as_sent` is a text of sentences or names of material, which stands
    as it was sent: it is printed, and nothing is found or compared by it. Every other text is read in half width.
    In a text of which `none_is_told` the word 无 says that there is none, and is no empty cell: a zero return.
    `by_when` is a day by which something is to be done, which may be told as the end of its year or month.
    """

    type: FieldType
    label: Text
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    codes: dict[str, Code] = {}
    example: str = ""
    as_sent: bool = False
    none_is_told: bool = False
    by_when: bool = False
    reason: str = ""

    @model_validator(mode="after")
    def _text_stands_as_sent(self) -> FieldSpec:
        if self.as_sent and self.type != "text":
            raise ValueError("as_sent goes with type: text")
        if self.none_is_told and not self.as_sent:
            raise ValueError("none_is_told goes with as_sent")
        return self

    @model_validator(mode="after")
    def _a_day_is_told_by_when(self) -> FieldSpec:
        if self.by_when and self.type != "date":
            raise ValueError("by_when goes with type: date")
        return self

    @model_validator(mode="after")
    def _codes_belong_to_code_fields(self) -> FieldSpec:
        if bool(self.codes) != (self.type == "code"):
            raise ValueError("codes go with type: code, and type: code needs codes")
        return self

    @property
    def choices(self) -> dict[str, Code]:
        """The codes that a cell may hold: those declared, yes and no of a flag, none of any other type."""
        return YES_NO if self.type == "flag" else self.codes


class Decimals(Entry):
    """Places after the point, for hourly and for assessment data; null: the regulation has none, nothing is rounded."""

    hourly: int | None = None
    assessment: int | None = None


class Plausible(Entry):
    """What a reading can physically be; beyond it the reading is set aside."""

    minimum: float
    maximum: float


class Parameter(Entry):
    """A measured quantity; its key is its name in every table. `words` are what is written for a value (无: 0).
    `example` is what the example row of a form has.

    Only what counts up from nothing can lie below a limit of detection: no pH, no temperature or potential, nothing
    that is told in words.
    """

    label: Text
    unit: str
    decimals: Decimals = Decimals()
    plausible: Plausible
    hj_code: str = ""
    aliases: list[str] = []
    words: dict[str, float] = {}
    mean: Literal["arithmetic", "hydrogen_ion"] = "arithmetic"
    example: str = ""
    reason: str = ""

    @property
    def can_go_undetected(self) -> bool:
        """Whether a reading can lie below a limit of detection."""
        return self.mean == "arithmetic" and self.plausible.minimum >= 0 and not self.words


class Area(Entry):
    """A division by GB/T 2260 code; `valid_to` and `successor` keep what was renamed or merged."""

    id: AreaCode
    name: Text
    level: Literal["country", "province", "city", "county"]
    kind: str = ""
    parent: AreaCode | None = None
    aliases: list[str] = []
    valid_from: date | None = None
    valid_to: date | None = None
    successor: AreaCode | None = None
    tile: list[int] | None = Field(default=None, min_length=2, max_length=2)


class Column(Entry):
    """A column of a delivered table: which field it is and the headings departments use for it.

    `is_place` of an area: whether it says where the row belongs, or names an area beside (the city a river comes from).
    """

    field: Identifier
    headers: list[str] = Field(min_length=1)
    required: bool = True
    fill_down: bool = False
    level: Literal["province", "city", "county"] | None = None
    within: Identifier | None = None
    is_place: bool = True


class ReadingFlags(Entry):
    """Flags that a form gives with its readings: in the cell itself, in a column beside it, or one for the whole row.

    `known` names the set of flags, `suffixes` are what the headings of the columns beside end in, `field` is the column
    of the row. That of the cell goes before that of its column, and that before the row's.
    """

    known: Identifier
    suffixes: list[str] = []
    field: Identifier | None = None


class ReadingColumns(Entry):
    """Columns of readings, one a parameter, found by the parameters' own names and aliases.

    A later row of the same key supersedes the earlier one as a whole (`rows`), or only those of its cells that it
    tells anew (`cells`), for forms whose further items come in a file of their own. A row whose state is one of those
    in `withdrawn_by` tells every cell anew: where there was no water there are no readings. A row is about the time of
    its stamp or its month; with `taken_on` about the day in that column, within the part of the year that the source's
    cadence says. `sampled_from` is the amount of the row that samples are taken of: where it is 0 there was nothing to
    sample.
    """

    parameters: list[Identifier] = Field(min_length=1)
    required: list[Identifier]
    missing: list[str]
    method: Identifier
    supersedes: Literal["rows", "cells"] = "rows"
    withdrawn_by: dict[Identifier, list[str]] = {}
    unrounded_suffix: str | None = None
    flags: ReadingFlags | None = None
    taken_on: Identifier | None = None
    sampled_from: Identifier | None = None


class Layout(Entry):
    """How the sheet of a form looks around its table."""

    total_labels: list[str] = []
    note_prefixes: list[str] = []


class Entity(Entry):
    """The thing a row is about: a register, the fields that make its id, and its name where the row has that too.

    `years_before` its first year a member may be told of: what it is compared with.
    """

    register_name: Identifier
    id_fields: list[Identifier] = Field(min_length=1)
    name: Identifier | None = None
    years_before: int = Field(default=0, ge=0)


class ItemField(Entry):
    """One fact taken from one field of a row.

    `once_per_period`: an amount of the whole period that every row of a member repeats; it counts once (D-038).
    `attributes` of a state: columns that tell more of it, as the names of the attachments of a piece of evidence.
    `sampled_from`, of what is measured in samples: the amount of the row that they are taken of.
    """

    item: Identifier
    field: Identifier
    breakdown: str | None = None
    once_per_period: bool = False
    attributes: list[Identifier] = []
    sampled_from: Identifier | None = None


class Scope(Entry):
    """Which works of a form are meant: those whose field holds one of the words. The others are no facts."""

    field: Identifier
    words: list[str] = Field(min_length=1)
    reason: str = Field(min_length=1)
    since: str


class UndertakingFields(Entry):
    """Which fields of a row say what became of a named piece of work."""

    item: Identifier
    id_fields: list[Identifier] = Field(min_length=1)
    name: Identifier
    stage: Identifier
    dates: dict[Stage, Identifier]
    evidence: Identifier | None = None
    attributes: list[Identifier] = []
    scope: Scope | None = None


class RegisterFields(Entry):
    """Which fields of a row describe a member of a register."""

    name: Identifier
    id_fields: list[Identifier] = Field(min_length=1)
    label: Identifier
    basin: Identifier | None = None
    river: Identifier | None = None
    stratum: Identifier | None = None
    valid_from: Identifier | None = None
    valid_to: Identifier | None = None
    attributes: list[Identifier] = []


class AboveSetting(Entry):
    """Members whose amount is at least a setting of the plan."""

    amount: Identifier
    setting: Identifier


class Population(Entry):
    """Who must be counted: a register, the places or works that the plan names, or the whole province as one.

    `where` narrows a register to members whose attribute is one of the codes; `above` to those whose amount is at
    least a setting; `having` to areas in which another register has a member; `on_named_rivers` to members on the
    rivers that the target names. A member of which one of the states of `left_out` is told all the time takes no part:
    a source out of use the whole year. A member of the register `every_river_of` on whose river none of the population
    lies counts as one of which nothing is known.
    """

    register_name: Identifier | None = None
    named: Literal["works", "places"] | None = None
    whole: bool = False
    where: dict[Identifier, list[str]] = {}
    above: AboveSetting | None = None
    having: Identifier | None = None
    on_named_rivers: bool = False
    left_out: dict[Identifier, Identifier] = {}
    every_river_of: Identifier | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Population:
        if sum([self.register_name is not None, self.named is not None, self.whole]) != 1:
            raise ValueError("a population is one of register_name, named and whole: true")
        narrowed = self.where or self.above or self.having or self.on_named_rivers or self.every_river_of
        if narrowed and self.register_name is None:
            raise ValueError("where, above, having, on_named_rivers and every_river_of go with a register_name")
        return self


class CalendarLine(Population):
    """One line of a form's calendar: whom it asks, and in which months (1 to 12); none: in all."""

    months: list[Annotated[int, Field(ge=1, le=12)]] = []

    @model_validator(mode="after")
    def _can_be_asked(self) -> CalendarLine:
        if self.whole or self.named == "works" or self.above or self.left_out or self.every_river_of:
            raise ValueError("a form asks places that figures name, or a register by where, having, on_named_rivers")
        return self


class Source(Entry):
    """One delivery form: its columns, key, cadence, department and the facts it becomes.

    `derived` are amounts and states that follow from its readings by a regulation: no form tells them.
    `calendar` says whom it asks and when, where that is not its whole register in every period: whom any line names.
    `awaits` is what its department waits for itself, from someone whom no letter reaches: it is not asked before that.
    `on_occasion`: it is sent where there is something to tell; nobody owes it, and it begins no row.
    `blank_place`: whether a row that names no place is about nothing that is known, or the whole area of its delivery.
    """

    id: Identifier
    label: Text
    department: Identifier
    awaits: Text | None = None
    grain: Text
    cadence: Literal["once", "year", "quarter", "month", "day", "4h"]
    becomes: Fact
    on_occasion: bool = False
    blank_place: Literal["unknown", "whole_area"] = "unknown"
    calendar: list[CalendarLine] = []
    period_from: Literal["delivery", "rows"]
    key: list[Identifier] = Field(min_length=1)
    formats: list[Literal["xlsx", "csv", "station_json"]] = Field(min_length=1)
    layout: Layout = Layout()
    columns: list[Column] = Field(min_length=1)
    readings: ReadingColumns | None = None
    entity: Entity | None = None
    amounts: list[ItemField] = []
    states: list[ItemField] = []
    derived: list[Identifier] = []
    undertaking: UndertakingFields | None = None
    register_as: RegisterFields | None = None
    cites: list[str] = []
    reason: str = ""

    @model_validator(mode="after")
    def _says_what_it_becomes(self) -> Source:
        wanted = {
            "reading": self.readings,
            "amount": self.amounts,
            "undertaking": self.undertaking,
            "state": self.states,
            "register": self.register_as,
        }[self.becomes]
        if not wanted:
            raise ValueError(f"becomes: {self.becomes} needs the section that says how")
        return self

    @model_validator(mode="after")
    def _period_can_be_said(self) -> Source:
        if self.period_from == "delivery" and self.cadence in ("once", "4h"):
            raise ValueError("period_from: delivery needs the cadence year, quarter, month or day")
        if self.readings and self.readings.taken_on and self.cadence not in ("month", "quarter", "year"):
            raise ValueError("taken_on needs the cadence month, quarter or year")
        return self

    @model_validator(mode="after")
    def _samples_what_it_tells(self) -> Source:
        told = {amount.field for amount in self.amounts}
        named = [self.readings.sampled_from if self.readings else None, *(a.sampled_from for a in self.amounts)]
        unknown = [name for name in named if name is not None and name not in told]
        if unknown:
            raise ValueError(f"sampled_from names no amount of this source: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _asks_its_own_register(self) -> Source:
        own = self.entity.register_name if self.entity else None
        if own and any(line.register_name != own for line in self.calendar):
            raise ValueError(f"its rows are about members of {own}: its calendar asks no others")
        return self

    @model_validator(mode="after")
    def _is_asked_or_comes_on_occasion(self) -> Source:
        if self.on_occasion and self.calendar:
            raise ValueError("a form that comes on occasion has no calendar")
        return self

    @model_validator(mode="after")
    def _may_leave_its_place_blank(self) -> Source:
        required = [c.field for c in self.columns if c.required and c.field in self.places.values()]
        if self.blank_place == "whole_area" and required:
            raise ValueError("blank_place goes with places that may be left blank (required: false)")
        return self

    @model_validator(mode="after")
    def _derives_from_readings(self) -> Source:
        if self.derived and self.readings is None:
            raise ValueError("what is derived follows from readings, and this source has none")
        return self

    @model_validator(mode="after")
    def _key_is_made_of_known_columns(self) -> Source:
        known = {c.field for c in self.columns} | {"area_id", "entity_id", "taken_at", "valid_since"}
        unknown = [k for k in self.key if k not in known]
        if unknown:
            raise ValueError(f"key names no column of this source: {', '.join(unknown)}")
        return self

    @property
    def id_fields(self) -> list[Identifier]:
        """The columns that hold the code of whom or which work a row is about; none of a form without codes."""
        declared = self.entity or self.undertaking or self.register_as
        return list(declared.id_fields) if declared else []

    @property
    def is_filled_in(self) -> bool:
        """Whether people fill it in; other files come from machines."""
        return "xlsx" in self.formats

    @property
    def places(self) -> dict[str, Identifier]:
        """By level the field that says where a row belongs."""
        return {c.level: c.field for c in self.columns if c.level and c.is_place}

    @model_validator(mode="after")
    def _speaks_of_its_columns(self) -> Source:
        known = {c.field for c in self.columns}
        for section, names in self._fields_named().items():
            unknown = [n for n in names if n is not None and n not in known]
            if unknown:
                raise ValueError(f"{section} names no column of this source: {', '.join(unknown)}")
        return self

    def _fields_named(self) -> dict[str, list[Identifier | None]]:
        """The fields that the sections speak of."""
        named: dict[str, list[Identifier | None]] = {
            "states": [name for s in self.states for name in (s.field, *s.attributes)]
        }
        named["amounts"] = [a.field for a in self.amounts]
        if self.readings and self.readings.flags:
            named["readings.flags"] = [self.readings.flags.field]
        if self.readings and self.readings.taken_on:
            named["readings"] = [self.readings.taken_on]
        if self.entity:
            named["entity"] = [*self.entity.id_fields, self.entity.name]
        if self.undertaking:
            work = self.undertaking
            scope = [work.scope.field] if work.scope else []
            about = [*work.id_fields, work.name, work.stage, work.evidence]
            named["undertaking"] = [*about, *work.dates.values(), *work.attributes, *scope]
        if self.register_as:
            member = self.register_as
            spans = [member.basin, member.river, member.stratum, member.valid_from, member.valid_to]
            named["register_as"] = [*member.id_fields, member.label, *spans, *member.attributes]
        return named


class DueDate(Sourced):
    """How many days after the end of its period a form is due, by the document that says so."""

    days_after: int = Field(ge=0)


class Item(Entry):
    """One fact by its name; label, unit, bounds and codes of an amount or a state are those of its field.

    `over_time` says how what is told of an amount month by month becomes that of the year: a sum, a mean, the highest,
    or as it stood last. `maximum_per: month` where the most that its field allows is that of one month.
    """

    fact: Literal["amount", "state", "undertaking"]
    field: Identifier | None = None
    label: Text | None = None
    over_time: Literal["sum", "mean", "highest", "last"] | None = None
    maximum_per: Literal["month", "year"] = "year"
    department: Identifier

    @model_validator(mode="after")
    def _is_described_once(self) -> Item:
        wanted = self.label if self.fact == "undertaking" else self.field
        other = self.field if self.fact == "undertaking" else self.label
        if wanted is None or other is not None:
            raise ValueError("an amount or a state has a field, an undertaking a label")
        return self

    @model_validator(mode="after")
    def _amounts_say_how_they_add_up(self) -> Item:
        if (self.over_time is not None) != (self.fact == "amount"):
            raise ValueError("an amount, and nothing else, says how it becomes that of the year (over_time)")
        return self


class Register(Entry):
    """A list of members: delivered by its department, or built in from the divisions of a level or the plans' targets.

    A duty is a target without a figure, of which evidence is sent; a figure is any target. Its code is its id.

    `member` is what they are called where they are counted: 22个水源, 22 of 25 sources.
    """

    label: Text
    member: Text
    department: Identifier | None = None
    built_in: Literal["city", "county", "duty", "figure"] | None = None
    attributes: list[Identifier] = []

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Register:
        if (self.department is None) == (self.built_in is None):
            raise ValueError("a register has a department that delivers it, or is built in")
        return self

    @property
    def is_of_targets(self) -> bool:
        """Whether its members are targets of the plans: whoever answers for one fills in its row."""
        return self.built_in in ("duty", "figure")


class Department(Entry):
    """One who delivers or answers.

    `is_each_city`: the governments of all cities, each for its own. `is_several`: whoever leads what a form is about.
    `aliases` are other names of it; whether one says of which province it is makes no other name.
    """

    name: Text
    aliases: list[str] = []
    is_each_city: bool = False
    is_several: bool = False


class Water(Entry):
    """A basin or a river; its key is the name that forms give it."""

    name: Text


class Reference(Entry):
    """One entry of the bibliography."""

    title: Text
    document: str = ""
    certainty: Certainty
    note: Text | None = None
