-- Grain: one staged row that is no fact: a critical rule set it aside, or a later delivery superseded it.
-- Used by: fact_reading.
CREATE TABLE row_left_out (
    snapshot VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    "row" INTEGER NOT NULL,
    reason VARCHAR NOT NULL CHECK (reason IN ('set_aside', 'superseded')),
    PRIMARY KEY (snapshot, sheet, "row")
)
