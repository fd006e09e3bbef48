-- Question: the months of sewage plants behind a number, on demand, each with what was found. Grain: plant_month.
-- Used by: explain.
SELECT
    method AS item,
    entity_id,
    concat_ws(
        ' ',
        strftime(month, '%Y-%m'),
        concat(compliant, ' of ', expected, ' within the limits'),
        CASE WHEN failed > 0 THEN concat(failed, ' beyond: ', worst_item) END,
        CASE WHEN "open" + missing > 0 THEN concat("open" + missing, ' not judged') END,
        CASE WHEN influent_bod5 IS NOT NULL THEN concat('influent ', influent_bod5, ' mg/L') END
    ) AS value,
    CAST(
        to_json({
            'kind': 'plant_month',
            'month': month,
            'expected': expected,
            'compliant': compliant,
            'failed': failed,
            'worst_item': worst_item,
            'not_judged': "open" + missing,
            'influent_bod5': influent_bod5
        }) AS VARCHAR
    ) AS found,
    snapshot, sheet, "row"
FROM plant_month
WHERE
    method = $item
    AND list_contains($entities, entity_id)
    AND month BETWEEN $first AND $last
    AND snapshot IS NOT NULL
ORDER BY entity_id, month
