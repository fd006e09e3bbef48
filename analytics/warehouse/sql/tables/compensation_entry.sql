-- Grain: what one section costs (kind deduction, a row a month) or earns (kind reward, a row for each ground and month) the area
-- that answers for it, by one scheme. amount, low, high [万元] of the month; amount empty: open, for the reason given; high
-- empty: nothing bounds it. year_low, year_high add up to the bounds of the year: how many runs of months are rewarded in it is
-- known better than in which months. ground: the band, or what is rewarded. worst_item, multiple: of deductions.
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
    year_low DOUBLE,
    year_high DOUBLE,
    reason VARCHAR,
    worst_item VARCHAR,
    multiple DOUBLE
)
