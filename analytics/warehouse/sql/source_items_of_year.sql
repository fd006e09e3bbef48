-- Question: which items of which sources did not pass, on which day or by the mean of the year. Grain: source_item.
-- Used by: reports, notebooks.
SELECT
    entity_id, taken_on, parameter, value, below_limit, assessed, low, high, standard, status, multiple, is_background,
    is_reference
FROM source_item
WHERE year = $year
ORDER BY entity_id, taken_on NULLS LAST, parameter
