"""The file within a file: the streams of the compound files in which Office kept its documents; [MS-CFB]."""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and above are no sectors
_WITHIN_HEADER = 109  # sectors of the table of sectors that the header itself lists


class Damaged(Exception):
    """The bytes are not laid out as they should be."""


class Streams:
    """The streams in a compound file, by name."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        version, shift, mini_shift = struct.unpack_from("<H2xHH", raw, 26)
        if raw[:8] != MAGIC or version not in (3, 4) or shift not in (9, 12) or mini_shift != 6:
            raise Damaged("its header is damaged")
        self._size: int = 1 << shift
        self._mini_size: int = 1 << mini_shift
        first_entry, self._cutoff, first_mini = struct.unpack_from("<I4xII", raw, 48)
        self._next = self._table()
        directory = self._joined(first_entry)
        self.entries: dict[str, tuple[int, int]] = {}
        root = (_END, 0)
        for offset in range(0, len(directory) - 127, 128):
            name_bytes, kind, start, size = struct.unpack_from("<64x H B 49x I I", directory, offset)
            name = directory[offset : offset + max(name_bytes - 2, 0)].decode("utf-16-le", "replace")
            if kind == 5:
                root = (start, size)
            elif kind in (1, 2):
                self.entries[name] = (start, size)
        self._mini_start = root[0]
        self._mini = self._joined(root[0])[: root[1]]
        self._mini_next = _numbers(self._joined(first_mini))

    def content(self, name: str) -> bytes:
        """The content of a stream; it may not be longer than its sectors."""
        start, size = self.entries[name]
        if size >= self._cutoff:
            content = self._joined(start)
        else:
            places = _chain(start, self._mini_next)
            content = b"".join(self._mini[p * self._mini_size : (p + 1) * self._mini_size] for p in places)
        if len(content) < size:
            raise Damaged("it ends too early")
        return content[:size]

    def replaced(self, name: str, place: int, content: bytes) -> bytes:
        """The whole file with these bytes at a place of that stream."""
        raw = bytearray(self._raw)
        for number, byte in enumerate(content, start=place):
            raw[self._offset(name, number)] = byte
        return bytes(raw)

    def _offset(self, name: str, place: int) -> int:
        """Where in the file a byte of a stream stands."""
        start, size = self.entries[name]
        if size < self._cutoff:
            sector = list(_chain(start, self._mini_next))[place // self._mini_size]
            start, place = self._mini_start, sector * self._mini_size + place % self._mini_size
        sector = list(_chain(start, self._next))[place // self._size]
        return (sector + 1) * self._size + place % self._size

    def _table(self) -> list[int]:
        """The sector that follows each."""
        listed = [*struct.unpack_from(f"<{_WITHIN_HEADER}I", self._raw, 76)]
        following, visited = struct.unpack_from("<I", self._raw, 68)[0], 0
        while following < _END:
            visited += 1
            if visited > len(self._raw) // self._size:
                raise Damaged("its sectors run in a circle")
            numbers = _numbers(self._sector(following))
            listed += numbers[:-1]
            following = numbers[-1]
        return [number for s in listed if s < _END for number in _numbers(self._sector(s))]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._raw[start : start + self._size]

    def _joined(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _chain(start, self._next))


def _numbers(raw: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))


def _chain(start: int, following: list[int]) -> Iterator[int]:
    left = len(following)
    while start < _END:
        if start >= len(following) or left == 0:
            raise Damaged("its sectors lead nowhere")
        left -= 1
        yield start
        start = following[start]
