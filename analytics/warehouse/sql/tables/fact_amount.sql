-- Grain: one statistic of an area or a unit over a period. Used by: ratios and changes of amounts.
CREATE TABLE fact_amount (
    item VARCHAR NOT NULL,
    area_id VARCHAR,
    entity_id VARCHAR,
    breakdown VARCHAR,
    period_start DATE,
    period_end DATE,
    value DOUBLE,
    unit VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL
)
