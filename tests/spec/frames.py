"""Small frames of members, and what becomes of them, for the tests of members and kinds."""

import polars as pl
import pytest

from analytics.compute import kinds, members

SUMS = {"entity_id": pl.String, "part": pl.String, "numerator": pl.Float64, "so_far": pl.Float64} | dict.fromkeys(
    ("may_grow", "is_open"), pl.Boolean
)


def population(*names: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "entity_id": names,
            "name": names,
            "area_id": names,
            "basin": [None] * len(names),
            "river": [None] * len(names),
            "part": "",
        },
        schema=dict.fromkeys(members.DESCRIPTION, pl.String),
    )


def arrived(**was_set_aside: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {"entity_id": list(was_set_aside), "part": "", "was_set_aside": list(was_set_aside.values())},
        schema={"entity_id": pl.String, "part": pl.String, "was_set_aside": pl.Boolean},
    )


def amounts(**rows: tuple[float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "entity_id": list(rows),
            "part": "",
            "numerator": [r[0] for r in rows.values()],
            "denominator": [r[1] for r in rows.values()],
        },
        schema={"entity_id": pl.String, "part": pl.String, "numerator": pl.Float64, "denominator": pl.Float64},
    )


def told(*, least: float = 0.0, most: float = 1.0, maximum: float | None = None, **rows: dict[str, object]):
    """A member frame of amounts; a member is given by what is told of it: all else is unknown."""
    columns = {"numerator": pl.Float64, "denominator": pl.Float64, "so_far": pl.Float64} | dict.fromkeys(
        ("may_grow", "is_open"), pl.Boolean
    )
    columns["left_open"] = pl.Float64
    given_rows = [{"entity_id": name, "part": ""} | row for name, row in rows.items() if row]
    frame = pl.DataFrame(given_rows, schema={"entity_id": pl.String, "part": pl.String} | columns)
    heard = arrived(**{name: False for name, row in rows.items() if row})
    return members.by_amounts(
        population(*rows), frame, arrived=heard, denominator_maximum=maximum, least=least, most=most
    )


def one(frame: pl.DataFrame, kind=kinds.ratio, **options: object) -> dict[str, object]:
    return kind(frame, by=[], **options).to_dicts()[0]


def bounds(found: dict[str, object]) -> tuple[object, object, object]:
    return tuple(None if found[k] is None else pytest.approx(found[k]) for k in ("value", "low", "high"))


def able(**codes: str | None) -> pl.DataFrame:
    known = {name: code for name, code in codes.items() if code}
    return members.by_states(
        population(*codes),
        pl.DataFrame({"entity_id": list(known), "part": "", "able": list(known.values())}),
        counted={"able": ["yes"]},
        arrived=arrived(**dict.fromkeys(known, False)),
    )
