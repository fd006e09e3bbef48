-- Question: every occasion on which a source of drinking water was sampled. Grain: source_occasion.
-- Used by: reports, notebooks.
SELECT
    entity_id, taken_on, quarter, complies, items_judged, failed, undetected, set_aside, missing, snapshot, sheet, "row"
FROM source_occasion
WHERE year(taken_on) = $year
ORDER BY entity_id, taken_on
