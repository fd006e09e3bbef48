-- Question: the states behind a number, on demand. Grain: fact_state. Used by: explain.
SELECT
    item, coalesce(entity_id, area_id) AS entity_id, value_code AS value, nullif(attributes, '{}') AS attributes,
    snapshot, sheet, "row"
FROM fact_state
WHERE
    item = $item
    AND list_contains($entities, coalesce(entity_id, area_id))
    AND period_start BETWEEN $first AND $last
ORDER BY entity_id, snapshot, sheet, "row"
