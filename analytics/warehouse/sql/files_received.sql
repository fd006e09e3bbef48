-- Question: who sent what, what became of it, and which later files replaced it, or were taken in the place of one that was
-- refused. Grain: delivery, in the order received. Used by: received.
WITH later AS (
    SELECT
        r.snapshot,
        sum(r.rows) AS rows,
        sum(r.cells) AS cells,
        list(l.file ORDER BY l.rowid) AS files,
        list(l.received ORDER BY l.rowid) AS days
    FROM replacement AS r
    INNER JOIN delivery AS l ON l.snapshot = r.replaced_by
    GROUP BY r.snapshot
),
counted AS (
    SELECT snapshot, min(period) AS first_period, max(period) AS last_period, sum(rows) AS rows, bool_or(is_jump) AS jumps
    FROM ledger
    GROUP BY snapshot
),
titled AS (
    SELECT snapshot
    FROM check_result
    WHERE "check" = 'period_as_titled' AND outcome = 'failed'
),
taken_instead AS (
    SELECT q.snapshot, [any_value(l.file)] AS files, [any_value(l.received)] AS days
    FROM quarantine AS q
    INNER JOIN delivery AS l ON l.snapshot = q.later_snapshot
    WHERE q.sets_aside = 'file' AND q.status = 'fixed'
    GROUP BY q.snapshot
),
corrected AS (
    SELECT snapshot, count(*) AS cells
    FROM correction
    WHERE outcome = 'applied'
    GROUP BY snapshot
)
SELECT
    d.department,
    d.source,
    d.area_id,
    d.period,
    coalesce(c.first_period, '') AS first_period,
    coalesce(c.last_period, '') AS last_period,
    d.file,
    d.received,
    d.rows_delivered,
    d.rows_set_aside,
    d.cells_set_aside,
    coalesce(k.cells, 0) AS cells_corrected,
    CASE
        WHEN d.outcome = 'refused' THEN 'refused'
        WHEN later.rows >= c.rows THEN 'replaced'
        WHEN later.snapshot IS NOT NULL THEN 'replaced in part'
        ELSE 'counts'
    END AS outcome,
    coalesce(CASE WHEN d.outcome = 'refused' THEN i.files ELSE later.files END, []) AS replaced_by,
    coalesce(CASE WHEN d.outcome = 'refused' THEN i.days ELSE later.days END, []) AS replaced_on,
    coalesce(c.jumps, false) AS has_jump,
    row_number() OVER (PARTITION BY d.source, d.sha256, d.period ORDER BY d.rowid) > 1 AS is_again,
    d.is_put_right,
    t.snapshot IS NOT NULL AS tells_other_period,
    d.reason,
    d.reason_zh,
    d.snapshot
FROM delivery AS d
LEFT JOIN later ON later.snapshot = d.snapshot
LEFT JOIN counted AS c ON c.snapshot = d.snapshot
LEFT JOIN titled AS t ON t.snapshot = d.snapshot
LEFT JOIN taken_instead AS i ON i.snapshot = d.snapshot
LEFT JOIN corrected AS k ON k.snapshot = d.snapshot
ORDER BY d.source, d.rowid
