-- Grain: one black-odorous water body in a quarter of a year in which anything arrived of it. grade empty: open, between grade_best and
-- grade_worst, for the reason given. heavy_stretches: first and last point of each (none: no such rule, or no stretch).
-- Used by: city_black_odorous_rebounds, tables of bodies.
CREATE TABLE body_grade (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    quarter INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    grade VARCHAR,
    grade_best VARCHAR NOT NULL,
    grade_worst VARCHAR NOT NULL,
    points INTEGER NOT NULL,
    points_graded INTEGER NOT NULL,
    points_heavy INTEGER NOT NULL,
    heavy_stretches VARCHAR[],
    reason VARCHAR CHECK (reason IN ('too_few_points', 'points_open', 'set_aside', 'not_measured')),
    PRIMARY KEY (year, entity_id, quarter)
)
