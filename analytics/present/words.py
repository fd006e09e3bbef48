"""The words readers see, in both languages; an unknown code is a defect and raises KeyError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.catalog.indicator import EACH_AREA

_Words = Mapping[str, tuple[str, str]]

_VERDICTS: _Words = {
    "met": ("达到", "met"),
    "not_met": ("未达到", "not met"),
    "met_late": ("逾期完成", "met late"),
    "undecided": ("待定", "undecided"),
    "not_yet_due": ("未到期", "not yet due"),
    "not_delivered": ("未报送", "not delivered"),
    "no_data": ("无有效数据", "no usable data"),
    "no_target": ("未设目标", "no target"),
    "not_applicable": ("不涉及", "not applicable"),
    "list_only": ("仅列清单", "list only"),
    "by_judgement": ("专家评议", "by judgement"),
}
_SIGNS = {
    "met": "✓",
    "not_met": "×",
    "met_late": "△",
    "undecided": "？",
    "not_yet_due": "○",
    "not_delivered": "□",
    "no_data": "－",
    "no_target": "·",
    "not_applicable": "／",
    "list_only": "≡",
    "by_judgement": "※",
}
_STRENGTHS: _Words = {
    "binding": ("约束性", "binding"),
    "strive": ("力争", "to strive for"),
    "basically": ("基本", "basically"),
    "all_out": ("全力", "all-out"),
    "encouraged": ("鼓励", "encouraged"),
}
_SCOPES: _Words = {
    "province": ("全省", "Province"),
    "city": ("市", "City"),
    "county": ("县（市、区）", "County"),
    "basin": ("流域", "Basin"),
    "river": ("河流", "River"),
    "section": ("断面", "Section"),
    "zone": ("开发区所在县（市、区）", "County of the zone"),
    "urban_area": ("城区", "Urban area"),
    "plant": ("污水处理厂", "Plant"),
    "reach": ("河段", "River reach"),
    "work": ("工程", "Work"),
    "body": ("水体", "Water body"),
}
_COMPARISONS = {">=": "≥", "<=": "≤", "==": "=", ">": ">", "<": "<"}
_GRADES: _Words = {
    "self_reported": ("自报", "self-reported"),
    "documented": ("佐证齐全", "documented"),
    "verified_on_site": ("现场核实", "verified on site"),
}
_STATUSES: _Words = {
    "used": ("已计入", "counted"),
    "not_delivered": ("未报送", "not delivered"),
    "set_aside": ("数据暂不采用", "set aside"),
    "incomplete": ("数据不足", "not enough data"),
    "excluded": ("不参评", "left out"),
}
_REASONS: _Words = {
    "dry": ("断流", "no flow"),
    "out_of_use": ("停用", "out of use"),
    "no_rule": ("奖励规则未给出", "no rule for rewards was given"),
    "rule_not_in_force": ("奖励规则未全年有效", "the rule for rewards did not hold all year"),
    "no_data": ("无数据", "no data"),
    "undecided": ("不能判定", "undecided"),
    "not_compliant": ("有月份超标", "a month beyond a limit"),
    "compliance_open": ("有月份不能判定是否达标", "a month that cannot be held against its limits"),
    "entry_set_aside": ("名录条目暂不采用", "register entry set aside"),
    "no_section": ("没有两年可比的断面", "no section to compare over both years"),
    "no_target": ("没有生态流量目标", "no flow target"),
    "no_required_rate": ("未给出保证率", "no rate required"),
    "targets_contradict": ("目标互相矛盾", "targets contradict"),
    "target_set_aside": ("暂不采用的目标行数", "rows of targets set aside"),
    "target_without_section": ("认不出断面的目标行数", "rows of targets of an unknown section"),
    "targets_refused": ("被退回未重报的目标名录数", "registers of targets refused, not sent anew"),
    "days_missing": ("缺测日数", "days without a flow"),
    "release_days_missing": ("补水口缺报日数", "days that lack a release point"),
    "too_few_points": ("点位不足", "too few points"),
    "points_open": ("点位缺测或监测次数不足", "points not measured, or too seldom"),
    "depth_unclear": ("水深未报或与透明度矛盾", "depth not told, or contradicts the transparency"),
    "set_aside": ("有数据暂不采用，未更正", "readings set aside, not put right"),
    "below_limit_alone": ("只报“小于”，不能判定", "told as less than a limit alone"),
    "row_without_body": ("有监测行认不出水体", "readings of an unknown body"),
    "not_measured": ("未监测", "not measured"),
    "not_yet_due": ("时段未结束", "not over yet"),
    "elimination_not_told": ("是否消除没有可用数据", "elimination not told"),
    "eliminated_within": ("当季消除，先后不明", "eliminated within the quarter"),
}
_CHANGES: _Words = {
    "none": ("无明显变化", "no marked change"),
    "mixed": ("有变化，方向不一", "changed both ways"),
    "some_better": ("有所好转", "somewhat better"),
    "some_worse": ("有所变差", "somewhat worse"),
    "marked_better": ("明显好转", "markedly better"),
    "marked_worse": ("明显变差", "markedly worse"),
}
_NO_CHANGE_BECAUSE: _Words = {
    "other_sections": ("断面不同，不可比", "other sections, not compared"),
    "other_items": ("项目不同，不可比", "other items, not compared"),
    "open_class": ("类别未定，不可比", "class open, not compared"),
    "open_sections": ("有断面类别未定，不可比", "a class is open, not compared"),
    "all_left_out": ("断面均不参评", "all sections left out"),
    "none_assessed": ("没有参评断面", "no section assessed"),
    "several_water_bodies": ("河流与湖库并存，不可比", "rivers and lakes, not compared"),
    "ways_disagree": ("有变化，方向不一", "changed both ways"),
    "dry": ("断流，不可比", "no flow, not compared"),
    "frozen": ("冰封，不可比", "frozen, not compared"),
}
_UNRANKED: _Words = {
    "items_missing": ("有断面缺监测项目，不计算", "a section lacks items, no index"),
    "entries_set_aside": ("断面的名录条目均暂不采用，不计算", "all entries of its sections are set aside, no index"),
    "other_items": ("项目不同，不可比", "other items, not compared"),
    "no_earlier_index": ("上年没有指数", "no index last year"),
    "earlier_index_zero": ("上年指数为零", "index of nought last year"),
    "good_in_both_periods": (
        "两年各断面均达到或优于Ⅱ类且达标，不参加变化排名",
        "every section of class Ⅱ or better in both years and at its target: the change is not ranked",
    ),
}
_DOUBTS: _Words = {
    "below_limit": ("检出限过高", "limit of detection too high"),
    "entry_set_aside": ("名录条目暂不采用", "entry set aside"),
    "lacks_months": ("有值暂不采用或有缺月", "months set aside or missing"),
    "undetermined": ("水体类型待定", "water body undetermined"),
}
_OUTCOMES: _Words = {"loaded": ("已入库", "loaded"), "refused": ("整份退回", "refused")}
_CAUSES: _Words = {
    "lag": ("标签滞后一个时次", "the label lags one reading"),
    "on_limit": ("恰在限值上", "exactly on a limit"),
    "other": ("原因不明", "cause unknown"),
}
_STATES: _Words = {
    "normal": ("正常", "normal"),
    "maintenance": ("维护", "under maintenance"),
    "stopped": ("停站", "stopped"),
    "not_running": ("不具备运行条件", "unable to run"),
}
_STANDINGS: _Words = {
    "not_over": ("本期未结束", "period not over"),
    "no_date_set": ("未定日期", "no date set"),
    "not_yet_due": ("未到期", "not yet due"),
    "overdue": ("逾期", "overdue"),
}
_SEVERITIES: _Words = {
    "critical": ("严重", "critical"),
    "warning": ("提示", "warning"),
    "info": ("参考", "information"),
}
_CERTAINTIES: _Words = {
    "A": ("已见（含转载）", "seen, or a reprint of it"),
    "A2": ("多份独立转录一致", "independent transcriptions agree"),
    "B": ("业内通行，原文未见", "well known, source not seen"),
    "C": ("不确定", "unsure"),
    "D": ("推算得出", "derived"),
}
_BODIES: _Words = {
    "river": ("河流", "river"),
    "lake": ("湖库", "lake"),
    "undetermined": ("未定", "undetermined"),
    "groundwater": ("地下水", "groundwater"),
}
_UNITS: Mapping[str, tuple[str, str]] = {
    "个": ("个", ""),
    "座": ("座", ""),
    "条": ("条", ""),
    "件": ("件", ""),
    "人": ("人", ""),
    "万元": ("万元", "10⁴ yuan"),
    "铂钴色度": ("铂钴色度", "Pt-Co"),
    "次": ("次", ""),
    "份": ("份", ""),
    "m3/s": ("立方米/秒", "m³/s"),
    "1": ("", ""),
    "pp": ("个百分点", "points"),
    "d": ("天", "d"),
    "h": ("小时", "h"),
    "t": ("吨", "t"),
    "万t": ("万吨", "10⁴ t"),
    "亩": ("亩", "mu"),
    "万亩": ("万亩", "10⁴ mu"),
    "万m3": ("万m³", "10⁴ m³"),
    "m3/d": ("m³/d", "m³/d"),
    "万m3/d": ("万m³/d", "10⁴ m³/d"),
    "个/L": ("个/L", "per L"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_CLASSES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
_KINDS: _Words = {
    "ratio": ("比例", "ratio"),
    "level": ("水平", "level"),
    "count": ("数量", "count"),
    "list": ("清单", "list"),
    "cover": ("覆盖", "cover"),
    "change": ("变化", "change"),
    "narrative": ("评议", "narrative"),
}
_CADENCES: _Words = {"month": ("每月", "every month"), "quarter": ("每季度", "every quarter")}
_STRATA: _Words = {
    "recognised": ("国家认定", "recognised by the nation"),
    "last_year": ("上年", "last year"),
    EACH_AREA: ("逐地判定", "each area judged by itself"),
    "whole": ("全省合计，原文不判", "all together, which the text does not judge"),
    "previous_year": ("上年与前年相比", "last year against the year before"),
    "named_places": ("列名城市", "named cities"),
    "rest_of_cities": ("其余设区城市", "the other cities"),
    "rest_of_towns": ("其余县城", "the other county towns"),
}
_CAUSES_TYPED: _Words = {
    "natural": ("自然", "natural"),
    "engineering": ("工程", "engineering"),
    "funding": ("资金", "funding"),
    "management": ("管理", "management"),
}
_FAMILIES: Mapping[str, _Words] = {
    "verdict": _VERDICTS,
    "strength": _STRENGTHS,
    "scope": _SCOPES,
    "grade": _GRADES,
    "status": _STATUSES,
    "reason": _REASONS,
    "outcome": _OUTCOMES,
    "cause": _CAUSES,
    "state": _STATES,
    "standing": _STANDINGS,
    "severity": _SEVERITIES,
    "certainty": _CERTAINTIES,
    "kind": _KINDS,
    "cadence": _CADENCES,
    "typed_cause": _CAUSES_TYPED,
    "stratum": _STRATA,
    "body": _BODIES,
    "change": _CHANGES,
    "no_change_because": _NO_CHANGE_BECAUSE,
    "unranked": _UNRANKED,
    "doubt": _DOUBTS,
}


def word(family: str, code: str, lang: str) -> str:
    """The word for a code of a family (`verdict`, `strength`, `scope`, `grade`, `status`, …)."""
    return _FAMILIES[family][code][0 if lang == "zh" else 1]


def codes(family: str) -> list[str]:
    """Every code of a family, in the order readers expect."""
    return list(_FAMILIES[family])


def sign(verdict: str) -> str:
    """The character that stands for a verdict where colour alone must not."""
    return _SIGNS[verdict]


def signs() -> dict[str, str]:
    """The character of every verdict."""
    return dict(_SIGNS)


def badge(verdict: str, lang: str) -> str:
    """Sign and word of a verdict."""
    return f"{sign(verdict)} {word('verdict', verdict, lang)}"


def comparison(code: str) -> str:
    """The sign of a comparison: ≥, ≤, =, >, <."""
    return _COMPARISONS[code]


def unit(code: str, lang: str) -> str:
    """A unit as it is printed; counts have none in English. What is not listed is printed as it is written."""
    both = _UNITS.get(code)
    return code if both is None else both[0 if lang == "zh" else 1]


def with_unit(printed: str, code: str, lang: str) -> str:
    """A printed number with its unit: 78.4 %, 0.2 mg/L, 3个; a dash stays a dash."""
    shown = unit(code, lang)
    if printed == "—" or not shown:
        return printed
    return f"{printed}{shown}" if _is_chinese(shown[0]) else f"{printed} {shown}"


def _is_chinese(character: str) -> bool:
    return "一" <= character <= "鿿"


def water_class(name: str | None, lang: str) -> str:
    """A class by its numeral: `Ⅲ类`, `class Ⅲ`; a dash where it is open."""
    if name is None:
        return "—"
    if name not in _CLASSES:
        raise KeyError(name)
    if lang == "zh":
        return f"{name}类"
    return "worse than Ⅴ" if name == "劣Ⅴ" else f"class {name}"


def class_numeral(name: str | None, lang: str) -> str:
    """A class by its numeral alone, for narrow columns: Ⅲ, 劣Ⅴ, >Ⅴ; a dash where it is open."""
    if name is None:
        return "—"
    return ">Ⅴ" if lang == "en" and name == _CLASSES[-1] else name


def class_tone(name: str | None) -> str:
    """The tone of a class, `class-1` to `class-6`; none where it is open."""
    if name is None:
        return ""
    if name not in _CLASSES:
        raise KeyError(name)
    return f"class-{_CLASSES.index(name) + 1}"


def month(number: int, lang: str) -> str:
    """A month by its number: 7月, July."""
    if number not in range(1, 13):
        raise KeyError(number)
    return f"{number}月" if lang == "zh" else _MONTHS[number - 1]


def either(lang: str, zh: str, en: str) -> str:
    """One of two wordings, by language."""
    return zh if lang == "zh" else en


def joined(names: Sequence[Any], lang: str) -> str:
    """A list in words: 甲、乙、丙; A, B and C."""
    texts = [str(n) for n in names]
    if lang == "zh":
        return "、".join(texts)
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def between(low: str, high: str, code: str, lang: str) -> str:
    """Two printed numbers with the unit between which something lies: `59.4与64.0 %`, `59.4 and 64.0 %`."""
    return either(lang, f"{low}与", f"{low} and ") + with_unit(high, code, lang)


def field_label(field: Any, lang: str) -> str:
    """Label of a field or parameter of the catalog."""
    return str(field.label.in_language(lang))
