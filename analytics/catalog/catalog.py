"""Everything that is declared, by id, and the look-ups that every room needs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analytics import units
from analytics.catalog import method, models
from analytics.catalog.compensation import Compensation
from analytics.catalog.indicator import Indicator
from analytics.catalog.models import Sourced
from analytics.catalog.plan import (
    Breakdown,
    Clause,
    Given,
    GivenPlaces,
    GivenSetting,
    GivenTarget,
    Plan,
    Setting,
    Target,
)
from analytics.catalog.quality_index import QualityIndex
from analytics.catalog.rank_trend import RankTrend
from analytics.catalog.standard import Standard
from analytics.catalog.trend_test import TrendTest
from analytics.catalog.worked import WorkedExample
from analytics.errors import UsageError

_NEAREST = 8  # words that an unknown one is answered with
_IN_CHINESE = {"area": "行政区", "parameter": "监测项目"}
_WRITTEN = {"area": "全称或六位代码，如 太原市、140100", "parameter": "项目名称，如 氨氮"}


@dataclass(frozen=True)
class Catalog:
    """Everything that is declared, by id."""

    references: Mapping[str, models.Reference] = field(default_factory=dict)
    departments: Mapping[str, models.Department] = field(default_factory=dict)
    registers: Mapping[str, models.Register] = field(default_factory=dict)
    items: Mapping[str, models.Item] = field(default_factory=dict)
    fields: Mapping[str, models.FieldSpec] = field(default_factory=dict)
    parameters: Mapping[str, models.Parameter] = field(default_factory=dict)
    waters: Mapping[str, models.Water] = field(default_factory=dict)
    areas: Mapping[str, models.Area] = field(default_factory=dict)
    standards: Mapping[str, Standard] = field(default_factory=dict)
    ratings: Mapping[str, method.SurfaceRating] = field(default_factory=dict)
    load_methods: Mapping[str, method.LoadMethod] = field(default_factory=dict)
    flow_methods: Mapping[str, method.EcologicalFlow] = field(default_factory=dict)
    trophic_indices: Mapping[str, method.TrophicIndex] = field(default_factory=dict)
    city_indices: Mapping[str, method.CityIndex] = field(default_factory=dict)
    black_odorous: Mapping[str, method.BlackOdorous] = field(default_factory=dict)
    source_assessments: Mapping[str, method.SourceAssessment] = field(default_factory=dict)
    plant_assessments: Mapping[str, method.PlantAssessment] = field(default_factory=dict)
    detection_limits: Mapping[str, method.DetectionLimits] = field(default_factory=dict)
    compensations: Mapping[str, Compensation] = field(default_factory=dict)
    station_flags: Mapping[str, method.StationFlags] = field(default_factory=dict)
    rank_trends: Mapping[str, RankTrend] = field(default_factory=dict)
    trend_tests: Mapping[str, TrendTest] = field(default_factory=dict)
    quality_indices: Mapping[str, QualityIndex] = field(default_factory=dict)
    sources: Mapping[str, models.Source] = field(default_factory=dict)
    due: Mapping[str, models.DueDate] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)
    worked: Mapping[str, WorkedExample] = field(default_factory=dict)

    @property
    def surface_rating(self) -> method.SurfaceRating:
        """How surface water is rated."""
        return self.ratings["surface_2011"]

    @property
    def source_assessment(self) -> method.SourceAssessment:
        """How sources of drinking water are judged."""
        return self.source_assessments["drinking_sources"]

    @property
    def plant_assessment(self) -> method.PlantAssessment:
        """How sewage plants are judged."""
        return self.plant_assessments["sewage_plants"]

    @property
    def surface_standard(self) -> Standard:
        """The standard that classes surface water."""
        return self.standards[self.surface_rating.standard]

    @property
    def trophic_index(self) -> method.TrophicIndex:
        """How the trophic level of lakes is told."""
        return self.trophic_indices["trophic_2001"]

    @property
    def load_method(self) -> method.LoadMethod:
        """How loads are told."""
        return self.load_methods["load_by_months"]

    @property
    def flow_method(self) -> method.EcologicalFlow:
        """How days with the ecological flow and the replenishment of a river are told."""
        return self.flow_methods["ecological_flow"]

    @property
    def city_index(self) -> method.CityIndex:
        """How cities are ranked by their surface water."""
        return self.city_indices["city_index_2017"]

    def source(self, name: str) -> models.Source:
        """The source of that id or title; `UsageError` with the nearest one where there is none."""
        called = next((s for s in self.sources.values() if name in (s.id, s.label.zh, s.label.en)), None)
        if called is None:
            raise self._unknown_source(name)
        return called

    def _unknown_source(self, word: str) -> UsageError:
        """The forms whose ids or titles hold the word, else those that come near it; all of them where none does."""
        holding = [s for s in self.sources.values() if word and word in (s.id + " " + s.label.zh)]
        near = holding or self.sources_like(word, likeness=0.5)[:_NEAREST]
        listed, listed_zh = (
            mark.join(f"{one.id} ({one.label.zh})" for one in near or self.sources.values()) for mark in (", ", "、")
        )
        why = f"，相近的有：{listed_zh}" if near else "，全部报表见 docs/SOURCES.md"
        if holding:
            why = f"，含此字样的有：{listed_zh}：请写其中一个的代码或全名，如 {near[0].id}"
        return UsageError(
            f"Unknown source: {word}",
            expected=f"nearest: {listed}" if near else f"one of {listed}",
            next_step="Write the id or the title of the source as it is listed here and in docs/SOURCES.md.",
            zh=f"没有名为“{word}”的报表{why}",
        )

    def sources_like(self, word: str, *, likeness: float) -> list[models.Source]:
        """The sources whose ids or titles come near the word, the nearest first."""
        titles = {s.label.zh: s.id for s in self.sources.values()}
        near = difflib.get_close_matches(word, [*self.sources, *titles], n=2 * _NEAREST, cutoff=likeness)
        return [self.sources[one] for one in dict.fromkeys(titles.get(found, found) for found in near)]

    def plan_for(self, year: int) -> Plan:
        """The plan that promises for the year."""
        for plan in self.plans.values():
            if year in plan.years:
                return plan
        years = sorted({y for p in self.plans.values() for y in p.years})
        raise UsageError(
            f"No plan promises anything for {year}.",
            expected="one of " + ", ".join(map(str, years)),
            next_step="Give one of these years, or add a plan under catalog/plans/.",
            zh=f"没有管 {year} 年的计划，已有：" + "、".join(map(str, years)),
        )

    def plan_near(self, year: int) -> Plan:
        """The plan of the year, else the one whose years lie nearest: for dispatches, which judge no promise."""
        return min(self.plans.values(), key=lambda plan: (min(abs(year - y) for y in plan.years), plan.id))

    def targets(self, plan: Plan) -> Iterator[tuple[Clause, Target]]:
        """Every target of the plan with its clause, in the plan's order."""
        for clause in plan.clauses:
            for target in clause.targets:
                yield clause, target

    def target(self, word: str, plan: Plan) -> Target:
        """The plan's target of that code, or the first of that indicator."""
        targets = plan.targets()
        by_code = next((t for t in targets if t.code.casefold() == word.casefold()), None)
        if by_code is not None:
            return by_code
        indicator = self.indicator(word)
        found = next((t for t in targets if t.indicator == indicator.id), None)
        if found is None:
            raise UsageError(
                f"{plan.title.en} promises nothing of {indicator.name.en}.",
                expected="one of " + ", ".join(t.code for t in targets[:30]),
                next_step="qinghe plan --year YEAR lists what is promised.",
                zh=f"《{plan.title.zh}》没有“{indicator.name.zh}”：qinghe plan --year 年份 列出全部",
            )
        return found

    def promises(self, plan: Plan, word: str) -> bool:
        """Whether the plan promises anything of that code or indicator; `UsageError` for one that nobody knows."""
        if any(word.casefold() in (t.code.casefold(), t.indicator) for t in plan.targets()):
            return True
        return self.indicator(word).id in {t.indicator for t in plan.targets()}

    def item_field(self, item: str) -> models.FieldSpec:
        """The field that tells the label, unit, bounds and codes of an amount or a state."""
        name = self.items[item].field
        if name is None:
            raise KeyError(item)
        return self.fields[name]

    def money_of(self, work: str) -> dict[str, str]:
        """The amounts of money [万元] that forms tell apart from works of a kind, with the field that both have."""
        forms = [s.undertaking for s in self.sources.values() if s.undertaking and s.undertaking.item == work]
        told = [name for form in forms for name in form.attributes if self.fields[name].unit == "万元"]
        return {item: spec.field for item, spec in self.items.items() if spec.fact == "amount" and spec.field in told}

    # What was said of a plan after it was issued

    def promised(self, plan: Plan, target: Target, year: int, scope_id: str | None = None) -> float | None:
        """The value that the target is held against in that year: the text's own, or one given since.

        With `scope_id` of an area: what a breakdown holds that area to. A working figure never counts.
        """
        if scope_id is not None and scope_id != plan.area:
            parts = self.breakdown(plan, target, year)
            return parts.values.get(scope_id) if parts else None
        if year in target.value:
            return target.value[year]
        given = self.given_target(plan, target, year)
        return given.value if given and not given.is_working else None

    def said_since(self, plan: Plan) -> Given:
        """All that was said of the plan after it was issued; of many plans nothing."""
        return self.given.get(plan.id) or Given(plan=plan.id)

    def given_target(self, plan: Plan, target: Target, year: int) -> GivenTarget | None:
        """The target that was given for the year after the plan was issued, working figures included."""
        return next((g for g in self.said_since(plan).targets if (g.code, g.year) == (target.code, year)), None)

    def breakdown(self, plan: Plan, target: Target, year: int) -> Breakdown | None:
        """What each area is held to in that year, where a breakdown says so."""
        return next((b for b in self.said_since(plan).breakdowns if (b.code, b.year) == (target.code, year)), None)

    def given_setting(self, plan: Plan, name: str) -> GivenSetting | None:
        """Another value that was given for a setting."""
        return next((g for g in self.said_since(plan).settings if g.setting == name), None)

    def setting(self, plan: Plan, name: str) -> Setting:
        """A setting of the plan with the value that holds, given or declared."""
        declared, given = plan.settings[name], self.given_setting(plan, name)
        return declared.model_copy(update={"value": given.value}) if given else declared

    def given_places(self, plan: Plan, name: str) -> GivenPlaces | None:
        """Other areas that were given for a set."""
        return next((g for g in self.said_since(plan).place_sets if g.place_set == name), None)

    def place_set(self, plan: Plan, name: str) -> list[str]:
        """The areas of a set, given or declared."""
        return list((self.given_places(plan, name) or plan.place_sets[name]).places)

    def said_of(self, plan: Plan, target: Target, year: int, scope_id: str) -> list[Sourced]:
        """All that was said since and decides, or explains, how the target stands at that scope."""
        sisters = [t for t in plan.targets() if t.indicator == target.indicator]
        sets = {t.place_set for t in sisters} | ({"former_counties"} if target.rest_of == "towns" else set())
        named, counted = self.indicators[target.indicator].settings, self.indicators[target.indicator].numerator.names
        parts = self.breakdown(plan, target, year)
        found: list[Sourced | None] = [
            self.given_target(plan, target, year),
            parts if parts and scope_id in (*parts.values, plan.area) else None,
            *(self.given_setting(plan, name) for name in named if name in plan.settings),
            *(self.given_places(plan, name) for name in sorted(s for s in sets if s)),
            *(self.said_since(plan).reward_rules if "plant_markedly_better" in counted else []),
            *(r for r in self.said_since(plan).reasons if r.code == target.code and scope_id in (r.area, plan.area)),
        ]
        return [said for said in found if said is not None]

    def towns(self, plan: Plan) -> list[str]:
        """Counties, county-level cities and districts that were counties: each has a town of its own."""
        former = set(self.place_set(plan, "former_counties")) if "former_counties" in plan.place_sets else set()
        counties = self.children(plan.area, "county")
        return [a.id for a in counties if a.kind in ("county", "county_level_city") or a.id in former]

    def places_of(self, plan: Plan, target: Target) -> list[str]:
        """The areas that the target is about, where the text says so; `rest_of` is what its sister targets leave."""
        if target.places:
            return list(target.places)
        if target.place_set is not None:
            return self.place_set(plan, target.place_set)
        if target.rest_of is None:
            return []
        cities = [a.id for a in self.children(plan.area, "city")]
        every = cities if target.rest_of == "cities" else self.towns(plan)
        sisters = [t for t in plan.targets() if t.indicator == target.indicator and t.rest_of is None]
        taken = {place for sister in sisters for place in self.places_of(plan, sister)}
        return [place for place in every if place not in taken]

    def called(self, departments: Sequence[str], lang: str) -> list[str]:
        """Names of departments by their ids."""
        return [self.departments[d].name.in_language(lang) for d in departments]

    def called_with_code(self, area_id: str, lang: str = "zh") -> str:
        """The name of an area with its code, and with its city where another area bears the name.

        The code alone where there is no such area.
        """
        if area_id not in self.areas:
            return area_id
        area, city = self.areas[area_id], self.areas.get(self.city_of(area_id) or "")
        name = area.name.in_language(lang)
        alike = [a for a in self.areas.values() if a.name.zh == area.name.zh and a.level == area.level]
        if len(alike) > 1 and city is not None and city.id != area.id:
            name = f"{city.name.zh}{name}" if lang == "zh" else f"{name}, {city.name.en}"
        return f"{name} {area_id}"

    def parameter(self, word: str) -> str:
        """The key of the parameter of that key, name or alias; `UsageError` with the nearest one otherwise."""
        for key, entry in self.parameters.items():
            if word in (key, entry.label.zh, entry.label.en, *entry.aliases):
                return key
        raise _unknown("parameter", word, [*self.parameters, *(p.label.zh for p in self.parameters.values())])

    def assumed_limit(self, parameter: str) -> method.DetectionLimit | None:
        """The limit of detection [unit of the item] that a bare 未检出 stands for: the highest of the common methods.

        None where no method is listed for the item: then nobody knows what was not detected.
        """
        unit = self.parameters[parameter].unit
        listed = [
            one.model_copy(update={"limit": units.converted(one.limit, one.unit, unit), "unit": unit})
            for known in self.detection_limits.values()
            for one in known.limits
            if one.parameter == parameter and one.water == "surface_water"
        ]
        return max(listed, key=lambda one: one.limit, default=None)

    def flags_of(self, source: models.Source) -> list[method.StationFlag]:
        """The flags that readings of the form may bear; most forms know none."""
        flags = source.readings.flags if source.readings else None
        return self.station_flags[flags.known].flags if flags else []

    def water(self, name: str, lang: str) -> str:
        """A basin or river in a language; one that is not listed keeps its name."""
        return self.waters[name].name.in_language(lang) if name in self.waters else name

    def indicator(self, word: str) -> Indicator:
        """The indicator of that id or plan code; `UsageError` with the nearest one otherwise."""
        codes = {t.code: t.indicator for p in self.plans.values() for t in p.targets()}
        known = {name.casefold(): name for name in [*self.indicators, *codes]}
        if word.casefold() not in known:
            raise self._unknown_indicator(word, codes)
        name = known[word.casefold()]
        return self.indicators[codes.get(name, name)]

    def _unknown_indicator(self, word: str, codes: Mapping[str, str]) -> UsageError:
        """The indicators by how near their ids, codes and Chinese names come to the word, each with its name."""
        of_code = {indicator: code for code, indicator in codes.items()}

        def likeness(name: str) -> float:
            code = of_code.get(name, name)
            if bare_code(code) == bare_code(word):
                return 1.0
            spelled = (name, *name.split("_"), code, self.indicators[name].name.zh)
            return max(difflib.SequenceMatcher(None, word.casefold(), s.casefold()).ratio() for s in spelled)

        nearest = sorted(self.indicators, key=likeness, reverse=True)[:_NEAREST]
        called = [" ".join(filter(None, (of_code.get(name), self.indicators[name].name.zh))) for name in nearest]
        named = [f"{name} ({words})" for name, words in zip(nearest, called, strict=True)]
        return UsageError(
            f"Unknown indicator: {word}",
            expected="nearest: " + "; ".join(named),
            next_step="Write the id or the code as it is listed; qinghe plan lists all of a year.",
            zh=f"没有名为“{word}”的指标，相近的有：{'、'.join(called)}；qinghe plan --year 年份 列出全部",
        )

    def area(self, word: str) -> models.Area:
        """The area of that code, or of that name where only one bears it."""
        if word in self.areas:
            return self.areas[word]
        named = [a for a in self.areas.values() if word in (a.name.zh, a.name.en, *a.aliases)]
        if len(named) == 1:
            return named[0]
        if named:
            raise UsageError(
                f"More than one area is called {word}.",
                expected=", ".join(f"{a.id} ({self.path_of(a)})" for a in named),
                next_step="Give the code.",
                zh=f"不止一个行政区叫“{word}”：请写六位代码（"
                + "、".join(f"{a.id} {self.path_of(a)}" for a in named)
                + "）",
            )
        if word.isdecimal():
            raise _unknown("area", word, list(self.areas), self._areas_of_code(word))
        names = [n for a in self.areas.values() for n in (a.name.zh, a.name.en, *a.aliases)]
        raise _unknown("area", word, names)

    def _areas_of_code(self, code: str) -> list[str]:
        """The areas whose code begins as this one does, as far as any code does, with their names."""
        begins = (code[:length] for length in range(len(code), 1, -1))
        alike = ([a for a in sorted(self.areas) if a.startswith(begin)] for begin in begins)
        found = next(filter(None, alike), [])
        return [f"{a} {self.path_of(self.areas[a])}" for a in found[:_NEAREST]]

    def area_of_plan(self, word: str, plan: Plan) -> models.Area:
        """The area of that code or name; `UsageError` where the plan does not cover it."""
        area = self.area(word)
        if not self.lies_in(area.id, plan.area):
            raise UsageError(
                f"{plan.title.en} does not cover {area.name.en}.",
                found=area.id,
                expected=f"{plan.area} or an area within it",
                next_step="Give another --area.",
                zh=f"《{plan.title.zh}》不管{area.name.zh}：请另写 --area",
            )
        return area

    def path_of(self, area: models.Area) -> str:
        """The area's name with those it lies in: 山西省晋城市城区."""
        above = self.path_of(self.areas[area.parent]) if area.parent else ""
        return above + area.name.zh

    def upwards(self, area_id: str | None) -> list[str]:
        """The area and those that it lies in, the nearest first; none for a code that nobody knows."""
        found: list[str] = []
        while area_id is not None and area_id in self.areas:
            found.append(area_id)
            area_id = self.areas[area_id].parent
        return found

    def at_level(self, area_id: str | None, level: str) -> str | None:
        """The area of that level that an area is or lies in; None for what lies in none."""
        return next((above for above in self.upwards(area_id) if self.areas[above].level == level), None)

    def city_of(self, area_id: str | None) -> str | None:
        """The city that an area is or lies in; None for what lies in none."""
        return self.at_level(area_id, "city")

    def children(self, area_id: str, level: str) -> list[models.Area]:
        """Areas of `level` within the area, itself included, by code."""
        return sorted(
            (a for a in self.areas.values() if a.level == level and self.lies_in(a.id, area_id)),
            key=lambda a: a.id,
        )

    def lies_in(self, area_id: str, outer: str) -> bool:
        """Whether the area is the outer one or lies within it."""
        return area_id == outer or outer in self.upwards(area_id)


def bare_code(word: str) -> str:
    """A code without the signs and leading zeros by which people spell it differently: T-07g and t7g are alike."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.sub(r"[\W_]+", "", word)).casefold()


def _unknown(what: str, word: str, known: list[str], near: list[str] | None = None) -> UsageError:
    near = difflib.get_close_matches(word, known, n=_NEAREST, cutoff=0.5) if near is None else near
    return UsageError(
        f"Unknown {what}: {word}",
        expected=("nearest: " + ", ".join(near)) if near else "one of " + ", ".join(known[:30]),
        next_step=f"Write the {what} as it is listed.",
        zh=f"没有名为“{word}”的{_IN_CHINESE[what]}"
        + (f"，相近的有：{'、'.join(near)}" if near else f"：请写{_WRITTEN[what]}"),
    )
