-- Question: which rows of a form are set aside, and which of its files refused (no row), that no later file has put right.
-- Grain: row, or file. Inputs: quarantine. Used by: ecological flow, grades of black-odorous water.
SELECT DISTINCT snapshot, sheet, "row", key, sets_aside, entity_id, area_id, period_start, period
FROM quarantine
WHERE source = $source AND status = 'open' AND sets_aside <> 'reading'
ORDER BY snapshot, sheet, "row" NULLS FIRST
