-- Question: every figure of a year. Grain: indicator_value. Used by: values, reports, notebooks.
SELECT
    plan_id, indicator, code, scope_kind, scope_id, scope_name, stratum, period_start, period_end, value, unit,
    numerator, denominator, used, expected, low, high, target, comparison, strength, gap, verdict, is_breach,
    evidence_grade, value_printed, method_version, number_id
FROM indicator_value
WHERE year(period_start) = $year
ORDER BY
    code, list_position(['province', 'city', 'county', 'basin', 'river'], scope_kind) NULLS LAST, scope_kind, scope_id, stratum NULLS FIRST
