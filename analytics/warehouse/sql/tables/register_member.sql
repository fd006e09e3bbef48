-- Grain: one member of a register and its span of validity. Used by: every population.
CREATE TABLE register_member (
    register VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    area_id VARCHAR,
    basin VARCHAR,
    river VARCHAR,
    stratum VARCHAR,
    valid_from DATE,
    valid_to DATE,
    attributes VARCHAR NOT NULL,
    is_set_aside BOOLEAN NOT NULL,
    snapshot VARCHAR,
    sheet VARCHAR,
    "row" INTEGER
)
