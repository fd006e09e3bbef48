"""Compensation across boundaries for readers: what each city and county would pay and earn by a scheme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.catalog import Catalog
from analytics.present import numbers
from analytics.present.tables import Cell, Table, aligned, or_one, toned
from analytics.present.words import either


def table(totals: pl.DataFrame, catalog: Catalog, lang: str) -> Table:
    """The sums of a year by scheme and area, each with what bounds it where entries are open.

    Parameters
    ----------
    totals
        As the named query compensation_of_year gives them.
    """
    order = {"province": 0, "city": 1, "county": 2}
    told = sorted(totals.to_dicts(), key=lambda r: (r["scheme"], order[r["scope_kind"]], r["scope_id"]))
    schemes = [row["scheme"] for row in told]
    rows: list[list[Cell]] = [
        _row(row, catalog, lang, is_first=schemes[:n].count(row["scheme"]) == 0) for n, row in enumerate(told)
    ]
    columns = aligned(
        either(
            lang,
            "办法|地区|应扣缴（万元）|应奖励（万元）|奖励减扣缴（万元）|待定项|断流",
            "Scheme|Area|Deducted (10,000 yuan)|Rewarded (10,000 yuan)|Rewards less deductions (10,000 yuan)|Open|Dry",
        ),
        "llrrrrr",
        (2.2, 1.0, 1.3, 1.3, 1.4, 0.6, 0.6),
    )
    note = either(
        lang,
        "由本工具按所列办法和断面逐月结果测算，不是财政扣缴通知。断面责任地区以名录为准；目标值取断面水质目标的类别限值。"
        "待定项为未监测、暂不采用、断面有入境河流（其奖励办法未见公开）或所在档的金额未见公开的断面·月，按上下限列出；"
        "名录条目暂不采用的断面，可能由其责任的各地均列为待定。" + _certainty(totals, catalog, lang),
        "Computed by this toolkit from the monthly results by the scheme named; it is no notice of the treasury. Who "
        "answers for a section stands in the register; targets are the limits of its own target class. Open are the "
        "months of sections that were not measured, were set aside, have a river flowing in (whose rewards are not "
        "known) or lie in a band of unknown amount: they bound the sums. A section whose entry in the register was set "
        "aside is open for everybody who may answer for it. " + _certainty(totals, catalog, lang),
    )
    title = either(lang, "跨界断面生态补偿测算", "Compensation by sections across boundaries, as computed")
    nothing = either(lang, "名录没有注明补偿责任地区", "The register names nobody who answers for a section")
    return Table(title, columns, or_one(rows, nothing, len(columns)), note)


def _row(row: Mapping[str, Any], catalog: Catalog, lang: str, *, is_first: bool) -> list[Cell]:
    """One area; the scheme is named on its first row."""
    area = catalog.areas[row["scope_id"]].name.in_language(lang)
    tone = "strong" if row["scope_kind"] != "county" else ""
    return [
        catalog.compensations[row["scheme"]].title.in_language(lang) if is_first else "",
        toned(area, tone),
        *(toned(_sum(row, name, lang), tone) for name in ("deductions", "rewards", "net")),
        str(row["open"]),
        str(row["dry"]),
    ]


def _sum(row: Mapping[str, Any], name: str, lang: str) -> str:
    """A sum, or what bounds it on one side or both."""
    if row[name] is not None:
        return numbers.print_value(row[name], decimals=0)
    low, high = (
        None if end is None else numbers.print_bound(end, decimals=0, is_low=is_low)
        for end, is_low in ((row[f"{name}_low"], True), (row[f"{name}_high"], False))
    )
    if low is None or high is None:
        return f"≥ {low}" if low else f"≤ {high}" if high else either(lang, "未定", "open")
    return either(lang, "～", " to ").join((low, high))


def _certainty(totals: pl.DataFrame, catalog: Catalog, lang: str) -> str:
    """What is set where the schemes are silent."""
    used = totals["scheme"].unique().sort().to_list()
    return either(lang, "；", " ").join(catalog.compensations[scheme].reason.in_language(lang) for scheme in used)
