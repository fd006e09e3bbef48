"""What a figure lacks of its target, in the unit that people can act on."""

import pytest

from analytics.present.shortfalls import missing


@pytest.mark.parametrize(
    ("indicator", "lang", "said"),
    [
        ("industrial_outlets_sealed", "zh", "1个雨水排口未全程做到"),  # a month that is past cannot be made good
        ("industrial_outlets_sealed", "en", "1 outlets not throughout"),
        ("water_arguments_made", "zh", "还差1个"),
    ],
)
def test_what_had_to_hold_all_the_time_is_not_told_as_still_to_do(catalog, indicator, lang, said):
    row = {"verdict": "not_met", "numerator": 41, "denominator": 42, "target": 100, "comparison": ">="}
    assert missing(row, catalog.indicators[indicator], catalog, lang).startswith(said)
