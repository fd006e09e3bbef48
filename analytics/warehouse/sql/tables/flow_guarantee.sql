-- Grain: one section with a target flow in one year told of (period: the year assessed, or the one before): days on which it
-- had the flow, of those with a daily mean, of those with a target. low and high [%]: with all missing days at worst and best.
-- change: points since the year before, of sections assessed in both, with its bounds.
-- targets_in_doubt: rows of the register of targets that may be about it and are set aside, or name no section (or its refused files).
-- Used by: ecological flow of sections.
CREATE TABLE flow_guarantee (
    year INTEGER NOT NULL,
    period INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    days_met INTEGER NOT NULL,
    days_assessed INTEGER NOT NULL,
    days_missing INTEGER NOT NULL,
    days_expected INTEGER NOT NULL,
    value DOUBLE,
    low DOUBLE,
    high DOUBLE,
    required_pct DOUBLE,
    reaches BOOLEAN,
    change DOUBLE,
    change_low DOUBLE,
    change_high DOUBLE,
    targets_in_doubt INTEGER NOT NULL,
    reason VARCHAR CHECK (
        reason IN (
            'no_target', 'targets_contradict', 'no_data', 'no_required_rate', 'undecided', 'target_set_aside',
            'target_without_section', 'targets_refused'
        )
    ),
    PRIMARY KEY (year, period, entity_id)
)
