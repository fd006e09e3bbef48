"""Finished numbers to tables, charts, maps and sentences; takes frames, never queries."""
