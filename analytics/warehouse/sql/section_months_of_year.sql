-- Question: the class of every section in every month in which anything was measured. Grain: section_period.
-- Used by: heat strip.
SELECT entity_id, period_start AS month, class_measured AS water_class, items_used, items_expected
FROM section_period
WHERE year = $year AND period_kind = 'month' AND year(period_start) = $year AND items_used > 0
ORDER BY entity_id, month
