-- Question: what a river was given month by month, in the windows of a year and the one before. Grain: replenishment_month.
-- Used by: replenishment by month.
SELECT
    item, window_start, window_end, is_promised, month, days_measured, days_expected, days_below, mean, low, high, target,
    is_met_on_average, is_met_every_day
FROM replenishment_month
WHERE year = $year
ORDER BY item, month
