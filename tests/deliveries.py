"""Small hand-made deliveries for tests: every figure's answer can be worked out in the head."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from analytics.catalog import Catalog
from analytics.ingest import Delivery
from analytics.paths import Workspace
from analytics.pipeline import build, receive
from analytics.warehouse.queries import ask, open_warehouse

JANUARY = date(2022, 1, 10)
SECTION_HEAD = "断面编码,断面名称,监测月份,采样情况,pH(无量纲),溶解氧(mg/L),高锰酸盐指数(mg/L),氨氮(mg/L),总磷(mg/L)"
SECTIONS = """断面编码,断面名称,市,县（市、区）,流域,河流,水体类型,水质目标,评价项目
S1,甲断面,太原市,清徐县,黄河流域,汾河,河流,Ⅲ,5项
S2,乙断面,太原市,阳曲县,黄河流域,汾河,河流,Ⅲ,5项
S3,丙断面,大同市,阳高县,海河流域,桑干河,河流,Ⅳ,5项
"""
TOWNS = """建制镇代码,建制镇名称,市,县（市、区）
140121101,甲镇,太原市,清徐县
140121102,乙镇,太原市,清徐县
140122101,丙镇,太原市,阳曲县
140221101,丁镇,大同市,阳高县
"""
MANURE_HEAD = "市,县（市、区）,粪污产生量（吨）,综合利用量（吨）"
ZONE_HEAD = "市,县（市、区）,开发区名称,污水处理厂名称,建设阶段,完工日期,佐证等级"


def promising(catalog: Catalog, codes: Collection[str]) -> Catalog:
    """The catalog with plans that promise these figures alone: a hundred others take seconds of every build."""
    plans = {}
    for plan in catalog.plans.values():
        kept = [[t for t in clause.targets if t.code in codes] for clause in plan.clauses]
        clauses = [c.model_copy(update={"targets": t}) for c, t in zip(plan.clauses, kept, strict=True)]
        plans[plan.id] = plan.model_copy(update={"clauses": clauses})
    return replace(catalog, plans=plans)


@dataclass
class Desk:
    """A workspace with someone who hands in files."""

    workspace: Workspace
    catalog: Catalog
    inbox: Path

    def hand_in(self, source: str, text: str, *, period: str = "2021", received: date = JANUARY, **said):
        """Receive a CSV file of that text; returns what the gate found."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        file = self.inbox / f"{source}-{len(list(self.inbox.iterdir()))}.csv"
        file.write_text(text, encoding="utf-8")
        registers = self.catalog.sources[source].becomes == "register"
        return self.hand_in_file(source, file, period="" if registers else period, received=received, **said)

    def hand_in_file(self, source: str, file: Path, *, period: str, received: date = JANUARY, **said):
        """Receive a file that lies somewhere; returns what the gate found."""
        delivery = Delivery(source, received, period=period, **said)
        found, _ = receive(self.workspace, file, delivery, self.catalog)
        return found

    def values(self, year: int = 2021) -> pl.DataFrame:
        """All figures of the year, built from what was handed in."""
        build(self.workspace, year, self.catalog)
        return self.asked("values_of_year", year=year)

    def asked(self, question, **parameters):
        """The answer to a named query on the warehouse as it stands."""
        with open_warehouse(self.workspace) as connection:
            return ask(connection, question, **parameters)

    def value(self, code: str, scope: str = "140000") -> dict[str, object]:
        """One figure at one scope."""
        rows = self.values().filter((pl.col("code") == code) & (pl.col("scope_id") == scope))
        return rows.row(0, named=True)


def months(section: str, *, ammonia: str = "0.4", first: int = 1, last: int = 12, **cells: str) -> str:
    """Rows of a section with the same clean water every month; `cells` replaces a month's ammonia: m3="9"."""
    rows = []
    for month in range(first, last + 1):
        value = cells.get(f"m{month}", ammonia)
        rows.append(f"{section},某断面,{month},正常,7.8,8.0,3.0,{value},0.08\n")
    return "".join(rows)
