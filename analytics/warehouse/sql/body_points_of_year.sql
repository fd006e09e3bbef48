-- Question: how the points of black-odorous water bodies were graded in the quarters of a year. Grain: body_point.
-- Used by: notebooks.
SELECT entity_id, point_number, quarter, grade, grade_best, grade_worst, items_heavy, items_missing, reason
FROM body_point
WHERE year = $year
ORDER BY entity_id, quarter, point_number
