-- Grain: one file and one later file that replaces rows or cells of it. Used by: received.
CREATE TABLE replacement (
    snapshot VARCHAR NOT NULL,
    replaced_by VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    cells BIGINT NOT NULL,
    PRIMARY KEY (snapshot, replaced_by)
)
