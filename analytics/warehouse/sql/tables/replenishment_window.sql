-- Grain: one window in which a river is to be replenished, judged by the mean of each month or by every day (judged_on), of the
-- item that the figure counts; is_promised as in replenishment_month. is_met: one month that failed decides, one that is open
-- leaves it open. lowest_mean [m³/s]: of the days measured. Used by: replenishment by month.
CREATE TABLE replenishment_window (
    year INTEGER NOT NULL,
    item VARCHAR NOT NULL,
    window_start DATE NOT NULL,
    window_end DATE NOT NULL,
    is_promised BOOLEAN NOT NULL,
    judged_on VARCHAR NOT NULL CHECK (judged_on IN ('is_met_on_average', 'is_met_every_day')),
    months_met INTEGER NOT NULL,
    months_failed INTEGER NOT NULL,
    months_open INTEGER NOT NULL,
    days_below INTEGER NOT NULL,
    lowest_mean DOUBLE,
    is_met BOOLEAN,
    PRIMARY KEY (year, item, window_start, judged_on)
)
