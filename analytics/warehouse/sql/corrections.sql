-- Question: what was corrected, and what became of each. Grain: correction. Used by: data quality, explain, received.
SELECT
    c.source, c.correction, c.written_in, c.line, c.what, c.place, c.told_where, c.delivery, c.delivered, c.corrected,
    c.reason, c.said_by, c.said_on, c.status, c.outcome, c.snapshot, d.file, c.sheet, c."row", l.file AS overtaken_by
FROM correction AS c
LEFT JOIN delivery AS d ON d.snapshot = c.snapshot
LEFT JOIN delivery AS l ON l.snapshot = c.overtaken_by
ORDER BY c.source, c.written_in, c.line
