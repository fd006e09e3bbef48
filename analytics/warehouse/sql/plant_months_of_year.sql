-- Question: the months of sewage plants in a year, by their days (plant_day) and by their monthly means (plant_month).
-- Grain: plant_month. Used by: notebook.
SELECT
    entity_id, method, month, compliant, failed, "open", missing, expected, worst_item, multiple, influent_bod5,
    treated_water_wan_m3
FROM plant_month
WHERE year = $year
ORDER BY entity_id, method, month
