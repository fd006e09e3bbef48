"""What later files of a form say of the rows, readings and files of it that are set aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property

import polars as pl

from analytics.asked import asked_of
from analytics.catalog import Catalog
from analytics.catalog.models import Source
from analytics.ingest import Snapshot
from analytics.periods import parse_period
from analytics.pipeline.covered import areas_of_rows, cities_of, members_of, within
from analytics.pipeline.intake import Examined
from analytics.pipeline.outstanding import told_by
from analytics.warehouse.facts import (
    COPIES,
    PLACE,
    LoadedFile,
    business_key,
    counting_rows,
    is_foreign,
    is_told,
    superseded,
)

_TEXT = pl.String()
SCHEMA: dict[str, pl.DataType] = {
    "source": _TEXT,
    "department": _TEXT,
    "file": _TEXT,
    "received": pl.Date(),
    "sheet": _TEXT,
    "row": pl.Int32(),
    "key": _TEXT,
    "column": _TEXT,
    "found": _TEXT,
    "expected_zh": _TEXT,
    "expected_en": _TEXT,
    "severity": _TEXT,
    "rule": _TEXT,
    "sets_aside": _TEXT,
    "status": _TEXT,
    "later_file": _TEXT,
    "later_sheet": _TEXT,
    "later_row": pl.Int32(),
    "entity_id": _TEXT,
    "area_id": _TEXT,
    "period_start": pl.Date(),
    "period": _TEXT,
    "field": _TEXT,
    "snapshot": _TEXT,
    "later_snapshot": _TEXT,
}
_ABOUT = ("entity_id", "area_id", "period_start")
# Rules of keys that come twice: these are not wrong in themselves.
_OF_KEYS_TWICE = ("key_unique", COPIES)
_ANSWER: dict[str, pl.DataType] = {
    "status": _TEXT,
    "later_snapshot": _TEXT,
    "later_sheet": _TEXT,
    "later_row": pl.Int32(),
}


# Whom a row is about


def made_of(source: Source, catalog: Catalog) -> dict[str, list[str]]:
    """By what is derived of a row (its entity, area, time and first year) the delivered columns it is made of."""
    named = source.entity or source.undertaking or source.register_as
    times = [source.readings.taken_on] if source.readings and source.readings.taken_on else _times(source, catalog)
    since = source.register_as.valid_from if source.register_as else None
    return {
        "entity_id": list(named.id_fields) if named else [],
        "area_id": list(source.places.values()),
        "taken_at": times,
        "valid_since": [since] if since else [],
    }


def key_fields(source: Source, catalog: Catalog) -> list[str]:
    """The delivered columns that say whom and when a row is about, in the order of the form."""
    parts = made_of(source, catalog)
    fields = {f for part in source.key for f in parts.get(part, [part])}
    return [c.field for c in source.columns if c.field in fields]


def _times(source: Source, catalog: Catalog) -> list[str]:
    return [c.field for c in source.columns if catalog.fields[c.field].type in ("stamp", "month")]


def _name_field(source: Source) -> str | None:
    if source.entity is not None:
        return source.entity.name
    if source.undertaking is not None:
        return source.undertaking.name
    return source.register_as.label if source.register_as else None


def said(e: Examined, catalog: Catalog) -> pl.DataFrame:
    """Of each row of a file its place, `key` as delivered, and what it is about as far as it says."""
    shape = {name: SCHEMA[name] for name in (*PLACE, "key", *_ABOUT)}
    if e.staged is None:
        return pl.DataFrame(schema=shape)
    staged = pl.scan_parquet(e.staged.path)
    present = staged.collect_schema()
    known = [pl.col(c) if c in present else pl.lit(None, SCHEMA[c]).alias(c) for c in _ABOUT]
    wanted = {*key_fields(e.source, catalog), _name_field(e.source)}
    shown = [_as_delivered(c.field, present) for c in e.source.columns if c.field in wanted and c.field in present]
    key = pl.concat_str(shown, separator=" ", ignore_nulls=True)
    return staged.select(*PLACE, *known, key=key).select(list(shape)).collect()


def _as_delivered(field: str, present: Iterable[str]) -> pl.Expr:
    """The cell as it was delivered; nothing where it was empty."""
    delivered = f"{field}_as_delivered"
    text = pl.col(delivered if delivered in present else field).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


# What a later file says of it


def stands_in_place(later: Snapshot, earlier: Snapshot, catalog: Catalog) -> bool:
    """Whether a file surely came in the place of one whose rows nobody can read: later, for the same form and period.

    Both are of the same sender; where one of them does not say its own they bear the same name (`a.xls`, `a.xlsx`).
    """
    said = _is_of_one(later, earlier, catalog)
    is_same = _name(later) == _name(earlier) if said is None else said
    return is_same and _is_later(later, earlier)


def _is_of_one(later: Snapshot, earlier: Snapshot, catalog: Catalog) -> bool | None:
    """Whether two files are of one sender, as both say: by their areas, else by who fills in a form of several.

    None where one of them does not say it.
    """
    mine, theirs = later.delivery, earlier.delivery
    if mine.area and theirs.area:
        return mine.area == theirs.area
    several = {"", *(d.name.zh for d in catalog.departments.values() if d.is_several or d.is_each_city)}
    if not catalog.departments[catalog.source(later.source).department].is_several:
        return None
    return None if several & {mine.department, theirs.department} else mine.department == theirs.department


def may_be_of_sender(later: Snapshot, earlier: Snapshot, catalog: Catalog) -> bool:
    """Whether a file came later for the same form and period, and may be of the same sender.

    The sender is known by the area of the delivery, where that has one, else by the department. Where nobody said
    either it may be anybody: what the rows tell has to speak for it.
    """
    is_of_area = later.delivery.area == earlier.delivery.area
    is_of_sender = later.delivery.area != "" or later.delivery.department == earlier.delivery.department
    return (is_of_area and is_of_sender and _is_later(later, earlier)) or stands_in_place(later, earlier, catalog)


def is_of_sender(later: Snapshot, earlier: Snapshot, catalog: Catalog, *, tells_anew: bool) -> bool:
    """Whether whoever sent a file may be told of another one: both are of one area, of one name, or of one department.

    Where that is not said of both they are of one sender as far as the later one tells something of the other anew
    (`tells_anew`). A department of the province, which stands for nobody having said it, sends files of all cities.
    """
    said = _is_of_one(later, earlier, catalog)
    if said is not None:
        return said
    if _name(later) == _name(earlier):
        return True
    mine, theirs = later.delivery, earlier.delivery
    provincial = {"", *(department.name.zh for department in catalog.departments.values())}
    if provincial & {mine.department, theirs.department}:
        return tells_anew
    return mine.department == theirs.department


def _is_later(later: Snapshot, earlier: Snapshot) -> bool:
    same = (later.source, later.delivery.period) == (earlier.source, earlier.delivery.period)
    return same and later.order > earlier.order


def _name(snapshot: Snapshot) -> str:
    """The name of a file without its ending, in one spelling of the same signs."""
    return unicodedata.normalize("NFKC", snapshot.path.stem).casefold()


class Answers:
    """What later files of one source say of what is set aside.

    That a row or a reading is told anew follows the rule of superseding, as the figures do. A row of which the key
    itself is wrong cannot be matched by it: it goes with its file where one later file tells every good row of that
    one, and at least as many rows beside that are new in its cities, or all whom the form asks; it goes, too, with a
    refused file told anew. A row
    about another area than that of its delivery was to be left out: nothing needs to stand for it.
    `members` are those of all registers.
    """

    def __init__(
        self, files: Sequence[Examined], findings: pl.DataFrame, members: pl.DataFrame, catalog: Catalog
    ) -> None:
        self._files, self._findings, self._everyone, self._catalog = files, findings, members, catalog
        self._source = files[0].source
        self._members = members_of(self._source, members)
        self._key = business_key(self._source)
        self._loaded = {
            e.snapshot.id: LoadedFile(e.snapshot.id, e.source, e.staged.path, order, e.broken)
            for order, e in enumerate(files)
            if e.staged is not None
        }
        self._accepted = [
            self._loaded[e.snapshot.id] for e in files if e.snapshot.id in self._loaded and not e.is_refused
        ]

    def all(self) -> pl.DataFrame:
        """`snapshot`, `sheet`, `row`, `field` of what a later file tells anew, with `status` and the later place."""
        files = self._files_told()
        parts = [files]
        if self._loaded:
            parts += [self._rows_told_anew(), self._readings_told_anew(), self._rows_gone_with_their_file()]
        parts.append(self._lines_of(files))
        keys = [*PLACE, "field"]
        answered = pl.concat(parts).unique(keys, keep="first", maintain_order=True)
        # All findings of a row set aside share its fate, whatever column they point at.
        mine = self._findings.select(*keys, "sets_aside").unique(maintain_order=True)
        of_rows = mine.filter(pl.col("sets_aside") != "reading").join(
            answered.filter(pl.col("field").is_null()).drop("field"), on=list(PLACE), nulls_equal=True
        )
        of_readings = mine.filter(sets_aside="reading").join(answered.drop_nulls("field"), on=keys)
        return pl.concat([of_rows, of_readings]).select(*keys, *_ANSWER)

    @cached_property
    def _aside(self) -> pl.DataFrame:
        """Places of rows (`field` null) and readings that are set aside, of files that were taken."""
        taken = [f.snapshot for f in self._accepted]
        places = self._findings.filter(pl.col("snapshot").is_in(taken), pl.col("sets_aside") != "file")
        field = pl.when(pl.col("sets_aside") == "reading").then("field")
        return places.select(*PLACE, field=field).unique(maintain_order=True)

    @cached_property
    def _superseded(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows and single readings that a later file tells anew; what a refused file tells replaces nothing."""
        rows, cells = [], []
        refused = [f for f in self._loaded.values() if f not in self._accepted]
        for group in [self._accepted, *([f, *(a for a in self._accepted if a.order > f.order)] for f in refused)]:
            if len(group) > 1:
                told_rows, told_cells = (found.drop("by") for found in superseded(group))
                own = pl.lit(True) if group is self._accepted else pl.col("snapshot") == group[0].snapshot
                rows.append(told_rows.filter(own))
                cells.append(told_cells.filter(own))
        place = {name: SCHEMA[name] for name in PLACE}
        return (
            pl.concat([pl.DataFrame(schema=place), *rows]),
            pl.concat([pl.DataFrame(schema={**place, "parameter": _TEXT}), *cells]).rename({"parameter": "field"}),
        )

    @cached_property
    def _later(self) -> pl.DataFrame:
        """Rows set aside, each with every later row of the same key and which of the readings set aside that tells."""
        single = self._findings.filter(sets_aside="reading")["field"].unique().to_list()
        places = self._findings.filter(pl.col("sets_aside") != "file").select(PLACE).unique()
        mine = self._told().join(places.lazy(), on=PLACE, how="semi")
        taken = pl.col("snapshot").is_in([f.snapshot for f in self._accepted])
        theirs = self._told(single).filter(taken).rename({name: f"later_{name}" for name in (*PLACE, "file_order")})
        pairs = mine.join(theirs, on=self._key).filter(pl.col("later_file_order") > pl.col("file_order"))
        return pairs.sort("later_file_order", "later_row").collect()

    def _told(self, readings: Sequence[str] = ()) -> pl.LazyFrame:
        """Place, key and order of the rows of every file, and whether they tell each of the readings."""
        staged = pl.concat([counting_rows(f) for f in self._loaded.values()], how="diagonal_relaxed")
        told = (is_told(name).alias(f"tells_{name}") for name in readings)
        return staged.filter(~is_foreign(staged)).select(*PLACE, *self._key, "file_order", *told)

    def _rows_told_anew(self) -> pl.DataFrame:
        rows, _ = self._superseded
        sure = self._later.join(rows, on=PLACE, how="semi").join(self._doubtful, on=PLACE, how="anti")
        last = sure.unique(PLACE, keep="last", maintain_order=True)
        return self._with_status(last.with_columns(field=pl.lit(None, pl.String)))

    def _readings_told_anew(self) -> pl.DataFrame:
        rows, cells = self._superseded
        single = self._findings.filter(sets_aside="reading").select(*PLACE, "field").unique(maintain_order=True)
        with_rows = single.join(rows, on=PLACE, how="semi")
        alone = single.join(cells, on=[*PLACE, "field"], how="semi")
        parts = [
            self._with_status(
                self._later.sort(f"tells_{name}", "later_file_order", maintain_order=True)
                .join(mine, on=PLACE)
                .unique(PLACE, keep="last", maintain_order=True)
            )
            for (name,), mine in pl.concat([with_rows, alone]).group_by("field", maintain_order=True)
        ]
        return pl.concat([self._nothing(), *parts])

    def _with_status(self, told: pl.DataFrame) -> pl.DataFrame:
        """`still wrong` where the later row, or the reading in it, is set aside again."""
        aside = self._aside.rename({name: f"later_{name}" for name in PLACE}).with_columns(again=pl.lit(True))
        place = ["later_snapshot", "later_sheet", "later_row"]
        whole = aside.filter(pl.col("field").is_null()).drop("field")
        marked = told.join(whole, on=place, how="left", maintain_order="left").join(
            aside.drop_nulls("field").rename({"again": "alone"}),
            on=[*place, "field"],
            how="left",
            maintain_order="left",
        )
        wrong = pl.any_horizontal("again", "alone").fill_null(False)
        status = pl.when(wrong).then(pl.lit("still wrong")).otherwise(pl.lit("fixed"))
        return self._shaped(marked.with_columns(status=status))

    def _shaped(self, answers: pl.DataFrame) -> pl.DataFrame:
        shape = {**{name: SCHEMA[name] for name in PLACE}, "field": _TEXT, **_ANSWER}
        return answers.select(pl.col(name).cast(dtype) for name, dtype in shape.items())

    def _nothing(self) -> pl.DataFrame:
        return pl.DataFrame(schema={**{name: SCHEMA[name] for name in PLACE}, "field": _TEXT, **_ANSWER})

    # Rows of which the key is wrong, and whole files

    @cached_property
    def _known(self) -> dict[str, set[tuple[object, ...]]]:
        """By file the keys of its rows that could be read."""
        if not self._loaded:
            return {}
        return self._keys_by_file(self._told())

    @cached_property
    def _known_aside(self) -> dict[str, set[tuple[object, ...]]]:
        """Of these keys those of rows that are set aside."""
        whole = self._aside.filter(pl.col("field").is_null()).select(PLACE).lazy()
        return self._keys_by_file(self._told().join(whole, on=PLACE, how="semi")) if self._loaded else {}

    def _keys_by_file(self, rows: pl.LazyFrame) -> dict[str, set[tuple[object, ...]]]:
        whole = rows.select("snapshot", *self._key).drop_nulls().collect()
        return {str(s): set(keys.drop("snapshot").rows()) for (s,), keys in whole.group_by("snapshot")}

    @cached_property
    def _doubtful(self) -> pl.DataFrame:
        """Rows set aside of which the key is wrong or missing: `snapshot`, `sheet`, `row`, their key, where known."""
        fields = [*key_fields(self._source, self._catalog), "entity_id", "area_id", "taken_at", "valid_since"]
        if not self._loaded:
            return pl.DataFrame(schema={name: SCHEMA[name] for name in PLACE} | dict.fromkeys(self._key, _TEXT))
        critical = self._findings.filter(pl.col("severity") == "critical", sets_aside="row")
        wrong = pl.col("field").is_in(fields) & ~pl.col("rule").is_in(_OF_KEYS_TWICE)
        about_key = critical.filter(wrong).select(PLACE).unique(maintain_order=True)
        keys = self._told().select(*PLACE, *self._key).collect()
        return about_key.join(keys, on=PLACE, how="left", maintain_order="left")

    @cached_property
    def _foreign(self) -> pl.DataFrame:
        """Places of rows about an area outside that of their delivery."""
        staged = pl.concat([counting_rows(f) for f in self._loaded.values()], how="diagonal_relaxed")
        return staged.filter(is_foreign(staged)).select(PLACE).collect()

    def _rows_gone_with_their_file(self) -> pl.DataFrame:
        """Rows with a wrong key, of files that one later file tells anew as a whole."""
        answers = []
        doubtful = {str(s): rows for (s,), rows in self._doubtful.group_by("snapshot", maintain_order=True)}
        periods = {e.snapshot.id: e.snapshot.delivery.period for e in self._files}
        for snapshot, rows in doubtful.items():
            period = periods[snapshot]
            good = self._known.get(snapshot, set()) - self._keys_in(rows)
            for later in self._accepted:
                again = doubtful.get(later.snapshot, rows.clear())
                fresh = self._known.get(later.snapshot, set()) - self._keys_in(again) - good
                fresh = self._new_in_its_cities(fresh, self._loaded[snapshot], rows)
                holds = good and good <= self._known.get(later.snapshot, set())
                wanted = rows.join(self._foreign, on=PLACE, how="anti").height
                is_enough = len(fresh) + again.height >= wanted or self._is_whole_of(later.snapshot, period)
                if later.order > self._loaded[snapshot].order and holds and is_enough:
                    answers.append(self._gone(rows, again, later.snapshot))
        return pl.concat([self._nothing(), *answers]).unique([*PLACE, "field"], keep="last", maintain_order=True)

    def _new_in_its_cities(
        self, fresh: set[tuple[object, ...]], file: LoadedFile, doubtful: pl.DataFrame
    ) -> set[tuple[object, ...]]:
        """Of the keys those that no file told before this one, and that are of the cities that its rows are about.

        Where the area of a doubtful row is not known either, it may be one of any city.
        """
        told_before = set[tuple[object, ...]]().union(
            *(self._known.get(f.snapshot, set()) for f in self._accepted if f.order < file.order)
        )
        new = list(fresh - told_before)
        if areas_of_rows(doubtful, self._members).null_count():
            return set(new)
        own = [*self._known.get(file.snapshot, set()), *self._keys_in(doubtful)]
        cities = cities_of(self._areas_of(own), self._catalog)
        areas = self._areas_of(new)
        return {key for key, area in zip(new, areas, strict=True) if within(area, cities, self._catalog)}

    def _areas_of(self, keys: Sequence[tuple[object, ...]]) -> pl.Series:
        columns = {name: [key[at] for key in keys] for at, name in enumerate(self._key) if name in _ABOUT[:2]}
        return areas_of_rows(pl.DataFrame(columns, schema=dict.fromkeys(columns, _TEXT)), self._members)

    def _keys_in(self, rows: pl.DataFrame) -> set[tuple[object, ...]]:
        return set(rows.select(self._key).drop_nulls().rows())

    def _gone(self, rows: pl.DataFrame, again: pl.DataFrame, later: str) -> pl.DataFrame:
        """Of rows gone with their file those are still wrong that the later one tells in the same words."""
        words = self._words(again).rename({name: f"later_{name}" for name in PLACE}).unique("key", keep="last")
        told = self._words(rows).join(words, on="key", how="left", maintain_order="left")
        wrong = pl.col("later_row").is_not_null()
        return self._shaped(
            told.with_columns(
                field=pl.lit(None, pl.String),
                later_snapshot=pl.lit(later),
                status=pl.when(wrong).then(pl.lit("still wrong")).otherwise(pl.lit("fixed")),
            )
        )

    def _words(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with their key as delivered."""
        texts = [said(e, self._catalog) for e in self._files if e.snapshot.id in set(rows["snapshot"])]
        empty = pl.DataFrame(schema={name: SCHEMA[name] for name in (*PLACE, "key")})
        return rows.select(PLACE).join(pl.concat([empty, *(t.select(*PLACE, "key") for t in texts)]), on=PLACE)

    def _files_told(self) -> pl.DataFrame:
        """Refused files of which later ones tell every row, or one of the same sender every row whose key is right.

        Of several such the first is told of which nothing of that is set aside; where there is none, the last.

        One without such a row is told anew only by what surely came in its place, or by a file that alone tells of all
        whom the form asks in the period.
        """
        answers = []
        doubtful = {str(s): self._keys_in(rows) for (s,), rows in self._doubtful.group_by("snapshot")}
        for e in self._files:
            if not e.is_refused:
                continue
            later = [o for o in self._files if not o.is_refused and o.snapshot.order > e.snapshot.order]
            known = self._known.get(e.snapshot.id, set())
            good = known - doubtful.get(e.snapshot.id, set())
            told = set[tuple[object, ...]]().union(*(self._known.get(o.snapshot.id, set()) for o in later))
            is_his = may_be_of_sender if good else stands_in_place
            taking = [
                o
                for o in later
                if is_his(o.snapshot, e.snapshot, self._catalog) and good <= self._known.get(o.snapshot.id, set())
            ]
            if not taking and known and known <= told:  # the last of them made it whole
                taking = [o for o in later if known & self._known.get(o.snapshot.id, set())][-1:]
            if not taking and not good:
                taking = [o for o in later if self._is_whole_of(o.snapshot.id, e.snapshot.delivery.period)]
            if taking:
                sound = [o for o in taking if not known & self._known_aside.get(o.snapshot.id, set())]
                by = (sound or taking[-1:])[0].snapshot.id
                answers.append({"snapshot": e.snapshot.id, "sheet": "", "status": "fixed", "later_snapshot": by})
        return pl.concat([self._nothing(), pl.DataFrame(answers)], how="diagonal_relaxed")

    def _is_whole_of(self, snapshot: str, label: str) -> bool:
        """Whether a file alone tells of all whom the form asks in the period."""
        if not label or snapshot not in self._loaded:
            return False
        period = parse_period(label)
        wanted = asked_of(self._source, self._everyone, self._catalog, period)["entity_id"]
        told = told_by([self._loaded[snapshot]], self._source).filter(period_start=period.start)["entity_id"]
        return not wanted.is_empty() and set(wanted) <= set(told)

    def _lines_of(self, files: pl.DataFrame) -> pl.DataFrame:
        """The rows and readings of files told anew that nothing else is said of: they go with their file."""
        lines = self._findings.filter(pl.col("sets_aside") != "file")
        field = pl.when(pl.col("sets_aside") == "reading").then("field")
        told = files.select("snapshot", "status", "later_snapshot")
        gone = lines.select(*PLACE, field=field).unique(maintain_order=True).join(told, on="snapshot")
        return pl.concat([self._nothing(), gone], how="diagonal_relaxed")
