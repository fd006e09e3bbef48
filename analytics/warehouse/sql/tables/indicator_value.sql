-- Grain: one figure of one scope and period, with its verdict. Used by: everything that is read.
CREATE TABLE indicator_value (
    plan_id VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    scope_kind VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    scope_name VARCHAR NOT NULL,
    stratum VARCHAR,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    value DOUBLE,
    unit VARCHAR NOT NULL,
    numerator DOUBLE,
    denominator DOUBLE,
    used BIGINT NOT NULL,
    expected BIGINT,
    low DOUBLE,
    high DOUBLE,
    target DOUBLE,
    comparison VARCHAR NOT NULL,
    strength VARCHAR NOT NULL,
    gap DOUBLE,
    verdict VARCHAR NOT NULL CHECK (verdict IN (
        'met', 'not_met', 'met_late', 'undecided', 'not_yet_due', 'not_delivered', 'no_data', 'no_target',
        'not_applicable', 'list_only', 'by_judgement'
    )),
    is_breach BOOLEAN NOT NULL,
    evidence_grade VARCHAR,
    value_printed VARCHAR NOT NULL,
    method_version INTEGER NOT NULL,
    number_id VARCHAR PRIMARY KEY
)
