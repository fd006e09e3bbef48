"""In which encoding a file of text is: strictly, for a sign read wrongly may be another name or another number."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from analytics.ingest import markup
from analytics.ingest.sheet import unreadable

_PIECE = 1 << 20  # bytes
_MARK = "\ufeff"


def encoding_of(file: Path) -> str:
    """UTF-8, GB18030, marked UTF-16 or, of a page, what it declares; `CheckFailed` where it is none of them."""
    with file.open("rb") as raw:
        begins = raw.read(_PIECE)
    marked = begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    declared = markup.charset_of(begins) if begins.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<") else None
    for encoding in ("utf-16",) if marked else (*([declared] if declared else []), "utf-8-sig", "gb18030"):
        if _is_text_in(file, encoding):
            return encoding
    line = _first_line_of_no_text(file.read_bytes())
    raise unreadable(
        file,
        f"bytes of another encoding, or of no text, first in line {line}",
        "text in UTF-8, GB18030 or UTF-16",
        zh=f"文件不是文本，或编码无法识别（第{line}行起）；请另存为 .xlsx，或以 UTF-8 编码保存后重新报送",
    )


def lines_of(file: Path, encoding: str) -> Iterator[str]:
    """The lines of a text, however they end; without the mark of its encoding."""
    with file.open(encoding=encoding) as told:
        yield told.readline().removeprefix(_MARK)
        yield from told


def whole_text(file: Path, encoding: str) -> str:
    """The text as it stands, without the mark of its encoding."""
    return file.read_bytes().decode(encoding).removeprefix(_MARK)


def first_text(file: Path, encoding: str) -> str:
    """What the text begins with, after white space; some thousand signs of it."""
    with file.open(encoding=encoding) as told:
        while piece := told.read(_PIECE):
            if found := piece.lstrip(_MARK + " \t\r\n\f\v\u3000"):
                return found
    return ""


def _is_text_in(file: Path, encoding: str) -> bool:
    """Whether all of the file can be read in the encoding, and is text."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with file.open("rb") as raw:
            while piece := raw.read(_PIECE):
                if "\x00" in decoder.decode(piece):
                    return False
        return "\x00" not in decoder.decode(b"", True)
    except (UnicodeError, LookupError):
        return False


def _first_line_of_no_text(raw: bytes) -> int:
    """The line at which reading stops in the encoding that gets farthest, from 1."""
    text = raw.partition(b"\x00")[0]
    read = max(_read_until(text, encoding) for encoding in ("utf-8", "gb18030"))
    return raw.count(b"\n", 0, read) + 1


def _read_until(raw: bytes, encoding: str) -> int:
    """How many bytes can be read in the encoding."""
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return len(raw)
