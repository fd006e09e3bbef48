-- Grain: one item that a river carried past a section in a year [t]; load_t empty where a month lacks its flow or its
-- concentration, so_far_t the months that are known. Used by: sections on the borders of cities, section fiche.
CREATE TABLE section_load (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    parameter VARCHAR NOT NULL,
    load_t DOUBLE,
    so_far_t DOUBLE,
    months_used INTEGER NOT NULL,
    months INTEGER NOT NULL,
    reason VARCHAR CHECK (reason IN ('no_data', 'incomplete')),
    PRIMARY KEY (year, entity_id, parameter)
)
