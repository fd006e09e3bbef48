-- Grain: one correction as it is written down, whatever became of it. Used by: data quality, explain, received.
CREATE TABLE correction (
    source VARCHAR NOT NULL,
    correction VARCHAR NOT NULL,
    written_in VARCHAR NOT NULL,
    line INTEGER NOT NULL,
    what VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    told_where VARCHAR NOT NULL,
    delivery VARCHAR NOT NULL,
    delivered VARCHAR NOT NULL,
    corrected VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    said_by VARCHAR NOT NULL,
    said_on DATE NOT NULL,
    status VARCHAR NOT NULL CHECK (status IN ('proposed', 'confirmed', 'rejected')),
    outcome VARCHAR NOT NULL CHECK (outcome IN ('applied', 'proposed', 'rejected', 'overtaken', 'file_refused')),
    snapshot VARCHAR,
    sheet VARCHAR,
    "row" INTEGER,
    overtaken_by VARCHAR,
    PRIMARY KEY (source, correction)
)
