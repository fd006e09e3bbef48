-- Question: how many readings of a span lie below a limit of detection, and how many of these limits were assumed. Grain:
-- method and parameter. Inputs: fact_reading. Used by: data quality, methods.
SELECT
    method,
    parameter,
    count(*) AS readings,
    count(*) FILTER (WHERE below_limit) AS below_limit,
    count(*) FILTER (WHERE limit_assumed) AS limit_assumed
FROM fact_reading
WHERE CAST(taken_at AS DATE) BETWEEN $first AND $last
GROUP BY method, parameter
ORDER BY method, parameter
