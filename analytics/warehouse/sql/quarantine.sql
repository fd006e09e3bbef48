-- Question: what is set aside, with every rule it broke, and what of it a later file tells anew. Grain: quarantine.
-- Inputs: quarantine. Used by: the notebooks' quarantine.
SELECT
    source, department, file, received, sheet, "row", key, "column", found, expected_zh, expected_en, severity, rule,
    sets_aside, status, later_file, later_sheet, later_row, entity_id, area_id, period_start, period, field, snapshot,
    later_snapshot
FROM quarantine
ORDER BY source, received, snapshot, sheet, "row" NULLS FIRST, field NULLS FIRST, rule
