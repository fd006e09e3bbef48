-- Question: how every check of every file came out. Grain: check_result. Used by: data quality.
SELECT snapshot, source, "check", severity, scope, outcome, failed, message_zh, message_en, problem
FROM check_result
ORDER BY source, snapshot, "check"
