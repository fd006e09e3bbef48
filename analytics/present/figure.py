"""A finished chart with the words that belong to it, and what it hands to notebooks and reports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from html import escape
from typing import Any, ParamSpec, TypeVar

import altair as alt
from altair.utils.schemapi import debug_mode

from analytics.catalog import Catalog
from analytics.present import theme, typeface
from analytics.present.words import either

CHART = "application/vnd.qinghe.chart+json"
PLOT = 385  # px, the plot of a bar chart; the rest of the width is for names and columns of figures
_STEP = 23  # px from bar to bar
_SIZE = re.compile(
    r'width="(?P<width>[\d.]+)" height="(?P<height>[\d.]+)" viewBox="[^"]*"><rect width="[\d.]+" height="[\d.]+"'
)
_NAMED = re.compile(r"\b(gradient|clip)_?(\d+)\b")
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


@lru_cache(maxsize=1)
def _converter() -> Any:
    """vl_convert with our face; both are loaded at the first picture of a process."""
    import vl_convert

    vl_convert.register_font_directory(str(typeface.folder_of_stand_in()))
    return vl_convert


@dataclass(frozen=True)
class Chart:
    """A chart with the words that go with it; `alt_text` stands for it where it cannot be seen."""

    chart: Any
    caption: str
    alt_text: str
    note: str = ""

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The Vega-Lite specification with its data, without the address of its schema."""
        with alt.theme.enable(theme.NAME):
            found: dict[str, Any] = self.chart.to_dict(validate=False)
        return {"description": self.alt_text} | {k: v for k, v in found.items() if k != "$schema"}

    @cached_property
    def svg(self) -> str:
        """The picture for print: at least as wide as the text block, so that all charts have one scale."""
        measured = json.dumps(self.spec, ensure_ascii=False).replace(theme.FONT, typeface.STAND_IN)
        drawn = str(_converter().vegalite_to_svg(measured)).replace(typeface.STAND_IN, typeface.FAMILY)
        return _numbered(_SIZE.sub(self._framed, drawn, count=1))

    def _framed(self, size: re.Match[str]) -> str:
        width, height = max(float(size["width"]), theme.WIDTH), float(size["height"])
        box = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
        paper = f'<rect width="{width:g}" height="{height:g}"'
        return f'{box} role="img" aria-label="{escape(self.alt_text, quote=True)}">{paper}'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        payload = {"spec": self.spec, "alt": self.alt_text, "caption": self.caption, "note": self.note}
        return {CHART: payload, "image/svg+xml": self.svg, "text/plain": self.caption}


def _numbered(svg: str) -> str:
    """Names of gradients and clips counted from one in each picture, not on through the process."""
    numbers: dict[str, int] = {}
    return _NAMED.sub(lambda found: f"{found[1]}_{numbers.setdefault(found[0], len(numbers) + 1)}", svg)


@dataclass(frozen=True)
class Gallery:
    """Several charts under one another."""

    charts: Sequence[Chart]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for chart in self.charts:
            display(chart)  # type: ignore[no-untyped-call]


def unchecked(build: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """The builder without Altair's check of every part, which takes longer than the drawing; tests check the whole."""

    @wraps(build)
    def built(*args: _Given.args, **options: _Given.kwargs) -> _Made:
        with debug_mode(False):
            return build(*args, **options)

    return built


def inline(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as data that travel within a specification."""
    return alt.InlineData(values=[dict(row) for row in rows])


def rows_of(rows: Iterable[Mapping[str, Any]]) -> alt.Chart:
    """A layer of rows of its own, beside those of the plot."""
    return alt.Chart(inline(rows))


def at(pixels: float) -> Any:
    """A fixed place in the plot [px]."""
    return alt.value(pixels)


def ink() -> Any:
    """Colour of letters on a fill: white where the row says `is_dark`."""
    return alt.condition("datum.is_dark", alt.value(theme.PAPER), alt.value(theme.INK))


def heading(text: str, x: float, **style: Any) -> Any:
    """Quiet words above the plot at `x` [px]."""
    drawn = {"color": theme.SOFT, "fontSize": 10, "baseline": "bottom", **style}
    return rows_of([{}]).mark_text(text=text, **drawn).encode(x=at(x), y=at(-5))


def column(base: alt.Chart, field: str, x: float, **style: Any) -> Any:
    """A column of texts beside the plot, one to a row of it, at `x` [px]."""
    return base.mark_text(baseline="middle", **style).encode(x=at(x), text=f"{field}:N")


def row_axis(field: str, names: Sequence[str]) -> alt.Y:
    """One row for each of the names, from top to bottom as they come."""
    return alt.Y(f"{field}:N", title=None, scale=alt.Scale(domain=list(names)))


def plot(
    layers: Sequence[alt.Chart], rows: Sequence[Mapping[str, Any]], lines: int, *, width: int = PLOT, step: int = _STEP
) -> Any:
    """The layers over one another, of the same rows where they have none of their own; `step` px a line."""
    return alt.layer(*layers, data=inline(rows)).properties(width=width, height=step * lines)


def tips(lang: str, **fields: tuple[str, str]) -> list[alt.Tooltip]:
    """What the page shows under the pointer: fields with their words in Chinese and English."""
    return [alt.Tooltip(f"{name}:N", title=either(lang, *both)) for name, both in fields.items()]


def short_name(catalog: Catalog, area_id: str, lang: str) -> str:
    """Name of an area as a chart has room for it: a city without its 市, without City in English."""
    area = catalog.areas[area_id]
    if area.level != "city":
        return area.name.in_language(lang)
    return area.name.zh.removesuffix("市") if lang == "zh" else area.name.en.removesuffix(" City")


def colon(lang: str) -> str:
    """The colon of the language, with its space."""
    return either(lang, "：", ": ")
