-- Grain: one lake or reservoir in a year, or in the year before (of_year): the comprehensive trophic level index and the number
-- of its grade from the poorest in nutrients; both empty, with the reason, where an item is missing.
-- level_low, level_high: what the level can be (empty: unbounded), grade_low, grade_high the grades of these. in_doubt: sections that
-- lack months, or of which nobody knows whether they are points of the lake; doubts: why. Used by: lakes.
CREATE TABLE lake_trophic (
    year INTEGER NOT NULL,
    lake_id VARCHAR NOT NULL,
    of_year INTEGER NOT NULL,
    sections VARCHAR[] NOT NULL,
    trophic_level DOUBLE,
    level_low DOUBLE,
    level_high DOUBLE,
    grade INTEGER,
    grade_low INTEGER,
    grade_high INTEGER,
    items_missing VARCHAR[] NOT NULL,
    in_doubt VARCHAR[] NOT NULL,
    doubts VARCHAR[] NOT NULL,
    reason VARCHAR CHECK (reason IN ('items_missing', 'not_positive')),
    PRIMARY KEY (year, lake_id, of_year)
)
