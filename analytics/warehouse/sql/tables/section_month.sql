-- Grain: one national assessed section and month. Used by: heat strip, water quality by city and river.
CREATE TABLE section_month (
    entity_id VARCHAR NOT NULL,
    month DATE NOT NULL,
    water_class VARCHAR,
    items_used INTEGER NOT NULL,
    items_expected INTEGER NOT NULL,
    PRIMARY KEY (entity_id, month)
)
