-- Question: the index of every city in a year and its change. Grain: city_index. Used by: ranking of cities.
SELECT
    city_id, city_index, index_low, index_high, sections, items, items_missing, reason, rank, rank_best, rank_worst,
    city_index_before, change_pct, change_reason, change_rank, change_rank_best, change_rank_worst, is_of_every_item,
    in_doubt, doubts, before_in_doubt, before_doubts
FROM city_index
WHERE year = $year
ORDER BY city_id
