-- Question: the occasions behind a number, on demand, each with what was found. Grain: source_occasion. Used by: explain.
SELECT
    $item AS item,
    entity_id,
    concat_ws(
        '; ',
        concat_ws(
            ' ',
            CAST(taken_on AS VARCHAR),
            CASE WHEN complies THEN 'complies' WHEN complies IS NULL THEN 'open' ELSE 'fails' END,
            nullif(array_to_string(failed, ', '), '')
        ),
        'limit of detection too high: ' || nullif(array_to_string(undetected, ', '), ''),
        'set aside: ' || nullif(array_to_string(set_aside, ', '), ''),
        'not measured: ' || nullif(array_to_string(missing, ', '), '')
    ) AS value,
    CAST(
        to_json({
            'kind': 'source_occasion',
            'day': taken_on,
            'complies': complies,
            'failed': failed,
            'undetected': undetected,
            'set_aside': set_aside,
            'missing': missing
        }) AS VARCHAR
    ) AS found,
    snapshot, sheet, "row"
FROM source_occasion
WHERE list_contains($entities, entity_id) AND taken_on BETWEEN $first AND $last
ORDER BY entity_id, taken_on
