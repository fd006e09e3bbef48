-- Grain: one source of drinking water and year, by both rules; complies is by the one that the setting names (year_rule).
-- Empty: open. quarters_*: which of the four were sampled, were told to be out of use, or are missing. in_doubt: an occasion
-- was set aside with its row and not put right.
-- Used by: drinking_source_compliance, tables of sources.
CREATE TABLE source_year (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    year_rule VARCHAR NOT NULL,
    complies BOOLEAN,
    by_occasion BOOLEAN,
    by_mean BOOLEAN,
    occasions INTEGER NOT NULL,
    occasions_failed INTEGER NOT NULL,
    occasions_open INTEGER NOT NULL,
    quarters_sampled INTEGER[] NOT NULL,
    quarters_out_of_use INTEGER[] NOT NULL,
    quarters_missing INTEGER[] NOT NULL,
    failed_means VARCHAR[] NOT NULL,
    in_doubt BOOLEAN NOT NULL,
    PRIMARY KEY (year, entity_id)
)
