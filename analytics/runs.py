"""What a run needs to be safe: one writer at a time, files whole or absent, content hashes, a log."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from analytics.errors import Locked, MachineRefused, QingheError


@contextmanager
def sole_writer(lock_file: Path) -> Iterator[None]:
    """Hold the workspace's lock; `Locked` at once where another run holds it."""
    with machine_errors(lock_file):
        lock_file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_file)
    try:
        with machine_errors(lock_file):
            lock.acquire(timeout=0)
    except Timeout:
        raise Locked(
            "Another run is writing to this workspace.",
            where=str(lock_file),
            next_step="Wait until it has ended; the lock goes with its process.",
            zh="另一个 qinghe 命令正在写这个工作区：请等它结束后再运行",
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place when the block ends well, and vanishes otherwise.

    Whoever reads the old file goes on reading it; nobody ever sees half a file.
    """
    with machine_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
        os.close(handle)
    new = Path(name)
    new.unlink()
    try:
        with machine_errors(path):
            yield new
            new.chmod(0o644)
            new.replace(path)
    finally:
        for leftover in path.parent.glob(f"{new.name}*"):
            leftover.unlink(missing_ok=True)


def clear_leftovers(path: Path) -> None:
    """Delete the half-made successors of `path` that killed runs left; only for whoever holds the lock."""
    for leftover in path.parent.glob(f".{path.name}.*.new*"):
        leftover.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write the whole file or nothing."""
    with replacing(path) as new:
        new.write_text(text, encoding="utf-8")


@contextmanager
def machine_errors(path: Path, *, to: Literal["write", "read"] = "write") -> Iterator[None]:
    """Turn a refusal of the machine (disk full, permission, a folder in the way) into `MachineRefused`."""
    try:
        yield
    except QingheError:
        raise
    except Exception as error:
        # Databases and frames say in words of their own that the disk is full.
        if isinstance(error, Timeout) or not (isinstance(error, OSError) or _is_full(error)):
            raise
        raise MachineRefused(
            f"The machine refused to {to}.",
            where=str(path),
            found=getattr(error, "strerror", None) or str(error).split("\n")[0],
            next_step="A folder stands there: give the name of a file."
            if path.is_dir() and isinstance(error, IsADirectoryError)
            else f"Check {'free space and ' if to == 'write' else ''}permissions there, then run again.",
            zh=f"计算机无法{'写入' if to == 'write' else '读取'}（{path}）：请检查磁盘空间和权限后重新运行",
        ) from error


def _is_full(error: Exception) -> bool:
    return any(words in str(error) for words in ("No space left on device", "Disk quota exceeded"))


def sha256_of(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest(parts: Iterable[str | bytes]) -> str:
    """SHA-256 over the parts in order; parts cannot run into one another."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "big"))
        total.update(raw)
    return total.hexdigest()


def code_digest(package: Path, patterns: Iterable[str] = ("**/*.py", "**/*.sql")) -> str:
    """Hash of the package's own source files: what was computed by other code is computed anew."""
    files = sorted({f for pattern in patterns for f in package.glob(pattern)})
    return digest(part for f in files for part in (f.relative_to(package).as_posix(), f.read_bytes()))


@contextmanager
def logged(log: Path, verb: str, **about: Any) -> Iterator[dict[str, Any]]:
    """Append one JSON line on the run when it ends: verb, seconds, peak memory [MB], outcome."""
    entry: dict[str, Any] = {"verb": verb, **about}
    started = time.monotonic()
    outcome = "failed"
    try:
        yield entry
        outcome = "done"
    finally:
        entry["seconds"] = round(time.monotonic() - started, 2)
        entry["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        entry["outcome"] = outcome
        with machine_errors(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
