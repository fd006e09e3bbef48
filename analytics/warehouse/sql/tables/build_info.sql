-- Grain: one fact about the build. Used by: deciding whether anything changed.
CREATE TABLE build_info (
    key VARCHAR PRIMARY KEY,
    value VARCHAR NOT NULL
)
