-- Question: of which sections anything arrived in a year, in which file, and whether all of it was set aside.
-- Grain: section and file. Inputs: fact_reading, fact_state, broken_rule. Used by: figures on sections.
WITH arrivals AS (
    SELECT r.site_id AS entity_id, r.snapshot, 1 AS readings, false AS is_aside
    FROM fact_reading AS r
    WHERE year(r.taken_at) = $year
    UNION ALL
    SELECT s.entity_id, s.snapshot, 0 AS readings, false AS is_aside
    FROM fact_state AS s
    WHERE s.item = 'sampling_state' AND year(s.period_start) = $year
    UNION ALL
    SELECT b.entity_id, b.snapshot, 0 AS readings, true AS is_aside
    FROM broken_rule AS b
    WHERE b.sets_aside AND year(b.period_start) = $year
)
SELECT
    a.entity_id,
    a.snapshot,
    CAST(sum(a.readings) AS BIGINT) AS readings,
    bool_and(bool_and(a.is_aside)) OVER (PARTITION BY a.entity_id) AS was_set_aside
FROM arrivals AS a
WHERE a.entity_id IN (SELECT entity_id FROM register_member WHERE register = 'sections')
GROUP BY a.entity_id, a.snapshot
ORDER BY a.entity_id, a.snapshot
