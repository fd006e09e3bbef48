-- Grain: one city and year: the index by which cities are ranked (the lower, the better), and its change since the year before.
-- is_of_every_item: of all items that the regulation sums, else of those of `items` that every section has. reason,
-- change_reason: why there is no index, no rank of the change. in_doubt: sections with
-- months set aside or held back. Used by: ranking of cities.
CREATE TABLE city_index (
    year INTEGER NOT NULL,
    city_id VARCHAR NOT NULL,
    city_index DOUBLE,
    sections INTEGER NOT NULL,
    items VARCHAR[] NOT NULL,
    items_missing VARCHAR[] NOT NULL,
    reason VARCHAR,
    rank INTEGER,
    city_index_before DOUBLE,
    change_pct DOUBLE,
    change_reason VARCHAR,
    change_rank INTEGER,
    is_of_every_item BOOLEAN NOT NULL,
    in_doubt VARCHAR[] NOT NULL,
    PRIMARY KEY (year, city_id)
)
