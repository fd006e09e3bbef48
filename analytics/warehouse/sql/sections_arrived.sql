-- Question: of which sections anything arrived in a year, in which file and how many of its rows, and whether all of it was
-- set aside. A row whose month cannot be read is of the year of its delivery.
-- Grain: section and file. Inputs: fact_reading, fact_state, broken_rule, delivery. Used by: figures on sections.
WITH arrivals AS (
    SELECT r.site_id AS entity_id, r.snapshot, concat(r.sheet, '!', r."row") AS place, false AS is_aside
    FROM fact_reading AS r
    WHERE year(r.taken_at) = $year
    UNION ALL
    SELECT s.entity_id, s.snapshot, NULL AS place, false AS is_aside
    FROM fact_state AS s
    WHERE s.item = 'sampling_state' AND year(s.period_start) = $year
    UNION ALL
    SELECT b.entity_id, b.snapshot, NULL AS place, true AS is_aside
    FROM broken_rule AS b
    INNER JOIN delivery AS d ON d.snapshot = b.snapshot
    WHERE b.sets_aside AND NOT b.is_foreign AND coalesce(year(b.period_start), try_cast(left(d.period, 4) AS INTEGER)) = $year
)
SELECT
    a.entity_id,
    a.snapshot,
    count(DISTINCT a.place) AS rows_used,
    bool_and(bool_and(a.is_aside)) OVER (PARTITION BY a.entity_id) AS was_set_aside
FROM arrivals AS a
WHERE a.entity_id IN (SELECT entity_id FROM register_member WHERE register = 'sections')
GROUP BY a.entity_id, a.snapshot
ORDER BY a.entity_id, a.snapshot
