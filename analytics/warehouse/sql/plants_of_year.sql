-- Question: how every registered sewage plant stands in a year. Grain: plant_year with its register entry, also one of
-- which nothing was told. Used by: notebook.
SELECT
    m.entity_id, m.name, m.area_id, m.basin, m.river,
    json_extract_string(m.attributes, '$.plant_standard') AS plant_standard,
    json_extract_string(m.attributes, '$.plant_process') AS plant_process,
    y.days_compliant, y.days_failed, y.days_open, y.days_missing, y.days_expected,
    y.days_value, y.days_low, y.days_high,
    y.months_compliant, y.months_failed, y.months_open,
    y.influent_bod5, y.influent_simple_mean, y.influent_december, y.influent_fourth_quarter,
    y.influent_low, y.influent_high, y.influent_months, y.influent_reason, y.treated_water_wan_m3,
    y.reward_rule, y.reward_months, y.reward_value, y.is_markedly_better, y.reward_reason
FROM plant_year AS y
INNER JOIN register_member AS m
    ON
        m.register = 'sewage_plants'
        AND m.entity_id = y.entity_id
        AND (m.valid_from IS NULL OR year(m.valid_from) <= $year)
        AND (m.valid_to IS NULL OR year(m.valid_to) >= $year)
WHERE y.year = $year
QUALIFY row_number() OVER (PARTITION BY m.entity_id ORDER BY m.is_set_aside, m.valid_from DESC NULLS LAST) = 1
ORDER BY m.entity_id
