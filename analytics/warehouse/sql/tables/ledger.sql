-- Grain: one file, one period of its form. Used by: received, data quality.
CREATE TABLE ledger (
    source VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    area_id VARCHAR NOT NULL,
    period_start DATE,
    period VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    rows_before BIGINT,
    change_pct DOUBLE,
    rows_year_before BIGINT,
    change_of_year_pct DOUBLE,
    is_jump BOOLEAN NOT NULL,
    PRIMARY KEY (snapshot, period)
)
