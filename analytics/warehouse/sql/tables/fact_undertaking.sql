-- Grain: one named piece of work as last reported. Used by: lists of works.
CREATE TABLE fact_undertaking (
    item VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    name VARCHAR,
    area_id VARCHAR,
    stratum VARCHAR,
    stage VARCHAR,
    started_on DATE,
    completed_on DATE,
    trial_on DATE,
    accepted_on DATE,
    stable_on DATE,
    evidence_grade VARCHAR,
    attributes VARCHAR NOT NULL,
    period_start DATE,
    period_end DATE,
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL
)
