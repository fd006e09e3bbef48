-- Grain: one reading that a critical rule set aside while the rest of its row counts. Used by: fact_reading.
CREATE TABLE cell_set_aside (
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL,
    parameter VARCHAR NOT NULL,
    PRIMARY KEY (snapshot, sheet, "row", parameter)
)
