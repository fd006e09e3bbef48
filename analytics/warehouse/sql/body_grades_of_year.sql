-- Question: how every registered black-odorous water body was graded in each quarter of a year. Grain: body_grade with its
-- register entry, also of bodies of which nothing was told. Used by: reports, notebooks.
SELECT
    m.entity_id, m.name, m.area_id, m.attributes, m.is_set_aside, g.quarter, g.kind, g.method, g.grade, g.grade_best,
    g.grade_worst, g.points, g.points_graded, g.points_heavy, g.heavy_stretches, g.rows_in_doubt, g.reason
FROM register_member AS m
LEFT JOIN body_grade AS g ON g.entity_id = m.entity_id AND g.year = $year
WHERE
    m.register = 'black_odorous_bodies'
    AND coalesce(year(m.valid_from), $year) <= $year
    AND coalesce(year(m.valid_to), $year) >= $year
ORDER BY m.area_id, m.entity_id, g.quarter
