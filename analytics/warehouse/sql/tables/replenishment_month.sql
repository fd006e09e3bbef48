-- Grain: one month of a window in which a river is to be replenished, of the item that the figure counts [m³/s]; is_promised:
-- in the window of the year assessed, else in the one before it. low and high: the month's mean with its missing days at
-- their least (what was told of some release points) and most (empty: unbounded). Used by: replenishment by month.
CREATE TABLE replenishment_month (
    year INTEGER NOT NULL,
    item VARCHAR NOT NULL,
    window_start DATE NOT NULL,
    window_end DATE NOT NULL,
    is_promised BOOLEAN NOT NULL,
    month DATE NOT NULL,
    days_measured INTEGER NOT NULL,
    days_expected INTEGER NOT NULL,
    days_below INTEGER NOT NULL,
    mean DOUBLE,
    low DOUBLE,
    high DOUBLE,
    target DOUBLE NOT NULL,
    is_met_on_average BOOLEAN,
    is_met_every_day BOOLEAN,
    PRIMARY KEY (year, item, month)
)
