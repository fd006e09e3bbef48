-- Question: the readings of the members of a register in a year. Grain: fact_reading. Used by: annual classes.
SELECT r.site_id, r.taken_at, r.parameter, r.value, r.below_limit
FROM fact_reading AS r
WHERE
    r.site_id IN (SELECT entity_id FROM register_member WHERE register = $register)
    AND year(r.taken_at) = $year
