-- Grain: one member of a figure's population in a year, with what it contributes. Used by: explain, missing data.
CREATE TABLE figure_member (
    code VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    entity_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    area_id VARCHAR,
    basin VARCHAR,
    river VARCHAR,
    part VARCHAR NOT NULL,
    numerator DOUBLE,
    denominator DOUBLE,
    numerator_low DOUBLE,
    numerator_high DOUBLE,
    denominator_high DOUBLE,
    denominator_low DOUBLE,
    status VARCHAR NOT NULL,
    reason VARCHAR,
    verdict VARCHAR,
    reached_on DATE,
    evidence_grade VARCHAR,
    PRIMARY KEY (code, period_start, entity_id, part)
)
