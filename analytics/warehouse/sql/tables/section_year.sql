-- Grain: one national assessed section and year. class empty: it turns on what is missing. in_doubt: items of which a
-- month was set aside and not put right; class_best and class_worst leave them open, the class does not.
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
    in_doubt VARCHAR[] NOT NULL,
    is_dry BOOLEAN NOT NULL,
    PRIMARY KEY (year, entity_id)
)
