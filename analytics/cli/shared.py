"""What all commands share: the application, common options, the workspace, what is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from analytics.cli.usage import ToldInBoth
from analytics.errors import UsageError
from analytics.paths import Workspace, find_workspace
from analytics.present.words import either

if TYPE_CHECKING:
    from analytics.catalog import Catalog
    from analytics.pipeline import Examined
    from analytics.present.tables import Table as PageTable

app = typer.Typer(
    name="qinghe",
    cls=ToldInBoth,
    help="清河: check, keep, assess and report what a province promised for its waters.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
# What is printed may hold [brackets] and :colons: of whoever sent it: nothing in it is a mark of the library.
_console = partial(Console, markup=False, emoji=False, highlight=False)
say = _console(stderr=True, soft_wrap=True)  # a terminal breaks lines itself, and commands are copied whole
# Whoever reads a pipe is not served by lines folded at 80 characters.
console = _console(width=None if sys.stdout.isatty() else 200)
# Columns whose cells stay on one line.
_UNBROKEN = ["number_id", "counted", "target", "verdict", "snapshot", "received", "source", "unchecked", "set aside"]

_BETWEEN, _NARROWEST = 2, 6  # signs between two columns, and of a column whose cells are broken anywhere

_F = TypeVar("_F", bound=StrEnum)
Root = Annotated[Path | None, typer.Option("--root", help="The workspace; by default the one around here.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print results and errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Year = Annotated[int, typer.Option("--year", min=1000, max=9999, help="Assessment year, such as 2021.")]
OptionalYear = Annotated[int | None, typer.Option("--year", min=1000, max=9999, help="Assessment year.")]
AreaOption = Annotated[str | None, typer.Option("--area", help="GB/T 2260 code or name, such as 140100.")]
PeriodOption = Annotated[str | None, typer.Option("--period", help="2021, 2021-Q3, 2021-07 or 2021-07-15.")]


class Language(StrEnum):
    """Languages of a report."""

    zh = "zh"
    en = "en"


LangOption = Annotated[Language, typer.Option("--lang", help="Language of what is printed.")]


@contextmanager
def busy(text: str, quiet: bool) -> Iterator[None]:
    """A spinner on a terminal, silence elsewhere."""
    if quiet or not say.is_terminal:
        yield
    else:
        with say.status(text):
            yield


def opened(root: Path | None, *, may_be_new: bool = False) -> tuple[Workspace, Catalog]:
    """The workspace and its catalog."""
    from analytics.catalog import load_catalog

    workspace = find_workspace(root, may_be_new=may_be_new)
    return workspace, load_catalog(workspace.catalog)


def print_json(value: Any) -> None:
    """Print a result for programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201


def print_table(
    rows: Sequence[Mapping[str, Any]],
    *,
    title: str,
    width: int | None = None,
    unbroken: Collection[str] = _UNBROKEN,
    by_words: Collection[str] = (),
    nothing: str = "nothing.",
) -> None:
    """Print rows for people, without the columns that nobody filled; `unbroken` are those that stay on one line.

    Cells of the columns `by_words` are broken between words alone, however narrow the table is. With `width` no line is
    longer, however wide the terminal is. Where there is no room for all columns every row is a block of lines.
    """
    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    names = [name for name in (rows[0] if rows else ()) if any(row[name] not in (None, "") for row in rows)]
    texts = [{name: "" if row[name] is None else str(row[name]) for name in names} for row in rows]
    least = 0
    for name in names:
        whole = max(cell_len(name), *(cell_len(row[name]) for row in texts))
        longest = max((cell_len(word) for row in texts for word in row[name].split()), default=0)
        table.add_column(
            name, overflow="fold", no_wrap=name in unbroken, min_width=longest if name in by_words else None
        )
        least += _BETWEEN + (whole if name in unbroken else longest if name in by_words else min(whole, _NARROWEST))
    for row in texts:
        table.add_row(*row.values())
    if rows and least > console.width:
        _print_blocks(texts, title)
    elif rows:
        console.print(table, width=min(width, console.width) if width else None)
    elif title:
        console.print(f"{title}: {nothing}\n")
    else:
        console.print("Nothing.")


def _print_blocks(rows: Sequence[Mapping[str, str]], title: str) -> None:
    """Each row as lines of its own, a name and what stands there, without what is empty."""
    if title:
        console.print(f"{title}\n")
    for row in rows:
        block = Table.grid(padding=(0, 2))
        block.add_column(no_wrap=True)
        block.add_column(overflow="fold")
        for name, text in row.items():
            if text:
                block.add_row(name, text)
        console.print(block)
        console.print()


def print_page_table(table: PageTable) -> None:
    """Print a table of the report's pages in the terminal."""
    shown = Table(title=table.title or None, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    for column in table.columns:
        shown.add_column(column.label, justify=column.align, overflow="fold")
    for row in table.rows:
        shown.add_row(*(cell["text"] if isinstance(cell, dict) else cell for cell in row))
    console.print(shown)
    if table.note:
        console.print(f"  {table.note}\n")


def print_refused(workspace: Workspace, refused: list[Examined], lang: str) -> None:
    """Say which files were left out."""
    from analytics.pipeline.receipts import left_out

    for line in left_out(workspace, refused, lang):
        say.print(line, style="yellow")


def given_as(form: _F, out: Path | None) -> _F:
    """How a list is given: into a file without any other word as its name ends, and not printed."""
    if out is None or form.value != "table":
        return form
    kinds = {kind.value: kind for kind in type(form) if kind is not form}
    kind = kinds.get(out.suffix.lstrip(".").lower())
    if kind is None:
        endings = [f".{name}" for name in kinds]
        raise UsageError(
            "What kind of file shall that be?",
            where=str(out),
            expected=" or ".join(endings),
            next_step="Give a name that ends so, or --format.",
            zh=f"不知要写成哪一种文件：请用 --out 写以{'、'.join(endings)}结尾的文件名，或用 --format 写明",
        )
    return kind


def say_written(out: Path, lang: str) -> None:
    """Say where the file is that was asked for."""
    say.print(either(lang, f"已写好：{out}", f"Written: {out}"))


def require_free_place(out: Path, workspace: Workspace) -> None:
    """A table is not written over what the workspace keeps, nor into a folder that there is not."""
    kept = [workspace.root / name for name in ("data", "catalog", "expectations", "reports")]
    if any(out.resolve().is_relative_to(folder.resolve()) for folder in kept):
        raise UsageError(
            "The workspace keeps what is its own there.",
            where=str(out),
            next_step="Give a file outside its folders with --out.",
            zh="该文件夹由工作区自用：请用 --out 写到别处",
        )
    if out.exists() and not out.is_file():
        raise UsageError(
            "That is no file that could be replaced.",
            where=str(out),
            next_step="Give another --out.",
            zh="该处不是可以替换的文件：请用 --out 另写文件名",
        )
    if not out.resolve().parent.is_dir():
        raise UsageError(
            "There is no such folder.",
            where=str(out.parent),
            next_step="Make it, or give another --out.",
            zh="没有这个文件夹：请先建立，或用 --out 另写文件名",
        )
