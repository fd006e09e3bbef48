"""Facts written as text tables, for worked examples: small enough that a reader can do the answer in the head.

A row may stand for many: one of `every other county` (or city) for each that the table does not name with the same item
and period, one with `times` for so many works of that name, numbered.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from math import isclose

import polars as pl

from analytics.catalog import Catalog
from analytics.catalog.models import DATED_STAGES
from analytics.catalog.worked import Answer, WorkedExample, rows_of
from analytics.errors import CatalogError
from analytics.periods import parse_period
from analytics.pipeline import flows
from analytics.pipeline.facts import Facts
from analytics.pipeline.figures import Figures, figures_of
from analytics.warehouse.facts import area_registers

_SOURCE = {"snapshot": pl.lit("worked"), "sheet": pl.lit(""), "row": pl.lit(1, pl.Int32)}
_COMPARED = ("value", "low", "high", "used", "expected", "target", "verdict", "is_breach")
_EVERY_OTHER = {"every other county": "county", "every other city": "city"}
_SPAN = {"period_start": pl.Date, "period_end": pl.Date}
_AMOUNT = {
    **dict.fromkeys(("item", "area_id", "entity_id", "breakdown"), pl.String),
    **_SPAN,
    "value": pl.Float64,
}
_STATE = {**dict.fromkeys(("item", "entity_id", "area_id", "value_code", "value_text"), pl.String), **_SPAN}
_WORK = {
    **dict.fromkeys(("item", "entity_id", "name", "area_id", "stage", "evidence_grade", "attributes"), pl.String),
    **{f"{stage}_on": pl.Date for stage in DATED_STAGES},
    "received": pl.Date,
    **_SPAN,
}
_SAMPLED = {"entity_id": pl.String, "taken_on": pl.Date, "snapshot": pl.String}
_DOUBT = {"item": pl.String, "area_id": pl.String, "name": pl.String, "period_start": pl.Date}
_COVERED = {"item": pl.String, **_SPAN, "area_id": pl.String, "received": pl.Date}
_PLANT_MONTH = {**dict.fromkeys(("entity_id", "city", "method", "snapshot"), pl.String), "month": pl.Date}
_ASIDE = {**dict.fromkeys(("source", "entity_id", "area_id"), pl.String), **_SPAN}
_CLASS = {"water_class": pl.Int8, "class_best": pl.Int8, "class_worst": pl.Int8}


def answer(example: WorkedExample, catalog: Catalog, *, every: bool = False) -> Figures:
    """The figures that the example tells of (with `every`: of its whole plan), from its facts and parameters alone."""
    plan = catalog.plans[example.plan]
    joint = [code for j in plan.joint if j.id in example.joint for code in j.codes]
    told = {*(answer.code for answer in example.answers), *joint}
    alone = replace(catalog, given={plan.id: example.parameters} if example.parameters else {})
    return figures_of(plan, example.year, facts_of_example(example, catalog), alone, None if every else told)


def try_examples(names: Collection[str], catalog: Catalog) -> None:
    """Raise `CatalogError` at the first example whose facts do not make its answers, or cannot be read."""
    for name in sorted(names):
        example = catalog.worked[name]
        try:
            told = differences(example, answer(example, catalog), catalog)
        except (ValueError, KeyError, ArithmeticError) as error:  # a cell that is no number, a day that there is not
            told = [str(error).split("\n")[0]]
        if told:
            raise CatalogError(
                "A worked example is not what its facts make.",
                where=f"worked example {name}",
                found="; ".join(told),
                next_step="Mend its facts or its answers.",
            )


def differences(example: WorkedExample, found: Figures, catalog: Catalog) -> list[str]:
    """What the example says otherwise than was found."""
    area = catalog.plans[example.plan].area
    told = [difference for a in example.answers for difference in _of_answer(a, found.values, area)]
    return told + [
        difference for name, verdict in example.joint.items() for difference in _of_joint(name, verdict, found)
    ]


def _of_answer(wanted: Answer, values: pl.DataFrame, area: str) -> list[str]:
    scope = wanted.scope or area
    about = f"{wanted.code} of {scope}" + (f" ({wanted.stratum})" if wanted.stratum else "")
    of_scope = values.filter(code=wanted.code, scope_id=scope)
    rows = of_scope.filter(pl.col("stratum").eq_missing(wanted.stratum)).to_dicts()
    if len(rows) != 1:
        strata = of_scope["stratum"].to_list()
        return [f"{about}: {len(rows)} rows, not one; those of the scope have the strata {strata}"]
    row, expected = rows[0], wanted.model_dump(include=set(_COMPARED), exclude_unset=True)
    return [
        f"{about}: {name} is {row[name]!r}, not {value!r}"
        for name, value in expected.items()
        if not _is_the_same(row[name], value)
    ]


def _is_the_same(found: object, value: object) -> bool:
    """Equal, numbers up to the noise of their last bits."""
    if isinstance(value, float) and isinstance(found, float):
        return isclose(found, value, rel_tol=1e-6, abs_tol=1e-12)
    return found == value


def _of_joint(codes: str, verdict: str, found: Figures) -> list[str]:
    rows = found.joint.filter(pl.col("codes").list.join("+") == codes)
    if rows.height != 1:
        return [f"joint {codes}: {rows.height} rows, not one"]
    return [] if rows["verdict"][0] == verdict else [f"joint {codes}: is {rows['verdict'][0]}, not {verdict}"]


def facts_of_example(example: WorkedExample, catalog: Catalog) -> Facts:
    """The facts of the example as the warehouse would hold them."""

    def rows(text: str) -> list[dict[str, str]]:
        return _rows(text, example, catalog)

    sections = _sections(rows(example.sections))
    return Facts(
        registers=_registers(rows(example.registers), catalog),
        amounts=_frame([_amount(row, example) for row in rows(example.amounts)], _AMOUNT).with_columns(**_SOURCE),
        states=_frame([_state(row, example) for row in rows(example.states)], _STATE).with_columns(**_SOURCE),
        undertakings=_frame([_work(row, example) for row in rows(example.works)], _WORK).with_columns(**_SOURCE),
        works_in_doubt=_frame(_dated(rows(example.works_in_doubt), example), _DOUBT),
        set_aside=_frame(_dated(rows(example.set_aside), example), _ASIDE),
        section_years=sections,
        sections_arrived=sections.select(
            "entity_id", snapshot=pl.lit("worked"), rows_used=pl.lit(12, pl.Int64), was_set_aside=pl.lit(False)
        ),
        source_occasions=pl.DataFrame(schema=_SAMPLED),
        body_samplings=pl.DataFrame(schema=_SAMPLED),
        plant_months=pl.DataFrame(schema=_PLANT_MONTH),
        **flows.NOTHING,
        refused=pl.DataFrame(schema={"source": pl.String, "area_id": pl.String, "period": pl.String}),
        covered=_frame(
            [{"received": example.as_of, **row} for row in _dated(rows(example.covered), example)], _COVERED
        ),
        as_of=example.as_of,
    )


def _rows(text: str, example: WorkedExample, catalog: Catalog) -> list[dict[str, str]]:
    """The rows of a table, each for all that it stands for."""
    rows = rows_of(text)
    named = {(row.get("item"), row.get("period"), row.get("area_id")) for row in rows}
    area = catalog.plans[example.plan].area
    found = []
    for row in rows:
        level = _EVERY_OTHER.get(row.get("area_id", ""))
        if level is not None:
            others = [a.id for a in catalog.children(area, level)]
            told = (row.get("item"), row.get("period"))
            found += [{**row, "area_id": other} for other in others if (*told, other) not in named]
        elif "times" in row:
            found += [{**row, "name": f"{row['name']}{n}"} for n in range(1, int(row["times"]) + 1)]
        else:
            found.append(row)
    return found


def _frame(rows: list[dict[str, object]], schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")


def _dated(rows: list[dict[str, str]], example: WorkedExample) -> list[dict[str, object]]:
    """The rows of a table as they stand, each with the first and last day of its period."""
    return [{**row, **_span(row, example)} for row in rows]


def _span(row: dict[str, str], example: WorkedExample) -> dict[str, object]:
    period = parse_period(row.get("period", str(example.year)))
    return {"period_start": period.start, "period_end": period.end}


def _amount(row: dict[str, str], example: WorkedExample) -> dict[str, object]:
    value = float(row["value"]) if "value" in row else None
    told = {name: row.get(name) for name in ("item", "area_id", "entity_id", "breakdown")}
    return {**told, **_span(row, example), "value": value}


def _state(row: dict[str, str], example: WorkedExample) -> dict[str, object]:
    told = {name: row.get(name) for name in ("item", "entity_id", "area_id")}
    return {**told, "value_code": row.get("code"), "value_text": row.get("code"), **_span(row, example)}


def _work(row: dict[str, str], example: WorkedExample) -> dict[str, object]:
    told = {name: row.get(name) for name in ("item", "name", "area_id", "stage")}
    days = {f"{stage}_on": _day(row.get(stage)) for stage in DATED_STAGES}
    return {
        **told,
        "entity_id": row.get("entity_id") or "/".join(filter(None, (row.get("area_id"), row.get("name")))),
        "evidence_grade": row.get("evidence"),
        "attributes": _attributes(row.get("attributes", "")),
        **days,
        "received": _day(row.get("received")) or example.as_of,
        **_span(row, example),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _attributes(text: str) -> str:
    """`river=汾河; due_on=2021-06-30` as JSON."""
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return json.dumps({key.strip(): value.strip() for key, _, value in pairs}, ensure_ascii=False)


def _registers(rows: list[dict[str, str]], catalog: Catalog) -> pl.DataFrame:
    own = [
        {
            "register": row["register"],
            "entity_id": row["entity_id"],
            "name": row.get("name", row["entity_id"]),
            "area_id": row.get("area_id"),
            "basin": row.get("basin"),
            "river": row.get("river"),
            "stratum": None,
            "valid_from": None,
            "valid_to": None,
            "attributes": _attributes(row.get("attributes", "")),
            "is_set_aside": False,
        }
        for row in rows
    ]
    built_in = area_registers(catalog)
    return pl.concat([built_in, pl.DataFrame(own, schema=dict(list(built_in.schema.items())[:11]))], how="diagonal")


def _sections(told: list[dict[str, str]]) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for row in told:
        number = int(row["class"]) if "class" in row else None
        rows.append(
            {
                "entity_id": row["entity_id"],
                "water_class": number,
                "class_best": int(row.get("best", number or 1)),
                "class_worst": int(row.get("worst", number or 6)),
                "is_dry": row.get("dry") == "yes",
            }
        )
    return _frame(rows, {"entity_id": pl.String, **_CLASS, "is_dry": pl.Boolean})
