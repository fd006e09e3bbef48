"""The tile grid: every city once, in words and colour, whatever is missing."""

import json
import re

import polars as pl
import pytest

from analytics.present import maps, theme, words
from analytics.present.prose import Sentence


def values(catalog, verdicts=("no_target",), missing=()):
    cities = catalog.children("140000", "city")
    return pl.DataFrame(
        [
            {
                "scope_id": city.id,
                "value": None if i in missing else 50.0 + i,
                "value_printed": "—" if i in missing else f"{50 + i:.1f}",
                "unit": "%",
                "used": 0 if i in missing else 5,
                "expected": 5,
                "verdict": "not_delivered" if i in missing else verdicts[i % len(verdicts)],
            }
            for i, city in enumerate(cities)
        ],
        schema_overrides={"value": pl.Float64},
    )


def made(catalog, lang="zh", **options):
    areas = catalog.children("140000", "city")
    return maps.tile_map(values(catalog, **options), areas, catalog.indicator("T12b"), lang=lang)


def tiles(chart):
    rows = max(chart.spec["datasets"].values(), key=len)
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_city_stands_once(catalog, lang):
    chart = made(catalog, lang)
    found = tiles(chart)
    assert len(found) == 11 and len({(t["row"], t["column"]) for t in found.values()}) == 11
    for name, tile in found.items():
        assert chart.svg.count(f">{name}</text>") == 1 and f">{tile['shown']}</text>" in chart.svg
    assert not any(name.endswith(("市", "City")) for name in found)


def test_a_city_without_a_value_is_grey_and_says_why(catalog):
    chart = made(catalog, missing=(2,))
    tile = tiles(chart)["阳泉"]
    assert tile["value"] is None and tile["shown"] == words.badge("not_delivered", "zh")
    assert theme.OPEN_COLOUR in chart.svg and "灰色" in chart.note


def test_colours_are_verdicts_where_all_are_judged(catalog):
    chart = made(catalog, verdicts=("met", "not_met"))
    found = tiles(chart)
    assert {t["fill"] for t in found.values()} == {theme.VERDICT_FILLS["met"], theme.VERDICT_FILLS["not_met"]}
    assert found["太原"]["shown"].startswith(words.sign("met")) and found["大同"]["shown"].startswith(
        words.sign("not_met")
    )
    assert "判定" in chart.note


def test_a_single_city_without_target_keeps_the_sequence(catalog):
    chart = made(catalog, verdicts=("met", "no_target"))
    assert "gradient" in chart.svg and "越深" in chart.note


def test_all_equal_and_all_missing_can_be_drawn(catalog):
    equal = values(catalog).with_columns(value=pl.lit(60.0))
    areas, indicator = catalog.children("140000", "city"), catalog.indicator("T12b")
    assert "60" in maps.tile_map(equal, areas, indicator, lang="zh").svg
    assert made(catalog, missing=range(11)).svg.count(words.badge("not_delivered", "zh")) >= 11


def test_the_note_says_that_it_is_no_map(catalog):
    assert "不是地图" in made(catalog).note and "not a map" in made(catalog, "en").note


def test_words_and_specification_hold_no_address(catalog):
    payload = made(catalog)._repr_mimebundle_()["application/vnd.qinghe.chart+json"]
    assert payload["alt"] and "http" not in json.dumps(payload)
    made(catalog).chart.to_dict(validate=True)


def test_the_same_frame_gives_the_same_picture(catalog):
    assert made(catalog).svg == made(catalog).svg


def test_nothing_to_show_says_so(catalog):
    areas, indicator = catalog.children("140000", "city"), catalog.indicator("T12b")
    assert isinstance(maps.tile_map(values(catalog).clear(), areas, indicator, lang="zh"), Sentence)


def test_letters_are_light_on_dark_tiles(catalog):
    found = tiles(made(catalog))
    assert found["吕梁"]["is_dark"] and not found["太原"]["is_dark"]
    assert re.search(rf'fill="{theme.PAPER}"', made(catalog).svg) or 'fill="white"' in made(catalog).svg
