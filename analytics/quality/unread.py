"""What a cell looks like that is no number, so that its sender is told what is wrong with just that cell."""

from __future__ import annotations

import polars as pl

UNREADABLE = "unreadable"  # the problem of a cell of which nothing better is known
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
# By what a cell looks like, the first that fits: the words for it stand in `wording`.
_LOOKS = {
    "error_value": r"^#\S*[!?/A-Z]$",
    "decimal_comma": r"^[-+]?\d+[,，、。]\d+$",
    "not_measured": r"^(?:未监?测[量定]?|没有?(?:监?测|数据)|[缺漏]测|未(?:采样|取样|统计|填|知|报)"
    r"|不详|不清楚|待[补定]|(?i:n\.?/?a\.?))$",
    "roughly": rf"^(?:大?约|大概|近|≈|~|～)\s*{_NUMBER}|{_NUMBER}\s*\D*(?:左右|上下|[余多])$",
    "bound": rf"^(?:[<>≤≥＜＞〈〉]=?|小于|大于|低于|高于|超过|不足|不到)\s*\d|{_NUMBER}\s*\D*以[上下]$",
    "range": rf"^{_NUMBER}\s*(?:[-~～—–至到])\s*{_NUMBER}$",
}


def looks_like(word: pl.Expr, found: pl.Expr) -> pl.Expr:
    """The problem of a cell (`word`), of one that could not be read by what was found in it; else as it is."""
    text = found.str.normalize("NFKC").str.strip_chars()
    seen = pl.coalesce(
        pl.when(text.str.contains(pattern) | found.str.contains(pattern)).then(pl.lit(name))
        for name, pattern in _LOOKS.items()
    )
    return pl.when(word == UNREADABLE).then(pl.coalesce(seen, word)).otherwise(word)
