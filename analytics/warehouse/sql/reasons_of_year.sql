-- Question: why figures of a year were not met, as departments delivered it. Grain: fact_state. Used by: reports.
SELECT
    s.entity_id AS code,
    s.area_id,
    s.value_code AS reason,
    s.attributes,
    d.file,
    d.received
FROM fact_state AS s
INNER JOIN delivery AS d ON d.snapshot = s.snapshot
WHERE
    s.item = 'unmet_reason'
    AND year(s.period_start) = $year
ORDER BY s.entity_id, s.area_id, d.rowid, s.sheet, s."row"
