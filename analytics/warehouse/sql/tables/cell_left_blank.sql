-- Grain: one cell that was left blank and keeps a figure open. Used by: letters, data quality.
CREATE TABLE cell_left_blank (
    year INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    name VARCHAR,
    area_id VARCHAR,
    field VARCHAR NOT NULL,
    codes VARCHAR[] NOT NULL,
    PRIMARY KEY (year, source, period, entity_id, field)
)
