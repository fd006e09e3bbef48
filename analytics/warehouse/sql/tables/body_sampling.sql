-- Grain: one point of a black-odorous water body and one day. grade: the worst of its values, worst_items those that have it
-- (none where every value is that of clean water). Used by: city_black_odorous_rebounds, explain.
CREATE TABLE body_sampling (
    entity_id VARCHAR NOT NULL,
    point_number INTEGER NOT NULL,
    taken_on DATE NOT NULL,
    grade VARCHAR NOT NULL,
    worst_items VARCHAR[] NOT NULL,
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL,
    PRIMARY KEY (entity_id, point_number, taken_on)
)
