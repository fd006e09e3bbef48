-- Grain: one form, one period of a year. Used by: received, data quality.
CREATE TABLE standing (
    year INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    department VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    period_end DATE NOT NULL,
    due DATE,
    state VARCHAR NOT NULL CHECK (state IN ('complete', 'not_over', 'no_date_set', 'not_yet_due', 'overdue')),
    expected BIGINT,
    told BIGINT NOT NULL,
    PRIMARY KEY (year, source, period)
)
