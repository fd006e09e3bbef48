-- Grain: one registered file. Used by: received and missing, data quality, explain.
CREATE TABLE delivery (
    snapshot VARCHAR PRIMARY KEY,
    source VARCHAR NOT NULL,
    file VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    received DATE NOT NULL,
    department VARCHAR NOT NULL,
    area_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    is_invented BOOLEAN NOT NULL,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('loaded', 'refused')),
    reason VARCHAR NOT NULL,
    reason_zh VARCHAR NOT NULL,
    is_put_right BOOLEAN NOT NULL,
    rows_delivered BIGINT NOT NULL,
    rows_repeated BIGINT NOT NULL,
    rows_blank BIGINT NOT NULL,
    rows_superseded BIGINT NOT NULL,
    rows_set_aside BIGINT NOT NULL,
    cells_set_aside BIGINT NOT NULL,
    staged VARCHAR NOT NULL
)
