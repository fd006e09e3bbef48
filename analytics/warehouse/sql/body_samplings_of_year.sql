-- Question: every day on which a point of a black-odorous water body was measured. Grain: body_sampling.
-- Used by: reports, notebooks.
SELECT entity_id, point_number, taken_on, grade, worst_items, snapshot, sheet, "row"
FROM body_sampling
WHERE year(taken_on) = $year
ORDER BY entity_id, point_number, taken_on
