-- Question: the annual class of every section, that of the year before and the one that was recognised.
-- Grain: section_year with its register entry. Inputs: section_year, section_period, fact_state. Used by: reports, maps.
WITH recognised AS (
    SELECT entity_id, arg_max(value_code, (period_end, period_start)) AS recognised_class
    FROM fact_state
    WHERE item = 'recognised_class' AND year(period_start) = $year AND value_code IS NOT NULL
    GROUP BY entity_id
),
earlier AS (
    SELECT entity_id, water_class AS class_before
    FROM section_period
    WHERE year = $year AND period_kind = 'year' AND year(period_start) = $year - 1
),
own AS (
    SELECT entity_id, target, main_items, main_multiples
    FROM section_period
    WHERE year = $year AND period_kind = 'year' AND year(period_start) = $year
)
SELECT
    y.entity_id, m.name, m.area_id, m.basin, m.river, y.water_class, y.class_best, y.class_worst, y.items_used,
    y.items_expected, y.months, y.worst_items, y.worst_values, y.items_open, y.in_doubt,
    y.months_missing, y.undetected, y.months_failing, y.months_judged, y.is_dry, e.class_before, r.recognised_class,
    o.target, o.main_items, o.main_multiples
FROM section_year AS y
INNER JOIN register_member AS m
    ON m.register = 'sections'
    AND m.entity_id = y.entity_id
    AND coalesce(year(m.valid_from), $year) <= $year
    AND coalesce(year(m.valid_to), $year) >= $year
LEFT JOIN own AS o ON o.entity_id = y.entity_id
LEFT JOIN earlier AS e ON e.entity_id = y.entity_id
LEFT JOIN recognised AS r ON r.entity_id = y.entity_id
WHERE y.year = $year
ORDER BY y.entity_id
