-- Grain: one row of a station as published, with the class computed beside the official one.
-- cause: why they differ, as far as it can be told. Used by: dispatch, backtest.
CREATE TABLE station_class (
    entity_id VARCHAR NOT NULL,
    taken_at TIMESTAMPTZ NOT NULL,
    water_body VARCHAR,
    official_class VARCHAR,
    computed_class VARCHAR,
    items_used INTEGER NOT NULL,
    cause VARCHAR CHECK (cause IN ('lag', 'on_limit', 'other')),
    station_state VARCHAR,
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL
)
