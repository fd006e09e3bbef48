"""Tables of compensation and of black-odorous water as readers see them."""

import polars as pl

from analytics.present import bodies, compensation

SUMS = ("deductions", "rewards", "net")


def total(scope: str, kind: str, *sums: tuple[float | None, float | None, float | None]) -> dict[str, object]:
    told = {
        f"{name}{end}": v
        for name, three in zip(SUMS, sums, strict=True)
        for end, v in zip(("", "_low", "_high"), three, strict=True)
    }
    return {"scheme": "compensation_shanxi_2013", "scope_kind": kind, "scope_id": scope, **told, "open": 1, "dry": 0}


def test_open_sums_stand_with_what_bounds_them(catalog):
    rows = [
        total("140100", "city", (None, 50.0, 350.0), (None, 0.0, None), (None, None, None)),
        total("140000", "province", (50.0, 50.0, 50.0), (0.0, 0.0, 0.0), (-50.0, -50.0, -50.0)),
    ]
    shown = compensation.table(pl.DataFrame(rows, infer_schema_length=None), catalog, "zh").rows
    texts = [[c["text"] if isinstance(c, dict) else c for c in row] for row in shown]
    assert [row[1:5] for row in texts] == [["山西省", "50", "0", "-50"], ["太原市", "50～350", "≥ 0", "未定"]]
    assert texts[0][0].startswith("山西省地表水") and texts[1][0] == ""


def graded(
    name: str, quarter: int | None, grade: str | None, best: str | None, reason: str | None = None
) -> dict[str, object]:
    about = {"entity_id": name, "name": name, "area_id": "140105", "quarter": quarter}
    return {
        **about,
        "grade": grade,
        "grade_best": best,
        "heavy_stretches": None,
        "reason": reason,
        "rows_in_doubt": None,
    }


def test_bodies_that_were_black_or_open_are_listed_with_the_reason(catalog):
    clean = [graded("甲渠", q, "none", "none") for q in (1, 2, 3, 4)]
    black = [graded("乙渠", 1, "none", "none"), graded("乙渠", 2, None, "light", "points_open")]
    rows = [*clean, *black, graded("丙渠", None, None, None)]
    table = bodies.grades(pl.DataFrame(rows, infer_schema_length=None), catalog, "zh")
    texts = [[c["text"] if isinstance(c, dict) else c for c in row] for row in table.rows]
    assert texts == [["乙渠", "太原市", "无黑臭", "黑臭（级别待定）", "—", "—", "点位缺测或监测次数不足"]]
    assert table.note.startswith("名录内3条水体，有监测数据2条")
