"""What stands before the text of a report: title, area, period, status; and the fixed words of both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from analytics.errors import ReportError

Language = Literal["zh", "en"]
Status = Literal["draft", "review", "published"]

_WORDS: dict[str, tuple[str, str]] = {
    "draft": ("草稿", "Draft"),
    "review": ("评估稿", "Draft for review"),
    "published": ("正式稿", "Published"),
    "invented": ("示例数据（虚构）", "示例数据（虚构） Example data (invented)"),
    "mark": ("示例数据（虚构）", "示例数据（虚构）"),
    "mark_more": ("", "Example data (invented)"),
    "invented_note": (
        "本文所有数字均为演示而虚构，不反映任何地区的真实情况，不得引用。",
        "Every figure in this document was made up for demonstration; it describes no real place and must not "
        "be quoted.",
    ),
    "area": ("评估范围", "Area"),
    "period": ("评估时段", "Period"),
    "document": ("依据文件", "Plan document"),
    "data_date": ("最近一次报送", "Last delivery"),
    "contents": ("目录", "Contents"),
    "table": ("表 {number}", "Table {number}"),
    "continued": ("续表 {number}", "Table {number} (continued)"),
    "figure": ("图 {number}", "Figure {number}"),
    "page": ("第", "Page"),
    "page_of": ("页，共", "of"),
    "page_end": ("页", ""),
    "note": ("说明", "Note"),
    "caution": ("注意", "Caution"),
    "save_svg": ("存为 SVG", "Save as SVG"),
    "save_png": ("存为 PNG", "Save as PNG"),
    "actions": ("图表操作", "Chart actions"),
    "to_content": ("跳到正文", "Skip to content"),
    "scroll": ("可左右滚动的表格", "Table, scrolls sideways"),
}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class FrontMatter:
    """Cover, running header and document properties of a report.

    A line break in `title` holds on the cover only.
    `document` is the number of the plan document; `data_date` the day up to which data were received (None:
    not printed); `invented` marks every page; `stamp` (with a zone) is the only time written into the files.
    """

    title: str
    subtitle: str
    area_name: str
    period_label: str
    lang: Language
    document: str
    data_date: date | None
    status: Status
    invented: bool
    stamp: datetime

    def __post_init__(self) -> None:
        if self.stamp.tzinfo is None:
            raise ReportError(
                "The report's time has no zone.",
                found=self.stamp.isoformat(),
                expected="a datetime with a zone, as Asia/Shanghai",
                next_step="Give `stamp` with tzinfo.",
            )

    @property
    def title_line(self) -> str:
        """The title on one line."""
        return ("" if self.lang == "zh" else " ").join(line.strip() for line in self.title.split("\n"))

    @property
    def cover_rows(self) -> list[tuple[str, str]]:
        """Label and text of each line in the cover's table; lines without text are left out."""
        words = words_in(self.lang)
        rows = [
            (words["area"], self.area_name),
            (words["period"], self.period_label),
            (words["document"], self.document),
            (words["data_date"], long_date(self.data_date, self.lang) if self.data_date else ""),
        ]
        return [row for row in rows if row[1]]


@dataclass(frozen=True)
class Rendered:
    """The files of one report and how many pages the PDF has."""

    pdf: Path
    html: Path
    pages: int


def words_in(lang: Language) -> dict[str, str]:
    """The fixed words of the templates in one language."""
    return {key: both[0 if lang == "zh" else 1] for key, both in _WORDS.items()}


def long_date(day: date, lang: Language) -> str:
    """A day as it is printed: `2022年1月15日`, `15 January 2022`."""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
