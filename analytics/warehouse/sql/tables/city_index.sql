-- Grain: one city and year: the index by which cities are ranked (the lower, the better), and its change since the year before.
-- is_of_every_item: of all items that the regulation sums, else of those of `items` that every section has. reason,
-- change_reason: why there is no index, no rank of the change. index_low, index_high: what the index can be (empty: unbounded), and
-- rank_best, rank_worst the ranks that it can have. in_doubt: sections of which something is in doubt, doubts: why; the same of the
-- year before. Used by: ranking of cities.
CREATE TABLE city_index (
    year INTEGER NOT NULL,
    city_id VARCHAR NOT NULL,
    city_index DOUBLE,
    index_low DOUBLE,
    index_high DOUBLE,
    sections INTEGER NOT NULL,
    items VARCHAR[] NOT NULL,
    items_missing VARCHAR[] NOT NULL,
    reason VARCHAR,
    rank INTEGER,
    rank_best INTEGER,
    rank_worst INTEGER,
    city_index_before DOUBLE,
    change_pct DOUBLE,
    change_reason VARCHAR,
    change_rank INTEGER,
    change_rank_best INTEGER,
    change_rank_worst INTEGER,
    is_of_every_item BOOLEAN NOT NULL,
    in_doubt VARCHAR[] NOT NULL,
    doubts VARCHAR[] NOT NULL,
    before_in_doubt VARCHAR[] NOT NULL,
    before_doubts VARCHAR[] NOT NULL,
    PRIMARY KEY (year, city_id)
)
