-- Question: how often every section had the flow it needs, in a year and the one before. Grain: flow_guarantee with its register
-- entry. Used by: ecological flow of sections.
WITH entry AS (
    SELECT entity_id, last(name) AS name, last(river) AS river, last(area_id) AS area_id
    FROM register_member
    WHERE register = 'flow_sites'
    GROUP BY entity_id
)
SELECT
    g.period, g.entity_id, e.name, e.river, e.area_id, g.days_met, g.days_assessed, g.days_missing, g.days_expected,
    g.value, g.low, g.high, g.required_pct, g.reaches, g.change, g.change_low, g.change_high, g.targets_in_doubt, g.reason
FROM flow_guarantee AS g
LEFT JOIN entry AS e ON e.entity_id = g.entity_id
WHERE g.year = $year
ORDER BY e.river, g.entity_id, g.period
