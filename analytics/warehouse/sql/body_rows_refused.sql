-- Question: of which bodies and quarters did a refused file tell, where no file that came as late or later tells of the same.
-- Grain: member and quarter. Inputs: broken_rule, fact_reading, delivery. Used by: grades of black-odorous water.
SELECT DISTINCT b.entity_id, b.period_start
FROM broken_rule AS b
INNER JOIN delivery AS refused ON refused.snapshot = b.snapshot
WHERE
    b."check" = 'file_refused'
    AND b.source = $source
    AND b.entity_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM fact_reading AS r
        INNER JOIN delivery AS taken ON taken.snapshot = r.snapshot
        WHERE
            r.method = $method
            AND r.site_id = b.entity_id
            AND date_trunc('quarter', CAST(r.taken_at AS DATE)) = date_trunc('quarter', b.period_start)
            AND taken.received >= refused.received
    )
ORDER BY b.entity_id, b.period_start
