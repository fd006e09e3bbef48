"""The command that writes the form a department fills in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.cli.received import departments_called
from analytics.cli.shared import (
    AreaOption,
    LangOption,
    Language,
    PeriodOption,
    Quiet,
    Root,
    app,
    busy,
    opened,
    require_free_place,
    say,
)
from analytics.errors import UsageError
from analytics.present.words import either

if TYPE_CHECKING:
    from analytics.catalog import Catalog
    from analytics.catalog.models import Source
    from analytics.ingest.forms import Form
    from analytics.paths import Workspace


@app.command()
def form(
    source: Annotated[str, typer.Argument(help="Delivery form: manure, town_sewage, …", show_default=False)],
    area: AreaOption = None,
    period: PeriodOption = None,
    department: Annotated[
        str | None, typer.Option("--department", help="Who fills it in, where several do: its name or a part of it.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The file; by default named in Chinese, here.")] = None,
    lang: LangOption = Language.zh,
    root: Root = None,
    quiet: Quiet = False,
) -> None:
    """Write the Excel form that a department fills in: drop-down lists, units, limits, the clause, an example row.

    Members of a register that was received (towns, sections) stand in it already, a row each. The filled form is
    received without any option: it says its source, area and period itself. --period is wanted of all but registers.

    A form of several departments (evidence, unmet_reasons) is about what --department answers for.

    Example: qinghe form town_sewage --period 2021 --area 太原市
    """
    from analytics.ingest.form_workbook import write_form
    from analytics.runs import replacing

    workspace, catalog = opened(root, may_be_new=True)
    sender = _sender(catalog.source(source), department, catalog)
    made, faulty = _form(workspace, catalog, source=source, area=area, period=period, sender=sender, quiet=quiet)
    is_of_several = bool(sender) and catalog.departments[catalog.source(source).department].is_several
    by_whom = "_" + catalog.called([sender], "zh")[0] if is_of_several else ""
    place = out or Path(f"{made.title}{by_whom}.xlsx")
    _require_new(place, workspace)
    with replacing(place) as new:
        write_form(made, new)
    if not quiet:
        _say_what_it_is(made, place, lang.value, f" --root {root}" if root else "", faulty=faulty)


def _sender(source: Source, word: str | None, catalog: Catalog) -> str:
    """Who fills the form in, where several departments do and one is named."""
    if word is None:
        return ""
    meant = departments_called(word, catalog)
    if len(meant) > 1:
        raise UsageError(
            "More than one department is called so.",
            found=word,
            expected="one of " + "、".join(catalog.called(meant, "zh")),
            next_step="Give its whole name.",
            zh=f"不止一个部门的名称含“{word}”：请写全称（" + "、".join(catalog.called(meant, "zh")) + "）",
        )
    if not catalog.departments[source.department].is_several and meant != [source.department]:
        raise UsageError(
            f"{source.id} is the form of one department.",
            found=word,
            expected=catalog.called([source.department], "zh")[0],
            next_step="Leave --department out.",
            zh=f"此表只由一个部门填报（{catalog.called([source.department], 'zh')[0]}）：请去掉 --department",
        )
    return meant[0]


def _form(
    workspace: Workspace,
    catalog: Catalog,
    *,
    source: str,
    area: str | None,
    period: str | None,
    sender: str,
    quiet: bool,
) -> tuple[Form, int]:
    """The form, and how many entries of its register are set aside: nobody is asked under a code that may be wrong."""
    import polars as pl

    from analytics.ingest import list_snapshots
    from analytics.ingest.forms import form_for
    from analytics.pipeline.intake import registers_of
    from analytics.warehouse.facts import area_registers

    declared = catalog.source(source)
    code = catalog.area(area).id if area else ""
    # Asked for at once, before registers are read: a wrong word is answered first.
    members = area_registers(catalog)
    form_for(declared, catalog, period=period or "", area=code, members=members, department=sender)
    invented, faulty = False, 0
    if declared.entity is not None or declared.calendar:
        with busy("Reading the register …", quiet):
            received = registers_of(workspace, catalog)
        members = received.filter(~pl.col("is_set_aside"))
        own = received.filter("is_set_aside", register=declared.entity.register_name if declared.entity else "")
        faulty = sum(not code or not a or catalog.lies_in(a, code) for a in own["area_id"])
        kept = {s.id for s in catalog.sources.values() if s.register_as}
        invented = any(s.delivery.invented for s in list_snapshots(workspace) if s.source in kept)
    made = form_for(
        declared,
        catalog,
        period=period or "",
        area=code,
        members=members,
        department=sender,
        is_invented=invented,
    )
    return made, faulty


def _require_new(place: Path, workspace: Workspace) -> None:
    """A form that somebody may have filled in is never written over."""
    if place.suffix.lower() != ".xlsx":
        raise UsageError(
            "A form is an Excel workbook.",
            where=str(place),
            expected="a name that ends in .xlsx",
            zh="报表是 Excel 文件：文件名请以 .xlsx 结尾",
        )
    require_free_place(place, workspace)
    if place.exists():
        raise UsageError(
            "There is a file of this name already, and it may have been filled in.",
            where=str(place),
            next_step="Move it away, or give another file with --out.",
            zh="已有同名文件，可能已经填报，不予覆盖：请移走，或用 --out 另写文件名",
        )


def _say_what_it_is(made: Form, place: Path, lang: str, there: str, *, faulty: int) -> None:
    """What was written and how it comes back; `there` is the option that names the workspace, where one was given.

    `faulty` entries of the register are not among its rows.
    """
    lines = [(f"已写好：{place}", f"Written: {place}")]
    if made.rows:
        rows = len(made.rows)
        lines.append(
            (f"已列出{rows}行，每个须填报的对象一行。", f"{rows} rows are begun: one for each that must be told of.")
        )
    elif made.source.entity is not None and not made.members:
        name = made.source.entity.register_name
        lines.append(
            (
                f"还没有收到所需的名录（{name}），各行留空。",
                f"No member of the register {name} has been received for it: rows begin empty.",
            )
        )
        command = f"qinghe receive FILE --source {name}{there}"
        lines.append((f"下一步：{command}，然后重新生成本表。", f"Next: {command}, then write the form again."))
    if faulty:
        lines.append(
            (
                f"名录中有{faulty}行有误、暂不采用，未列入本表：请先更正名录，再重新生成（qinghe quarantine）。",
                f"{faulty} entries of the register are set aside and not begun: put it right first, and write the form "
                "again (qinghe quarantine).",
            )
        )
    lines.append(
        (
            f"填好后直接接收，不需写明报表、地区和报告期：qinghe receive FILE{there}",
            f"Filled in, it says its source, area and period itself: qinghe receive FILE{there}",
        )
    )
    for number, (zh, en) in enumerate(lines):
        say.print(("  " if number else "") + either(lang, zh, en))
