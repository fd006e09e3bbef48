"""The command that puts in words what is outstanding, by department: remind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.received import departments_called
from analytics.cli.shared import (
    AsJson,
    Language,
    Quiet,
    Root,
    Year,
    app,
    busy,
    opened,
    print_json,
    require_free_place,
    say,
)
from analytics.errors import UsageError
from analytics.present.words import either


@app.command()
def remind(
    year: Year,
    department: Annotated[
        str | None, typer.Option("--department", help="Only this department, by its name or a part of it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write a text file for each department or city here.")
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="zh or en.")] = Language.zh,
    root: Root = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put in words, ready to send (催报), what each department still has to deliver or to correct.

    Example: qinghe remind --year 2021 --out letters
    """
    from analytics.notebook import open_year
    from analytics.pipeline import build as build_year
    from analytics.present.addressees import addressed

    workspace, catalog = opened(root)
    wanted = departments_called(department, catalog)
    _require_folder(out)
    with busy("Looking through what was received …", quiet):
        build_year(workspace, year, catalog)
    found = open_year(year, root=workspace.root).language(lang.value).reminders()
    mine = {key: text for key, text in found.items() if key.partition("/")[0] in wanted}
    letters = {addressed(key, catalog, lang.value): text for key, text in mine.items()}
    if as_json:
        print_json(letters)
        return
    if out is None:
        print("\n\n".join(letters.values()))  # noqa: T201
    if out is not None and not out.exists():
        require_free_place(out, workspace)
        out.mkdir()
    for name, text in letters.items() if out else ():
        file = out / f"{name}.txt"  # type: ignore[operator]
        require_free_place(file, workspace)
        file.write_text(text, encoding="utf-8")
    if not quiet:
        count = len(letters)
        zh = f"催报函{count}份" + (f"，写在 {out}" if out else "") if count else "没有待催报的事项"
        en = f"{count} letter(s)" + (f" in {out}" if out else "") if count else "Nothing is outstanding"
        say.print(either(lang.value, f"{zh}。", f"{en}."))


def _require_folder(out: Path | None) -> None:
    """The letters are several files: they want a folder, there or not."""
    if out is not None and out.exists() and not out.is_dir():
        raise UsageError(
            "Letters are several files: --out names a folder, and this is a file.",
            where=str(out),
            next_step="Give a folder, for example --out letters; it need not be there.",
            zh=f"催报函有多份，--out 须写文件夹，{out} 是一个文件：请另写文件夹名，如 --out letters（没有会自动建立）",
        )
