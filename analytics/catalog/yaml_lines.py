"""On which line of a YAML file something stands; the file is read for it once, by the slow reader that knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError


class Lines:
    """The lines of one YAML file that could be read; it is read when the first one is asked for."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, location: Sequence[Any]) -> int:
        """The line of the deepest part of `location` that exists; 1 where lists lie too deep in one another to say."""
        line, node = 1, self._root
        for part in location:
            try:
                line = (node.lc.item(part) if isinstance(part, int) else node.lc.key(part))[0] + 1
                node = node[part]
            except (AttributeError, KeyError, IndexError, TypeError):
                break
        return line

    @cached_property
    def _root(self) -> Any:
        try:
            return YAML(typ="rt").load(self._file)
        except RecursionError:
            return None


def key_written_twice(error: Exception) -> str:
    """The key that stands twice in one mapping, where that is what is wrong with a file; empty otherwise."""
    found = re.search(r'duplicate key "(.+?)"', str(error)) if isinstance(error, DuplicateKeyError) else None
    return found[1] if found else ""
