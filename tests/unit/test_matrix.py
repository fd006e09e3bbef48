"""The figures over the cities say their units, and what colours and signs mean."""

import json

from analytics import notebook
from tests.deliveries import MANURE_HEAD
from tests.unit.test_each_area import reused


def drawn(chart):
    """Every text that the picture draws from data."""
    found = []

    def walk(part):
        if isinstance(part, dict):
            found.extend(v for k, v in part.items() if k in ("text", "sign") and isinstance(v, str))
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(json.loads(json.dumps(chart.spec)))
    return found


def test_a_page_has_units_and_a_legend_of_what_occurs(desk):
    desk.hand_in("reclaimed_water", reused(运城市=21))
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,100,80\n大同市,阳高县,100,70\n")
    desk.values()
    year = notebook.open_year(2021, root=desk.workspace.root)
    texts = drawn(year.matrix().charts[0])
    assert {"单位", "%"} <= set(texts)
    assert {"达到", "未达到", "未报送", "差于全省目标，不判定", "市级不判定"} <= set(texts)
    assert "逾期完成" not in texts
    assert {"✓", "×", "▽"} <= set(texts)
    assert {"Unit", "met", "not met"} <= set(drawn(year.language("en").matrix().charts[0]))


def test_a_city_below_the_target_of_the_whole_is_never_printed_on_it(desk):
    desk.hand_in("manure", f"{MANURE_HEAD}\n太原市,清徐县,10000,9000\n大同市,阳高县,10000,7799\n")
    desk.values()
    texts = drawn(notebook.open_year(2021, root=desk.workspace.root).matrix().charts[0])
    assert "▽ 77.99" in texts and "▽ 78.0" not in texts
