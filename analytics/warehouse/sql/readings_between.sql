-- Question: the readings of a span. Grain: fact_reading. Used by: dispatch, notebooks.
SELECT site_id, taken_at, parameter, value, value_as_delivered, below_limit, detection_limit, limit_assumed, flag, method, snapshot, sheet, "row"
FROM fact_reading
WHERE CAST(taken_at AS DATE) BETWEEN $first AND $last
ORDER BY site_id, taken_at, parameter
