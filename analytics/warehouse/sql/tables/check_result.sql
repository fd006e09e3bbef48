-- Grain: one check of one file. Used by: data quality.
CREATE TABLE check_result (
    snapshot VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    "check" VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('passed', 'failed', 'could_not_be_checked')),
    failed BIGINT,
    message_zh VARCHAR NOT NULL,
    message_en VARCHAR NOT NULL,
    problem VARCHAR,
    PRIMARY KEY (snapshot, "check")
)
