-- Question: which rows break which of fifteen rules. Grain: row and rule. Used by: tests/bench/gate.py, to compare.
WITH delivered AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY area_id, manure_produced_t, manure_used_t ORDER BY "row") > 1
            AND area_id IS NOT NULL AS is_copy
    FROM read_parquet($staged)
),

marked AS (
    SELECT
        *,
        NOT is_copy AND area_id IS NOT NULL
            AND count(*) FILTER (NOT is_copy) OVER (PARTITION BY area_id) > 1 AS is_contradicted
    FROM delivered
),

hits AS (
    SELECT
        "row",
        unnest([
            CASE WHEN city IS NULL AND city_problem IS NULL THEN 'city_present' END,
            CASE WHEN county IS NULL AND county_problem IS NULL THEN 'county_present' END,
            CASE WHEN manure_produced_t IS NULL AND manure_produced_t_problem IS NULL
                THEN 'manure_produced_t_present' END,
            CASE WHEN manure_used_t IS NULL AND manure_used_t_problem IS NULL THEN 'manure_used_t_present' END,
            CASE WHEN city_problem IS NOT NULL THEN 'city_readable' END,
            CASE WHEN county_problem IS NOT NULL THEN 'county_readable' END,
            CASE WHEN manure_produced_t_problem IS NOT NULL THEN 'manure_produced_t_readable' END,
            CASE WHEN manure_used_t_problem IS NOT NULL THEN 'manure_used_t_readable' END,
            CASE WHEN manure_produced_t < 0 OR manure_produced_t > 4e6 THEN 'manure_produced_t_in_range' END,
            CASE WHEN manure_used_t < 0 OR manure_used_t > 4e6 THEN 'manure_used_t_in_range' END,
            CASE WHEN area_id IS NULL AND city IS NOT NULL AND county IS NOT NULL THEN 'area_id_present' END,
            CASE WHEN is_contradicted THEN 'key_unique' END,
            CASE WHEN is_copy THEN 'row_not_repeated' END,
            CASE WHEN manure_used_t > manure_produced_t THEN 'used_within_produced' END,
            CASE WHEN regexp_matches(remark, '(^|[^一-龥]|计量|数据)单位\s*[:：为是]?\s*(万吨|千吨|公斤|千克)($|[^a-z一-龥/])')
                THEN 'remark_without_other_unit' END
        ]) AS "check"
    FROM marked
)

SELECT "check", "row" FROM hits WHERE "check" IS NOT NULL
