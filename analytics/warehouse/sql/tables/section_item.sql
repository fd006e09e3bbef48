-- Grain: one item of a section in a period, as far as it was measured or decides. value: the mean as it was held against the
-- limits, rounded by the regulation; empty with too few months. decides: whether it takes part in the section's class.
-- is_held_back: whether the period lacks a month of it that nobody excused, or that was set aside.
-- Used by: main pollution items, ratings below five sections, city index, section fiche.
CREATE TABLE section_item (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    period_kind VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    parameter VARCHAR NOT NULL,
    "case" VARCHAR NOT NULL,
    mean DOUBLE,
    value DOUBLE,
    item_class VARCHAR,
    item_best VARCHAR,
    item_worst VARCHAR,
    months INTEGER,
    decides BOOLEAN NOT NULL,
    is_held_back BOOLEAN NOT NULL,
    PRIMARY KEY (year, entity_id, period_kind, period_start, parameter)
)
