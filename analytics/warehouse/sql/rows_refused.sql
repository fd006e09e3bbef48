-- Question: of which rows did only a refused file tell, and nothing counts that is about the same. Grain: member and
-- period. Inputs: broken_rule, fact_state. Used by: annual classes (every item of such a section and month is open).
SELECT DISTINCT b.entity_id, b.period_start
FROM broken_rule AS b
ANTI JOIN fact_state AS s ON s.item = $item AND s.entity_id = b.entity_id AND s.period_start = b.period_start
WHERE b."check" = 'file_refused' AND b.source = $source AND b.entity_id IS NOT NULL
ORDER BY b.entity_id, b.period_start
