-- Grain: one section of a year and one of its periods, or of those of the year before. class_measured: by the items that were
-- measured, whatever the others are; water_class empty: it turns on those. is_dry: without water the whole period.
-- meets_target empty: no target class, or it turns on what is missing.
-- Used by: heat strip, ratings of rivers and cities, changes, section fiche.
CREATE TABLE section_period (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL CHECK (period_kind IN ('month', 'quarter', 'year')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    water_class VARCHAR,
    class_measured VARCHAR,
    class_best VARCHAR,
    class_worst VARCHAR,
    items_used INTEGER NOT NULL,
    items_expected INTEGER NOT NULL,
    months INTEGER,
    worst_items VARCHAR[] NOT NULL,
    worst_values DOUBLE[] NOT NULL,
    items_open VARCHAR[] NOT NULL,
    undetected VARCHAR[] NOT NULL,
    meets_target BOOLEAN,
    is_dry BOOLEAN NOT NULL,
    PRIMARY KEY (year, entity_id, period_kind, period_start)
)
