"""Where things are: the workspace's folders and the files that the package ships."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import UsageError

PACKAGE = Path(__file__).parent
_SHIPPED_IN_WHEEL = PACKAGE / "_shipped"


def shipped(*parts: str) -> Path:
    """Path of a shipped file (`notebooks/…`, `expectations/…`, `reports/year_end/…`).

    A wheel carries them inside the package; a checkout has them at its top level.
    """
    base = _SHIPPED_IN_WHEEL if _SHIPPED_IN_WHEEL.is_dir() else PACKAGE.parent
    return base.joinpath(*parts)


@dataclass(frozen=True)
class Workspace:
    """The folder that holds `data/raw`, `reports` and the warehouse."""

    root: Path

    @property
    def raw(self) -> Path:
        """Registered deliveries, one folder each, with `origin.yml`."""
        return self.root / "data" / "raw"

    @property
    def staged(self) -> Path:
        """Typed rows as Parquet, named by content; may be deleted at any time."""
        return self.root / "data" / "staged"

    @property
    def warehouse(self) -> Path:
        """The one warehouse file; a function of raw files, catalog and code."""
        return self.root / "data" / "warehouse.duckdb"

    @property
    def lock(self) -> Path:
        """The file that a writing run locks."""
        return self.root / "data" / ".lock"

    @property
    def run_log(self) -> Path:
        """One JSON line for each run that wrote something."""
        return self.root / "data" / "runs.jsonl"

    @property
    def builds(self) -> Path:
        """Rendered drafts."""
        return self.root / "reports" / "build"

    @property
    def catalog(self) -> Path:
        """What this workspace adds to the shipped catalog; need not exist."""
        return self.root / "catalog"

    def resource(self, *parts: str) -> Path:
        """The workspace's own copy of a shipped file where there is one, else the shipped one."""
        own = self.root.joinpath(*parts)
        return own if own.exists() else shipped(*parts)

    def relative(self, path: Path) -> str:
        """`path` as it is written into records: relative to the workspace, with `/`."""
        return path.resolve().relative_to(self.root.resolve()).as_posix()


# DuckDB and polars read these as patterns, lists or folders wherever a path names a file.
_NOT_IN_PATHS = "*?[,\\"


def find_workspace(root: Path | None = None, *, may_be_new: bool = False) -> Workspace:
    """The workspace named by `root`, else by `QINGHE_ROOT`, else the one around the current folder.

    A folder is a workspace when it holds `data/raw`; where none of the parents does, the current
    folder becomes one as soon as something is written. A named folder must exist, unless it `may_be_new`.
    """
    named = root or (Path(os.environ["QINGHE_ROOT"]) if os.environ.get("QINGHE_ROOT") else None)
    if named is not None:
        _require_folder(named, may_be_new=may_be_new)
        return _workspace_at(named.resolve())
    here = Path.cwd()
    return _workspace_at(next((p for p in (here, *here.parents) if (p / "data" / "raw").is_dir()), here))


def require_deliveries(workspace: Workspace) -> None:
    """Nothing is made of a folder that no delivery was ever received in, and nothing is written there: `UsageError`."""
    if not workspace.raw.is_dir():
        raise UsageError(
            "This folder is no workspace: nothing was ever received here.",
            where=str(workspace.root),
            expected="a folder with data/raw",
            next_step="Name the workspace with --root; `qinghe receive` or `qinghe example` begin a new one.",
            zh="这里没有收到过任何报送：请用 --root 写明工作区，或先用 qinghe receive、qinghe example 建立",
        )


def _require_folder(named: Path, *, may_be_new: bool) -> None:
    if named.exists() and not named.is_dir():
        raise UsageError(
            "The workspace is not a folder.",
            where=str(named),
            next_step="Give a folder to --root.",
            zh="--root 所写不是文件夹",
        )
    if not named.exists() and not may_be_new:
        raise UsageError(
            "There is no such workspace.",
            where=str(named),
            next_step="Check the path; a new one is made by `qinghe receive` or `qinghe example`.",
            zh="没有这个工作区：请核对路径；新工作区由 qinghe receive 或 qinghe example 建立",
        )


def _workspace_at(folder: Path) -> Workspace:
    awkward = [c for c in _NOT_IN_PATHS if c in folder.as_posix()]
    if awkward:
        raise UsageError(
            "The path of the workspace has characters that its files could not be read by.",
            where=str(folder),
            found=" ".join(awkward),
            next_step="Give the folder another name, or use another one with --root.",
            zh=f"工作区路径含有不能使用的字符（{' '.join(awkward)}）：请改文件夹名，或用 --root 另写",
        )
    return Workspace(folder)
