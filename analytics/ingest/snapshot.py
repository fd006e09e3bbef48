"""Registers delivered files: each is kept as received, in a folder of its own with `origin.yml`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path
from unicodedata import category

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from analytics.errors import SnapshotError, UsageError
from analytics.ingest.sheet import MAX_BYTES
from analytics.paths import Workspace
from analytics.periods import parse_period
from analytics.runs import digest, machine_errors, sha256_of, write_text

ORIGIN = "origin.yml"


@dataclass(frozen=True)
class Delivery:
    """What is said about a file when it is handed in.

    `again` is how many copies of this very file came before and were replaced by others before it came again.
    """

    source: str
    received: date
    department: str = ""
    area: str = ""
    period: str = ""
    invented: bool = False
    refused: str = ""
    refused_zh: str = ""
    again: int = 0


@dataclass(frozen=True)
class Snapshot:
    """A registered file: its place, checksum and what was said when it was handed in.

    `once_called` are the names under which it came before it was handed in again with another one.
    """

    path: Path
    sha256: str
    size: int
    delivery: Delivery
    once_called: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which it came, the one it has now first."""
        return tuple(dict.fromkeys((self.path.name, *self.once_called)))

    @property
    def id(self) -> str:
        """The name used in every table: twelve digits for the file under its form and period.

        One file may arrive under two forms, the first by mistake; again the year after, where nothing changed; and
        again after another file replaced it, where its sender takes that one back.
        """
        said = self.delivery
        return digest([said.source, self.sha256, said.period, *([str(said.again)] if said.again else [])])[:12]

    @property
    def order(self) -> tuple[date, int]:
        """Place among the deliveries of its source: by day received, and of one day by number."""
        return self.delivery.received, _number(self.path.parent.name, self.delivery.received.isoformat())

    @property
    def source(self) -> str:
        """Id of the delivery form."""
        return self.delivery.source


def identify(file: Path, delivery: Delivery) -> Snapshot:
    """The file as a snapshot where it lies, not registered; `SnapshotError` where there is none."""
    require_file(file)
    with machine_errors(file, to="read"):
        return Snapshot(file, sha256_of(file), file.stat().st_size, delivery)


def require_file(file: Path) -> None:
    """Raise `SnapshotError` where there is no such file, something else in its place, or more than a delivery holds.

    Also where its name is no text of one line: it is written into records and tables.
    """
    if file.name.encode("utf-8", "replace").decode("utf-8") != file.name:
        raise SnapshotError(
            "The name of the file is not written in UTF-8.",
            where=legible(file.name),
            expected="a name in UTF-8",
            next_step="Give the file another name, for example 2021.xlsx, and receive it again.",
            zh="文件名不是 UTF-8 编码：请改名，如 2021.xlsx，再接收一次",
        )
    if any(category(sign) == "Cc" for sign in file.name):
        raise SnapshotError(
            "The name of the file holds signs that cannot be printed, such as the end of a line.",
            where=legible(file.name),
            expected="a name in one line",
            next_step="Give the file another name, for example 2021.xlsx, and receive it again.",
            zh="文件名含有不能显示的字符（如换行）：请改名，如 2021.xlsx，再接收一次",
        )
    if file.exists() and not file.is_file():
        raise SnapshotError(
            "That is no file.",
            where=str(file),
            next_step="Give a file, not a folder or a device.",
            zh="这是文件夹或设备，不是文件：请写明其中的文件，如 文件夹/*",
        )
    if not file.is_file():
        raise SnapshotError(
            "There is no such file.",
            where=str(file),
            next_step="Check the path and try again.",
            zh="没有这个文件：请核对路径",
        )
    with machine_errors(file, to="read"):
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise SnapshotError(
                "The file is too large for a delivery.",
                where=str(file),
                found=f"{size:,} bytes",
                expected=f"at most {MAX_BYTES:,} bytes",
                next_step="Split it by area or by month and receive the parts.",
                zh=f"文件过大（{size:,} 字节，最多 {MAX_BYTES:,} 字节）：请按地区或月份拆分后报送",
            )


def legible(name: str) -> str:
    """The name of a file with a question mark in the place of every byte that is no text, or that cannot be printed."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join("?" if category(sign) == "Cc" else sign for sign in text)


def register(
    workspace: Workspace,
    file: Path,
    delivery: Delivery,
    *,
    generated: bool = False,
    called: Callable[[str], str] = str,
) -> tuple[Snapshot, bool]:
    """Copy `file` into the workspace with its `origin.yml`; a file already registered is not copied again.

    Returns the snapshot and whether it is new. Generated files lie below `data/raw/example`. A file that was refused
    may be handed in again with another period or area; one that was taken with another area is a `UsageError`, with
    another period a delivery of its own. `called` is how errors call an area by its code.
    """
    new = identify(file, delivery)
    same = (new.sha256, new.source, delivery.again)
    alike = [k for k in list_snapshots(workspace) if (k.sha256, k.source, k.delivery.again) == same]
    alike.sort(key=lambda known: known.delivery.period != delivery.period)
    for known in alike:
        if known.delivery.refused or known.delivery.period == delivery.period:
            return _again(known, delivery, file.name, called), False
    folder = _folder_for(workspace, delivery, generated=generated)
    snapshot = replace(new, path=folder / _name_kept(file.name))
    with machine_errors(folder):
        folder.mkdir(parents=True)
        shutil.copyfile(file, snapshot.path)
    write_text(folder / ORIGIN, _origin_text(snapshot))
    return snapshot, True


def _name_kept(name: str) -> str:
    """The file's own name, unless the record beside it needs that one."""
    return f"delivered-{name}" if name == ORIGIN else name


def _again(known: Snapshot, delivery: Delivery, name: str, called: Callable[[str], str]) -> Snapshot:
    """The known file; one that was refused takes what is said of it now, and the name it now has."""
    said = known.delivery
    if not said.refused and said.area != delivery.area:
        now, before = (called(area) if area else "" for area in (delivery.area, said.area))
        raise UsageError(
            "This very file is registered already, with another area.",
            where=str(known.path),
            found=f"area {now or 'none'}",
            expected=f"area {before or 'none'}",
            next_step="Give the same ones, or delete the folder of the first to withdraw it.",
            zh=f"同一文件已按另一地区登记（先前：{before or '未写地区'}，这次：{now or '未写地区'}）："
            "请写同一地区，或删除先前登记的文件夹后再接收",
        )
    renewed = ("period", "area", "refused", "refused_zh")
    told = replace(said, **{name: getattr(delivery, name) for name in renewed})
    updated = replace(known, delivery=told)
    if said.refused:
        updated = replace(updated, path=known.path.with_name(_name_kept(name)))
        updated = replace(updated, once_called=tuple(n for n in known.names if n != updated.path.name))
    if updated == known:
        return known
    with machine_errors(updated.path):
        known.path.rename(updated.path)
    write_text(known.path.parent / ORIGIN, _origin_text(updated))
    return updated


def _folder_for(workspace: Workspace, delivery: Delivery, *, generated: bool) -> Path:
    """A new folder named by the day received; several of one day are numbered, after the last one there is."""
    day = delivery.received.isoformat()
    sides = (workspace.raw, workspace.raw / "example")
    taken = [_number(folder.name, day) for side in sides for folder in (side / delivery.source).glob(f"{day}*")]
    number = max(taken, default=0) + 1
    return sides[generated] / delivery.source / (day if number == 1 else f"{day}-{number}")


def _number(folder: str, day: str) -> int:
    number = folder.removeprefix(day).removeprefix("-")
    return int(number) if number.isdecimal() else 1


def _origin_text(snapshot: Snapshot) -> str:
    said = asdict(snapshot.delivery)
    record = {
        "source": said.pop("source"),
        "file": snapshot.path.name,
        "sha256": snapshot.sha256,
        "size": snapshot.size,
        "received": said.pop("received"),
        **{name: value for name, value in said.items() if value or name not in ("again", "refused_zh")},
        **({"once_called": list(snapshot.once_called)} if snapshot.once_called else {}),
    }
    out = StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.dump(record, out)
    return out.getvalue()


def list_snapshots(workspace: Workspace) -> list[Snapshot]:
    """Every registered file, by source and in the order received."""
    found = [_read_origin(f) for f in sorted(workspace.raw.rglob(ORIGIN))]
    return sorted(found, key=lambda s: (s.source, s.order, s.sha256))


class _Origin(BaseModel):
    """`origin.yml`, as strict as it is written."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    source: str
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int
    received: date
    department: str = ""
    area: str = ""
    period: str = ""
    invented: bool = False
    refused: str = ""
    refused_zh: str = ""
    again: int = Field(default=0, ge=0)
    once_called: list[str] = Field(default_factory=list)

    @field_validator("period")
    @classmethod
    def _is_a_period(cls, text: str) -> str:
        if text:
            try:
                parse_period(text)
            except UsageError as error:
                raise ValueError(f"{error.what} {error.expected}") from None
        return text


def _read_origin(file: Path) -> Snapshot:
    try:
        record = _Origin.model_validate(YAML(typ="safe").load(file))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "(the whole)"
        raise _unreadable_origin(file, f"{key}: {first['input']!r}"[:120], first["msg"]) from None
    except (YAMLError, ValueError, TypeError, AttributeError, OSError) as error:
        raise _unreadable_origin(file, str(error).split("\n")[0], "source, file, sha256, size, received") from None
    said = record.model_dump(exclude={"file", "sha256", "size", "once_called"})
    path = file.parent / record.file
    return Snapshot(path, record.sha256, record.size, Delivery(**said), tuple(record.once_called))


def _unreadable_origin(file: Path, found: str, expected: str) -> SnapshotError:
    return SnapshotError(
        "The record of a registered file cannot be read.",
        where=str(file),
        found=found,
        expected=expected,
        next_step="Restore origin.yml, or move its folder out of data/raw and receive the file in it again.",
        zh="已登记文件的记录（origin.yml）无法读取：请恢复该记录，或把其文件夹移出 data/raw，再重新接收其中的文件",
    )


def verify(snapshot: Snapshot, workspace: Workspace) -> None:
    """Raise `SnapshotError` where the file is missing or no longer what was registered."""
    where = workspace.relative(snapshot.path.parent) + "/" + snapshot.path.name
    if not snapshot.path.is_file():
        raise SnapshotError(
            "A registered file is missing.",
            where=where,
            expected=f"sha256 {snapshot.sha256[:12]}…",
            next_step="Put the file back, or remove its folder to withdraw the delivery.",
            zh="已登记的文件不见了：请放回原处，或删除其文件夹以撤回该报送",
        )
    with machine_errors(snapshot.path, to="read"):
        checksum = sha256_of(snapshot.path)
    if checksum != snapshot.sha256:
        raise SnapshotError(
            "A registered file was changed after it was received.",
            where=where,
            found=f"sha256 {checksum[:12]}…",
            expected=f"sha256 {snapshot.sha256[:12]}…",
            next_step="Restore the file; send a corrected one with `qinghe receive`.",
            zh="已登记的文件在接收后被改动：请恢复原文件；更正后的文件请用 qinghe receive 接收",
        )
