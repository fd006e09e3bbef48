"""Pure polars formulas: frames in, frames out; no input or output, no database."""
