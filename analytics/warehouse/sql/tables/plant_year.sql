-- Grain: one registered sewage plant and year: its days within the limits in the cold season [number, %], its months by their
-- means, its influent [mg/L], and whether it kept its limits in every month and is markedly better than the standard of the
-- province by the rule that was given. Empty: not told.
-- Used by: tables of sewage plants.
CREATE TABLE plant_year (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    days_compliant INTEGER,
    days_failed INTEGER,
    days_open INTEGER,
    days_missing INTEGER,
    days_expected INTEGER,
    days_value DOUBLE,
    days_low DOUBLE,
    days_high DOUBLE,
    months_compliant INTEGER,
    months_failed INTEGER,
    months_open INTEGER,
    influent_bod5 DOUBLE,
    influent_simple_mean DOUBLE,
    influent_december DOUBLE,
    influent_fourth_quarter DOUBLE,
    influent_low DOUBLE,
    influent_high DOUBLE,
    influent_months INTEGER,
    influent_reason VARCHAR CHECK (influent_reason IN ('no_data', 'incomplete')),
    treated_water_wan_m3 DOUBLE,
    reward_rule VARCHAR,
    reward_months INTEGER,
    reward_value DOUBLE,
    is_markedly_better BOOLEAN,
    reward_reason VARCHAR CHECK (reward_reason IN (
        'no_rule', 'rule_not_in_force', 'no_data', 'undecided', 'not_compliant', 'compliance_open'
    )),
    PRIMARY KEY (year, entity_id)
)
