"""Tables, facts, values, lineage and named queries; the warehouse is a function of files, catalog and code."""
