"""One look for all charts: calm colours that differ in lightness, so that they read in grey as well."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import altair as alt

FAMILY = "Noto Sans CJK SC"
WIDTH = 560
INK, SOFT, LINE = "#1d2b36", "#5c6b77", "#d7dee4"
ACCENT = "#2b6a94"
# The convention of the field: blue, green, yellow, orange, red; the shades also darken in grey.
CLASS_COLOURS = {
    "Ⅰ": "#c6e2f5",
    "Ⅱ": "#7db8de",
    "Ⅲ": "#5fae6e",
    "Ⅳ": "#f2cf4a",
    "Ⅴ": "#e08a2c",
    "劣Ⅴ": "#a82a22",
}
OPEN_COLOUR = "#e6e9ec"
VERDICT_COLOURS = {
    "met": "#2e7d4f",
    "not_met": "#a82a22",
    "met_late": "#c98a1b",
    "undecided": "#8a7a2a",
    "not_delivered": "#6b7680",
    "no_data": "#98a2aa",
    "no_target": "#5b86a6",
    "not_yet_due": "#7a8fa0",
    "not_applicable": "#c3cad0",
}


@lru_cache(maxsize=1)
def register_face() -> None:
    """Make the CJK face known to the converter; it measures and draws with it."""
    import noto_cjk_sans_otc
    import vl_convert

    vl_convert.register_font_directory(str(Path(noto_cjk_sans_otc.__file__).parent))


def inline(rows: list[dict[str, Any]]) -> Any:
    """The rows as data of a chart, within its specification."""
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]


def themed(chart: Any) -> Any:
    """The chart in the look of this project."""
    axis = {
        "labelFont": FAMILY,
        "titleFont": FAMILY,
        "labelColor": INK,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": SOFT,
        "tickColor": SOFT,
        "labelLimit": 180,
    }
    legend = {"labelFont": FAMILY, "titleFont": FAMILY, "labelFontSize": 12, "titleFontSize": 12, "labelLimit": 240}
    return (
        chart.configure(font=FAMILY, background="white")
        .configure_axis(**axis)
        .configure_legend(**legend)
        .configure_header(labelFont=FAMILY, titleFont=FAMILY, labelFontSize=12)
        .configure_text(font=FAMILY, fontSize=12, color=INK)
        .configure_view(stroke=None)
    )


def class_scale(names: list[str]) -> alt.Scale:
    """Colours of the classes by their printed names, in order; what is open is grey."""
    codes = [*CLASS_COLOURS]
    colours = [CLASS_COLOURS[c] for c in codes] + [OPEN_COLOUR]
    return alt.Scale(domain=names, range=colours[: len(names)])
