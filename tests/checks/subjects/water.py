"""The forms of the water resources department."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.checks.pairs import PLACE, Pair

_SPAN = {"valid_from": 2016, "valid_to": 2025}
_SITE = {"flow_site_code": "T1", "flow_site_name": "甲断面", "river": "汾河"}


def _day(number: int, flow: float, site: str = "T1") -> dict[str, Any]:
    """The flow of a site on a day of 2021, counted from the first."""
    day = date(2021, 1, 1) + timedelta(days=number - 1)
    times = {"taken_at": datetime(day.year, day.month, day.day), "flow_day": day, "period_start": day.replace(day=1)}
    return {**times, "entity_id": site, "flow": flow}


GOOD: dict[str, dict[str, Any]] = {
    "key_rivers": {"river": "汾河", "basin": "黄河流域", "is_named_in_plan": "yes", **_SPAN},
    "flow_sites": {**PLACE, **_SITE, "flow_site": "control_section", **_SPAN},
    "flow_targets": {
        **_SITE,
        "season_first_month": 10,
        "season_last_month": 5,
        "flow_target_m3_s": 3.5,
        "required_rate_pct": 90.0,
        "approved_document": "某方案",
        **_SPAN,
    },
    "river_flow": {
        "flow_site_code": "T1",
        "flow_site_name": "甲断面",
        "flow_day": date(2021, 7, 1),
        "period_start": date(2021, 7, 1),
        "period_end": date(2021, 7, 31),
        "entity_id": "T1",
        "flow": 4.0,
    },
}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    "key_rivers": {"valid_span": {"valid_to": 2015}},
    "flow_sites": {"valid_span": {"valid_to": 2015}},
    "flow_targets": {
        "valid_span": {"valid_to": 2015},
        "season_days_exist": {"season_last_month": 9, "season_last_day": 31},
        "target_above_zero": {"flow_target_m3_s": 0.0},
        "required_rate_plausible": {"required_rate_pct": 0.9},
    },
}
DECLARED: dict[str, dict[str, Pair]] = {
    "river_flow": {
        "flow_not_frozen": Pair(
            [*(_day(n, 4.0) for n in range(1, 10)), *(_day(n, 0.0) for n in range(10, 22))],
            [_day(n, 4.0) for n in range(1, 11)],
            set(range(1, 11)),
        ),
        "sites_complete": Pair(
            [_day(1, 4.0), _day(32, 4.1), *(_day(1, 4.0, f"T{n}") for n in range(2, 10))]
            + [_day(32, 4.1, f"T{n}") for n in range(2, 10)],
            [_day(1, 4.0), _day(60, 4.1)],
        ),
    },
}
OTHER: dict[str, Any] = {"flow": 5.0}
