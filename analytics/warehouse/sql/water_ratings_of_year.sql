-- Question: how rivers, basins, cities and the province are rated in every period of a year and of the year before.
-- Grain: water_rating. Used by: water quality by basin, river and city.
SELECT
    scope_kind, scope_id, period_kind, period_start, rated_by, sections_assessed, sections_open, sections_left_out,
    sections_good, sections_worst, good_pct, good_low_pct, good_high_pct, worst_pct, worst_low_pct,
    worst_high_pct, water_class, rating, rating_best, rating_worst, reason,
    main_items, main_shares, rating_before, good_points, worst_points, change, direction, change_reason
FROM water_rating
WHERE year = $year
ORDER BY scope_kind, scope_id, period_kind, period_start
