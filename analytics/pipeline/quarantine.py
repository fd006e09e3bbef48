"""What is set aside, with every rule it broke, and what of it a later file has put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analytics.catalog import Catalog
from analytics.ingest import Snapshot
from analytics.paths import Workspace
from analytics.pipeline.covered import covered, members_of
from analytics.pipeline.foreign_rows import foreign_rows, left_out_since
from analytics.pipeline.intake import Examined, examine_form, put_right_files, registers_of
from analytics.pipeline.readable_files import staged_files
from analytics.pipeline.told_anew import SCHEMA, Answers, is_of_sender, may_be_of_sender, said
from analytics.present.lists import column_label, found_in_words
from analytics.quality import gate, wording
from analytics.warehouse.facts import PLACE, LoadedFile, business_key, counting_rows

# A finding of a file, before anybody has looked whether a later file puts it right.
_FOUND = ("snapshot", "sheet", "row", "field", "found", "expected_zh", "expected_en", "severity", "rule", "sets_aside")


def quarantine(examined: Sequence[Examined], members: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Every row and reading that is set aside, and every file refused, once for each rule it broke.

    `sets_aside` says what is set aside: `row`, `reading` or `file`. `status` is `open`; `fixed` where the later file
    named beside tells the same row or reading rightly; `still wrong` where it tells it, and it is set aside again:
    then that place has lines of its own. `key` says in the sender's words whom the row is about. A file's line has
    no sheet and no row. `area_id` is that of the row; of one about an area outside that of its delivery it is that of
    the delivery, whose sender has to leave it out.

    Parameters
    ----------
    examined
        Every file to look at, registers too, in the order received.
    members
        The members of all registers (`asked_of`).
    """
    by_source: dict[str, list[Examined]] = {}
    for one in examined:
        by_source.setdefault(one.source.id, []).append(one)
    parts = [_of_source(files, members, catalog) for files in by_source.values()]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *parts])


def _of_source(files: Sequence[Examined], members: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    found = [_findings(e) for e in files]
    findings = pl.concat(found)
    if findings.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    own = members_of(files[0].source, members)
    foreign = foreign_rows(files).with_columns(is_foreign=pl.lit(True))
    answered = _with_left_out(Answers(files, findings, members, catalog).all(), findings, files, catalog)
    places = own.select("entity_id", own="area_id").drop_nulls().unique("entity_id")
    texts = [said(e, catalog) for e, mine in zip(files, found, strict=True) if mine.height]
    rows = pl.concat(texts)
    about = pl.DataFrame([_about(e) for e in files], schema_overrides={"received": pl.Date})
    later = about.select(later_snapshot="snapshot", later_file="file")
    derived = {name: label.zh for name, label in wording.DERIVED.items()}
    labels = {name: derived.get(name) or column_label(name, catalog, "zh") for name in findings["field"].unique()}
    return (
        findings.join(answered, on=[*PLACE, "field"], how="left", nulls_equal=True, maintain_order="left")
        .join(rows, on=list(PLACE), how="left", nulls_equal=True, maintain_order="left")
        .join(about, on="snapshot", how="left", maintain_order="left")
        .join(later, on="later_snapshot", how="left", maintain_order="left")
        .join(places, on="entity_id", how="left", maintain_order="left")
        .join(foreign, on=list(PLACE), how="left", maintain_order="left")
        .with_columns(
            status=pl.col("status").fill_null("open"),
            key=pl.col("key").fill_null(""),
            column=pl.when(pl.col("sets_aside") == "file")
            .then(pl.lit("整份文件"))
            .otherwise(pl.col("field").replace_strict(labels, return_dtype=pl.String)),
            found=_in_words(findings, catalog),
            area_id=pl.coalesce(_unless("is_foreign", "area_id"), pl.col("of_area").replace("", None), "own"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
    )


def _unless(said: str, name: str) -> pl.Expr:
    return pl.when(pl.col(said).is_null()).then(name)


def _with_left_out(
    answered: pl.DataFrame, findings: pl.DataFrame, files: Sequence[Examined], catalog: Catalog
) -> pl.DataFrame:
    """The answers of later files, with those on rows that their sender had only to leave out."""
    places = findings.select(*PLACE, "field").unique(maintain_order=True)
    left_out = places.join(left_out_since(files, catalog), on=list(PLACE), maintain_order="left")
    keys = [*PLACE, "field"]
    more = left_out.join(answered, on=keys, how="anti", nulls_equal=True).select(answered.columns)
    return pl.concat([answered, more])


def _in_words(findings: pl.DataFrame, catalog: Catalog) -> pl.Series:
    """What was found; of several columns each by its name."""
    texts = [
        found_in_words(text, field, {}, catalog, "zh") if text and "=" in text else text
        for text, field in findings.select("found", "field").iter_rows()
    ]
    return pl.Series("found", texts, dtype=pl.String)


def _about(e: Examined) -> dict[str, object]:
    said = e.snapshot.delivery
    return {
        "snapshot": e.snapshot.id,
        "source": e.source.id,
        "file": e.snapshot.path.name,
        "department": said.department,
        "received": said.received,
        "period": said.period,
        "of_area": said.area,
    }


@dataclass(frozen=True)
class Corrected:
    """What a file is the first to put right of earlier ones of its form, in rows and readings, and what it leaves."""

    fixed: int
    still_wrong: int
    still_open: pl.DataFrame


def corrected(workspace: Workspace, found: Examined, catalog: Catalog) -> Corrected:
    """What of earlier files a registered file puts right; of those that it tells anything of anew.

    `still_open` has the lines of the quarantine of these files that nobody has told anew, as far as the file covers
    their time and area, and its sender may be told of them: of files of its own, or of the area that it is said to be
    of.
    """
    mine = found.snapshot
    nothing = Corrected(0, 0, pl.DataFrame(schema=SCHEMA))
    put_right = put_right_files(workspace, found.source, catalog)
    known = (file for _, file in staged_files(workspace, found.source, catalog, put_right=put_right, refused=True))
    before = [f for f in known if f.snapshot != mine.id]
    anew = _touched(before, found) if found.staged is not None and not found.is_refused else set()
    files = [e for e in examine_form(workspace, catalog, found.source) if e.snapshot.order <= mine.order]
    touched = anew | {e.snapshot.id for e in files if e.is_refused and may_be_of_sender(mine, e.snapshot, catalog)}
    if not touched:
        return nothing
    members = registers_of(workspace, catalog)
    whole = quarantine(files, members, catalog)
    lines = whole.filter(pl.col("snapshot").is_in(touched))
    told = lines.filter(pl.col("later_snapshot") == mine.id)
    fixed = told.filter(status="fixed")
    if not fixed.is_empty():  # what another file had put right before is not this one's merit
        others = quarantine([e for e in files if e.snapshot.id != mine.id], members, catalog).filter(status="fixed")
        fixed = fixed.join(others, on=[*PLACE, "field", "rule"], how="anti", nulls_equal=True)
    return Corrected(
        things(fixed),
        things(told.filter(pl.col("status") == "still wrong")),
        covered(lines.filter(_may_be_told(mine, files, anew, catalog), status="open"), found, members, catalog),
    )


def _may_be_told(mine: Snapshot, files: Sequence[Examined], anew: set[str], catalog: Catalog) -> pl.Expr:
    """Which lines the sender of a file may be told of."""
    own = [e.snapshot.id for e in files if is_of_sender(mine, e.snapshot, catalog, tells_anew=e.snapshot.id in anew)]
    said = mine.delivery.area
    inside = [a for a in catalog.areas if catalog.lies_in(a, said)] if said else []
    return pl.col("snapshot").is_in(own) | pl.col("area_id").is_in(inside)


def _touched(before: Sequence[LoadedFile], found: Examined) -> set[str]:
    """The earlier files that tell of a key which the file tells too."""
    if not before or found.staged is None:
        return set()
    key = business_key(found.source)
    mine = counting_rows(LoadedFile(found.snapshot.id, found.source, found.staged.path, 0, pl.DataFrame()))
    theirs = pl.concat([counting_rows(f) for f in before], how="diagonal_relaxed")
    return set(theirs.join(mine, on=key, how="semi").select("snapshot").unique().collect()["snapshot"])


def files_put_right(examined: Sequence[Examined], members: pl.DataFrame, catalog: Catalog) -> dict[str, str]:
    """The refused files in whose place others were taken: by snapshot the name of the last of these.

    `examined` are all files of their forms, in the order received.
    """
    forms = {e.source.id for e in examined if e.is_refused}
    lines = quarantine([e for e in examined if e.source.id in forms], members, catalog)
    fixed = lines.filter(sets_aside="file", status="fixed")
    return dict(fixed.select("snapshot", "later_file").unique("snapshot").iter_rows())


def things(lines: pl.DataFrame) -> int:
    """How many rows, readings and files the lines of the quarantine are about."""
    field = pl.when(pl.col("sets_aside") == "reading").then("field")
    return lines.select(*PLACE, field).unique().height


# What is wrong


def _findings(e: Examined) -> pl.DataFrame:
    """A row for each rule that a row, a reading or the file broke, of those that are set aside."""
    parts = [pl.DataFrame(schema={name: SCHEMA[name] for name in _FOUND})]
    if e.result is not None:
        broken = e.result.broken.rename({"column": "field", "check": "rule"})
        rows = gate.rows_set_aside(e.result.broken, e.source)
        readings = gate.readings_set_aside(e.result.broken, e.source).rename({"column": "field"})
        whole = broken.join(rows, on=PLACE, how="semi", maintain_order="left")
        single = broken.join(rows, on=PLACE, how="anti", maintain_order="left").join(
            readings, on=[*PLACE, "field"], how="semi", maintain_order="left"
        )
        parts += [whole.with_columns(sets_aside=pl.lit("row")), single.with_columns(sets_aside=pl.lit("reading"))]
    if e.is_refused:
        parts.append(_refusals(e))
    return pl.concat(parts, how="diagonal_relaxed").select(pl.col(name).cast(SCHEMA[name]) for name in _FOUND)


def _refusals(e: Examined) -> pl.DataFrame:
    """A row for each reason why the file was refused as a whole."""
    reasons = gate.reasons(e.result) if e.result is not None else []
    told = [(r["check"], r["problem"] or r["found"] or "", r["message_zh"], r["message_en"]) for r in reasons]
    rule = "file_unreadable" if e.staged is None else "file_refused"
    return pl.DataFrame(
        [
            {
                "snapshot": e.snapshot.id,
                "sheet": "",
                "found": found,
                "expected_zh": zh,
                "expected_en": en,
                "severity": "critical",
                "rule": name,
                "sets_aside": "file",
            }
            for name, found, zh, en in told or [(rule, "", e.reason_zh, e.reason)]
        ]
    )
