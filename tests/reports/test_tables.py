"""Tables fit the page: widths by words, then smaller letters, then break points."""

from __future__ import annotations

import pytest

from analytics.reporting import fonts
from analytics.reporting.blocks import Column, Table, TonedText
from analytics.reporting.tables import SIZES, breakable, fitted


def one_em(text):
    """Every character one em wide, so that widths can be counted."""
    return float(len(text))


def make(rows, *labels, weights=None):
    columns = [Column(label=label, weight=w) for label, w in zip(labels, weights or [None] * len(labels), strict=True)]
    return Table(title="", columns=columns, rows=rows)


def test_widths_fill_the_page_by_weight():
    fit = fitted(make([["a", "b"]], "x", "y", weights=[1, 3]), width=90.0, measure=one_em)
    assert fit.size == 9.0
    assert fit.widths == pytest.approx([27.0, 63.0])  # 10 em less 2 of padding: 2 and 6, and each its padding


def test_no_column_is_narrower_than_its_longest_word():
    fit = fitted(make([["abcdef", "b"]], "x", "y", weights=[1, 99]), width=180.0, measure=one_em)
    assert fit.tokens[0] == pytest.approx(6.0)
    assert sum(fit.widths) == pytest.approx(180.0)


def test_letters_shrink_where_words_do_not_fit():
    table = make([["abcdef"] * 4], *"xyzw")
    assert [fitted(table, width=w, measure=one_em).size for w in (252.0, 238.0, 183.0)] == [9.0, 8.5, 6.5]


def test_what_is_left_goes_where_it_saves_lines():
    row = ["一" * 60, "三字词", "二" * 12]  # its lines are those of the first cell
    fit = fitted(make([row], *"xyz", weights=[1, 1, 1]), width=270.0, measure=one_em)
    assert fit.tokens[0] > 2 * fit.tokens[2] > 2 * fit.tokens[1]


def test_letters_shrink_where_that_saves_many_lines():
    short, long = ["六个字的话呀"] * 5, "一" * 60
    loose, tight = (make([[*short, text]], *"uvwxyz") for text in ("一" * 6, long))
    assert fitted(loose, width=430.0, measure=one_em).size == 9.0
    assert fitted(tight, width=430.0, measure=one_em).size == 7.5


def test_a_badge_needs_room_for_its_border():
    bare = fitted(make([["abcd", "b"]], "x", "y", weights=[1, 99]), width=180.0, measure=one_em)
    badge = TonedText(text="abcd", tone="met")
    toned = fitted(make([[badge, "b"]], "x", "y", weights=[1, 99]), width=180.0, measure=one_em)
    assert toned.tokens[0] > bare.tokens[0]


def test_bold_letters_are_wider():
    strong = TonedText(text="abcde", tone="strong")
    fit = fitted(make([[strong, "b"]], "x", "y", weights=[1, 99]), width=180.0, measure=one_em)
    assert 5.0 < fit.tokens[0] < 6.0


def test_too_many_columns_still_fit_and_words_are_broken():
    fit = fitted(make([["abcdefgh"] * 20], *"abcdefghijklmnopqrst"), width=450.0, measure=one_em)
    assert fit.size == SIZES[-1]
    assert sum(fit.widths) == pytest.approx(450.0)
    assert max(fit.tokens) < 8


def test_long_words_break_after_hyphens_and_where_the_line_is_full():
    assert breakable("ab-cd", longest=4, measure=one_em) == "ab-\u200bcd"
    assert breakable("abcdef", longest=4, measure=one_em) == "abcd\u200bef"
    assert breakable("ab cd", longest=4, measure=one_em) == "ab cd"


def test_the_face_knows_its_widths_and_what_it_lacks():
    assert fonts.width("中文") == 2.0
    assert fonts.width("00") == 2 * fonts.width("0") < 2.0
    assert fonts.missing("水质 Ⅲ类\n≥ 62 %\ue000🙂\u200b") == ["\ue000", "🙂"]
