-- Question: amounts of some items told for a year, by area. Grain: item and area. Inputs: fact_amount. Used by: reports.
SELECT
    item,
    area_id,
    sum(value) AS value
FROM fact_amount
WHERE list_contains($items, item) AND year(period_start) = $year
GROUP BY item, area_id
ORDER BY item, area_id
