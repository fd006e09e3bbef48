"""One look for all charts: calm colours that differ in lightness, so that they read in grey as well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt

from analytics.present import words
from analytics.present.typeface import FAMILY

NAME = "qinghe"
WIDTH = 620  # px; in print it becomes the 165 mm of the text block
FONT = f"{FAMILY}, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"

INK, SOFT, LINE, WASH, PAPER = "#1f2a33", "#56646e", "#d3dbe0", "#eef3f6", "#ffffff"
ACCENT, BAR, SEAL = "#2d6c8f", "#8fb9cf", "#9c2f27"
SEQUENCE = ("#e3eff5", "#a8cde0", "#5f9fc0", "#2d6c8f", "#15496b")
OPEN_COLOUR = "#e6e9ec"

# The convention of the field: blue, green, yellow, orange, red. Neighbours differ in lightness by 8 and more of 100.
CLASS_COLOURS = {
    "Ⅰ": "#d9f0fa",
    "Ⅱ": "#86c5e3",
    "Ⅲ": "#569a62",
    "Ⅳ": "#f7dc6f",
    "Ⅴ": "#e08e3c",
    "劣Ⅴ": "#9c2f27",
}
CLASSES = tuple(CLASS_COLOURS)
# What stands beside the classes: a section whose class is open, one without water.
OPEN, DRY = "open", "dry"
STATE_COLOURS = {**CLASS_COLOURS, OPEN: PAPER, DRY: "#c9bfb2"}
DARK_STATES = ("Ⅲ", "劣Ⅴ")
VERDICT_COLOURS = {
    "met": "#2c6b47",
    "met_late": "#2c6b47",
    "not_met": SEAL,
    "undecided": "#8a6414",
    "not_yet_due": ACCENT,
    "not_delivered": SEAL,
}
VERDICT_FILLS = {
    "met": "#cfe5d7",
    "met_late": "#eaf4ee",
    "not_met": "#e9bdb8",
    "undecided": "#f6e6bd",
    "not_yet_due": WASH,
}


def verdict_colour(verdict: str) -> str:
    """Ink of a verdict's sign; quiet for those that judge nothing."""
    return VERDICT_COLOURS.get(verdict, SOFT)


def tile_fill(verdict: str) -> str:
    """Fill of a tile by its verdict: grey where nothing usable was delivered, white where nothing is judged."""
    return VERDICT_FILLS.get(verdict, OPEN_COLOUR if verdict in ("not_delivered", "no_data") else PAPER)


def state_word(state: str, lang: str) -> str:
    """A class, or what stands beside the classes, as a legend writes it."""
    if state == OPEN:
        return words.either(lang, "待定", "open")
    if state == DRY:
        return words.word("reason", "dry", lang)
    return words.water_class(state, lang).removeprefix("class ")


def state_scale(found: Iterable[str], lang: str) -> alt.Scale:
    """Colours by the printed names of the classes, all six in order; of the rest those that are found."""
    here = set(found)
    shown = [s for s in STATE_COLOURS if s in CLASSES or s in here]
    return alt.Scale(domain=[state_word(s, lang) for s in shown], range=[STATE_COLOURS[s] for s in shown])


def look() -> alt.theme.ThemeConfig:
    """The Altair theme: hairline grid, one typeface; the text beside a picture speaks for it, not its marks."""
    face = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"}
    axis = {
        **face,
        "labelColor": INK,
        "titleColor": SOFT,
        "gridColor": LINE,
        "gridWidth": 0.6,
        "domainColor": SOFT,
        "tickColor": LINE,
        "labelLimit": 0,
    }
    config: dict[str, Any] = {
        "aria": False,
        "background": PAPER,
        "font": FONT,
        "padding": 4,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"domain": False, "ticks": False, "labelPadding": 6, "titlePadding": 8},
        "legend": {**face, "labelColor": INK, "titleColor": SOFT, "labelLimit": 0, "offset": 22, **_LEGEND},
        "text": {"font": FONT, "fontSize": 11, "color": INK},
        "title": {"font": FONT, "fontSize": 11, "fontWeight": "normal", "color": INK, "anchor": "start", "offset": 5},
    }
    return {"config": config}  # type: ignore[typeddict-item]


_LEGEND = {
    "orient": "top",
    "symbolType": "square",
    "symbolSize": 120,
    "symbolStrokeColor": SOFT,
    "symbolStrokeWidth": 0.5,
    "columnPadding": 12,
}

alt.theme.register(NAME, enable=False)(look)
