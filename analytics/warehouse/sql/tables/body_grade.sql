-- Grain: one black-odorous water body in a quarter of a year in which anything arrived of it. grade empty: open, between grade_best and
-- grade_worst, for the reason given (rows_in_doubt: rows set aside that may be of the body, and name none). heavy_stretches: first and last point of each (none: no such rule, or no stretch).
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
    rows_in_doubt INTEGER NOT NULL,
    reason VARCHAR CHECK (
        reason IN (
            'too_few_points', 'points_open', 'depth_unclear', 'set_aside', 'below_limit_alone', 'row_without_body',
            'not_measured', 'not_yet_due'
        )
    ),
    PRIMARY KEY (year, entity_id, quarter)
)
