-- Question: the trophic level of every lake in a year and in the year before. Grain: lake. Used by: lakes.
SELECT
    n.lake_id, n.sections, n.trophic_level, n.grade, n.items_missing, n.reason,
    b.trophic_level AS level_before, b.grade AS grade_before
FROM lake_trophic AS n
LEFT JOIN lake_trophic AS b ON b.year = n.year AND b.lake_id = n.lake_id AND b.of_year = n.of_year - 1
WHERE n.year = $year AND n.of_year = $year
ORDER BY n.lake_id
