-- Question: the class of every section in every month. Grain: section_month. Used by: heat strip.
SELECT entity_id, month, water_class, items_used, items_expected
FROM section_month
WHERE year(month) = $year
ORDER BY entity_id, month
