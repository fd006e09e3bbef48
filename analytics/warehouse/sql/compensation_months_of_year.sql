-- Question: what sections across boundaries cost in each month of a year, by scheme and area. Grain: compensation_month.
-- Used by: notebooks.
SELECT scheme, scope_kind, scope_id, month, deductions, deductions_low, deductions_high, open, dry
FROM compensation_month
WHERE year = $year
ORDER BY scheme, scope_kind, scope_id, month
