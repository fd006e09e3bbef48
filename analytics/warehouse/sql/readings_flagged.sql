-- Question: how many readings of a span their flag leaves out. Grain: method and flag. Inputs: flagged_reading. Used by: data
-- quality.
SELECT
    method,
    flag,
    count(*) AS readings
FROM flagged_reading
WHERE CAST(taken_at AS DATE) BETWEEN $first AND $last
GROUP BY method, flag
ORDER BY method, readings DESC, flag
