"""Builds the warehouse in a new file and puts it in place of the old one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics import duck
from analytics.asked import valid_in
from analytics.catalog import Catalog, catalog_digest
from analytics.catalog.corrections import corrections_digest
from analytics.catalog.models import Source
from analytics.catalog.plan import Plan
from analytics.duck import Connection
from analytics.ingest import list_snapshots
from analytics.paths import Workspace
from analytics.periods import parse_period, year_of
from analytics.pipeline import bodies, classes, compensations, flows, plants, sources, state, stations
from analytics.pipeline.annual_means import annual_means
from analytics.pipeline.city_ranking import rank_cities
from analytics.pipeline.corrections import Matched, as_rows, match_all
from analytics.pipeline.facts import Facts
from analytics.pipeline.figures import figures_of
from analytics.pipeline.intake import Examined, examine_all, loaded_files
from analytics.pipeline.lakes import lake_levels
from analytics.pipeline.left_blank import blank_readings, left_blank
from analytics.pipeline.loads import section_loads
from analytics.pipeline.quarantine import quarantine
from analytics.pipeline.receipts import record_receipts
from analytics.pipeline.sections import SectionsAssessed, assess_sections
from analytics.pipeline.settled import settled
from analytics.pipeline.waters import rate_waters
from analytics.runs import clear_leftovers, replacing, sole_writer
from analytics.warehouse import store
from analytics.warehouse.facts import (
    DOUBT,
    PLACE,
    Effective,
    effective,
    facts_of,
    is_foreign,
    readings_in_doubt,
    works_in_doubt,
)
from analytics.warehouse.queries import ask, whole_table


@dataclass(frozen=True)
class Built:
    """What a build did."""

    changed: bool
    fingerprint: str
    refused: list[Examined]


@dataclass(frozen=True)
class _Doubts:
    """What was set aside and not put right: works, readings of sections, of sources of drinking water and of sewage
    plants, and files that could not be read; `bodies` also what was measured.
    """

    works: pl.DataFrame
    readings: pl.DataFrame
    files: pl.DataFrame
    sources: sources.SourceDoubts
    bodies: bodies.Sampled
    plants: pl.DataFrame


def build(workspace: Workspace, year: int, catalog: Catalog, *, for_readings: bool = False) -> Built:
    """Bring the warehouse up to date for the year; nothing is done where nothing changed.

    The file holds every year built before as well. Readers keep the old file until they open anew; a
    build that is killed leaves it as it was. A year that no plan is about is a `UsageError`, unless only its readings
    are wanted.
    """
    if not for_readings:
        catalog.plan_for(year)
    current = state.fingerprint(workspace)
    if state.is_current(workspace, year, of=current):
        return Built(False, current, [])
    with sole_writer(workspace.lock):
        years = sorted({year, *state.years_built(workspace)})
        corrections = match_all(workspace, catalog, list_snapshots(workspace))
        examined, members = examine_all(workspace, catalog, corrections=corrections)
        clear_leftovers(workspace.warehouse)
        with replacing(workspace.warehouse) as new:
            connection = duck.build(new, search_path=workspace.root)
            try:
                _fill(
                    connection,
                    examined,
                    members,
                    corrections=corrections,
                    workspace=workspace,
                    catalog=catalog,
                    years=years,
                    fingerprint=current,
                )
            finally:
                connection.close()
        state.remember(workspace, of=current, years=years)
    return Built(True, current, [e for e in examined if e.is_refused])


def _fill(
    connection: Connection,
    examined: Sequence[Examined],
    members: pl.DataFrame,
    *,
    corrections: dict[str, list[Matched]],
    workspace: Workspace,
    catalog: Catalog,
    years: Sequence[int],
    fingerprint: str,
) -> None:
    connection.execute("BEGIN")
    store.create_tables(connection)
    store.insert(connection, "register_member", members)
    store.insert(connection, "correction", as_rows(settled(corrections, examined)))
    by_source = _effective_by_source(examined, catalog)
    for source_id, found in by_source.items():
        _load_source(connection, catalog.sources[source_id], found, catalog)
    aside = quarantine(examined, members, catalog)
    store.insert(connection, "quarantine", aside)
    _record_deliveries(connection, examined, by_source, aside, workspace)
    _create_readings(connection, examined, catalog, workspace)
    _class_stations(connection, examined, members, catalog)
    last = _last_said(examined, corrections)
    # Where nothing was ever delivered everything is over, and nobody has answered.
    as_of = last or date(max(years) + 2, 1, 1)
    doubts = _Doubts(
        _works_in_doubt(by_source, catalog),
        _readings_in_doubt(connection, by_source, catalog),
        _unread(examined, aside),
        sources.doubts(connection, by_source, catalog),
        bodies.sampled(connection, by_source, catalog),
        plants.doubts(by_source, catalog),
    )
    promised = {y for plan in catalog.plans.values() for y in plan.years}
    blank = blank_readings(by_source, members, catalog)
    figures = {
        year: _compute_year(
            connection, catalog.plan_for(year), year, as_of=as_of, doubts=doubts, blank=blank, catalog=catalog
        )
        for year in promised.intersection(years)
    }
    record_receipts(
        connection,
        examined,
        members,
        workspace=workspace,
        catalog=catalog,
        years=years,
        as_of=as_of,
        figures=figures,
    )
    facts = {
        "fingerprint": fingerprint,
        "as_of": last.isoformat() if last else "",
        "catalog": catalog_digest(workspace.catalog),
        "corrections": corrections_digest(workspace.raw),
    }
    store.insert(connection, "build_info", pl.DataFrame({"key": list(facts), "value": list(facts.values())}))
    connection.execute("COMMIT")


def _effective_by_source(examined: Sequence[Examined], catalog: Catalog) -> dict[str, Effective]:
    files = {s.id: loaded_files(examined, s) for s in catalog.sources.values()}
    return {source_id: effective(found) for source_id, found in files.items() if found}


def _load_source(connection: Connection, source: Source, found: Effective, catalog: Catalog) -> None:
    store.insert(connection, "row_left_out", found.left_out)
    store.insert(connection, "cell_left_out", found.cells_left_out)
    for table, rows in facts_of(source, found, catalog).items():
        store.insert(connection, table, rows)


def _record_deliveries(
    connection: Connection,
    examined: Sequence[Examined],
    by_source: dict[str, Effective],
    aside: pl.DataFrame,
    workspace: Workspace,
) -> None:
    gone = aside.filter(sets_aside="row", status="fixed").select(PLACE).unique()
    for e in examined:
        store.insert(connection, "delivery", pl.DataFrame([_delivery_row(e, by_source, gone, workspace)]))
        if e.result is not None:
            about = {"snapshot": pl.lit(e.snapshot.id), "source": pl.lit(e.source.id)}
            checks = e.result.checks.with_columns(**about).drop("columns", "found", "reason", "since")
            store.insert(connection, "check_result", checks)
        if e.result is not None and e.staged is not None:
            store.insert(connection, "broken_rule", _broken_rows(e))


def _delivery_row(
    e: Examined, by_source: dict[str, Effective], gone: pl.DataFrame, workspace: Workspace
) -> dict[str, object]:
    """The delivery with its counts; rows of nobody that went with their file (`gone`) are superseded as others are."""
    said = e.snapshot.delivery
    found = by_source.get(e.source.id)
    mine = pl.col("snapshot") == e.snapshot.id
    left_out = found.left_out.filter(mine) if found else gone.clear().with_columns(reason=pl.lit(""))
    aside = left_out.filter(reason="set_aside")
    still_aside = aside.join(gone, on=PLACE, how="anti").height
    cells = found.cells_left_out.filter(mine, reason="set_aside").height if found else 0
    return {
        "snapshot": e.snapshot.id,
        "source": e.source.id,
        "file": e.snapshot.path.name,
        "path": workspace.relative(e.snapshot.path),
        "sha256": e.snapshot.sha256,
        "received": said.received,
        "department": said.department,
        "area_id": said.area,
        "period": said.period,
        "is_invented": said.invented,
        "outcome": "refused" if e.is_refused else "loaded",
        "reason": e.reason,
        "reason_zh": e.reason_zh,
        "is_put_right": e.is_put_right,
        "rows_delivered": e.staged.rows if e.staged else 0,
        "rows_repeated": e.staged.repeats if e.staged else 0,
        "rows_blank": e.staged.blanks if e.staged else 0,
        "rows_superseded": left_out.filter(reason="superseded").height + aside.height - still_aside,
        "rows_set_aside": still_aside,
        "cells_set_aside": cells,
        "staged": workspace.relative(e.staged.path) if e.staged else "",
    }


def _broken_rows(e: Examined) -> pl.DataFrame:
    """Broken rules with whom the row is about, as far as the row itself says."""
    if e.result is None or e.staged is None:
        raise ValueError(e.snapshot.id)
    place = ["snapshot", "sheet", "row"]
    staged = pl.scan_parquet(e.staged.path)
    known = [c for c in ("entity_id", "area_id", "period_start") if c in staged.collect_schema()]
    about = staged.select(*place, *known, is_foreign=is_foreign(staged)).collect()
    broken = e.result.broken
    if e.is_refused:
        broken = pl.concat([broken, _all_rows_refused(about.select(place), e)], how="diagonal")
    return broken.join(about, on=place, how="left").with_columns(
        source=pl.lit(e.source.id),
        sets_aside=pl.col("severity") == "critical",
        is_foreign=pl.col("is_foreign").fill_null(False),
    )


def _all_rows_refused(rows: pl.DataFrame, e: Examined) -> pl.DataFrame:
    """Of a refused file every row is set aside, also the good ones: who sent it has delivered, and nothing counts."""
    return rows.with_columns(
        check=pl.lit("file_refused"),
        severity=pl.lit("critical"),
        expected_zh=pl.lit(e.reason_zh),
        expected_en=pl.lit(e.reason),
    )


def _create_readings(
    connection: Connection,
    examined: Sequence[Examined],
    catalog: Catalog,
    workspace: Workspace,
) -> None:
    staged = [
        (source, [workspace.relative(f.staged) for f in loaded_files(examined, source)])
        for source in catalog.sources.values()
        if source.readings
    ]
    store.create_reading_views(connection, staged)


def _class_stations(
    connection: Connection,
    examined: Sequence[Examined],
    members: pl.DataFrame,
    catalog: Catalog,
) -> None:
    """Only where stations delivered: their rows carry a published class to hold ours against."""
    for source in catalog.sources.values():
        files = loaded_files(examined, source)
        if files and any(c.field == "official_class" for c in source.columns):
            known = members.filter(pl.col("register") == "stations")
            left_out, cells = (whole_table(connection, name) for name in ("row_left_out", "cell_left_out"))
            found = stations.station_classes(
                [f.staged for f in files], known, catalog, left_out=left_out, cells_left_out=cells
            )
            store.insert(connection, "station_class", found)


def _works_in_doubt(by_source: dict[str, Effective], catalog: Catalog) -> pl.DataFrame:
    doubts = [
        works_in_doubt(catalog.sources[source], found, catalog)
        for source, found in by_source.items()
        if catalog.sources[source].undertaking
    ]
    return pl.concat(doubts) if doubts else pl.DataFrame(schema=DOUBT)


def _readings_in_doubt(connection: Connection, by_source: dict[str, Effective], catalog: Catalog) -> pl.DataFrame:
    """Doubts about the readings of sections, also of files refused as a whole."""
    found = [pl.DataFrame(schema={"entity_id": pl.String, "month": pl.Date, "parameter": pl.String})]
    for source in catalog.sources.values():
        if source.readings is None or source.entity is None or source.entity.register_name != "sections":
            continue
        if source.id in by_source:
            found.append(readings_in_doubt(source, by_source[source.id]))
        refused = ask(connection, "rows_refused", source=source.id, item="sampling_state")
        found.append(refused.rename({"period_start": "month"}).with_columns(parameter=pl.lit(None, pl.String)))
    return pl.concat(found)


def _unread(examined: Sequence[Examined], aside: pl.DataFrame) -> pl.DataFrame:
    """Files that could not be read at all, and that no later file has put right; `aside` is the quarantine."""
    still = set(aside.filter(sets_aside="file", status="open")["snapshot"])
    unread = [e.snapshot for e in examined if e.staged is None and e.snapshot.id in still]
    rows = [{"source": u.source, "area_id": u.delivery.area, "period": u.delivery.period} for u in unread]
    return pl.DataFrame(rows, schema={"source": pl.String, "area_id": pl.String, "period": pl.String})


def _last_said(examined: Sequence[Examined], corrections: Mapping[str, Sequence[Matched]]) -> date | None:
    """The day up to which people have said something that counts: a delivery, or a correction of one."""
    received = [e.snapshot.delivery.received for e in examined]
    applied = [m.entered.correction.said_on for found in corrections.values() for m in found if m.outcome == "applied"]
    return max([*received, *applied]) if received else None


def _compute_year(
    connection: Connection,
    plan: Plan,
    year: int,
    *,
    as_of: date,
    doubts: _Doubts,
    blank: pl.DataFrame,
    catalog: Catalog,
) -> pl.DataFrame:
    """Fill the tables of figures of a year; returns their members."""
    facts = _facts(connection, plan, year, as_of=as_of, doubts=doubts, catalog=catalog)
    figures = figures_of(plan, year, facts, catalog)
    store.insert(connection, "indicator_value", figures.values)
    store.insert(connection, "figure_member", figures.members)
    store.insert(connection, "lineage", figures.lineage)
    store.insert(connection, "clause_verdict", figures.joint)
    store.insert(
        connection, "cell_left_blank", left_blank(figures.members, facts, blank, plan=plan, year=year, catalog=catalog)
    )
    return figures.members


def _facts(connection: Connection, plan: Plan, year: int, *, as_of: date, doubts: _Doubts, catalog: Catalog) -> Facts:
    registers = ask(connection, "register_members")
    states = whole_table(connection, "fact_state")
    entries = registers.filter((pl.col("register") == "sections") & valid_in(year_of(year)))
    sections = entries.filter(~pl.col("is_set_aside"))
    assessed = assess_sections(connection, sections, doubts.readings, plan=plan, year=year, catalog=catalog)
    _store_sections(connection, assessed, entries, doubts.readings, plan=plan, year=year, catalog=catalog)
    broken = ask(connection, "broken_rules")
    compensations.keep(connection, compensations.compensate(assessed, entries, broken, year=year, catalog=catalog))
    received = ask(connection, "deliveries").select("snapshot", "received")
    told_states = _up_to_the_day(states.join(received, on="snapshot"), "value_code")
    amounts = _up_to_the_day(whole_table(connection, "fact_amount").join(received, on="snapshot"), "value")
    told_states = sources.believed(told_states, amounts)
    drinking = sources.assess(connection, doubts.sources, told_states, plan=plan, year=year, catalog=catalog)
    sources.keep(connection, drinking)
    sewage = plants.assess(connection, doubts.plants, amounts, plan=plan, year=year, as_of=as_of, catalog=catalog)
    plants.keep(connection, sewage)
    flowing = flows.assess(connection, plan=plan, year=year, catalog=catalog)
    flows.keep(connection, flowing)
    told_states = bodies.from_the_day(told_states, doubts.bodies)
    graded = bodies.grade(connection, doubts.bodies, year=year, as_of=as_of, catalog=catalog)
    bodies.keep(connection, graded)
    return Facts(
        registers=registers,
        amounts=pl.concat([amounts, sewage.amounts, flowing.amounts], how="diagonal_relaxed"),
        states=pl.concat([told_states, drinking.states, sewage.states, graded.states], how="diagonal_relaxed"),
        undertakings=_up_to_the_day(ask(connection, "undertakings_received"), "stage"),
        works_in_doubt=doubts.works,
        set_aside=broken.filter("sets_aside", ~pl.col("is_foreign")),
        section_years=assessed.years,
        sections_arrived=ask(connection, "sections_arrived", year=year),
        source_occasions=drinking.occasions,
        plant_months=sewage.months,
        bounds=flowing.bounds,
        readings_behind=flowing.readings_behind,
        why_open=pl.concat([flowing.why_open, bodies.why_open(graded, told_states, year=year)]),
        body_samplings=graded.samplings,
        refused=doubts.files,
        covered=_covered(connection, catalog),
        as_of=as_of,
    )


def _up_to_the_day(rows: pl.DataFrame, said: str) -> pl.DataFrame:
    """Facts as they were told: nobody can tell of days after their file was received, nor of a time that lay ahead."""
    lies_ahead = pl.col("period_start") > pl.col("received")
    return rows.with_columns(
        pl.when(~lies_ahead).then(said).alias(said),
        period_end=pl.when(lies_ahead).then("period_end").otherwise(pl.min_horizontal("period_end", "received")),
    )


def _covered(connection: Connection, catalog: Catalog) -> pl.DataFrame:
    """Areas whose works were told in full: by a file that is said to be of the whole area."""
    deliveries = ask(connection, "deliveries").filter((pl.col("outcome") == "loaded") & (pl.col("area_id") != ""))
    items = {s.id: s.undertaking.item for s in catalog.sources.values() if s.undertaking}
    rows: list[dict[str, object]] = []
    for source, area, period, received in deliveries.select("source", "area_id", "period", "received").iter_rows():
        if source in items and period:
            told = parse_period(period)
            span = {"period_start": told.start, "period_end": told.end}
            rows.append({"item": items[source], "area_id": area, **span, "received": received})
    text, days = dict.fromkeys(("item", "area_id"), pl.String), ("period_start", "period_end", "received")
    return pl.DataFrame(rows, schema={**text, **dict.fromkeys(days, pl.Date)})


def _store_sections(
    connection: Connection,
    assessed: SectionsAssessed,
    entries: pl.DataFrame,
    doubts: pl.DataFrame,
    *,
    plan: Plan,
    year: int,
    catalog: Catalog,
) -> None:
    """The tables of sections and of what they lie in, classes by their names; `entries` those set aside among them."""
    sections, aside = (entries.filter(is_there) for is_there in (~pl.col("is_set_aside"), pl.col("is_set_aside")))
    rated = rate_waters(assessed, sections, aside, plan=plan, catalog=catalog)
    told = pl.concat(ask(connection, "sampling_of_year", year=y) for y in (year - 1, year))
    annual = annual_means(assessed.monthly, told, doubts, catalog)
    cities = rank_cities(assessed, entries, annual, year=year, catalog=catalog)
    tables = {
        "section_year": assessed.years,
        "section_period": rated.sections,
        "section_item": assessed.items,
        "water_rating": rated.waters,
        "city_index": cities,
        "lake_trophic": lake_levels(assessed, entries, annual, plan=plan, catalog=catalog),
        "section_load": section_loads(connection, sections, year=year, catalog=catalog),
    }
    for table, rows in tables.items():
        numbers = [c for c in rows.columns if c.startswith(("class_", "item_")) or c in ("water_class", "target")]
        named = rows.with_columns(*(classes.named(c, catalog).alias(c) for c in numbers), year=pl.lit(year))
        store.insert(connection, table, named)
