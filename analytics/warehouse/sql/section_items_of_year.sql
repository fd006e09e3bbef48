-- Question: every item of one section in the periods of a year and of the year before. Grain: section_item.
-- Used by: section fiche.
SELECT
    period_kind, period_start, parameter, "case", mean, value, item_class, item_best, item_worst, months, decides,
    is_held_back
FROM section_item
WHERE year = $year AND entity_id = $section
ORDER BY period_kind, period_start, parameter
