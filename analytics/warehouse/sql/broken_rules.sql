-- Question: which rows broke which rules. Grain: broken_rule. Used by: data quality, quarantine.
SELECT
    source, snapshot, sheet, "row", "column", "check", severity, found, expected_zh, expected_en, entity_id, area_id,
    period_start, sets_aside, is_foreign
FROM broken_rule
ORDER BY source, snapshot, sheet, "row", "column" NULLS FIRST, "check"
