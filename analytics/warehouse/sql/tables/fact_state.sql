-- Grain: what someone or something is or has in a period. Used by: shares of members, sampling of sections.
CREATE TABLE fact_state (
    item VARCHAR NOT NULL,
    entity_id VARCHAR,
    area_id VARCHAR,
    period_start DATE,
    period_end DATE,
    value_code VARCHAR,
    value_text VARCHAR,
    attributes VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL
)
