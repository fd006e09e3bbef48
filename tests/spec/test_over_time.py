"""Amounts and states told of parts of a time, put together."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.compute import over_time
from analytics.periods import parse_period

title = "What was told of part of the time is not the year"

YEAR = [("", date(2021, 1, 1), date(2021, 12, 31))]
LEAP_YEAR = [("", date(2024, 1, 1), date(2024, 12, 31))]
FEBRUARY_OF_LEAP = [("", date(2024, 2, 1), date(2024, 2, 29))]
QUARTERS = [("Q1", date(2021, 1, 1), date(2021, 3, 31)), ("Q2", date(2021, 4, 1), date(2021, 6, 30))]
DRY_SEASON = [("", date(2021, 1, 1), date(2021, 5, 31)), ("", date(2021, 10, 1), date(2021, 12, 31))]
DONE = {"done": ["yes"]}
CLEAN_THEN_BLACK = {"clean": ["yes"], "black": ["light", "heavy"]}
ENDS = {"": date(2021, 12, 31)}

Span = tuple[date, date]
Row = tuple[str, str, str, date, date, object]


def span(text: str) -> Span:
    """First and last day of `2021`, `2021-Q1`, `2021-07`, `2021-07-15`, or from one to another: `2021-11..2022-02`."""
    first, _, last = text.partition("..")
    return parse_period(first).start, parse_period(last or first).end


def rows_of(text: str) -> list[Row]:
    """Rows of a text table: member, part, item, span, and what was told (nothing: an empty cell)."""
    cells = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [(member, part, item, *span(when), said or None) for member, part, item, when, said in cells]


def frame(rows: Sequence[Row], said: str, dtype: pl.DataType | type[pl.DataType]) -> pl.DataFrame:
    names = ("entity_id", "part", "item", "period_start", "period_end", said)
    schema = dict(zip(names, (pl.String, pl.String, pl.String, pl.Date, pl.Date, dtype), strict=True))
    return pl.DataFrame(rows, schema=schema, orient="row")


def amounts(text: str = "") -> pl.DataFrame:
    told = [(*row[:5], None if row[5] is None else float(str(row[5]))) for row in rows_of(text)] if text else []
    return frame(told, "value", pl.Float64)


def states(text: str = "") -> pl.DataFrame:
    return frame(rows_of(text) if text else [], "value_code", pl.String)


def together(text: str, *, how: over_time.How = "sum", intervals: Sequence[over_time.Interval] = YEAR) -> dict:
    """What became of the one member, part and item of a text table."""
    found = over_time.put_together(amounts(text), intervals, {"x": how}).to_dicts()
    assert len(found) == 1
    return found[0]


def codes(found: pl.DataFrame) -> dict[str, str | None]:
    """The code of each item, of a single member and part."""
    assert found.select("entity_id", "part").n_unique() <= 1
    return dict(found.select("item", "code").rows())


def last_code(text: str, *, ends: dict[str, date] = ENDS) -> tuple[str | None, bool]:
    found = over_time.as_last_told(states(text), DONE, ends).to_dicts()
    assert len(found) == 1
    return found[0]["code"], found[0]["is_open"]


def throughout_code(text: str, *, intervals: Sequence[over_time.Interval] = YEAR) -> str | None:
    return codes(over_time.throughout(states(text), DONE, intervals))["done"]


# Amounts


def test_a_year_told_at_once_is_the_year():
    assert together("a | | x | 2021 | 12") == {
        "entity_id": "a", "part": "", "item": "x", "value": 12.0, "so_far": 12.0, "is_open": False,
    }  # fmt: skip


def test_two_halves_are_the_year():
    assert together("a | | x | 2021-01..2021-06 | 5\na | | x | 2021-07..2021-12 | 7")["value"] == 12.0


def test_a_month_alone_is_not_the_year_but_at_least_so_much():
    found = together("a | | x | 2021-07 | 5")
    assert (found["value"], found["so_far"]) == (None, 5.0)


def test_a_month_within_a_told_year_counts_once():
    found = together("a | | x | 2021 | 12\na | | x | 2021-07 | 5")
    assert (found["value"], found["so_far"]) == (12.0, 12.0)


def test_a_day_that_nobody_told_of_leaves_the_year_open():
    assert together("a | | x | 2021-01-01..2021-12-30 | 12")["value"] is None
    assert together("a | | x | 2021-01-02..2021-12-31 | 12")["value"] is None
    gap = "a | | x | 2021-01-01..2021-06-29 | 5\na | | x | 2021-07..2021-12 | 7"
    assert together(gap)["value"] is None


def test_spans_that_share_a_day_tell_no_sum():
    assert together("a | | x | 2021-01-01..2021-07-01 | 5\na | | x | 2021-07..2021-12 | 7")["value"] is None


def test_a_day_told_twice_does_not_stand_for_one_untold():
    assert together("a | | x | 2021-01..2021-06 | 5\na | | x | 2021-06-30..2021-12-30 | 7")["value"] is None


def test_a_leap_year_has_a_day_more():
    assert together("a | | x | 2024-02-01..2024-02-28 | 5", intervals=FEBRUARY_OF_LEAP)["value"] is None
    assert together("a | | x | 2024-02 | 5", intervals=FEBRUARY_OF_LEAP)["value"] == 5.0
    assert together("a | | x | 2024-01-01..2024-12-30 | 5", intervals=LEAP_YEAR)["value"] is None


def test_a_span_may_be_one_day():
    day = [("", date(2021, 7, 15), date(2021, 7, 15))]
    assert together("a | | x | 2021-07-15 | 5", intervals=day)["value"] == 5.0
    assert (
        together("a | | x | 2021-01-01 | 1\na | | x | 2021-01-02..2021-12-30 | 2\na | | x | 2021-12-31 | 3")["value"]
        == 6.0
    )


def test_the_last_day_of_a_told_year_counts_once():
    assert together("a | | x | 2021 | 12\na | | x | 2021-12-31 | 5")["value"] == 12.0
    assert together("a | | x | 2021 | 12\na | | x | 2021-01-01 | 5")["value"] == 12.0


def test_rows_of_the_same_item_and_span_are_added_up():
    assert together("a | | x | 2021 | 5\na | | x | 2021 | 7")["value"] == 12.0


def test_an_empty_cell_is_not_zero():
    assert together("a | | x | 2021 | ")["value"] is None
    found = together("a | | x | 2021-01..2021-06 | 5\na | | x | 2021-07..2021-12 | ")
    assert (found["value"], found["so_far"]) == (None, 5.0)
    beside = together("a | | x | 2021 | 5\na | | x | 2021 | ")  # two rows of one span, one of them unanswered
    assert (beside["value"], beside["so_far"]) == (None, None)


def test_an_empty_month_takes_nothing_from_a_told_year():
    assert together("a | | x | 2021 | 12\na | | x | 2021-07 | ")["value"] == 12.0


def test_a_mean_weighs_each_span_by_its_days():
    # 31 days of January at 10, 334 others at 0: 310 / 365
    found = together("a | | x | 2021-01 | 10\na | | x | 2021-02..2021-12 | 0", how="mean")
    assert found["value"] == pytest.approx(310 / 365)
    assert found["so_far"] is None  # part of a mean is no least of it


def test_a_mean_or_a_highest_of_a_part_is_none_of_the_year():
    assert together("a | | x | 2021-07 | 10", how="mean")["value"] is None
    assert together("a | | x | 2021-07 | 10", how="highest")["value"] is None


def test_the_highest_of_a_whole_time():
    halves = "a | | x | 2021-01..2021-06 | 5\na | | x | 2021-07..2021-12 | 7"
    assert together(halves, how="highest")["value"] == 7.0


def test_what_stood_last_needs_no_whole_year_but_may_have_changed():
    found = together("a | | x | 2021-01..2021-03 | 4\na | | x | 2021-04..2021-06 | 6", how="last")
    assert (found["value"], found["so_far"], found["is_open"]) == (6.0, None, True)
    found = together("a | | x | 2021-06 | 6\na | | x | 2021-12-31 | 9", how="last")
    assert (found["value"], found["is_open"]) == (9.0, False)


def test_of_two_words_on_the_last_day_the_shorter_time_is_the_later():
    assert together("a | | x | 2021-12 | 9\na | | x | 2021 | 7", how="last")["value"] == 9.0


def test_both_spans_of_a_season_have_to_be_told():
    spring, autumn = "a | | x | 2021-01..2021-05 | 5", "a | | x | 2021-10..2021-12 | 3"
    assert together(f"{spring}\n{autumn}", intervals=DRY_SEASON)["value"] == 8.0
    assert together(spring, intervals=DRY_SEASON)["value"] is None
    assert together("a | | x | 2021 | 12", intervals=DRY_SEASON)["value"] is None  # who can say what of it was summer


def test_each_part_is_its_own():
    told = amounts("a | Q1 | x | 2021-Q1 | 5\na | Q2 | x | 2021-04 | 2\nb | Q2 | x | 2021-Q2 | 3")
    found = over_time.put_together(told, QUARTERS, {"x": "sum"})
    values = {(member, part): value for member, part, value in found.select("entity_id", "part", "value").rows()}
    assert values == {("a", "Q1"): 5.0, ("a", "Q2"): None, ("b", "Q2"): 3.0}


def test_a_row_under_the_wrong_part_tells_it_nothing():
    assert together("a | Q2 | x | 2021-Q1 | 5", intervals=QUARTERS)["value"] is None
    assert together("a | Q9 | x | 2021-Q1 | 5", intervals=QUARTERS)["value"] is None
    months = [("07", *span("2021-07")), ("08", *span("2021-08"))]
    assert together("a | 08 | x | 2021-07 | 5", intervals=months)["value"] is None


def test_items_do_not_mix():
    told = amounts("a | | x | 2021 | 5\na | | y | 2021-01..2021-06 | 2\na | | y | 2021-07 | 3")
    found = over_time.put_together(told, YEAR, {"x": "sum", "y": "last"})
    assert dict(found.select("item", "value").rows()) == {"x": 5.0, "y": 3.0}


def test_whole_numbers_are_numbers():
    told = amounts("a | | x | 2021-01..2021-06 | 5\na | | x | 2021-07..2021-12 | 7").cast({"value": pl.Int64})
    assert over_time.put_together(told, YEAR, {"x": "sum"})["value"].to_list() == [12]


def test_of_nothing_told_nothing_comes_back():
    found = over_time.put_together(amounts(), YEAR, {"x": "sum"})
    assert (found.height, found.columns) == (0, ["entity_id", "part", "item", "value", "so_far", "is_open"])
    assert over_time.as_last_told(states(), DONE, ENDS).is_empty()
    assert over_time.at_any_time(states(), DONE, ENDS).is_empty()
    assert over_time.throughout(states(), DONE, YEAR).is_empty()


def test_spans_that_overlap_say_no_more_than_the_larger():
    assert together("a | | x | 2021-01..2021-06 | 10\na | | x | 2021-04..2021-09 | 10")["so_far"] == 10.0


def test_what_reaches_beyond_the_year_says_no_least_of_it():
    assert not together("a | | x | 2021-11..2022-02 | 40")["so_far"]


def test_what_reaches_beyond_the_year_takes_nothing_from_it():
    assert together("a | | x | 2021-11..2022-02 | 40\na | | x | 2021-12 | 7")["so_far"] == 7.0


def test_a_quarter_told_by_itself_is_told_whatever_is_said_of_the_year():
    found = together("a | Q1 | x | 2021 | 400\na | Q1 | x | 2021-Q1 | 100", intervals=QUARTERS)
    assert (found["value"], found["so_far"]) == (100.0, 100.0)


def test_what_stood_later_than_the_year_is_not_how_it_ended():
    assert together("a | | x | 2021 | 10\na | | x | 2021-07..2022-06 | 90", how="last")["value"] == 10.0


def test_what_stood_at_the_end_of_the_year_is_not_how_a_quarter_ended():
    assert together("a | Q1 | x | 2021 | 400", how="last", intervals=QUARTERS)["value"] is None


def test_an_empty_cell_of_the_year_takes_back_no_half():
    found = together("a | | x | 2021 | \na | | x | 2021-01..2021-06 | 5\na | | x | 2021-07..2021-12 | 7")
    assert (found["value"], found["so_far"]) == (12.0, 12.0)


def test_an_empty_cell_takes_back_nothing_that_stood():
    found = together("a | | x | 2021-06 | 5\na | | x | 2021-12 | ", how="last")
    assert (found["value"], found["is_open"]) == (5.0, True)


def test_a_quarter_tells_its_three_months():
    months = [("", date(2021, 10, 1), date(2021, 10, 31)), ("", date(2021, 11, 1), date(2021, 11, 30)),
              ("", date(2021, 12, 1), date(2021, 12, 31))]  # fmt: skip
    assert together("a | | x | 2021-Q4 | 3", intervals=months)["value"] == 3.0


# Spans


def spans(*texts: str) -> pl.DataFrame:
    return frame([("a", "", "x", *span(text), None) for text in texts], "value", pl.Float64)


def test_a_span_within_a_longer_one_is_left_out():
    once = over_time.spans_once(spans("2021-03", "2021-Q1", "2021-01", "2021-04"), by=["entity_id"])
    assert once["period_start"].to_list() == [date(2021, 1, 1), date(2021, 4, 1)]


def test_a_span_within_that_of_another_member_stays():
    told = pl.concat([spans("2021"), spans("2021-07").with_columns(entity_id=pl.lit("b"))])
    assert over_time.spans_once(told, by=["entity_id"]).height == 2


def test_days_and_months_of_a_span():
    measured = spans("2024-02", "2021-02", "2021-07-15", "2021", "2021-11..2022-02", "2021-01-31..2021-02-01").select(
        days=over_time.days(), months=over_time.months()
    )
    assert measured["days"].to_list() == [29, 28, 1, 365, 120, 2]
    assert measured["months"].to_list() == [1.0, 1.0, 1.0, 12.0, 4.0, 2.0]


# States


def test_the_code_told_last_stands():
    assert last_code("a | | done | 2021-Q1 | no\na | | done | 2021-Q4 | yes") == ("yes", False)


def test_what_is_done_stays_done():
    assert last_code("a | | done | 2021-Q1 | yes") == ("yes", False)


def test_what_was_not_done_when_last_told_may_be_since():
    assert last_code("a | | done | 2021-Q3 | no") == ("no", True)
    assert last_code("a | | done | 2021-12-30 | no") == ("no", True)
    assert last_code("a | | done | 2021-12-31 | no") == ("no", False)
    assert last_code("a | | done | 2021-Q4 | no", ends={"": date(2021, 10, 31)}) == ("no", False)


def test_an_empty_cell_takes_back_no_state():
    assert last_code("a | | done | 2021-Q1 | yes\na | | done | 2021-Q4 | ") == ("yes", False)
    assert last_code("a | | done | 2021-Q1 | no\na | | done | 2021-Q4 | ") == ("no", True)
    assert over_time.as_last_told(states("a | | done | 2021-Q1 | "), DONE, ENDS).is_empty()


def test_of_two_states_on_the_last_day_the_shorter_time_is_the_later():
    assert last_code("a | | done | 2021-12 | yes\na | | done | 2021 | no") == ("yes", False)
    assert last_code("a | | done | 2021-12 | no\na | | done | 2021 | yes") == ("no", False)


def test_each_part_ends_on_its_own_day():
    told = states("a | Q1 | done | 2021-03 | no\na | Q2 | done | 2021-05 | no\na | Q9 | done | 2021-05 | no")
    ends = {"Q1": date(2021, 3, 31), "Q2": date(2021, 6, 30)}
    found = over_time.as_last_told(told, DONE, ends)
    assert dict(found.select("part", "is_open").rows()) == {"Q1": False, "Q2": True, "Q9": False}


def test_which_row_comes_last_in_the_file_does_not_decide():
    yes, no = "a | | done | 2021 | yes", "a | | done | 2021 | no"
    assert last_code(f"{yes}\n{no}") == last_code(f"{no}\n{yes}")


def test_what_is_first_done_after_its_day_is_not_done_by_it():
    told = "a | | done | 2021-10 | no\na | | done | 2021-11 | yes"
    assert last_code(told, ends={"": date(2021, 10, 31)}) == ("no", False)


def test_one_time_is_any_time():
    told = states("a | | done | 2021-Q1 | no\na | | done | 2021-Q2 | yes\na | | done | 2021-Q3 | no")
    assert codes(over_time.at_any_time(told, DONE, ENDS)) == {"done": "yes"}
    assert codes(over_time.at_any_time(told.filter(pl.col("value_code") == "no"), DONE, ENDS)) == {"done": "no"}
    assert codes(over_time.at_any_time(states("a | | done | 2021-Q1 | "), DONE, ENDS)) == {}


def rebound(text: str) -> str | None:
    return codes(over_time.at_any_time(states(text), CLEAN_THEN_BLACK, ENDS)).get("black")


def test_black_again_is_only_what_was_clean_before():
    assert rebound("a | | clean | 2021-Q2 | yes\na | | black | 2021-08 | light") == "light"
    assert rebound("a | | clean | 2021-Q2 | yes\na | | black | 2021-02 | heavy") is None  # before alone: tells nothing
    assert rebound("a | | clean | 2021-Q2 | no\na | | black | 2021-08 | heavy") is None
    assert rebound("a | | black | 2021-08 | heavy") is None  # nobody said that it was clean
    assert rebound("a | | clean | 2021-Q2 | yes\na | | black | 2021-04 | light") == "light"  # from its first day on


def test_the_first_time_clean_is_what_counts():
    told = "a | | clean | 2021-Q1 | yes\na | | clean | 2021-Q4 | yes\na | | black | 2021-08 | heavy"
    assert rebound(told) == "heavy"


def test_clean_of_one_body_says_nothing_of_another():
    told = states("a | | clean | 2021-Q1 | yes\nb | | clean | 2021-Q1 | no\nb | | black | 2021-08 | heavy")
    found = over_time.at_any_time(told, CLEAN_THEN_BLACK, ENDS)
    assert found.filter((pl.col("entity_id") == "b") & (pl.col("item") == "black"))["code"].drop_nulls().is_empty()


def test_black_in_a_span_that_lasts_beyond_the_day_is_not_overruled():
    told = "a | | clean | 2021-Q3 | yes\na | | black | 2021 | heavy\na | | black | 2021-10 | none"
    assert rebound(told) != "none"


def test_what_cannot_be_told_may_have_been_black():
    clean = "a | | clean | 2021-Q1 | yes\na | | black | 2021-Q4 | none"
    unknown = f"a | | black | 2021-Q2 | {over_time.UNDETERMINED}"
    assert rebound(clean) == "none"
    assert rebound(f"{clean}\n{unknown}") is None
    assert rebound(f"{clean}\n{unknown}\na | | black | 2021-Q3 | light") == "light"  # whatever it was
    late = "a | | clean | 2021-Q3 | yes\na | | black | 2021-Q4 | none"
    assert rebound(f"{late}\n{unknown}") == "none"  # before it was clean


def test_not_black_before_the_day_says_nothing_of_what_came_after():
    assert rebound("a | | clean | 2021-Q3 | yes\na | | black | 2021-02 | none") is None


def test_a_whole_year_told_counts_throughout():
    assert throughout_code("a | | done | 2021 | yes") == "yes"
    assert throughout_code("a | | done | 2021-01..2021-06 | yes\na | | done | 2021-07..2021-12 | yes") == "yes"
    assert throughout_code("a | | done | 2021-01..2021-08 | yes\na | | done | 2021-03..2021-12 | yes") == "yes"
    within = "a | | done | 2021-01..2021-08 | yes\na | | done | 2021-03 | yes\na | | done | 2021-09..2021-12 | yes"
    assert throughout_code(within) == "yes"
    assert throughout_code("a | | done | 2020-07..2021-12 | yes") == "yes"  # from before the year to its end
    assert throughout_code("a | | done | 2021-01..2022-06 | yes") == "yes"


def test_a_gap_leaves_it_open_whether_it_was_so_throughout():
    assert throughout_code("a | | done | 2021-12-31 | yes") is None
    assert throughout_code("a | | done | 2021-01-01..2021-06-29 | yes\na | | done | 2021-07..2021-12 | yes") is None
    assert throughout_code("a | | done | 2021-01-01..2021-12-30 | yes") is None
    assert throughout_code("a | | done | 2021-01-02..2021-12-31 | yes") is None
    assert throughout_code("a | | done | 2024-01-01..2024-12-30 | yes", intervals=LEAP_YEAR) is None


def test_one_day_that_was_not_so_breaks_it():
    assert throughout_code("a | | done | 2021 | yes\na | | done | 2021-07-15 | no") == "no"
    assert throughout_code("a | | done | 2021-07-15 | no") == "no"


def test_an_empty_month_is_untold_unless_the_year_was_told():
    assert throughout_code("a | | done | 2021-01..2021-11 | yes\na | | done | 2021-12 | ") is None
    assert throughout_code("a | | done | 2021 | yes\na | | done | 2021-12 | ") == "yes"


def test_both_spans_of_a_season_are_asked_about():
    assert throughout_code("a | | done | 2021-01..2021-05 | yes", intervals=DRY_SEASON) is None
    assert throughout_code("a | | done | 2021-10..2021-12 | yes", intervals=DRY_SEASON) is None
    assert throughout_code("a | | done | 2021 | yes", intervals=DRY_SEASON) == "yes"


def test_a_season_in_two_spans_is_whole_by_a_row_for_each():
    told = "a | | done | 2021-01..2021-05 | yes\na | | done | 2021-10..2021-12 | yes"
    assert throughout_code(told, intervals=DRY_SEASON) == "yes"


def test_what_is_told_after_the_year_leaves_no_gap_in_it():
    assert throughout_code("a | | done | 2021 | yes\na | | done | 2022-Q2 | yes") == "yes"


def test_each_part_is_whole_by_itself():
    told = states("a | Q1 | done | 2021-Q1 | yes\na | Q2 | done | 2021-Q2 | yes")
    found = over_time.throughout(told, DONE, QUARTERS)
    assert dict(found.select("part", "code").rows()) == {"Q1": "yes", "Q2": "yes"}


# Properties: random rows of two members within the year, in months that may overlap, lie within one another or repeat


def _first_of(month: int) -> date:
    return date(2021 + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _span_of(first: int, length: int) -> Span:
    return _first_of(first), _first_of(min(first + length, 13)) - timedelta(days=1)


spans_drawn = st.builds(_span_of, st.integers(1, 12), st.integers(1, 12))
members_drawn = st.sampled_from(["a", "b"])
amount_rows = st.lists(
    st.tuples(members_drawn, st.just(""), st.just("x"), spans_drawn, st.none() | st.integers(0, 50)), max_size=8
)
state_rows = st.lists(
    st.tuples(members_drawn, st.just(""), st.just("done"), spans_drawn, st.sampled_from(["yes", "no", None])),
    max_size=8,
)
HOWS: list[over_time.How] = ["sum", "mean", "highest", "last"]


def _drawn(rows: Sequence[tuple[str, str, str, Span, object]], said: str, dtype: type[pl.DataType]) -> pl.DataFrame:
    return frame([(member, part, item, *when, value) for member, part, item, when, value in rows], said, dtype)


def _sorted(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.sort("entity_id", "part", "item").rows()


def _once_each(rows: Sequence[tuple[str, str, str, Span, object]]) -> list[tuple[str, str, str, Span, object]]:
    """One row of a member and span: two that contradict each other are a case of its own."""
    return list({(row[0], row[3]): row for row in rows}.values())


@given(amount_rows.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), st.sampled_from(HOWS))
def test_the_order_of_amounts_never_matters(drawn, how):
    found, other = (
        over_time.put_together(_drawn(rows, "value", pl.Int64), YEAR, {"x": how}).with_columns(pl.col("value").round(9))
        for rows in drawn
    )
    assert _sorted(found) == _sorted(other)


@given(state_rows.map(_once_each).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_states_never_matters(drawn):
    one, other = (_drawn(rows, "value_code", pl.String) for rows in drawn)
    assert _sorted(over_time.as_last_told(one, DONE, ENDS)) == _sorted(over_time.as_last_told(other, DONE, ENDS))
    assert _sorted(over_time.at_any_time(one, DONE, ENDS)) == _sorted(over_time.at_any_time(other, DONE, ENDS))
    assert _sorted(over_time.throughout(one, DONE, YEAR)) == _sorted(over_time.throughout(other, DONE, YEAR))


@given(state_rows)
def test_throughout_never_counts_what_once_was_not_so(drawn):
    told = _drawn(drawn, "value_code", pl.String)
    broken = set(told.filter(pl.col("value_code") == "no")["entity_id"])
    found = over_time.throughout(told, DONE, YEAR)
    assert broken == set(found.filter(pl.col("code") == "no")["entity_id"])


@given(state_rows)
def test_throughout_counts_where_every_month_was_told_and_none_against(drawn):
    told = {"a": {"yes": set(), "no": set()}, "b": {"yes": set(), "no": set()}}
    for member, _, _, (first, last), code in drawn:
        if code is not None:
            told[member][code] |= set(range(first.month, last.month + 1))
    wanted = {m for m, said in told.items() if not said["no"] and len(said["yes"]) == 12}
    found = over_time.throughout(_drawn(drawn, "value_code", pl.String), DONE, YEAR)
    assert set(found.filter(pl.col("code") == "yes")["entity_id"]) == wanted


cuts_drawn = st.sets(st.integers(1, 365), max_size=20).map(sorted)


@given(cuts_drawn, st.integers(2020, 2024))
def test_a_year_in_pieces_has_the_sum_and_the_mean_of_the_year(cuts, year):
    first, last = date(year, 1, 1), date(year, 12, 31)
    starts = [first, *(first + timedelta(days=day) for day in cuts if first + timedelta(days=day) <= last)]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [last]
    days = [(end - start).days + 1 for start, end in zip(starts, ends, strict=True)]
    pieces = [("a", "", "x", start, end, 2.0 * n) for start, end, n in zip(starts, ends, days, strict=True)]
    rates = [(*piece[:5], 7.0) for piece in pieces]
    interval = [("", first, last)]
    whole = over_time.put_together(frame(pieces, "value", pl.Float64), interval, {"x": "sum"})
    assert whole["value"].item() == 2.0 * ((last - first).days + 1)
    mean = over_time.put_together(frame(rates, "value", pl.Float64), interval, {"x": "mean"})
    assert mean["value"].item() == pytest.approx(7.0)
    if len(pieces) > 1:  # one piece missing, and it is not the year
        less = over_time.put_together(frame(pieces[1:], "value", pl.Float64), interval, {"x": "sum"})
        assert less["value"].item() is None


@given(amount_rows, spans_drawn, st.none() | st.integers(0, 50), st.sampled_from(["sum", "mean", "highest"]))
def test_a_row_within_a_longer_told_one_changes_nothing(drawn, when, value, how):
    empty = {(row[0], row[3]) for row in drawn if row[4] is None}
    told = [row for row in drawn if (row[0], row[3]) not in empty]
    outer = [row for row in told if row[3][0] <= when[0] and when[1] <= row[3][1] and row[3] != when]
    if not outer:  # then the year is told of, unless an empty cell leaves its amount open
        whole = YEAR[0][1:]
        assume(when != whole and ("a", whole) not in empty)
        outer = [("a", "", "x", whole, 30)]
    before = [*drawn, *(row for row in outer if row not in drawn)]
    told, more = (
        over_time.put_together(_drawn(rows, "value", pl.Int64), YEAR, {"x": how})
        for rows in (before, [*before, (outer[0][0], "", "x", when, value)])
    )
    assert _sorted(told) == _sorted(more)


@given(amount_rows)
def test_a_sum_that_is_told_in_full_is_what_is_told_so_far(drawn):
    found = over_time.put_together(_drawn(drawn, "value", pl.Int64), YEAR, {"x": "sum"}).drop_nulls("value")
    assert found["value"].to_list() == found["so_far"].to_list()
