-- Question: the samplings of black-odorous water behind a number, on demand, each with its worst grade. Grain: body_sampling.
-- Used by: explain.
SELECT
    $item AS item,
    entity_id,
    concat_ws(' ', concat('#', point_number), CAST(taken_on AS VARCHAR), grade, nullif(array_to_string(worst_items, ', '), ''))
        AS value,
    CAST(
        to_json({
            'kind': 'body_sampling', 'point': point_number, 'day': taken_on, 'grade': grade, 'worst_items': worst_items
        }) AS VARCHAR
    ) AS found,
    snapshot, sheet, "row"
FROM body_sampling
WHERE list_contains($entities, entity_id) AND taken_on BETWEEN $first AND $last
ORDER BY entity_id, point_number, taken_on
