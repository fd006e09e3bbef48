"""The checks of a source: those that follow from the catalog, and those its expectations file adds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from analytics import units
from analytics.catalog import Catalog
from analytics.catalog.models import REMARK, FieldSpec, Parameter, Source, Text, folded_of
from analytics.quality import expectations as files
from analytics.quality import wording
from analytics.quality.codes import checks_of_codes
from analytics.quality.declared import Severity
from analytics.quality.given import with_unread_cells_given
from analytics.quality.models import Check, General
from analytics.quality.required import checks_of_required
from analytics.quality.senders import checks_of_senders
from analytics.quality.sql import quoted, text
from analytics.quality.works import checks_of_works

SHARE_CHECK = "share_set_aside"
_TIMES = ("stamp", "month")
_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "number": pl.Float64(),
    "integer": pl.Int64(),
    "date": pl.Date(),
    "month": pl.Date(),
    "stamp": pl.Datetime("ms"),
    "code": pl.String(),
    "flag": pl.String(),
    "area": pl.String(),
    "register_year": pl.Int32(),
    "items": pl.List(pl.String()),
    "department": pl.String(),
}
_ALWAYS: dict[str, pl.DataType] = {
    "snapshot": pl.String(),
    "sheet": pl.String(),
    "row": pl.Int32(),
    "area_id": pl.String(),
    "entity_id": pl.String(),
    "taken_at": pl.Datetime("us", "Asia/Shanghai"),
    "valid_since": pl.Int32(),
    "period_start": pl.Date(),
    "period_end": pl.Date(),
}


def checks_for(source: Source, catalog: Catalog, expectations: Path | None) -> list[Check]:
    """Every check of the source, those of the whole file first and last.

    Raises `CatalogError` where the expectations file breaks a rule; `None` stands for no such file.
    """
    general = files.read_general(expectations)
    declared = [
        _rows_present(),
        *_checks_of_columns(source, catalog),
        *_checks_of_readings(source, catalog),
        *checks_of_required(source, catalog),
        *_checks_of_key(source, catalog),
        *_checks_of_entity(source, catalog),
        *_checks_of_scope(source, catalog),
        *checks_of_works(source, catalog),
        *checks_of_codes(source, catalog),
        *checks_of_senders(source, catalog),
    ]
    own = files.read_expectations(expectations, source=source.id) if expectations else None
    if own is not None and expectations is not None:
        columns = staged_columns(source, catalog)
        declared = files.with_own(declared, own, columns=columns, file=expectations)
    return [*with_unread_cells_given(declared), _share(general)]


def staged_columns(source: Source, catalog: Catalog) -> dict[str, pl.DataType]:
    """Names and types of the columns that staged rows of the source have."""
    types = dict(_ALWAYS)
    for column in source.columns:
        types |= _field_columns(column.field, catalog)
    for parameter in source.readings.parameters if source.readings else []:
        types |= {parameter: pl.Float64(), f"{parameter}_below_limit": pl.Boolean()}
        types |= {f"{parameter}_as_delivered": pl.String(), f"{parameter}_problem": pl.String()}
        types |= {f"{parameter}_limit_assumed": pl.Boolean()}
        if source.readings and source.readings.flags:
            types |= {f"{parameter}_flag": pl.String(), f"{parameter}_left_out": pl.Boolean()}
    return types


def optional_columns(source: Source, catalog: Catalog) -> dict[str, pl.DataType]:
    """Those of the staged columns that come from columns which a delivery need not have."""
    named = [_field_columns(c.field, catalog) for c in source.columns if not c.required]
    return {name: dtype for columns in named for name, dtype in columns.items()}


def _field_columns(field: str, catalog: Catalog) -> dict[str, pl.DataType]:
    kind = catalog.fields[field].type
    beside = {} if kind == "text" else {f"{field}_as_delivered": pl.String(), f"{field}_problem": pl.String()}
    folded = {folded_of(field): pl.String()} if catalog.fields[field].as_sent else {}
    return {field: _TYPES[kind], **beside, **folded}


def _rows_present() -> Check:
    return Check(
        id="rows_present",
        kind="rows_present",
        severity="critical",
        scope="file",
        columns=[],
        message=wording.ROWS_MESSAGE,
        expected={"": wording.ROWS},
    )


def _share(general: General) -> Check:
    limit = general.share_set_aside
    words = wording.share(limit.at_most_pct)
    return Check(
        id=SHARE_CHECK,
        kind="share",
        severity="critical",
        scope="file",
        columns=[],
        message=words,
        expected={"": words},
        at_most_pct=limit.at_most_pct,
        reason=limit.reason,
        since=limit.since,
    )


def _checks_of_columns(source: Source, catalog: Catalog) -> Iterator[Check]:
    key_fields = {f for part in source.key for f in _made_of(part, source, catalog)}
    for column in source.columns:
        field = catalog.fields[column.field]
        if column.required or column.field in key_fields:
            yield _present(column.field, field)
        if field.type != "text":
            yield _readable(column.field, field, severity="critical" if column.is_place else "warning")
        if field.minimum is not None or field.maximum is not None:
            yield _in_range(column.field, field)
        if field.choices:
            yield _allowed(column.field, field)
    yield from _checks_of_remarks(source, catalog)


def _checks_of_remarks(source: Source, catalog: Catalog) -> Iterator[Check]:
    """Numbers count in the unit of their column: a remark that names another leaves it open which of both is meant."""
    own = {catalog.fields[column.field].unit for column in source.columns}
    own |= {catalog.parameters[name].unit for name in (source.readings.parameters if source.readings else [])}
    if own != {None} and any(column.field == REMARK for column in source.columns):
        yield Check(
            id=f"{REMARK}_without_other_unit",
            kind="no_other_unit",
            severity="critical",
            scope="row",
            columns=[REMARK],
            content=[_compared(REMARK, catalog)],
            message=wording.NO_OTHER_UNIT_MESSAGE,
            expected={"": wording.NO_OTHER_UNIT},
            codes=units.spellings_beside([unit for unit in own if unit is not None]),
        )


def _present(name: str, field: FieldSpec) -> Check:
    return Check(
        id=f"{name}_present",
        kind="present",
        severity="critical",
        scope="row",
        columns=[name],
        message=wording.present(field.label),
        expected={"": wording.A_VALUE},
        empty_too=[] if field.type == "text" else [f"{name}_problem"],
    )


def _readable(name: str, field: FieldSpec, *, severity: Severity) -> Check:
    """An area that is only named beside, as a neighbour beyond the province, takes nothing away from its row."""
    return Check(
        id=f"{name}_readable",
        kind="readable",
        severity=severity,
        scope="row",
        columns=[name],
        message=wording.readable(field.label),
        expected=wording.readable_words(field),
    )


def _in_range(name: str, field: FieldSpec) -> Check:
    words = wording.between(field.minimum, field.maximum, field.unit)
    return Check(
        id=f"{name}_in_range",
        kind="between",
        severity="critical",
        scope="row",
        columns=[name],
        message=wording.within(field.label, words),
        expected={"": words},
        minimum=field.minimum,
        maximum=field.maximum,
        reason=field.reason,
    )


def _allowed(name: str, field: FieldSpec) -> Check:
    return Check(
        id=f"{name}_allowed",
        kind="allowed",
        severity="critical",
        scope="row",
        columns=[name],
        message=wording.allowed(field.label),
        expected={"": wording.one_of(field)},
        codes=list(field.choices),
    )


def _checks_of_readings(source: Source, catalog: Catalog) -> Iterator[Check]:
    """A reading that is missing breaks none of these: stations publish `--`."""
    flags = catalog.flags_of(source)
    for name in source.readings.parameters if source.readings else []:
        parameter = catalog.parameters[name]
        yield Check(
            id=f"{name}_readable",
            kind="readable",
            severity="critical",
            scope="cell",
            columns=[name],
            message=wording.readable(parameter.label),
            expected=wording.reading_words(parameter, flags),
        )
        yield _plausible(name, parameter)


def _plausible(name: str, parameter: Parameter) -> Check:
    limits = parameter.plausible
    words = wording.between(limits.minimum, limits.maximum, parameter.unit)
    return Check(
        id=f"{name}_plausible",
        kind="between",
        severity="critical",
        scope="cell",
        columns=[name],
        message=wording.within(parameter.label, words),
        expected={"": words},
        minimum=limits.minimum,
        maximum=limits.maximum,
        reason=parameter.reason,
    )


def _checks_of_key(source: Source, catalog: Catalog) -> Iterator[Check]:
    declared = {c.field for c in source.columns}
    for part in source.key:
        made_of = _made_of(part, source, catalog)
        # An area that may be left blank is never missing: where it cannot be read, that is said of its column.
        is_said_elsewhere = part == "valid_since" or (part == "area_id" and not made_of)
        if part not in declared and not is_said_elsewhere:
            yield _derived_present(part, made_of)
    labels = wording.joined(_label(part, catalog) for part in source.key)
    unique = Check(
        id="key_unique",
        kind="unique",
        severity="critical",
        scope="row",
        columns=list(source.key),
        message=wording.unique(labels),
        expected={"": wording.no_repeat(labels)},
        content=_content(source, catalog),
    )
    yield unique
    copies = {"id": "row_not_repeated", "kind": "no_copy", "message": wording.no_copy(labels)}
    yield unique.model_copy(update={**copies, "expected": {"": wording.NO_COPY}})


def _derived_present(part: str, made_of: list[str]) -> Check:
    """Where what it is made of is missing or unreadable, that is said of those columns instead."""
    return Check(
        id=f"{part}_present",
        kind="present",
        severity="critical",
        scope="row",
        columns=[part],
        message=wording.present(wording.DERIVED[part]),
        expected={"": wording.A_VALUE},
        given=made_of,
    )


def _label(part: str, catalog: Catalog) -> Text:
    return wording.DERIVED[part] if part in wording.DERIVED else catalog.fields[part].label


def _made_of(part: str, source: Source, catalog: Catalog) -> list[str]:
    """The delivered fields that a part of the key is made of."""
    if part == "entity_id":
        named = source.entity or source.register_as or source.undertaking
        return list(named.id_fields) if named else []
    if part == "taken_at" and source.readings and source.readings.taken_on:
        return [source.readings.taken_on]
    wanted = {"taken_at": _TIMES, "area_id": ("area",), "valid_since": ()}.get(part)
    if wanted is None:
        return [part]
    return [c.field for c in source.columns if c.required and catalog.fields[c.field].type in wanted]


def _content(source: Source, catalog: Catalog) -> list[str]:
    """The columns whose values become facts, as they are compared: rows alike in them say the same twice."""
    return [_compared(name, catalog) for name in _becoming_facts(source, catalog)]


def _compared(name: str, catalog: Catalog) -> str:
    """The column by which rows are compared: of text that stands as sent the folded one beside it."""
    return folded_of(name) if name in catalog.fields and catalog.fields[name].as_sent else name


def _becoming_facts(source: Source, catalog: Catalog) -> list[str]:
    if source.readings:
        readings = [n for p in source.readings.parameters for n in (p, f"{p}_below_limit")]
        return [*readings, *(a.field for a in source.amounts)]
    facts = [f.field for f in [*source.amounts, *source.states]]
    if source.undertaking:
        work = source.undertaking
        facts += [work.name, work.stage, *work.dates.values(), *work.attributes, *_given(work.evidence)]
    if source.register_as:
        member = source.register_as
        spans = _given(member.basin, member.river, member.stratum, member.valid_from, member.valid_to)
        areas = [c.field for c in source.columns if catalog.fields[c.field].type == "area"]
        facts += [member.label, *spans, *areas, *member.attributes]
    return list(dict.fromkeys(facts))


def _given(*names: str | None) -> list[str]:
    return [n for n in names if n]


def _checks_of_entity(source: Source, catalog: Catalog) -> Iterator[Check]:
    if source.entity is None:
        return
    name = source.entity.register_name
    label = _register_label(name, catalog)
    yield Check(
        id="entity_registered",
        kind="registered",
        severity="critical",
        scope="row",
        columns=["entity_id"],
        message=wording.registered(label),
        expected={"": wording.registered_words(label)},
        register_name=name,
        years_before=source.entity.years_before,
    )
    if source.entity.name is not None:
        yield Check(
            id="name_as_registered",
            kind="named",
            severity="warning",
            scope="row",
            columns=[source.entity.name],
            message=wording.named(label),
            expected={"": wording.named_words(label)},
            register_name=name,
        )
        yield Check(
            id="name_of_no_other",
            kind="not_another",
            severity="critical",
            scope="row",
            columns=[source.entity.name],
            message=wording.not_another(label),
            expected={"": wording.named_words(label)},
            register_name=name,
        )
    if source.places and catalog.registers[name].built_in != "figure":
        yield Check(
            id="area_as_registered",
            kind="placed",
            severity="warning",
            scope="row",
            columns=["area_id"],
            message=wording.placed(label),
            expected={"": wording.placed_words(label)},
            register_name=name,
        )


def _checks_of_scope(source: Source, catalog: Catalog) -> Iterator[Check]:
    """Works that the form is not for are no facts; whoever sent them is told."""
    scope = source.undertaking.scope if source.undertaking else None
    if scope is None:
        return
    words = wording.in_scope(catalog.fields[scope.field].label, scope.words)
    yield Check(
        id=f"{scope.field}_in_scope",
        kind="rule",
        severity="warning",
        scope="row",
        columns=[scope.field],
        message=words,
        expected={"": words},
        rule=" OR ".join(f"contains({quoted(scope.field)}, {text(word)})" for word in scope.words),
        reason=scope.reason,
        since=scope.since,
    )


def _register_label(name: str, catalog: Catalog) -> Text:
    return catalog.registers[name].label
