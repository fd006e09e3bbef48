-- Question: the readings of a method in a span, with their place. Grain: fact_reading. Used by: flows.
SELECT site_id, taken_at, value, below_limit, snapshot, sheet, "row"
FROM fact_reading
WHERE method = $method AND CAST(taken_at AS DATE) BETWEEN $first AND $last
ORDER BY site_id, taken_at
