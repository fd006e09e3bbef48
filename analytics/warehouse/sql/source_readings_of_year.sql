-- Question: the readings of sources of drinking water in a year, with the day of their occasion. Grain: fact_reading.
-- Used by: assessment of sources.
SELECT
    site_id AS entity_id, CAST(taken_at AS DATE) AS taken_on, parameter, value, below_limit, snapshot, sheet, "row"
FROM fact_reading
WHERE method = $method AND year(taken_at) = $year
ORDER BY entity_id, taken_on, parameter
