-- Grain: one day on which a sewage plant was beyond a limit (is_compliant false) or could not be judged (empty): an item is
-- missing or was set aside, or a temperature or a limit of detection leaves it open.
-- Used by: tables of sewage plants.
CREATE TABLE plant_day (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    day DATE NOT NULL,
    is_compliant BOOLEAN,
    items_failed VARCHAR[] NOT NULL,
    items_missing VARCHAR[] NOT NULL,
    items_open VARCHAR[] NOT NULL,
    worst_item VARCHAR,
    multiple DOUBLE,
    reason VARCHAR,
    PRIMARY KEY (entity_id, day)
)
