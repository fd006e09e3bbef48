-- Question: the index of every city in a year and its change. Grain: city_index. Used by: ranking of cities.
SELECT
    city_id, city_index, sections, items, items_missing, reason, rank, city_index_before, change_pct, change_reason,
    change_rank, is_of_every_item, in_doubt
FROM city_index
WHERE year = $year
ORDER BY city_id
