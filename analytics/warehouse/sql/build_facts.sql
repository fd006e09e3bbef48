-- Question: what the warehouse was built from. Grain: build_info. Used by: notebooks, reports.
SELECT key, value
FROM build_info
ORDER BY key
