-- Question: of which sections anything arrived in a year, in which files, and whether all of it was set aside.
-- Grain: section. Inputs: fact_reading, broken_rule. Used by: figures on sections.
WITH usable AS (
    SELECT r.site_id AS entity_id, list_distinct(list(r.snapshot)) AS snapshots, count(*) AS readings
    FROM fact_reading AS r
    WHERE
        r.site_id IN (SELECT entity_id FROM register_member WHERE register = 'sections')
        AND year(r.taken_at) = $year
    GROUP BY r.site_id
),
aside AS (
    SELECT b.entity_id, list_distinct(list(b.snapshot)) AS snapshots
    FROM broken_rule AS b
    WHERE b.sets_aside AND b.source = 'section_monthly' AND year(b.period_start) = $year
    GROUP BY b.entity_id
),
reported AS (
    SELECT s.entity_id, list_distinct(list(s.snapshot)) AS snapshots
    FROM fact_state AS s
    WHERE s.item = 'sampling_state' AND year(s.period_start) = $year
    GROUP BY s.entity_id
),
everyone AS (
    SELECT entity_id FROM usable
    UNION
    SELECT entity_id FROM aside
    UNION
    SELECT entity_id FROM reported
)
SELECT
    e.entity_id,
    u.entity_id IS NULL AND r.entity_id IS NULL AS was_set_aside,
    coalesce(u.snapshots, r.snapshots, a.snapshots) AS snapshots,
    coalesce(u.readings, 0) AS readings
FROM everyone AS e
LEFT JOIN usable AS u ON u.entity_id = e.entity_id
LEFT JOIN reported AS r ON r.entity_id = e.entity_id
LEFT JOIN aside AS a ON a.entity_id = e.entity_id
WHERE e.entity_id IS NOT NULL
ORDER BY e.entity_id
