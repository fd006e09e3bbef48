-- Grain: the deductions [万元] of one area and month by one scheme. Empty: an entry is open; then the low and high bound the sum
-- (high empty: nothing does). open, dry: numbers of entries. Used by: notebooks.
CREATE TABLE compensation_month (
    year INTEGER NOT NULL,
    scheme VARCHAR NOT NULL,
    scope_kind VARCHAR NOT NULL CHECK (scope_kind IN ('province', 'city', 'county')),
    scope_id VARCHAR NOT NULL,
    month DATE NOT NULL,
    deductions DOUBLE,
    deductions_low DOUBLE,
    deductions_high DOUBLE,
    open INTEGER NOT NULL,
    dry INTEGER NOT NULL,
    PRIMARY KEY (year, scheme, scope_kind, scope_id, month)
)
