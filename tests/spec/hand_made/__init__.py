"""Hand-made facts, in the form of worked examples: for the tests alone, told in one sentence or not at all."""

from pathlib import Path

from ruamel.yaml import YAML

from analytics.catalog.models import Text
from analytics.catalog.worked import WorkedExample

_ROOM = Path(__file__).parent
UNTOLD = Text(zh="手工事实", en="Hand-made facts")


class HandMade(WorkedExample):
    """A worked example for the tests alone."""

    title: Text = UNTOLD
    given: Text = UNTOLD
    about: str = ""
    source: str = "hand-made"


def _read(file: Path) -> list | dict:
    return YAML(typ="safe").load(file.read_text(encoding="utf-8")) or []


CASES = [HandMade.model_validate(case) for f in sorted(_ROOM.glob("*.yml")) if f.stem != "cannot" for case in _read(f)]
# Code, verdict, and why it cannot become of the code although the rules of its kind allow it.
CANNOT: dict[str, dict[str, str]] = dict(_read(_ROOM / "cannot.yml"))
