"""Ecological compensation across boundaries: bands, deductions, totals; facts.md section 9."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analytics.catalog import load_catalog
from analytics.catalog.compensation import Band, Compensation
from analytics.compute import compensation
from analytics.errors import CatalogError
from tests.spec.typed import rows, typed

title = "What a section costs and earns its area"
CATALOG = load_catalog()
PROVINCE = CATALOG.compensations["compensation_shanxi_2013"]
CITY = CATALOG.compensations["compensation_jincheng_2020"]
COD, NH3N = "chemical_oxygen_demand", "ammonia_nitrogen"
TARGETS = typed(f"entity_id|parameter|target\ns|{COD}|20\ns|{NH3N}|1")
# Every amount is invented, so that rules can be seen which the scheme's own unknown amounts hide.
TOLD = PROVINCE.model_copy(
    update={
        "bands": [b.model_copy(update={"amount": 50.0 * n}) for n, b in enumerate(PROVINCE.bands[:-1], 1)]
        + [PROVINCE.bands[-1]]
    }
)


def months_of(told: str, *, dry: bool = False, targets: pl.LazyFrame = TARGETS, scheme: Compensation = PROVINCE):
    """Sections and months of `entity_id | month | parameter | value`."""
    values = typed(told)
    asked = values.select("entity_id", "month").unique().with_columns(is_dry=pl.lit(dry))
    return compensation.section_months(compensation.exceedances(values, targets, asked, items=scheme.items))


def deducted(cod: float | None, nh3n: float | None, scheme: Compensation = PROVINCE, **options) -> dict[str, object]:
    cells = [f"s|2021-03-01|{COD}|{'' if cod is None else cod}", f"s|2021-03-01|{NH3N}|{'' if nh3n is None else nh3n}"]
    months = months_of("\n".join(["entity_id|month|parameter|value", *cells]), scheme=scheme, **options)
    return compensation.deductions(months, scheme).collect().to_dicts()[0]


# Multiples and bands


@pytest.mark.parametrize(
    ("cod", "multiple", "band", "amount"),
    [
        (20.0, 0.0, None, 0.0),  # exactly on the target: nothing is deducted
        (10.0, -0.5, None, 0.0),
        (20.1, 0.005, "up_to_half", 50.0),
        (30.0, 0.5, "up_to_half", 50.0),  # a limit belongs to the lower band
        (220.1, 10.005, "above_ten", 300.0),
    ],
)
def test_bands_with_a_known_amount(cod, multiple, band, amount):
    found = deducted(cod, 0.0)
    assert (found["ground"], found["amount"], found["low"], found["high"]) == (band, amount, amount, amount)
    assert found["multiple"] == pytest.approx(max(multiple, -1.0))
    assert (found["worst_item"], found["reason"], found["is_at_target"]) == (COD, None, cod <= 20)


@pytest.mark.parametrize(
    ("cod", "band"),
    [
        (30.1, "half_to_one"),
        (40.0, "half_to_one"),
        (40.1, "one_to_five"),
        (120.0, "one_to_five"),
        (120.1, "five_to_ten"),
        (220.0, "five_to_ten"),
    ],
)
def test_the_three_middle_amounts_are_not_known(cod, band):
    # facts.md section 9: 50 to 300 in five steps (A), the three between MISSING
    found = deducted(cod, 0.0)
    assert (found["ground"], found["amount"], found["reason"]) == (band, None, "no_amount")
    assert (found["low"], found["high"]) == (50.0, 300.0)


def test_noise_does_not_lift_a_value_over_its_limit():
    # (0.45 - 0.3) / 0.3 is stored as 0.5000000000000001
    third = TARGETS.with_columns(target=pl.lit(0.3))
    assert deducted(0.45, 0.3, targets=third)["ground"] == "up_to_half"


def test_the_worst_item_decides_the_section():
    found = deducted(22.0, 12.0)  # 0.1 and 11 times too much
    assert (found["worst_item"], found["multiple"], found["amount"]) == (NH3N, 11.0, 300.0)


# What is missing


def test_a_month_without_reading_is_open_not_free():
    found = deducted(None, None)
    assert (found["amount"], found["low"], found["high"], found["reason"]) == (None, 0.0, 300.0, "no_reading")
    assert found["is_at_target"] is None


def test_one_item_at_target_says_nothing_of_the_other():
    found = deducted(10.0, None)
    assert (found["amount"], found["low"], found["high"], found["reason"]) == (None, 0.0, 300.0, "no_reading")


def test_one_item_that_exceeds_is_the_least_where_the_other_is_missing():
    found = deducted(24.0, None)
    assert (found["amount"], found["low"], found["high"], found["reason"]) == (None, 50.0, 300.0, "no_reading")
    assert found["is_at_target"] is False


def test_the_highest_band_is_decided_whatever_is_missing():
    assert deducted(400.0, None)["amount"] == 300.0


def test_a_section_without_water_is_left_out():
    found = deducted(None, None, dry=True)
    assert (found["amount"], found["low"], found["high"], found["reason"]) == (None, 0.0, 0.0, "dry")
    assert deducted(10.0, 0.1, dry=True)["is_at_target"] is None  # whatever stands in its cells


def test_a_section_without_a_target_cannot_be_judged():
    only_cod = TARGETS.filter(pl.col("parameter") == COD)
    found = deducted(10.0, 0.1, targets=only_cod)
    assert (found["amount"], found["reason"]) == (None, "no_target")


def test_a_month_outside_the_scheme_has_no_amount():
    over = PROVINCE.model_copy(update={"valid_to": date(2021, 2, 28)})
    found = deducted(24.0, 1.0, over)
    assert (found["amount"], found["low"], found["high"], found["reason"]) == (None, 0.0, None, "not_in_force")


def test_nobody_asked_gives_no_row():
    none = months_of("entity_id|month|parameter|value\ns|2021-03-01|x|1").limit(0)
    assert rows(compensation.deductions(none, PROVINCE), "amount") == []


NUMBERS = st.floats(0, 300)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_worse_concentration_never_costs_less(a, b, other):
    better, worse = (deducted(cod, other / 100, TOLD)["amount"] for cod in sorted((a, b)))
    assert better <= worse


@given(NUMBERS, st.floats(0, 15))
def test_the_bounds_contain_the_truth(cod, nh3n):
    truth, known = deducted(cod, nh3n, TOLD), deducted(cod, None, TOLD)
    assert known["low"] <= truth["amount"] <= known["high"]
    hidden = deducted(cod, nh3n, PROVINCE)
    assert hidden["low"] <= truth["amount"] <= hidden["high"]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_leaves_its_month_open(value):
    asked = NOTICE.select("entity_id", "month", is_dry=pl.lit(False))
    told = NOTICE.with_columns(value=pl.lit(value))
    exceeded = compensation.exceedances(told, OF_CITY, asked, items=CITY.items)
    found = compensation.deductions(compensation.section_months(exceeded), CITY)
    assert rows(found, "amount", "reason") == [(None, "no_reading")] * 2


# Jincheng, November 2022: the notice of the city (A); the targets follow from its multiples


NOTICE = typed(f"entity_id|month|parameter|value\nzhengzhuang|2022-11-01|{NH3N}|2.12\nsidi|2022-11-01|{NH3N}|3.17")
OF_CITY = typed(f"entity_id|parameter|target\nzhengzhuang|{NH3N}|1.0\nsidi|{NH3N}|2.0")


def notice() -> pl.LazyFrame:
    asked = NOTICE.select("entity_id", "month", is_dry=pl.lit(False))
    exceeded = compensation.exceedances(NOTICE, OF_CITY, asked, items=CITY.items)
    return compensation.deductions(compensation.section_months(exceeded), CITY)


def test_the_two_sections_of_the_notice_cost_what_it_says():
    assert rows(notice(), "entity_id", "multiple", "amount") == [("sidi", 0.585, 50.0), ("zhengzhuang", 1.12, 100.0)]


def test_the_total_of_the_notice():
    county = pl.when(pl.col("entity_id") == "sidi").then(pl.lit("kaifaqu")).otherwise(pl.lit("qinshui"))
    entries = notice().with_columns(county_id=county)
    assert rows(compensation.totals(entries, by=[]), "deductions", "open") == [(150.0, 0)]
    by_county = compensation.totals(entries, by=["county_id", "month"])
    assert rows(by_county, "county_id", "deductions") == [("kaifaqu", 50.0), ("qinshui", 100.0)]


@pytest.mark.parametrize(
    ("nh3n", "reason"), [(1.3, "band_unknown"), (1.8, "band_unknown"), (9.0, "band_unknown"), (0.9, "items_unknown")]
)
def test_what_the_notice_does_not_say_has_no_amount(nh3n, reason):
    # the limits of the bands are not known, nor which other items count
    found = deducted(0.0, nh3n, CITY)
    assert (found["ground"], found["amount"], found["high"], found["reason"]) == (None, None, None, reason)


def test_between_two_multiples_seen_in_a_band_lies_that_band():
    seen_twice = CITY.bands[0].model_copy(update={"seen_at": [0.3, 0.585]})
    more = CITY.model_copy(update={"bands": [seen_twice, CITY.bands[1]]})
    assert [deducted(0.0, nh3n, more)["amount"] for nh3n in (1.3, 1.4, 1.6)] == [50.0, 50.0, None]


# Totals: facts.md section 9, January to September 2010 (A, all sums checked)

DEDUCTED = {
    **{"太原": 2640, "大同": 351, "朔州": 680, "忻州": 60},
    **{"吕梁": 10288, "晋中": 2125, "临汾": 961, "运城": 132},
}
REWARDED = {
    **{"大同": 2400, "忻州": 1400, "吕梁": 650, "晋中": 150},
    **{"临汾": 300, "运城": 200, "长治": 1600, "晋城": 500},
}


def entries() -> pl.LazyFrame:
    told = [("deduction", DEDUCTED), ("reward", REWARDED)]
    frame = [(city, kind, float(amount)) for kind, of_city in told for city, amount in of_city.items()]
    bare = pl.LazyFrame(frame, schema={"city_id": pl.String, "kind": pl.String, "amount": pl.Float64}, orient="row")
    return of_months(bare.with_columns(low="amount", high="amount", reason=pl.lit(None, pl.String)))


def of_months(entries: pl.LazyFrame) -> pl.LazyFrame:
    """Entries of which the year is known as well as their months."""
    return entries.with_columns(year_low="low", year_high="high")


def test_the_sums_of_the_province():
    assert rows(compensation.totals(entries(), by=[]), "deductions", "rewards", "net") == [(17237.0, 7200.0, -10037.0)]


def test_the_sums_of_each_city():
    found = compensation.totals(entries(), by=["city_id"]).collect()
    cities = {r["city_id"]: (r["deductions"], r["rewards"], r["net"]) for r in found.to_dicts()}
    assert cities["大同"] == (351.0, 2400.0, 2049.0)
    assert cities["太原"] == (2640.0, None, None)  # no reward was told of: there is no balance


def test_one_open_month_leaves_the_sum_open_and_a_dry_one_does_not():
    told = typed(
        """
        kind      | amount | low | high | reason     | city_id
        deduction | 50     | 50  | 50   |            | x
        deduction |        | 0   | 300  | no_reading | x
        deduction | 100    | 100 | 100  |            | y
        deduction |        | 0   | 0    | dry        | y
        deduction |        | 0   |      | no_rule    | z
        """
    )
    columns = ("city_id", "deductions", "deductions_low", "deductions_high", "open", "dry")
    assert rows(compensation.totals(of_months(told), by=["city_id"]), *columns) == [
        ("x", None, 50.0, 350.0, 1, 0),
        ("y", 100.0, 100.0, 100.0, 0, 1),
        ("z", None, 0.0, None, 1, 0),
    ]


def test_the_balance_is_bounded_by_the_worst_of_both():
    told = typed(
        """
        kind      | amount | low | high | reason
        deduction |        | 50  | 300  | no_amount
        reward    | 100    | 100 | 100  |
        """
    )
    columns = ("rewards", "net", "net_low", "net_high")
    assert rows(compensation.totals(of_months(told), by=[]), *columns) == [(100.0, None, -200.0, 50.0)]


@given(st.permutations(range(len(DEDUCTED) + len(REWARDED))))
def test_the_order_of_entries_does_not_change_a_sum_in_its_last_bit(order):
    ends = ("amount", "low", "high", "year_low", "year_high")
    told = entries().with_columns(pl.col(*ends) / 7).collect()
    first, again = (compensation.totals(frame, by=[]).collect() for frame in (told, told[list(order)]))
    assert first.equals(again)


def test_nothing_told_gives_no_sum():
    assert rows(compensation.totals(entries().limit(0), by=["city_id"]), "deductions") == []


# The catalog


def test_the_schemes_say_what_they_do_not_know():
    assert [b.amount for b in PROVINCE.bands] == [50.0, None, None, None, 300.0]
    assert all(b.reason for b in PROVINCE.bands if b.amount is None)
    assert PROVINCE.rewards.crossed_grades.amount_beyond is None
    assert [(b.above, b.up_to, b.amount) for b in CITY.bands] == [(None, None, 50.0), (None, None, 100.0)]


@pytest.mark.parametrize(
    ("band", "said"),
    [
        ({"id": "a", "amount": 1.0}, "its limits"),
        ({"id": "a", "above": 0.0, "seen_at": [1.0], "amount": 1.0, "reason": "r"}, "its limits"),
        ({"id": "a", "up_to": 1.0, "seen_at": [1.0], "amount": 1.0, "reason": "r"}, "its limits"),
        ({"id": "a", "above": 1.0, "up_to": 1.0, "amount": 1.0}, "ends above where it begins"),
        ({"id": "a", "above": 1.0}, "need a reason"),
        ({"id": "a", "seen_at": [1.0], "amount": 1.0}, "need a reason"),
    ],
)
def test_a_band_that_cannot_be_found_is_refused(band, said):
    with pytest.raises(ValidationError, match=said):
        Band(**band)


def band(name: str, above: float | None, up_to: float | None, amount: float | None, *seen: float) -> dict[str, object]:
    told = {"id": name, "above": above, "up_to": up_to, "amount": amount, "seen_at": list(seen), "reason": "r"}
    return {key: value for key, value in told.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bands": [band("a", 0.0, 1.0, 1.0), band("b", 2.0, None, 2.0)]}, "begins where the one before it ends"),
        ({"bands": [band("a", 0.0, None, 1.0), band("b", 1.0, None, 2.0)]}, "begins where the one before it ends"),
        ({"bands": [band("a", 0.5, None, 1.0)]}, "from 0 on and without an end"),
        ({"bands": [band("a", 0.0, 1.0, 1.0)]}, "from 0 on and without an end"),
        ({"bands": [band("a", 0.0, None, 1.0), band("b", None, None, 2.0, 3.0)]}, "or none of them"),
        ({"bands": [band("a", 0.0, 1.0, 1.0), band("a", 1.0, None, 2.0)]}, "two bands have this id"),
        ({"bands": [band("a", None, None, 1.0, 2.0), band("b", None, None, 2.0, 1.0)]}, "than a larger one"),
        ({"bands": [band("a", 0.0, 1.0, 300.0), band("b", 1.0, None, 50.0)]}, "costs less than a lower one"),
        ({"bands": [band("a", 0.0, None, 301.0)]}, "beyond the least or the most"),
        ({"bands": [band("a", 0.0, None, 49.0)]}, "beyond the least or the most"),
        ({"valid_to": date(2013, 1, 1)}, "ends before it begins"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        Compensation.model_validate(PROVINCE.model_dump() | changes)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cites: [compensation_2013]", "cites: [compensation_2103]", "did you mean compensation_2013"),
        ("ammonia_nitrogen]", "amonia_nitrogen]", "did you mean ammonia_nitrogen"),
        ('area: "140000"', 'area: "149999"', "there is no area 149999"),
    ],
)
def test_names_that_a_scheme_gives_must_exist(tmp_path, old, new, said):
    from analytics.catalog.load import SHIPPED

    text = (SHIPPED / "methods" / "compensation_shanxi_2013.yml").read_text(encoding="utf-8")
    file = tmp_path / "catalog" / "methods" / "compensation_own.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text.replace("id: compensation_shanxi_2013", "id: own").replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogError, match=said):
        load_catalog(tmp_path / "catalog")
