-- Question: the annual class of every section. Grain: section_year with its register entry. Used by: reports, maps.
SELECT
    y.entity_id, m.name, m.area_id, m.basin, m.river, y.water_class, y.class_best, y.class_worst, y.items_used,
    y.items_expected, y.months, y.worst_items, y.worst_values, y.items_open, y.in_doubt,
    y.months_missing, y.undetected, y.is_dry
FROM section_year AS y
INNER JOIN register_member AS m
    ON m.register = 'sections'
    AND m.entity_id = y.entity_id
    AND coalesce(year(m.valid_from), $year) <= $year
    AND coalesce(year(m.valid_to), $year) >= $year
WHERE y.year = $year
ORDER BY y.entity_id
