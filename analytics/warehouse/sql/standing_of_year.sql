-- Question: what has come of each form and period of a year, and of whom nothing. Grain: standing. Used by: received,
-- data quality.
SELECT
    s.department, s.source, s.period, s.period_end, s.due, s.state, s.expected, s.told,
    coalesce(list(m.entity_id ORDER BY m.area_id, m.entity_id) FILTER (m.entity_id IS NOT NULL), []) AS missing,
    coalesce(list(coalesce(m.name, m.entity_id) ORDER BY m.area_id, m.entity_id) FILTER (m.entity_id IS NOT NULL), [])
        AS missing_names,
    coalesce(list(coalesce(m.area_id, '') ORDER BY m.area_id, m.entity_id) FILTER (m.entity_id IS NOT NULL), [])
        AS missing_areas,
    coalesce(list(m.is_whole_city ORDER BY m.area_id, m.entity_id) FILTER (m.entity_id IS NOT NULL), [])
        AS missing_whole
FROM standing AS s
LEFT JOIN member_silent AS m ON m.year = s.year AND m.source = s.source AND m.period = s.period
WHERE s.year = $year
GROUP BY ALL
ORDER BY s.department, s.source, s.period
