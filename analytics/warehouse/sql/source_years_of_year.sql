-- Question: how every registered source of drinking water stands in a year. Grain: source_year with its register entry, also
-- of sources of which nothing was told. Used by: reports, notebooks.
SELECT
    m.entity_id, m.name, m.area_id, m.attributes, m.is_set_aside, y.year_rule, y.complies, y.by_occasion, y.by_mean,
    y.occasions, y.occasions_failed, y.occasions_open, y.quarters_sampled, y.quarters_out_of_use, y.quarters_missing,
    y.failed_means, y.in_doubt
FROM register_member AS m
LEFT JOIN source_year AS y ON y.entity_id = m.entity_id AND y.year = $year
WHERE
    m.register = 'drinking_sources'
    AND coalesce(year(m.valid_from), $year) <= $year
    AND coalesce(year(m.valid_to), $year) >= $year
ORDER BY m.area_id, m.entity_id
