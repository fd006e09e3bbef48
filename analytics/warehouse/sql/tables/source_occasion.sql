-- Grain: one sampling occasion of one source of drinking water. complies empty: open. failed, undetected (limit of detection
-- too coarse to tell), set_aside and missing (required) are items that were judged or should have been.
-- Used by: drinking_source_compliance, large_rural_sources_monitored, explain.
CREATE TABLE source_occasion (
    entity_id VARCHAR NOT NULL,
    taken_on DATE NOT NULL,
    quarter INTEGER NOT NULL,
    complies BOOLEAN,
    items_judged INTEGER NOT NULL,
    failed VARCHAR[] NOT NULL,
    undetected VARCHAR[] NOT NULL,
    set_aside VARCHAR[] NOT NULL,
    missing VARCHAR[] NOT NULL,
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL,
    PRIMARY KEY (entity_id, taken_on)
)
