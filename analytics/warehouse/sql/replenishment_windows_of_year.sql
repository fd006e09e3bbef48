-- Question: whether a river was replenished throughout the window of a year and the one before. Grain: replenishment_window.
-- Used by: replenishment by month.
SELECT
    item, window_start, window_end, is_promised, judged_on, months_met, months_failed, months_open, days_below, lowest_mean,
    is_met
FROM replenishment_window
WHERE year = $year
ORDER BY item, window_start, judged_on
