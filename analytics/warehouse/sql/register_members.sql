-- Question: who is a member of which register. Grain: register_member. Used by: populations, gate, notebooks.
SELECT
    register, entity_id, name, area_id, basin, river, stratum, valid_from, valid_to, attributes, is_set_aside,
    snapshot, sheet, "row"
FROM register_member
ORDER BY register, entity_id, valid_from NULLS FIRST
