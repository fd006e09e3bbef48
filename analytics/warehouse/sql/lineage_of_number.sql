-- Question: which facts a number stands on. Grain: lineage. Used by: explain.
SELECT number_id, fact, item, members, entities, period_start, period_end, snapshots, rows_used
FROM lineage
WHERE number_id = $number_id
ORDER BY fact, item
