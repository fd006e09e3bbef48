-- Grain: one lake or reservoir in a year, or in the year before (of_year): the comprehensive trophic level index and the number
-- of its grade from the poorest in nutrients; both empty, with the reason, where an item is missing. Used by: lakes.
CREATE TABLE lake_trophic (
    year INTEGER NOT NULL,
    lake_id VARCHAR NOT NULL,
    of_year INTEGER NOT NULL,
    sections VARCHAR[] NOT NULL,
    trophic_level DOUBLE,
    grade INTEGER,
    items_missing VARCHAR[] NOT NULL,
    reason VARCHAR CHECK (reason IN ('items_missing', 'not_positive')),
    PRIMARY KEY (year, lake_id, of_year)
)
