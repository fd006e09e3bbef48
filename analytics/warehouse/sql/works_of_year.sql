-- Question: every work as reported for a year. Grain: fact_undertaking. Used by: reports, notebooks.
SELECT
    item, entity_id, name, area_id, stage, started_on, completed_on, trial_on, accepted_on, stable_on, evidence_grade,
    attributes, period_start, period_end
FROM fact_undertaking
WHERE year(period_start) = $year
ORDER BY item, area_id, entity_id, period_start
