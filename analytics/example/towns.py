"""Invented designated towns and whether each can treat its sewage: near the target, and undecided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.example.plan import Example
from analytics.example.sheets import Cell, Form, Workbook, write_text_form

# Districts that are all city: no designated town.
URBAN = ("140106", "140107", "140109", "140213", "140302", "140303", "140502")
# Able towns in every hundred of the register: what is missing leaves the answer on either side of 62.
ABLE_SHARE = 0.600
SILENT_CITY = "140300"
UNUSABLE_COUNTY = "140224"
MISSING_TOWNS = 8
UNREADABLE_TOWNS = 3
# Towns whose sewage works the plan names by number, and counties of the Fen basin.
LARGE_TOWNS, FEN_TOWNS, BOTH_LISTS = 32, 63, 7
FEN_COUNTIES = (
    *("140121", "140122", "140727", "140728", "140781", "141022", "141023", "141024", "141082"),
    *("141121", "141122", "141181", "141182", "140824", "140825"),
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_HEADING = ["市", "县（市、区）", "建制镇代码", "建制镇名称", "是否具备处理能力", "处理方式", "备注"]


@dataclass(frozen=True)
class Town:
    """A designated town of the register."""

    code: str
    name: str
    county: str


def town_list(example: Example) -> list[Town]:
    """About 630 towns, between three and nine in every county that is not all city."""
    chance = example.chance("towns")
    return [
        Town(f"{county.id}{101 + i}", f"示例{_STEMS[i]}镇", county.id)
        for county in example.counties()
        if county.id not in URBAN
        for i in range(chance.choice((3, 4, 5, 5, 6, 6, 6, 7, 7, 8)))
    ]


def write_register(example: Example, towns: list[Town]) -> Path:
    """The register as GB18030 text."""
    lists = works_lists(towns)
    rows: list[list[Cell]] = [
        [t.code, t.name, example.city_of(t.county), example.name(t.county), lists.get(t.code, "均不在")] for t in towns
    ]
    form = Form("建制镇名录", [["建制镇代码", "建制镇名称", "市", "县（市、区）", "建设名单"]], rows)
    return write_text_form(example.file("建制镇名录.csv"), form)


def works_lists(towns: list[Town]) -> dict[str, str]:
    """The towns on the lists of sewage works: the first of their counties, some on both."""
    firsts = [t.code for t in towns if t.code.endswith("101")]
    fen = [t.code for t in towns if t.county in FEN_COUNTIES][:FEN_TOWNS]
    both = fen[:BOTH_LISTS]
    large = [code for code in firsts if code not in fen][::3][: LARGE_TOWNS - BOTH_LISTS]
    return dict.fromkeys(large, "万人镇") | dict.fromkeys(fen, "汾河流域建制镇") | dict.fromkeys(both, "两者")


def write_sewage(example: Example, towns: list[Town]) -> Iterator[tuple[Path, str]]:
    """One file a city, Excel and text in turn; the silent city sends none."""
    answers = sewage_answers(example, towns)
    sending = [c for c in example.cities() if c.id != SILENT_CITY]
    for number, city in enumerate(sending):
        mine = [t for t in towns if t.county.startswith(city.id[:4]) and t.code in answers]
        rows: list[list[Cell]] = [
            [city.name.zh, example.name(t.county), t.code, t.name, *answers[t.code], None] for t in mine
        ]
        able = sum(r[4] == "是" for r in rows)
        form = Form(
            title=f"{city.name.zh}{example.year}年建制镇生活污水处理能力情况表",
            heading=[[*_HEADING[:4], "生活污水处理", "生活污水处理", "备注"], _HEADING],
            rows=rows,
            total=["合计", None, None, f"{len(rows)}个", f"{able}个", None, None],
            merge_first_column=True,
        )
        name = f"{example.year}年{city.name.zh}建制镇污水处理能力"
        if number % 3 == 2:
            yield write_text_form(example.file(f"{name}.csv"), form), city.id
        else:
            yield Workbook(example.file(f"{name}.xlsx"), [form]).write(), city.id


def sewage_answers(example: Example, towns: list[Town]) -> dict[str, tuple[str, str]]:
    """What is written of each town that is reported: the answer and how the sewage is treated."""
    chance = example.chance("town_sewage")
    sent = [t for t in towns if not t.county.startswith(SILENT_CITY[:4])]
    usable = [t for t in sent if t.county != UNUSABLE_COUNTY]
    left_out = chance.sample(usable, MISSING_TOWNS + UNREADABLE_TOWNS)
    missing, unreadable = left_out[:MISSING_TOWNS], left_out[MISSING_TOWNS:]
    known = [t for t in usable if t not in left_out]
    able = set(chance.sample([t.code for t in known], round(ABLE_SHARE * len(towns))))
    answers: dict[str, tuple[str, str]] = {}
    for town in sent:
        if town in missing:
            continue
        if town in unreadable or town.county == UNUSABLE_COUNTY:
            answers[town.code] = ("部分具备", "自建处理设施")
        elif town.code in able:
            answers[town.code] = ("是", chance.choice(("自建处理设施", "自建处理设施", "纳入城镇管网")))
        else:
            answers[town.code] = ("否", "无")
    return answers
