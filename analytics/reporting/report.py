"""One order for a report: warehouse brought up to date, notebooks run, PDF and HTML rendered; nothing done twice."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from analytics import paths
from analytics.catalog import load_catalog
from analytics.errors import ReportError, UsageError
from analytics.paths import Workspace
from analytics.periods import Period, parse_period, year_of
from analytics.pipeline import state
from analytics.present.words import either
from analytics.runs import code_digest, digest, logged, sha256_of, write_text

if TYPE_CHECKING:
    from analytics.catalog import Catalog
    from analytics.catalog.models import Area
    from analytics.catalog.plan import Plan
    from analytics.notebook import Year

Say = Callable[[str], None]
ZONE = ZoneInfo("Asia/Shanghai")
_GROUPS = {"cities": ("city",), "counties": ("county",), "all": ("province", "city", "county")}


@dataclass(frozen=True)
class Order:
    """What is asked for: a year's assessment, or a shorter period's dispatch, of one area or of many."""

    year: int | None
    period: str
    area: str
    lang: Literal["zh", "en"]
    renderer: str = "auto"
    workers: int = 2


@dataclass(frozen=True)
class Made:
    """The two files of one report, whether they were made anew, and those of the annex that goes with it."""

    pdf: Path
    html: Path
    is_new: bool
    annex: Sequence[Path] = ()


@dataclass(frozen=True)
class _Report:
    """One report of an order, with everything it is made from."""

    workspace: Workspace
    catalog: Catalog
    plan: Plan
    area: Area
    period: Period
    order: Order

    @property
    def is_dispatch(self) -> bool:
        return self.period.kind != "year"

    @property
    def notebooks(self) -> list[Path]:
        if self.is_dispatch:
            return [self.workspace.resource("notebooks", "brief.ipynb")]
        return self._in_folder("assessment")

    @property
    def annex(self) -> list[Path]:
        """Notebooks of the methods annex: the same for every area, it goes with the year's report of the whole."""
        return [] if self.is_dispatch or self.area.id != self.plan.area else self._in_folder("annex")

    def _in_folder(self, name: str) -> list[Path]:
        """The notebooks of a folder by name, the workspace's own in place of those shipped."""
        own = {f.name: f for f in (self.workspace.root / "notebooks" / name).glob("*.ipynb")}
        shipped = {f.name: f for f in paths.shipped("notebooks", name).glob("*.ipynb")}
        return [f for _, f in sorted((shipped | own).items())]

    @property
    def folder(self) -> Path:
        return self.workspace.builds / f"{self.period.label}-{self.area.id}-{self.order.lang}"

    @property
    def record(self) -> Path:
        return self.folder / "report.json"

    def made_from(self, warehouse: str) -> str:
        """Hash of the warehouse, the notebooks, the templates and the code that draws and renders."""
        templates = sorted(
            {f.name: f for f in [*paths.shipped("reports", "year_end").glob("*"), *self._own_templates()]}.values()
        )
        files = [*self.notebooks, *self.annex, *(f for f in templates if f.is_file())]
        rooms = [code_digest(paths.PACKAGE / room) for room in ("notebook", "present", "reporting")]
        return digest([warehouse, *rooms, repr(self.order), *(f.read_bytes() for f in files)])

    def _own_templates(self) -> Iterator[Path]:
        return (self.workspace.root / "reports" / "year_end").glob("*")


def make_reports(workspace: Workspace, order: Order, *, say: Say) -> Iterator[Made]:
    """Make every report of the order, one after the other; those of which nothing changed are left as they are.

    Raises `UsageError` before anything runs where year, period, area or renderer are wrong.
    """
    reports = list(_ordered(workspace, order))
    _check_renderer(order.renderer)
    paths.require_deliveries(workspace)
    year = reports[0].period.year
    with logged(workspace.run_log, "report", year=year, area=order.area, period=order.period):
        warehouse = state.fingerprint(workspace)
        if not state.is_current(workspace, year, of=warehouse):
            from analytics.pipeline.assembly import build
            from analytics.pipeline.receipts import left_out

            say(either(order.lang, "正在汇总数据……", "Building the warehouse …"))
            built = build(workspace, year, reports[0].catalog, for_readings=reports[0].is_dispatch)
            for line in left_out(workspace, built.refused, order.lang):
                say(line)
        for report in reports:
            yield _make(report, warehouse, say)


def _ordered(workspace: Workspace, order: Order) -> Iterator[_Report]:
    catalog = load_catalog(workspace.catalog)
    period = _period_of(order)
    plan = catalog.plan_for(period.year) if period.kind == "year" else catalog.plan_near(period.year)
    if order.area in _GROUPS:
        areas = [a for level in _GROUPS[order.area] for a in catalog.children(plan.area, level)]
    else:
        areas = [catalog.area_of_plan(order.area or plan.area, plan)]
    for area in areas:
        yield _Report(workspace, catalog, plan, area, period, order)


def _period_of(order: Order) -> Period:
    if not order.period and order.year is None:
        raise UsageError(
            "Which year?",
            next_step="Give --year 2021, or --period 2021-04 for a dispatch.",
            zh="请写明年份，如 --year 2021；调度报告写 --period 2021-04",
        )
    period = parse_period(order.period) if order.period else year_of(order.year or 0)
    if order.year is not None and period.year != order.year:
        raise UsageError(
            "Year and period disagree.",
            found=f"--year {order.year} --period {order.period}",
            next_step="Leave one of them out.",
            zh="--year 与 --period 不一致：请去掉其中一个",
        )
    return period


def _check_renderer(renderer: str) -> None:
    """Quarto is an option for those who have it; the built-in way needs nothing but this package."""
    if renderer == "quarto":
        raise UsageError(
            "Rendering with Quarto is not offered yet.",
            expected="--renderer builtin or auto",
            next_step="Leave --renderer out.",
            zh="尚不能用 Quarto 排版：请去掉 --renderer",
        )


def _make(report: _Report, warehouse: str, say: Say) -> Made:
    wanted = report.made_from(warehouse)
    known = _known(report, wanted)
    lang, name, span = report.order.lang, report.area.name.in_language(report.order.lang), report.period.label
    if known is not None:
        say(either(lang, f"没有变化：{name} {span}", f"Nothing changed: {name} {span}"))
        return known
    number = len(report.notebooks) + len(report.annex)
    say(either(lang, f"正在运行{number}个笔记本：{name} {span}……", f"Running {number} notebook(s): {name} {span} …"))
    made = _rendered(report)
    outputs = {f.name: sha256_of(f) for f in (made.pdf, made.html, *made.annex)}
    write_text(report.record, json.dumps({"made_from": wanted, "outputs": outputs}, ensure_ascii=False))
    return made


def _known(report: _Report, wanted: str) -> Made | None:
    """The report as it lies there, where it was made from just this and nobody changed it since."""
    if not report.record.is_file():
        return None
    record = json.loads(report.record.read_text(encoding="utf-8"))
    files = [report.folder / name for name in record["outputs"]]
    same = record["made_from"] == wanted and all(
        f.is_file() and sha256_of(f) == record["outputs"][f.name] for f in files
    )
    return Made(files[0], files[1], False, files[2:]) if same else None


def _rendered(report: _Report) -> Made:
    from analytics.present.prose import period_name
    from analytics.reporting import FrontMatter, render
    from analytics.reporting.execute import execute
    from analytics.reporting.page import vega

    order = report.order
    opened = _opened(report)
    invented = opened.is_invented
    parameters = {
        "year": report.period.year,
        "area": report.area.id,
        "period": report.period.label if report.is_dispatch else "",
        "lang": order.lang,
        "release": "",
    }
    vega()
    os.environ["QINGHE_ROOT"] = str(report.workspace.root)
    with tempfile.TemporaryDirectory(prefix="qinghe-report-") as scratch:
        notebooks = [*report.notebooks, *report.annex]
        executed = execute(notebooks, parameters, Path(scratch), workers=order.workers)
        own, annex = executed[: len(report.notebooks)], executed[len(report.notebooks) :]
        front = FrontMatter(
            **_titles(report),
            area_name=report.area.name.in_language(order.lang),
            period_label=period_name(report.period, order.lang),
            lang=order.lang,
            document="" if report.is_dispatch else report.plan.document,
            data_date=opened.as_of,
            status="draft",
            invented=invented,
            stamp=_stamp(opened.as_of or report.period.end),
        )
        _clear(report.folder)
        name = _name(report, invented)
        rendered = render(own, front=front, out=report.folder, name=name, workspace=report.workspace)
        beside: list[Path] = []
        if annex:
            methods = render(
                annex,
                front=replace(front, title=_annex_title(report)),
                out=report.folder,
                name=f"methods-{name}",
                workspace=report.workspace,
            )
            beside = [methods.pdf, methods.html]
    return Made(rendered.pdf, rendered.html, True, beside)


def _opened(report: _Report) -> Year:
    from analytics.notebook import open_period, open_year

    root = report.workspace.root
    whole = (
        open_period(report.period.label, root=root) if report.is_dispatch else open_year(report.period.year, root=root)
    )
    return whole.area(report.area.id)


def _titles(report: _Report) -> dict[str, str]:
    title = report.plan.title.in_language(report.order.lang).replace(str(report.period.year), f"\n{report.period.year}")
    if report.is_dispatch:
        plan = title if report.period.year in report.plan.years else ""
        words = {"zh": ("水质自动监测快报", plan), "en": ("Dispatch on the automatic stations", plan)}
    else:
        words = {"zh": (f"{title}\n年终评估报告", ""), "en": (f"{title}\nYear-end assessment", "")}
    return dict(zip(("title", "subtitle"), words[report.order.lang], strict=True))


def _annex_title(report: _Report) -> str:
    title = report.plan.title.in_language(report.order.lang).replace(str(report.period.year), f"\n{report.period.year}")
    return f"{title}\n{'方法附册' if report.order.lang == 'zh' else 'Methods annex'}"


def _name(report: _Report, invented: bool) -> str:
    kind = "brief" if report.is_dispatch else "assessment"
    mark = "_示例数据_虚构" if invented else ""
    return f"{kind}-{report.period.label}-{report.area.id}-{report.order.lang}{mark}"


def _clear(folder: Path) -> None:
    """A report of other data has another name: what lay here is no longer true."""
    for old in [*folder.glob("*.pdf"), *folder.glob("*.html"), *folder.glob("report.json")]:
        old.unlink()


def _stamp(day: date) -> datetime:
    """The only time in the files: the day of the last delivery, so that the same input gives the same bytes."""
    return datetime.combine(day, time(12), tzinfo=ZONE)


__all__: Sequence[str] = ("Made", "Order", "ReportError", "make_reports")
