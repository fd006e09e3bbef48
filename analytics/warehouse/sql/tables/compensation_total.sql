-- Grain: the deductions, rewards and what is left of both [万元] of one area and year by one scheme. Empty: an entry is open; then
-- the low and high bound the sum (high empty: nothing does). open, dry: numbers of entries.
-- Used by: table of compensation, notebooks.
CREATE TABLE compensation_total (
    year INTEGER NOT NULL,
    scheme VARCHAR NOT NULL,
    scope_kind VARCHAR NOT NULL CHECK (scope_kind IN ('province', 'city', 'county')),
    scope_id VARCHAR NOT NULL,
    deductions DOUBLE,
    deductions_low DOUBLE,
    deductions_high DOUBLE,
    rewards DOUBLE,
    rewards_low DOUBLE,
    rewards_high DOUBLE,
    net DOUBLE,
    net_low DOUBLE,
    net_high DOUBLE,
    open INTEGER NOT NULL,
    dry INTEGER NOT NULL,
    PRIMARY KEY (year, scheme, scope_kind, scope_id)
)
