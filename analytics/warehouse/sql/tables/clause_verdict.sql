-- Grain: one promise that needs several figures, in a year. Used by: plan, scorecard.
CREATE TABLE clause_verdict (
    plan_id VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    clause VARCHAR NOT NULL,
    codes VARCHAR[] NOT NULL,
    verdict VARCHAR NOT NULL,
    is_breach BOOLEAN NOT NULL
)
