"""The forms of the agriculture department."""

from typing import Any

from tests.checks.pairs import PLACE, WORK_DONE, WORKS, YEAR, Pair, each, stage_not_back

GOOD: dict[str, dict[str, Any]] = {
    "farm_inputs": {**PLACE, **YEAR, "fertiliser_used_t": 100.0, "pesticide_used_t": 2.0},
    "efficient_irrigation": {**PLACE, **YEAR, "efficient_irrigation_wan_mu": 0.5},
    "farm_works": {**PLACE, **YEAR, "farm_name": "甲场", **WORK_DONE},
}
BROKEN_BY: dict[str, dict[str, dict[str, Any]]] = {
    "farm_inputs": {"pesticide_within_fertiliser": {"pesticide_used_t": 101.0}},
    "farm_works": WORKS,
}
DECLARED: dict[str, dict[str, Pair]] = {
    "farm_works": {"stage_not_back": stage_not_back(farm_name="甲场")},
    "efficient_irrigation": {
        "irrigation_not_everywhere_alike": Pair(
            each("efficient_irrigation_wan_mu", [0.5] * 12 + [n / 10 for n in range(6, 14)]),
            each("efficient_irrigation_wan_mu", [0.5] * 13 + [n / 10 for n in range(6, 13)]),
        ),
    },
}
OTHER: dict[str, Any] = {"fertiliser_used_t": 101.0, "efficient_irrigation_wan_mu": 0.6}
FILLED: dict[str, tuple[str, dict[str, Any]]] = {
    "farm_inputs": ("2021", {"fertiliser_used_t": 100, "pesticide_used_t": 2}),
    "efficient_irrigation": ("2021", {"efficient_irrigation_wan_mu": 0.5}),
    "farm_works": (
        "2021",
        {"city": "太原市", "county": "清徐县", "farm_name": "某场", "stage": "开工", "evidence_grade": "自报"},
    ),
}
BEGUN = {"farm_inputs": 117, "efficient_irrigation": 117}
