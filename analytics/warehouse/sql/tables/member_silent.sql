-- Grain: one member of a register of whom a form did not tell in a period. Used by: received, data quality.
CREATE TABLE member_silent (
    year INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    name VARCHAR,
    area_id VARCHAR,
    is_whole_city BOOLEAN NOT NULL,
    PRIMARY KEY (year, source, period, entity_id)
)
