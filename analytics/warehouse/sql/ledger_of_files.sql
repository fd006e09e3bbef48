-- Question: how many rows came of each period, against the file before and the year before. Grain: ledger. Used by:
-- received, data quality.
SELECT
    l.source, l.snapshot, d.file, d.received, l.area_id, l.period_start, l.period, l.rows, l.rows_before, l.change_pct,
    l.rows_year_before, l.change_of_year_pct, l.is_jump
FROM ledger AS l
INNER JOIN delivery AS d ON d.snapshot = l.snapshot
ORDER BY l.source, l.period_start NULLS FIRST, l.area_id, d.rowid
