-- Question: the share of people whose sewage reaches a plant, by city, in a year.
-- Grain: sewage_collection. Used by: notebook.
SELECT year, area_id, people_collected, people_served, value, low, used, expected, reason
FROM sewage_collection
WHERE year = $year
ORDER BY area_id
