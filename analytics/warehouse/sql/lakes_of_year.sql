-- Question: the trophic level of every lake in a year and in the year before. Grain: lake. Used by: lakes.
SELECT
    n.lake_id, n.sections, n.trophic_level, n.level_low, n.level_high, n.grade, n.grade_low, n.grade_high,
    n.items_missing, n.reason, n.in_doubt, n.doubts,
    b.trophic_level AS level_before, b.level_low AS before_low, b.level_high AS before_high, b.grade AS grade_before,
    b.grade_low AS before_grade_low, b.grade_high AS before_grade_high, b.in_doubt AS before_in_doubt,
    b.doubts AS before_doubts
FROM lake_trophic AS n
LEFT JOIN lake_trophic AS b ON b.year = n.year AND b.lake_id = n.lake_id AND b.of_year = n.of_year - 1
WHERE n.year = $year AND n.of_year = $year
ORDER BY n.lake_id
