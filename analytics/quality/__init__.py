"""The quality gate: what every delivered row must satisfy, tried in DuckDB through Great Expectations."""
