-- Question: the class of every section in every period of a year and of the year before, for the sections of the year.
-- Grain: section_period. Used by: changes, section fiche.
SELECT
    entity_id, period_kind, period_start, period_end, water_class, class_measured, class_best, class_worst,
    items_used, items_expected, months, main_items, main_multiples, class_before, change, direction, change_reason,
    target, meets_target, left_out
FROM section_period
WHERE year = $year
ORDER BY period_kind, period_start, entity_id
