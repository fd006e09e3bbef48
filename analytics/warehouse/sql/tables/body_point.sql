-- Grain: one point of a black-odorous water body in a quarter, measured or not. grade empty: open, between grade_best and
-- grade_worst (both empty: not measured). items_missing: base items with too few samplings. Used by: tables of bodies.
CREATE TABLE body_point (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    point_number INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    grade VARCHAR,
    grade_best VARCHAR,
    grade_worst VARCHAR,
    items_heavy VARCHAR[],
    items_missing VARCHAR[],
    reason VARCHAR,
    PRIMARY KEY (year, entity_id, point_number, quarter)
)
