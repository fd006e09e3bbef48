-- Question: the days of a year on which a sewage plant was beyond a limit, or could not be judged. Grain: plant_day.
-- Used by: notebook.
SELECT entity_id, day, is_compliant, items_failed, items_missing, items_open, worst_item, multiple, reason
FROM plant_day
WHERE year = $year
ORDER BY entity_id, day
