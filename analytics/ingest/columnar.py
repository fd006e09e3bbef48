"""Parquet files as grids of text cells: what other systems hand over."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analytics.ingest.sheet import Cell, Grid, require_extent, require_length, unreadable


def read_parquet(file: Path) -> list[Grid]:
    """The one table of a Parquet file, its columns' names as the heading; days and numbers as text.

    `CheckFailed` where it is beyond measure, and where a column holds lists, bytes or the like.
    """
    import pyarrow.parquet as pq

    described = pq.read_metadata(file)
    require_extent(file, file.stem, described.num_rows + 1, described.num_columns)
    require_length(file, sum(described.row_group(i).total_byte_size for i in range(described.num_row_groups)))
    frame = pl.read_parquet(file)
    for name, dtype in frame.schema.items():
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
            raise unreadable(
                file,
                f"column {name} of type {dtype}",
                "columns of text, numbers, days or times",
                zh=f"“{name}”列的数据类型无法读取；请改存为文本、数字或日期后重新报送",
            )
    # Cells of one text share it until they become texts of their own here.
    texts = frame.select(pl.all().cast(pl.String))
    require_length(file, sum(texts.select(pl.all().str.len_chars().cast(pl.UInt64).sum()).row(0)))
    columns: list[list[Cell]] = [series.to_list() for series in texts.iter_columns()]
    return [Grid(file.stem, [list(frame.columns), *map(list, zip(*columns, strict=True))])]
