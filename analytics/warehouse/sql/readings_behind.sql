-- Question: the readings behind a number, on demand. Grain: fact_reading. Used by: explain.
SELECT
    parameter AS item, site_id AS entity_id, value_as_delivered AS value, snapshot, sheet, "row"
FROM fact_reading
WHERE list_contains($entities, site_id) AND CAST(taken_at AS DATE) BETWEEN $first AND $last AND method = $item
ORDER BY entity_id, snapshot, sheet, "row", item
