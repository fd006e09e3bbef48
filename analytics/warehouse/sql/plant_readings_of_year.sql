-- Question: the effluent of sewage plants in a year, with the day or the month that each reading is the mean of.
-- Grain: fact_reading. Used by: assessment of sewage plants.
SELECT
    site_id AS entity_id, CAST(taken_at AS DATE) AS step, parameter, value, below_limit, method, snapshot, sheet, "row"
FROM fact_reading
WHERE list_contains($methods, method) AND year(taken_at) = $year
ORDER BY method, entity_id, step, parameter
