-- Question: every work as last reported, with the day on which its file came. Grain: fact_undertaking.
-- Used by: figures on works.
SELECT u.*, d.received
FROM fact_undertaking AS u
INNER JOIN delivery AS d ON d.snapshot = u.snapshot
ORDER BY u.item, u.area_id, u.entity_id, u.snapshot, u.sheet, u."row"
