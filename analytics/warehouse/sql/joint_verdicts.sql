-- Question: how the promises stand that need several figures. Grain: clause_verdict. Used by: plan, scorecard.
SELECT plan_id, clause, codes, verdict, is_breach
FROM clause_verdict
WHERE year = $year
ORDER BY clause, codes
