-- Question: which cells were left blank and keep a figure of the year open. Grain: cell_left_blank. Used by: letters,
-- data quality.
SELECT
    source,
    period,
    entity_id,
    name,
    area_id,
    field,
    codes
FROM cell_left_blank
WHERE year = $year
ORDER BY source, period, area_id, entity_id, field
