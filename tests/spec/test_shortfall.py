"""What is missing to a target, by hand: the plan's own targets with numbers made for the purpose."""

import pytest

from analytics.compute.shortfall import short_by

CASES = [
    # 62 % of 614 towns are 380.68; 368 can treat sewage, so that 13 more have to.
    ({"have": 368, "target": 62, "comparison": ">=", "of": 614, "whole": True}, 13),
    # 22 % of 5,000 万m³ are 1,100; 1,098 are used.
    ({"have": 1098.0, "target": 22, "comparison": ">=", "of": 5000.0}, 2.0),
    # 10 % of 8,000 万m³ may leak, 860 do.
    ({"have": 860.0, "target": 10, "comparison": "<=", "of": 8000.0}, 60.0),
    ({"have": 674, "target": 698, "comparison": ">=", "whole": True}, 24),
    ({"have": 63.2, "target": 60, "comparison": ">="}, 0.0),
    ({"have": 2, "target": 0, "comparison": "==", "whole": True}, 2),
    # More than half of 10 are 6; 5 stand on the half.
    ({"have": 5, "target": 50, "comparison": ">", "of": 10, "whole": True}, 1),
    ({"have": 5.0, "target": 50, "comparison": ">", "of": 10.0}, 0.0),
    # Noise in the last bits is no missing town: 70 % of 10 are 7.000000000000001 by some ways of counting.
    ({"have": 7, "target": 70.00000000000001, "comparison": ">=", "of": 10, "whole": True}, 0.0),
    ({"have": None, "target": 62, "comparison": ">=", "of": 614}, None),
    ({"have": 3, "target": None, "comparison": ">="}, None),
]


@pytest.mark.parametrize(("given", "missing"), CASES)
def test_what_is_missing(given, missing):
    have = given.pop("have")
    assert short_by(have, **given) == (pytest.approx(missing) if missing is not None else None)


@pytest.mark.parametrize("have", range(0, 31))
def test_what_is_missing_is_just_enough(have):
    missing = short_by(have, target=62, comparison=">=", of=30, whole=True)
    assert 100 * (have + missing) / 30 >= 62
    assert missing == 0 or 100 * (have + missing - 1) / 30 < 62
