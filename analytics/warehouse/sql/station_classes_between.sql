-- Question: the classes of the stations in a span. Grain: station_class. Used by: dispatch, backtest.
SELECT
    s.entity_id, m.name, m.area_id, m.basin, s.taken_at, s.water_body, s.official_class, s.computed_class,
    s.items_used, s.cause, s.station_state, s.snapshot, s.sheet, s."row"
FROM station_class AS s
INNER JOIN register_member AS m
    ON m.register = 'stations'
    AND m.entity_id = s.entity_id
WHERE CAST(s.taken_at AS DATE) BETWEEN $first AND $last
ORDER BY s.entity_id, s.taken_at
