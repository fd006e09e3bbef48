-- Grain: one cell that does not count while the rest of its row may: a critical rule set it aside, or a later
-- delivery superseded it. Used by: fact_reading.
CREATE TABLE cell_left_out (
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL,
    parameter VARCHAR NOT NULL,
    reason VARCHAR NOT NULL CHECK (reason IN ('set_aside', 'superseded')),
    PRIMARY KEY (snapshot, sheet, "row", parameter)
)
