-- Question: of which sources and periods did a refused file tell, where no file that came as late or later tells of the
-- same. Grain: member and period. Inputs: broken_rule, fact_state, delivery. Used by: assessment of sources.
SELECT DISTINCT b.entity_id, b.period_start
FROM broken_rule AS b
INNER JOIN delivery AS refused ON refused.snapshot = b.snapshot
WHERE
    b."check" = 'file_refused'
    AND b.source = $source
    AND b.entity_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM fact_state AS s
        INNER JOIN delivery AS taken ON taken.snapshot = s.snapshot
        WHERE
            s.item = $item
            AND s.entity_id = b.entity_id
            AND s.period_start = b.period_start
            AND taken.received >= refused.received
    )
ORDER BY b.entity_id, b.period_start
