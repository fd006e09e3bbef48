-- Grain: one national assessed section and year. class empty: it turns on what is missing. Items that class_best and
-- class_worst leave open, though the class does not: in_doubt, of which a month was set aside and not put right;
-- months_missing, of which a month lacks without a reason; undetected, whose limit of detection is too high to tell.
-- items_open lack so many months that they decide nothing. months_read: months with any reading;
-- months_failing: months that certainly missed the section's own target class.
-- Used by: good_section_share, worse_than_class_five_sections, water quality.
CREATE TABLE section_year (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    water_class VARCHAR,
    class_best VARCHAR,
    class_worst VARCHAR,
    items_used INTEGER NOT NULL,
    items_expected INTEGER NOT NULL,
    months INTEGER,
    worst_items VARCHAR[] NOT NULL,
    worst_values DOUBLE[] NOT NULL,
    items_open VARCHAR[] NOT NULL,
    in_doubt VARCHAR[] NOT NULL,
    months_missing VARCHAR[] NOT NULL,
    undetected VARCHAR[] NOT NULL,
    months_read INTEGER NOT NULL,
    months_failing INTEGER NOT NULL,
    months_judged INTEGER NOT NULL,
    is_dry BOOLEAN NOT NULL,
    PRIMARY KEY (year, entity_id)
)
