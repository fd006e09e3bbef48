"""The parts of a zip file, inflated under one limit whatever its own records say of their sizes."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from analytics.errors import CheckFailed
from analytics.ingest import sheet
from analytics.ingest.sheet import LOCKED_ZH, unreadable

_CHUNK = 1 << 18
_LOCAL = struct.Struct("<4s22xHH")  # signature, lengths of name and extra
_ENCRYPTED = 0x1
_EXPECTED = "an undamaged .xlsx workbook"


class Archive:
    """A zip file whose parts are read in chunks; `CheckFailed` where it is damaged, locked or inflates beyond measure.

    All parts together may inflate to `sheet.MAX_UNPACKED` bytes. The records of a zip file may lie about sizes, so the
    bytes are counted as they come.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            with zipfile.ZipFile(file) as parts:
                listed = parts.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError) as error:
            raise unreadable(file, f"{error}, so it may be cut off"[:120], _EXPECTED) from None
        self._parts = {part.filename: part for part in listed}
        if len({name.lower() for name in self._parts}) != len(listed):
            raise unreadable(file, "two parts of one name", _EXPECTED)
        if any(part.flag_bits & _ENCRYPTED for part in listed):
            raise unreadable(file, "parts locked with a password", "an unprotected .xlsx workbook", zh=LOCKED_ZH)
        self._counted: dict[str, int] = {}
        declared = sum(part.file_size for part in listed)
        if declared > sheet.MAX_UNPACKED:
            raise self._bomb(f"{declared:,} bytes")

    @property
    def names(self) -> list[str]:
        """Names of the parts, in the order of the file."""
        return list(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a part; nothing where there is no such part."""
        if name not in self._parts:
            return
        length = 0
        for chunk in self._inflated(self._parts[name]):
            length += len(chunk)
            self._counted[name] = max(length, self._counted.get(name, 0))
            if sum(self._counted.values()) > sheet.MAX_UNPACKED:
                raise self._bomb(f"more than {sheet.MAX_UNPACKED:,} bytes")
            yield chunk

    def content(self, name: str) -> bytes:
        """The whole content of a part; empty where there is no such part."""
        return b"".join(self.chunks(name))

    def count_rest(self) -> None:
        """Inflate what was not read yet, so that nobody after us meets more than the limit."""
        for name in self._parts:
            if name not in self._counted:
                for _ in self.chunks(name):
                    pass

    def _bomb(self, found: str) -> CheckFailed:
        return unreadable(
            self._file,
            f"{found} when unpacked",
            f"at most {sheet.MAX_UNPACKED:,} bytes ({sheet.MAX_UNPACKED >> 20} MB) when unpacked",
            zh=f"文件解压后超过 {sheet.MAX_UNPACKED >> 20} MB，不予接收；请只保留报表本身，另存为 .xlsx 后重新报送",
            next_step="Keep the sheets of the form alone, without pictures and rows far below, save it as .xlsx and "
            "send it again; this one is kept, and left out.",
        )

    def _inflated(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._file.open("rb") as raw:
                if not 0 <= part.header_offset < self._file.stat().st_size:
                    raise EOFError("it lies outside the file")
                raw.seek(part.header_offset)
                signature, name, extra = _LOCAL.unpack(raw.read(_LOCAL.size))
                if signature != b"PK\x03\x04":
                    raise zipfile.BadZipFile(part.filename)
                raw.seek(name + extra, 1)
                packed = _read(raw, part.compress_size)
                if part.compress_type == zipfile.ZIP_STORED:
                    yield from _intact(packed, part.CRC)
                elif part.compress_type == zipfile.ZIP_DEFLATED:
                    yield from _intact(_deflated(packed), part.CRC)
                else:
                    raise zipfile.BadZipFile("another packing than that of Excel")
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError) as error:
            raise unreadable(self._file, f"part {part.filename}: {error}"[:120], _EXPECTED) from None


def _read(raw: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0:
        chunk = raw.read(min(length, _CHUNK))
        if not chunk:
            raise EOFError("it ends too early")
        length -= len(chunk)
        yield chunk


def _intact(content: Iterator[bytes], checksum: int) -> Iterator[bytes]:
    """The content, up to its end, where it must have the checksum that was written with it."""
    found = 0
    for chunk in content:
        found = zlib.crc32(chunk, found)
        yield chunk
    if found != checksum:
        raise zipfile.BadZipFile("it is not what was written: the checksum differs")


def _deflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Inflated in pieces of at most a chunk, however small what they are made of."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in packed:
        rest = chunk
        while rest:
            yield inflater.decompress(rest, _CHUNK)
            rest = inflater.unconsumed_tail
    while not inflater.eof:
        last = inflater.decompress(b"", _CHUNK)
        if not last and not inflater.eof:
            raise EOFError("it ends too early")
        yield last
