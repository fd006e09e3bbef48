-- Grain: one city and year: people whose sewage reaches a plant, by the load that arrives there, and people served with
-- water. people_collected empty where a plant (used of expected) lacks a month; low is what the others make of it [%].
-- Used by: sewage_collection_rate, tables of sewage plants.
CREATE TABLE sewage_collection (
    year INTEGER NOT NULL,
    area_id VARCHAR NOT NULL,
    people_collected DOUBLE,
    people_served DOUBLE,
    value DOUBLE,
    low DOUBLE,
    used INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    reason VARCHAR CHECK (reason IN ('no_data', 'no_people', 'incomplete')),
    PRIMARY KEY (year, area_id)
)
