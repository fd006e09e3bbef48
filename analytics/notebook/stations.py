"""The dispatch on the automatic stations."""

from __future__ import annotations

import polars as pl

from analytics.notebook.base import Opened
from analytics.present import charts, lists, prose, words
from analytics.present.tables import Table, Tile, Tiles


class Stations(Opened):
    """The dispatch on the automatic stations."""

    def station_tiles(self) -> Tiles:
        """Stations, readings and how often the published class is reproduced."""
        rows = self.station_classes()
        labelled, agreeing = agreement_of(rows)
        share = f"{100 * agreeing / labelled:.2f} %" if labelled else "—"
        return Tiles(
            [
                Tile(words.either(self.lang, "站点", "stations"), str(rows["entity_id"].n_unique())),
                Tile(words.either(self.lang, "时次", "readings"), f"{rows.height:,}"),
                Tile(words.either(self.lang, "与发布类别一致", "agree with the published class"), share),
            ]
        )

    def station_summary(self) -> prose.Sentence:
        """What the dispatch covers, and its latest classes."""
        classes = self.station_classes()
        place = self.scope.name.in_language(self.lang)
        if classes.is_empty() and not self._asked_of_stations().is_empty():
            return prose.stations_elsewhere(place, self.lang)
        return prose.station_summary(classes, self.period, place=place, lang=self.lang)

    def station_class_chart(self) -> charts.Chart | prose.Sentence:
        """Readings of each class by day."""
        return charts.station_class_counts(self.station_classes(), lang=self.lang)

    def stations_table(self) -> Table:
        """Every station with its worst and its latest class."""
        return lists.stations(self.station_classes(), self.catalog, self.lang)

    def series(self, parameter: str) -> charts.Chart | prose.Sentence:
        """Readings of one parameter at the stations with the highest values, with the class limits."""
        stations = self.station_classes().select("entity_id", "name", "water_body").unique("entity_id")
        names, bodies = (dict(stations.select("entity_id", c).iter_rows()) for c in ("name", "water_body"))
        rows = self.readings(parameter).filter(pl.col("site_id").is_in(list(names))).collect()
        return charts.readings_series(rows, parameter, names, bodies, catalog=self.catalog, lang=self.lang)

    def station_quality(self) -> prose.Sentence:
        """What of the stations' files does not count."""
        counted = self.station_classes()["snapshot"].unique().to_list()
        aside = self.frames.broken_rules.filter(pl.col("period_start").is_between(self.period.start, self.period.end))
        forms = [s.id for s in self.catalog.sources.values() if s.entity and s.entity.register_name == "stations"]
        mine = pl.col("snapshot").is_in([*counted, *aside["snapshot"].unique()]) & pl.col("source").is_in(forms)
        return prose.station_quality(self.frames.deliveries.filter(mine), self.lang)

    def agreement(self) -> prose.Sentence:
        """How often the computed class is the published one."""
        labelled, agreeing = agreement_of(self.station_classes())
        return prose.agreement(labelled, agreeing, self.lang)

    def disagreements(self) -> Table:
        """Readings that were published in another class than the computed one, with the cause."""
        return lists.disagreements(self.station_classes(), self.lang)


def agreement_of(classes: pl.DataFrame) -> tuple[int, int]:
    """Rows that carry a published class, and those of them where ours is the same."""
    labelled = classes.filter(pl.col("official_class").is_not_null())
    return labelled.height, labelled.filter(pl.col("cause").is_null()).height
