"""Charts: what they hand over, that they are the same twice, and that nothing is lost or left without words."""

import json
import re
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from analytics.present import charts, figure, theme, typeface, words
from analytics.present.prose import Sentence
from analytics.reporting import fonts

MACHINE = re.compile(r"\b(None|null|nan|NaN|undefined)\b|[a-z]+_[a-z]+")
LANGUAGES = ("zh", "en")
CLOCK = ZoneInfo("Asia/Shanghai")
NAMES = {f"s{i}": f"站点{i}" for i in range(8)}


def city_values(catalog):
    """Eleven cities: one not delivered, one of which members are missing."""
    cities = catalog.children("140000", "city")
    return pl.DataFrame(
        {
            "scope_id": [c.id for c in cities],
            "value": [None, *(60.0 + 3 * i for i in range(10))],
            "value_printed": ["—", *(f"{60 + 3 * i:.1f}" for i in range(10))],
            "unit": ["%"] * 11,
            "low": [None, 50.0, *(60.0 + 3 * i for i in range(1, 10))],
            "high": [None, 70.0, *(60.0 + 3 * i for i in range(1, 10))],
            "used": [0, 4, *[5] * 9],
            "expected": [5] * 11,
            "target": [None] * 11,
            "verdict": ["not_delivered", *["no_target"] * 10],
        }
    )


def section_rows(count=94):
    """Sections of two basins; the third is dry, the fourth open."""
    classes = [*theme.CLASSES]
    return pl.DataFrame(
        [
            {
                "entity_id": f"S{i:03d}",
                "name": f"断面{i}",
                "area_id": ["140105", "140221", "140321"][i % 3],
                "basin": "黄河流域" if i < count * 2 // 3 else "海河流域",
                "river": f"河{i // 7}",
                "water_class": None if i in (2, 3) else classes[i % 6],
                "items_used": 5,
                "items_expected": 5,
                "is_dry": i == 2,
            }
            for i in range(count)
        ]
    )


def month_rows(sections):
    return pl.DataFrame(
        [
            {
                "entity_id": section,
                "month": date(2021, month, 1),
                "water_class": theme.CLASSES[(i + month) % 6],
                "items_used": 4 if (i, month) == (0, 1) else 5,
                "items_expected": 5,
            }
            for i, section in enumerate(sections["entity_id"])
            for month in range(1, 13)
            if i != 5
        ]
    )


def works():
    return pl.DataFrame(
        {
            "entity_id": ["140621", "140622", "140703"],
            "area_id": ["140621", "140622", "140703"],
            "reached_on": [date(2021, 10, 28), None, date(2021, 11, 20)],
            "verdict": ["met", "not_delivered", "met_late"],
        }
    )


def deliveries():
    return pl.DataFrame(
        {
            "source": ["manure", "manure", "towns"],
            "outcome": ["loaded", "refused", "loaded"],
            "rows_delivered": [100, 40, 10],
            "rows_repeated": [2, 0, 0],
            "rows_blank": [1, 0, 0],
            "rows_superseded": [3, 0, 0],
            "rows_set_aside": [4, 0, 0],
        }
    )


def readings(stations=8, steps=12):
    start = datetime(2021, 7, 1, 0, 0, tzinfo=CLOCK)
    rows = [
        {"site_id": f"s{s}", "taken_at": start + timedelta(hours=4 * i), "value": 0.1 * (s + 1) + 0.01 * i}
        for s in range(stations)
        for i in range(steps)
        if (s, i) != (7, 5)
    ]
    return pl.DataFrame(rows).with_columns(pl.col("taken_at").dt.convert_time_zone("Asia/Shanghai"))


def station_classes():
    return pl.DataFrame(
        {
            "taken_at": [datetime(2021, 7, 1, 1, tzinfo=CLOCK), datetime(2021, 7, 1, 5, tzinfo=CLOCK)] * 2,
            "computed_class": ["Ⅱ", "Ⅲ", "Ⅱ", None],
        }
    ).with_columns(pl.col("taken_at").dt.convert_time_zone("Asia/Shanghai"))


def makers(catalog, lang):
    """Every kind of chart, by name, to be made when called."""
    targets = {t.indicator: t for _, t in catalog.targets(catalog.plan_for(2021))}
    share, named = targets["manure_utilisation"], targets["zone_plants_completed"]
    manure, sections = catalog.indicator("manure_utilisation"), section_rows()
    common = {"catalog": catalog, "lang": lang}
    return {
        "shares": partial(charts.shares_by_area, city_values(catalog), manure, share, year=2021, **common),
        "works": partial(charts.works_timeline, works(), named, year=2021, as_of=date(2022, 1, 14), **common),
        "deliveries": partial(charts.deliveries_by_source, deliveries(), **common),
        "stations": partial(charts.station_class_counts, station_classes(), lang=lang),
        "series": partial(charts.readings_series, readings(), "ammonia_nitrogen", NAMES, {}, **common),
        "basin": partial(charts.class_composition, sections, by="basin", **common),
        "river": partial(charts.class_composition, sections, by="river", **common),
        "city": partial(charts.class_composition, sections, by="city", **common),
        "strip": lambda: charts.section_months(month_rows(sections), sections, year=2021, lang=lang).charts[0],
    }


def made(catalog, name, lang="zh"):
    return makers(catalog, lang)[name]()


@pytest.fixture(scope="module", params=LANGUAGES)
def every(request, catalog):
    return {name: make() for name, make in makers(catalog, request.param).items()}


def rows_in(value):
    """All rows of data anywhere in a specification."""
    if isinstance(value, dict):
        yield from (value["values"] if isinstance(value.get("values"), list) else [])
        for part in value.get("datasets", {}).values():
            yield from part
        for part in value.values():
            yield from rows_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from rows_in(part)


def data_rows(chart):
    return [row for row in rows_in(chart.spec) if isinstance(row, dict)]


def test_a_chart_hands_over_specification_picture_and_words(every):
    for name, chart in every.items():
        bundle = chart._repr_mimebundle_()
        payload = json.loads(json.dumps(bundle[charts.CHART]))
        assert payload["alt"] and payload["caption"] and bundle["text/plain"], name
        assert "http" not in json.dumps(payload), name
        assert bundle["image/svg+xml"].startswith("<svg") and "aria-label=" in bundle["image/svg+xml"][:400], name
        assert "http" not in re.sub(r'xmlns(:xlink)?="[^"]*"', "", bundle["image/svg+xml"]), name


def test_specifications_are_valid_vega_lite(every):
    for chart in every.values():
        chart.chart.to_dict(validate=True)


def test_pictures_fit_the_text_block(every):
    for name, chart in every.items():
        width = float(re.search(r'<svg[^>]* width="([\d.]+)"', chart.svg)[1])
        assert theme.WIDTH <= width <= theme.WIDTH + 10, name


def test_no_machine_words_reach_readers(every):
    for name, chart in every.items():
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg)
        shown = " ".join([chart.alt_text, chart.caption, chart.note, *texts])
        assert texts and not MACHINE.search(shown), (name, MACHINE.search(shown))


def test_the_face_has_every_character(every):
    for name, chart in every.items():
        texts = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg))
        assert fonts.missing(texts) == [], name
        assert typeface.STAND_IN not in chart.svg and typeface.FAMILY in chart.svg, name


def test_the_same_frames_give_the_same_picture(every, catalog):
    lang = "zh" if "各" in every["shares"].caption else "en"
    again = {name: make().svg for name, make in makers(catalog, lang).items()}
    assert again == {name: chart.svg for name, chart in every.items()}


def test_empty_frames_say_so(catalog):
    targets = {t.indicator: t for _, t in catalog.targets(catalog.plan_for(2021))}
    share, named = targets["manure_utilisation"], targets["zone_plants_completed"]
    sections = section_rows(6)
    common = {"catalog": catalog, "lang": "zh"}
    nothing = (
        charts.shares_by_area(
            city_values(catalog).clear(), catalog.indicator("manure_utilisation"), share, year=2021, **common
        ),
        charts.works_timeline(works().clear(), named, year=2021, as_of=date(2022, 1, 14), **common),
        charts.deliveries_by_source(deliveries().clear(), catalog, lang="zh"),
        charts.station_class_counts(station_classes().clear(), lang="zh"),
        charts.readings_series(readings().clear(), "ph", {}, {}, **common),
        charts.class_composition(sections.clear(), by="city", **common),
        charts.section_months(month_rows(sections).clear(), sections, year=2021, lang="zh"),
    )
    assert all(isinstance(answer, Sentence) for answer in nothing)


def test_every_city_has_a_bar_or_says_why_not(catalog):
    chart = made(catalog, "shares")
    rows = {r["area"]: r for r in data_rows(chart) if "area" in r}
    assert len(rows) == 11
    assert rows["太原"]["label"] == words.badge("not_delivered", "zh") and rows["太原"]["value"] is None
    assert (rows["大同"]["low"], rows["大同"]["high"], rows["大同"]["counted"]) == (50.0, 70.0, "4/5")
    assert rows["阳泉"]["low"] is None  # nothing is missing: no whisker
    assert {"goal": 78.0} in data_rows(chart)


def test_the_line_of_the_province_and_the_ticks_of_areas_are_never_mixed_up(catalog):
    target = next(t for _, t in catalog.targets(catalog.plan_for(2021)) if t.indicator == "manure_utilisation")
    indicator = catalog.indicators["manure_utilisation"]
    own = target.model_copy(update={"level": "city"})
    draw = partial(charts.shares_by_area, indicator=indicator, year=2021, catalog=catalog, lang="zh")
    drawn = draw(city_values(catalog), target=target)
    assert "全省目标 ≥ 78 %" in drawn.svg and "各地自己" not in drawn.note
    values = city_values(catalog).with_columns(target=pl.Series([70.0 + i for i in range(11)]))
    drawn = draw(values, target=own)
    assert "全省目标" not in drawn.svg + drawn.note and "各地自己的目标" in drawn.note
    goals = {r["area"]: r["goal"] for rows in drawn.spec["datasets"].values() for r in rows if "area" in r}
    assert (goals["太原"], goals["吕梁"]) == (70.0, 80.0)


def test_shares_of_a_composition_make_a_whole(catalog):
    chart = made(catalog, "city")
    rows = [r for r in data_rows(chart) if "start" in r]
    by_group = {}
    for row in {(r["group"], r["class"]): r for r in rows}.values():
        by_group.setdefault(row["group"], []).append(row)
    assert set(by_group) == {"太原", "大同", "阳泉"}
    for segments in by_group.values():
        assert sum(s["count"] for s in segments) == segments[0]["total"]
        assert segments[0]["start"] == 0 and segments[-1]["end"] == 1
    assert sum(s[0]["total"] for s in by_group.values()) == 94
    assert {r["class"] for r in rows} >= {"断流", "待定"}


def test_strips_hold_every_section_once():
    sections = section_rows()
    pages = charts.section_months(month_rows(sections), sections, year=2021, lang="zh").charts
    held = [sorted({r["section"] for r in data_rows(p) if "section" in r}) for p in pages]
    assert all(len(names) <= 50 for names in held)
    assert sorted(n for names in held for n in names) == sorted(sections["name"])
    for page, names in zip(pages, held, strict=True):
        assert all(f">{name}<" in page.svg for name in names)


def test_sections_of_one_name_keep_their_rows():
    sections = section_rows(4).with_columns(name=pl.lit("出境"))
    pages = charts.section_months(month_rows(sections), sections, year=2021, lang="zh").charts
    assert sum(len({r["section"] for r in data_rows(p) if "section" in r}) for p in pages) == 4


def test_a_month_with_fewer_items_is_marked():
    sections = section_rows(3)
    page = charts.section_months(month_rows(sections), sections, year=2021, lang="zh").charts
    marked = [(r["section"], r["month"]) for p in page for r in data_rows(p) if r.get("partial")]
    assert marked == [("断面0", "2021-01")]


def test_works_tell_days_and_verdicts(catalog):
    rows = {r["place"]: r for r in data_rows(made(catalog, "works")) if "place" in r}
    assert rows["山阴县"]["days"] == "早3天" and rows["太谷区"]["days"] == "迟20天"
    assert rows["应县"]["day"] is None and rows["应县"]["shown"] == words.badge("not_delivered", "zh")


def test_rows_of_refused_files_are_not_accepted(catalog):
    rows = {r["source"]: r for r in data_rows(made(catalog, "deliveries")) if "source" in r}
    manure = rows[catalog.sources["manure"].label.zh]
    assert (manure["total"], manure["accepted"], manure["aside"]) == ("140", "90", "44")
    assert rows[catalog.sources["towns"].label.zh]["aside"] == "—"


@pytest.mark.parametrize(
    ("parameter", "first"),
    [("ammonia_nitrogen", "站点7"), ("dissolved_oxygen", "站点0"), ("ph", "站点0"), ("total_nitrogen", "站点7")],
)
def test_stations_that_do_worst_are_shown(catalog, parameter, first):
    chart = charts.readings_series(readings(), parameter, NAMES, {}, catalog=catalog, lang="zh")
    titles = [panel["title"] for panel in chart.spec["concat"]]
    assert titles[0] == first and len(titles) == 6
    assert "站点中的6个" in chart.note


def test_each_station_is_held_against_the_limits_of_its_own_water_body(catalog):
    bodies = {site: "lake" if number % 2 else "river" for number, site in enumerate(NAMES)}
    chart = charts.readings_series(readings(), "ammonia_nitrogen", NAMES, bodies, catalog=catalog, lang="zh")
    phosphorus = readings().with_columns(value=pl.col("value") / 10)
    both = charts.readings_series(phosphorus, "total_phosphorus", NAMES, bodies, catalog=catalog, lang="zh")
    # GB 3838 table 1: class Ⅲ of phosphorus is 0.2 of a river, 0.05 of a lake; of ammonia 1 of both
    assert "河流 " in chart.note and "湖库 " in chart.note and chart.note.count("Ⅲ 1") == 2
    assert "Ⅲ 0.2" in both.note and "Ⅲ 0.05" in both.note


def test_a_line_breaks_where_a_reading_is_missing(catalog):
    chart = charts.readings_series(readings(), "ammonia_nitrogen", NAMES, {}, catalog=catalog, lang="zh")
    gaps = [r for r in data_rows(chart) if "time" in r and r["value"] is None]
    assert len(gaps) == 1


def test_times_are_those_of_the_clock_at_the_station(catalog):
    abroad = readings().with_columns(pl.col("taken_at").dt.convert_time_zone("UTC"))
    chart = charts.readings_series(abroad, "ammonia_nitrogen", NAMES, {}, catalog=catalog, lang="zh")
    assert min(r["clock"] for r in data_rows(chart) if "clock" in r) == "2021-07-01 00:00"


def test_readings_without_a_class_are_counted_as_open():
    rows = [r for r in data_rows(charts.station_class_counts(station_classes(), lang="zh")) if "state" in r]
    assert {r["class"]: r["count"] for r in rows} == {"Ⅱ类": 2, "Ⅲ类": 1, "待定": 1}
    assert max(r["end"] for r in rows) == 4


def lightness(colour):
    """Lightness of a colour [0 to 100], as it remains in a grey copy."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16


def test_neighbouring_classes_differ_in_grey():
    shades = [lightness(c) for c in theme.CLASS_COLOURS.values()]
    assert all(abs(a - b) >= 8 for i, a in enumerate(shades) for b in shades[i + 1 : i + 2])
    assert len({round(s / 4) for s in shades}) == 6


def test_the_stand_in_measures_like_the_face():
    converter = figure._converter()
    for text in ("汾河", "78.4", "劣Ⅴ类", "≥62%", "Ⅲ"):
        mark = {"text": {"value": text}, "font": {"value": typeface.STAND_IN}, "fontSize": {"value": 100}}
        spec = {"padding": 0, "autosize": "pad", "marks": [{"type": "text", "encode": {"enter": mark}}]}
        width = float(re.search(r' width="([\d.]+)"', converter.vega_to_svg(spec))[1])
        assert abs(width - 100 * fonts.width(text)) <= 1, text
