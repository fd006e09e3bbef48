"""Tables, facts, values, lineage and named queries."""
