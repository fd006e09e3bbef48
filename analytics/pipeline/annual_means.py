"""Annual means of what was measured at sections, and the months that they lack: for lakes and cities."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.catalog import Catalog
from analytics.compute import means
from analytics.pipeline.sections import NOTHING_TO_SAMPLE

# Why an index or a level may be another one: codes of the family `doubt` of the words.
LACKS_MONTHS, UNDETERMINED, SET_ASIDE, BELOW_LIMIT = "lacks_months", "undetermined", "entry_set_aside", "below_limit"
DOUBT = {"site_id": pl.String, "doubt": pl.String}
_KEY = ["site_id", "parameter", "of_year"]


@dataclass(frozen=True)
class AnnualMeans:
    """Means of the months of the year and of the year before, unrounded, and how many months each `lacks`.

    `measured` has the columns of `means.means_over` with `of_year`; what is below the limit of detection bounds it.
    `lacking` has `site_id`, `parameter`, `of_year`, `lacking`: months without a mean in which something could have been
    sampled, or of which a reading was set aside.
    """

    measured: pl.DataFrame
    lacking: pl.DataFrame
    ends: pl.DataFrame
    hydrogen_ion: Collection[str]

    def bounded(self, measured: pl.DataFrame) -> pl.DataFrame:
        """Rows of `measured` with their bounds widened by the months that they lack, and `lacking`."""
        wide = means.with_gaps(measured.lazy(), self.lacking.lazy(), self.ends, on=_KEY, hydrogen_ion=self.hydrogen_ion)
        return wide.collect()


def annual_means(monthly: pl.DataFrame, told: pl.DataFrame, doubts: pl.DataFrame, catalog: Catalog) -> AnnualMeans:
    """The annual means of all that was measured, with what they lack.

    Parameters
    ----------
    monthly
        The monthly means of the sections in both years (see `SectionsAssessed`).
    told
        `entity_id`, `month`, `value_code`: what was told of the sampling.
    doubts
        Readings set aside and not put right: `entity_id`, `month`, `parameter`; either of the latter is null where it
        may be any.
    """
    ions = [name for name, p in catalog.parameters.items() if p.mean == "hydrogen_ion"]
    plausible = {name: (p.plausible.minimum, p.plausible.maximum) for name, p in catalog.parameters.items()}
    ends = pl.DataFrame(
        [(name, *span) for name, span in plausible.items()],
        schema={"parameter": pl.String, "least": pl.Float64, "most": pl.Float64},
        orient="row",
    )
    dated = monthly.lazy().with_columns(of_year=pl.col("month").dt.year())
    measured = means.means_over(dated, ["of_year"], hydrogen_ion=ions).collect()
    return AnnualMeans(measured, _lacking(measured, monthly, told, doubts), ends, ions)


def _lacking(measured: pl.DataFrame, monthly: pl.DataFrame, told: pl.DataFrame, doubts: pl.DataFrame) -> pl.DataFrame:
    years = measured["of_year"].unique().to_list()
    calendar = pl.DataFrame(
        [(year, date(year, m, 1)) for year in years for m in range(1, 13)],
        schema={"of_year": pl.Int32, "month": pl.Date},
        orient="row",
    )
    excused = told.filter(pl.col("value_code").is_in(NOTHING_TO_SAMPLE)).select(site_id="entity_id", month="month")
    gaps = (
        measured.select(_KEY)
        .join(calendar, on="of_year")
        .join(monthly, on=["site_id", "parameter", "month"], how="anti")
        .join(excused.unique().with_columns(is_excused=pl.lit(True)), on=["site_id", "month"], how="left")
    )
    # What was set aside in a month that is excused was sampled all the same.
    doubted = gaps.filter("is_excused").join(doubts.rename({"entity_id": "site_id"}), on="site_id", suffix="_of_doubt")
    about = [
        pl.col(f"{name}_of_doubt").is_null() | (pl.col(f"{name}_of_doubt") == pl.col(name))
        for name in ("parameter", "month")
    ]
    sampled = doubted.filter(*about).select(*_KEY, "month").unique()
    silent = gaps.filter(pl.col("is_excused").is_null()).select(*_KEY, "month")
    return pl.concat([silent, sampled]).group_by(_KEY).agg(lacking=pl.len())
