-- Grain: what one section costs (kind deduction, a row a month) or earns (kind reward, a row for each ground and month) the area
-- that answers for it, by one scheme. amount, low, high [万元]; amount empty: open, for the reason given; high empty: nothing
-- bounds it; of rewards for runs of months the bounds hold for the sum of the year, a run after an open month standing as if that
-- month were not kept. ground: the band, or what is rewarded. worst_item, multiple: of deductions.
-- Used by: table of compensation, notebooks.
CREATE TABLE compensation_entry (
    year INTEGER NOT NULL,
    scheme VARCHAR NOT NULL,
    area_id VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    month DATE NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('deduction', 'reward')),
    ground VARCHAR,
    amount DOUBLE,
    low DOUBLE,
    high DOUBLE,
    reason VARCHAR,
    worst_item VARCHAR,
    multiple DOUBLE
)
