-- Grain: one section of a year and one of its periods, or of those of the year before. class_measured: by the items that were
-- measured, whatever the others are; water_class empty: it turns on those. left_out: without water, or under ice, the whole period.
-- meets_target empty: no target class, or it turns on what is missing.
-- main_items: the first of those worse than class Ⅲ, main_multiples by how many times its limit (empty for pH and oxygen).
-- change: against the same period of the year before; change_reason: why there is none.
-- Used by: heat strip, ratings of rivers and cities, changes, section fiche.
CREATE TABLE section_period (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL CHECK (
        period_kind IN ('month', 'quarter', 'year', 'dry_season', 'flood_season')
    ),
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
    main_items VARCHAR[],
    main_multiples DOUBLE[],
    class_before VARCHAR,
    change VARCHAR CHECK (change IN ('none', 'some', 'marked')),
    direction VARCHAR CHECK (direction IN ('better', 'worse', 'none')),
    change_reason VARCHAR,
    target VARCHAR,
    left_out VARCHAR CHECK (left_out IN ('dry', 'frozen')),
    PRIMARY KEY (year, entity_id, period_kind, period_start)
)
