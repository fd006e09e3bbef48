-- Question: the class of each section from the readings of one year, written by hand to be fast. Grain: section.
-- Inputs: readings (Parquet), section, limits, places. Used by: the measurement of classes.
WITH monthly AS (
    -- A day begins 8 hours earlier than in UTC: reckoned so, a month is found much faster than from its time zone.
    SELECT
        site_id,
        parameter,
        avg(CASE
            WHEN parameter = $ion THEN pow(10, -value)
            WHEN below_limit THEN value / 2
            ELSE value
        END) AS mean
    FROM read_parquet($readings)
    WHERE value IS NOT NULL
    GROUP BY site_id, parameter, month(make_timestamp(epoch_us(taken_at) + 28800000000))
),

annual AS (
    SELECT
        site_id,
        parameter,
        CASE WHEN parameter = $ion THEN -log10(avg(mean)) ELSE avg(mean) END AS mean
    FROM monthly
    GROUP BY site_id, parameter
    HAVING count(*) >= $fewest
),

expected AS (
    SELECT
        entity_id,
        section."case",
        unnest(items) AS parameter
    FROM section
),

item AS (
    SELECT
        expected.*,
        mean,
        -- What would vanish keeps one significant figure.
        CASE
            WHEN mean * pow(10, decimals) > 0.5 + 1e-7 OR mean = 0 THEN decimals
            ELSE -floor(log10(mean))
        END AS places
    FROM expected
    INNER JOIN places ON places.parameter = expected.parameter
    LEFT JOIN annual ON annual.site_id = expected.entity_id AND annual.parameter = expected.parameter
),

rounded AS (
    SELECT
        entity_id,
        "case",
        parameter,
        CASE
            WHEN abs(mean * pow(10, places) % 1 - 0.5) <= 1e-7
                THEN floor(mean * pow(10, places)) + floor(mean * pow(10, places)) % 2
            ELSE floor(mean * pow(10, places) + 0.5)
        END / pow(10, places) AS value
    FROM item
),

classed AS (
    SELECT
        entity_id,
        CASE WHEN value IS NOT NULL THEN
            1
            + CAST(coalesce(value < low_1 OR value > high_1, false) AS TINYINT)
            + CAST(coalesce(value < low_2 OR value > high_2, false) AS TINYINT)
            + CAST(coalesce(value < low_3 OR value > high_3, false) AS TINYINT)
            + CAST(coalesce(value < low_4 OR value > high_4, false) AS TINYINT)
            + CAST(coalesce(value < low_5 OR value > high_5, false) AS TINYINT)
        END AS item_class
    FROM rounded
    INNER JOIN limits ON limits.parameter = rounded.parameter AND limits."case" = rounded."case"
)

SELECT
    entity_id,
    CASE WHEN count(item_class) = count(*) OR max(item_class) = $last THEN max(item_class) END AS water_class
FROM classed
GROUP BY entity_id
ORDER BY entity_id
