-- Grain: one item of a source of drinking water that did not simply pass, on an occasion (taken_on) or by its mean of the year
-- (taken_on empty). value is as measured or averaged, assessed as it was held against the limit.
-- Used by: tables of sources.
CREATE TABLE source_item (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    taken_on DATE,
    parameter VARCHAR NOT NULL,
    value DOUBLE,
    below_limit BOOLEAN NOT NULL,
    assessed DOUBLE,
    low DOUBLE,
    high DOUBLE,
    standard VARCHAR NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('fails', 'undetected', 'set_aside')),
    multiple DOUBLE,
    is_background BOOLEAN NOT NULL,
    is_reference BOOLEAN NOT NULL
)
