"""Invented farming: fertiliser and pesticides of three years, efficient irrigation, manure works of large farms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from analytics.example.plan import Example, Made
from analytics.example.tables import Row, place, write_table

# Tonnes of fertiliser (pure) and of pesticides of all counties two years before, and the shares of them that were used
# in the year itself, the year before and then: fertiliser falls, pesticides rise again in the last year.
FERTILISER_T, PESTICIDE_T = 1_080_000, 24_500
_FERTILISER, _PESTICIDE = (0.958, 0.975, 1.0), (0.986, 0.982, 1.0)
# New efficient irrigation, 万亩: above the 60 of the plan; farms of which the works are completed: short of 698.
IRRIGATION_WAN_MU = 63.2
SLIPPED = "140121"  # the county in whose cell the point stands one place too far to the right
FARMS, COMPLETED = 705, 674
_LIVESTOCK = ("生猪", "生猪", "蛋鸡", "肉鸡", "奶牛", "肉牛", "羊")
_DISTRICTS = ("140105", "140106", "140107", "140109", "140213")  # all city: neither fields nor farms


def deliveries(example: Example) -> Iterator[Made]:
    """The forms of the agriculture department, sent in the January after."""
    for year in range(example.year - 2, example.year + 1):
        yield Made("farm_inputs", write_inputs(example, year), date(year + 1, 1, 15), str(year))
    january = date(example.year + 1, 1, 12)
    yield Made("farm_works", write_farm_works(example), january, str(example.year))
    yield Made("efficient_irrigation", write_irrigation(example), january, str(example.year))


def write_inputs(example: Example, year: int) -> Path:
    """Fertiliser and pesticides used by county in the year, or in one of the two before it."""
    chance = example.chance("farm_inputs")
    counties = [c.id for c in example.counties() if c.id not in _DISTRICTS]
    weights = [chance.lognormvariate(0, 0.6) for _ in counties]
    back = example.year - year
    fertiliser = FERTILISER_T * _FERTILISER[back] / sum(weights)
    pesticide = PESTICIDE_T * _PESTICIDE[back] / sum(weights)
    chance = example.chance(f"farm_inputs/{year}")
    rows: list[Row] = [
        {
            **place(example, county),
            "fertiliser_used_t": round(fertiliser * w * chance.uniform(0.995, 1.005), 1),
            "pesticide_used_t": round(pesticide * w * chance.uniform(0.998, 1.002), 2),
        }
        for county, w in zip(counties, weights, strict=True)
    ]
    rows += [
        {**place(example, county), "fertiliser_used_t": 0, "pesticide_used_t": 0, "remark": "无耕地"}
        for county in _DISTRICTS
    ]
    return write_table(example, "farm_inputs", rows, year=year)


def write_irrigation(example: Example) -> Path:
    """New efficient irrigation by county; more where there is more land, and in one county a slip of the point."""
    rows: list[Row] = [
        {**place(example, c), "efficient_irrigation_wan_mu": round(10 * area, 3) if c == SLIPPED else area}
        for c, area in _irrigated(example).items()
    ]
    return write_table(example, "efficient_irrigation", rows)


def corrections(example: Example) -> Mapping[str, list[Mapping[str, object]]]:
    """By form what somebody who knows wrote down afterwards: one correction that counts, one that is only proposed."""
    right = _irrigated(example)
    told = date(example.year + 1, 1, 18)
    one = {"where": {"area_id": SLIPPED, "period": str(example.year)}, "what": "efficient_irrigation_wan_mu"}
    other = next(county for county, area in right.items() if area and county != SLIPPED)
    return {
        "efficient_irrigation": [
            {
                "id": f"example-{SLIPPED}-{example.year}",
                **one,
                "from": f"{round(10 * right[SLIPPED], 3)}",
                "to": f"{right[SLIPPED]}",
                "reason": "示例（虚构）：小数点错位",
                "said_by": f"示例（虚构）：{example.name(SLIPPED)}农业农村局电话核实",
                "date": told,
                "status": "confirmed",
            },
            {
                "id": f"example-{other}-{example.year}",
                **one,
                "where": {"area_id": other, "period": str(example.year)},
                "from": f"{right[other]}",
                "to": f"{round(right[other] + 0.1, 3)}",
                "reason": "示例（虚构）：与台账不符，待核",
                "said_by": "示例（虚构）：省农业农村厅",
                "date": told,
                "status": "proposed",
            },
        ]
    }


def _irrigated(example: Example) -> dict[str, float]:
    """New efficient irrigation by county as it really was [万亩]."""
    chance = example.chance("irrigation")
    counties = [c.id for c in example.counties()]
    weights = [0.0 if c in _DISTRICTS else chance.lognormvariate(0, 0.8) for c in counties]
    return {c: round(IRRIGATION_WAN_MU * w / sum(weights), 3) for c, w in zip(counties, weights, strict=True)}


def write_farm_works(example: Example) -> Path:
    """The large farms with what became of their manure works: most are completed, some are not even begun."""
    chance = example.chance("farm_works")
    counties = [c.id for c in example.counties() if c.id not in _DISTRICTS]
    homes = sorted(chance.choices(counties, k=FARMS))
    done = set(chance.sample(range(FARMS), COMPLETED))
    rows: list[Row] = []
    for number, county in enumerate(homes):
        month = chance.randint(2, 6)
        is_started = number in done or chance.random() < 0.8
        finished = f"{example.year}-{chance.randint(month + 2, 12):02d}-{chance.randint(1, 28):02d}"
        rows.append(
            {
                **place(example, county),
                "farm_name": f"{example.name(county)}示例养殖场{number + 1}号",
                "livestock": chance.choice(_LIVESTOCK),
                "stage": chance.choice(("完工", "验收")) if number in done else "开工" if is_started else "前期",
                "started_date": f"{example.year}-{month:02d}-{chance.randint(1, 28):02d}" if is_started else None,
                "completed_date": finished if number in done else None,
                "evidence_grade": chance.choices(("自报", "佐证齐全", "现场核实"), (5, 4, 1))[0],
            }
        )
    return write_table(example, "farm_works", rows)
