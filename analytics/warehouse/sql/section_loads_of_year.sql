-- Question: what the rivers carried past their sections in a year. Grain: section_load. Used by: borders, section fiche.
SELECT entity_id, parameter, load_t, so_far_t, months_used, months, reason
FROM section_load
WHERE year = $year
ORDER BY entity_id, parameter
