-- Grain: one sewage plant, month and form: by its days (method plant_day) numbers of days, by its monthly means (method
-- plant_month) one. Empty place: nothing was told of the month.
-- Used by: cold_weather_compliance, sewage_collection_rate, rewarded_plants, explain.
CREATE TABLE plant_month (
    year INTEGER NOT NULL,
    entity_id VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    month DATE NOT NULL,
    compliant INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    "open" INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    worst_item VARCHAR,
    multiple DOUBLE,
    influent_bod5 DOUBLE,
    treated_water_wan_m3 DOUBLE,
    snapshot VARCHAR,
    sheet VARCHAR,
    "row" INTEGER,
    PRIMARY KEY (entity_id, method, month)
)
