-- Question: what each section cost and earned its area in each month of a year. Grain: compensation_entry. Used by: notebooks.
SELECT
    scheme, area_id, entity_id, month, kind, ground, amount, low, high, year_low, year_high,
    reason, worst_item, multiple
FROM compensation_entry
WHERE year = $year
ORDER BY scheme, entity_id, month, kind, ground
