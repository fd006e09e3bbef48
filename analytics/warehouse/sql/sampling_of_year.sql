-- Question: what was told of the sampling of each section in each month of a year. Grain: fact_state.
-- Used by: annual classes (a month of which nothing was told is open).
SELECT entity_id, period_start AS month, value_code
FROM fact_state
WHERE item = 'sampling_state' AND year(period_start) = $year AND entity_id IS NOT NULL
ORDER BY entity_id, month
