-- Grain: one rule broken by one delivered row or cell (column empty: the whole row). Used by: quarantine, data quality.
CREATE TABLE broken_rule (
    source VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL,
    "column" VARCHAR,
    "check" VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    found VARCHAR,
    expected_zh VARCHAR NOT NULL,
    expected_en VARCHAR NOT NULL,
    entity_id VARCHAR,
    area_id VARCHAR,
    period_start DATE,
    sets_aside BOOLEAN NOT NULL,
    is_foreign BOOLEAN NOT NULL -- about an area outside that of its delivery: nothing has arrived of it
)
