-- Question: what was received, and what became of it. Grain: delivery. Used by: received, data quality.
SELECT
    snapshot, source, file, path, sha256, received, department, area_id, period, is_invented, outcome, reason,
    reason_zh, rows_delivered, rows_repeated, rows_blank, rows_superseded, rows_set_aside, cells_set_aside, staged
FROM delivery
ORDER BY source, received, snapshot
