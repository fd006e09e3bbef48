-- Grain: one kind of fact behind one number: the predicate that finds its rows, the files they lie in and their count.
-- Used by: explain.
CREATE TABLE lineage (
    number_id VARCHAR NOT NULL,
    fact VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    members VARCHAR[] NOT NULL,
    entities VARCHAR[] NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    snapshots VARCHAR[] NOT NULL,
    rows_used BIGINT NOT NULL
)
