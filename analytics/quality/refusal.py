"""The error for a file that the gate refused: which check, where, what was found, what next."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from analytics.catalog.models import Source
from analytics.errors import CheckFailed, QingheError
from analytics.quality.checks import SHARE_CHECK
from analytics.quality.result import GateResult, refuses_file, rows_set_aside

_SHOWN = 5
_DIGITS = 12
_BOTH = re.compile(r"(?P<zh>[^ ()]*) \((?P<en>.*)\)")


def reason_of_refusal(result: GateResult, lang: str) -> str:
    """Why a result was refused, in one line of that language; empty where it was not."""
    parts = []
    for row in _reasons(result).iter_rows(named=True):
        why = _in_one_language(row["problem"] or "", lang) or (
            _share_of_rows(result, lang) if row["check"] == SHARE_CHECK else ""
        )
        sign = "：" if lang == "zh" else ": "
        parts.append(f"{row[f'message_{lang}']}{sign if why else ''}{why}")
    return "; ".join(parts)


def _in_one_language(problem: str, lang: str) -> str:
    """Why a check could not be made: of one told in both languages, 原因 (reason), one of them."""
    both = _BOTH.fullmatch(problem)
    return both[lang] if both else problem


def reasons(result: GateResult) -> list[dict[str, str]]:
    """The checks that refuse the file: `check`, `problem` (null unless it could not be made), `found`, messages."""
    return _reasons(result).to_dicts()


def _reasons(result: GateResult) -> pl.DataFrame:
    """The critical checks that refuse the file: of the file and failed, or such as could not be made."""
    return result.checks.filter(refuses_file())


def _as_it_is(found: str, column: str | None) -> str:
    return found


def refusal(
    result: GateResult,
    source: Source,
    *,
    file: str,
    sha256: str,
    in_words: Callable[[str, str | None], str] = _as_it_is,
) -> CheckFailed:
    """The error to raise for a refused result of that file.

    `in_words` says what was found, of a column or of several, in the words of people. Raises an error of ours (exit
    code 1) for a result that was not refused.
    """
    where = f"{file} (sha256 {sha256[:_DIGITS]}…)"
    if not result.refused:
        raise QingheError(f"{source.id}: the file was not refused.", where=where)
    reasons = _reasons(result)
    unchecked = reasons.filter(pl.col("outcome") == "could_not_be_checked")
    if not unchecked.is_empty():
        return _unchecked(unchecked, source, where)
    words = [f"{zh} ({en})" for zh, en in reasons.select("message_zh", "message_en").iter_rows()]
    names = ", ".join(f"'{name}'" for name in reasons["check"])
    return CheckFailed(
        f"{source.id}: the file fails check {names}; nothing of it is used.",
        where=where,
        expected="; ".join(words),
        found=_found(result, source, in_words),
        next_step="ask the department for the file again, or write the cells that it puts right into "
        f"data/raw/{source.id}/corrections.yml, with `delivery: {file}`; "
        "`qinghe check` writes a page with every row and its rules.",
        zh=reason_of_refusal(result, "zh"),
        zh_next=f"请报送单位更正后重报，或把更正写入 data/raw/{source.id}/corrections.yml（delivery: {file}）；"
        "qinghe check 写出逐行列明问题的校验报告",
    )


def _unchecked(checks: pl.DataFrame, source: Source, where: str) -> CheckFailed:
    problems = [f"\n    {check}: {why}" for check, why in checks.select("check", "problem").iter_rows()]
    return CheckFailed(
        f"{source.id}: {checks.height} critical check(s) could not be made; nothing of the file is used.",
        where=where,
        expected="every critical check passes or fails",
        found="".join(problems[:_SHOWN]) + _more(len(problems)),
        next_step="mend what is named there, then receive the file again.",
        zh=f"有{checks.height}项必须通过的校验无法进行，整份文件未采用：" + "；".join(checks["message_zh"]),
        zh_next="请先解决所列问题（如补齐名录、改正校验规则），再接收一次此文件",
    )


def _found(result: GateResult, source: Source, in_words: Callable[[str, str | None], str]) -> str:
    """How much is unusable, by which checks, and the first rows."""
    if result.rows == 0:
        return "no rows"
    aside = rows_set_aside(result.broken, source)
    worst = (
        result.broken.filter(pl.col("severity") == "critical")
        .join(aside, on=["snapshot", "sheet", "row"], how="semi", maintain_order="left")
        .sort("sheet", "row", maintain_order=True)
    )
    lines = [
        _line({**row, "found": in_words(row["found"] or "", row["column"])})
        for row in worst.head(_SHOWN).iter_rows(named=True)
    ]
    share = f"{aside.height} of {result.rows} rows set aside ({_counts(worst)})"
    return share + "".join(f"\n    {line}" for line in lines) + _more(worst.height)


def _counts(worst: pl.DataFrame) -> str:
    counted = worst["check"].value_counts(sort=True).head(_SHOWN)
    return ", ".join(f"{check} {count}" for check, count in counted.iter_rows())


def _line(row: dict[str, str]) -> str:
    place = f"{row['sheet']} row {row['row']}" if row["sheet"] else f"row {row['row']}"
    wanted = f"{row['expected_zh']} ({row['expected_en']})"
    return f"{place} {row['check']}: {row['found'] or '(empty)'}, expected {wanted}"


def _share_of_rows(result: GateResult, lang: str) -> str:
    """How many of the rows are not usable; those that only say again what another says are neither."""
    aside, rows = result.set_aside_rows - result.copies, result.rows - result.copies
    zh, en = f"共{rows}行，其中{aside}行有误", f"{aside} of {rows} rows"
    if result.copies:
        zh, en = f"除重复的{result.copies}行外{zh}", f"{en}, without {result.copies} that repeat others"
    return zh if lang == "zh" else en


def _more(count: int) -> str:
    return f"\n    … and {count - _SHOWN} more" if count > _SHOWN else ""
