-- Question: the works behind a number, on demand. Grain: fact_undertaking. Used by: explain.
SELECT
    item, coalesce(name, entity_id) AS entity_id, concat_ws(' ', stage, CAST(completed_on AS VARCHAR)) AS value,
    snapshot, sheet, "row"
FROM fact_undertaking
WHERE item = $item AND list_contains($entities, entity_id) AND period_start BETWEEN $first AND $last
ORDER BY entity_id, snapshot, sheet, "row"
