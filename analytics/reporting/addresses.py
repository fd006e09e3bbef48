"""What a page would fetch from outside, or lead to: a self-contained page has none of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_ATTRIBUTES = {
    "src",
    "href",
    "xlink:href",
    "srcset",
    "imagesrcset",
    "poster",
    "action",
    "formaction",
    "data",
    "background",
    "manifest",
    "ping",
    "cite",
    "longdesc",
}
_WITHIN = re.compile(r"\s*(#|data:|about:blank|$)", re.IGNORECASE)
_STYLE = re.compile(r"""url\(\s*["']?([^"')]*)|@import\s+["']([^"']*)""", re.IGNORECASE)
_QUOTED = re.compile(r"""["'`]\s*((?:(?:https?|wss?|ftp):)?//[\w\-]+(?:\.[\w\-]+)+[^"'`\s]*)""", re.IGNORECASE)
_LOADS = re.compile(r'"url"\s*:\s*"([^"]*)"')
# Names of XML, not places.
_NAMES = ("http://www.w3.org/",)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = ""
        self._type = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside, self._type = (tag, given.get("type", "")) if tag in {"script", "style"} else ("", "")
        for name, value in given.items():
            if name in _ATTRIBUTES and not _WITHIN.match(value):
                self.found.append(value)
            elif name == "style":
                self.found += _in_style(value)
            elif name.startswith("on") or (name == "content" and "url=" in value.lower()):
                self.found += _QUOTED.findall(f"'{value}'") or [value]

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.found += _in_style(data)
        elif self._inside == "script":
            self.found += [a for a in _QUOTED.findall(data) if not a.startswith(_NAMES)]
            if "json" in self._type:
                self.found += [a for a in _LOADS.findall(data) if not _WITHIN.match(a)]


def _in_style(css: str) -> list[str]:
    addresses = (url or imported for url, imported in _STYLE.findall(css))
    return [a for a in addresses if not _WITHIN.match(a)]


def outside_addresses(html: str) -> list[str]:
    """Every address in `html` that is not within the page itself, in order, each once.

    Looked at: attributes that load or lead, style sheets, quoted addresses in scripts, `url` in JSON. A relative
    address counts too: the page must hold when it is sent on alone.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(reader.found))
