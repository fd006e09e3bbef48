-- Question: the entries of lists that were sent for a year. Grain: fact_state. Used by: reports.
SELECT
    item,
    entity_id,
    area_id,
    value_code,
    value_text,
    attributes
FROM fact_state
WHERE
    list_contains($items, item)
    AND year(period_start) = $year
    AND coalesce(value_code, value_text) IS NOT NULL
ORDER BY item, area_id, entity_id, snapshot, sheet, "row"
