-- Question: what compensation across boundaries comes to in a year, by scheme and area. Grain: compensation_total.
-- Used by: reports, notebooks.
SELECT
    scheme, scope_kind, scope_id, deductions, deductions_low, deductions_high, rewards, rewards_low, rewards_high, net,
    net_low, net_high, open, dry
FROM compensation_total
WHERE year = $year
ORDER BY scheme, scope_kind, scope_id
