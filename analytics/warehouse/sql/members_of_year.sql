-- Question: what every member of every figure contributes. Grain: figure_member. Used by: explain, missing data.
SELECT
    code, indicator, entity_id, name, area_id, basin, river, part, numerator, denominator, numerator_low, numerator_high,
    denominator_high, status, reason, verdict, reached_on, evidence_grade
FROM figure_member
WHERE year(period_start) = $year
ORDER BY code, entity_id, part
