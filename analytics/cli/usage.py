"""What is wrong with a command as it was typed, in Chinese before the library's own words in English."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Any

from rich.console import Console

# The library keeps the one it is built on inside itself, and shows less of it than is asked for here.
from typer._click.exceptions import BadParameter, MissingParameter, NoSuchOption, UsageError
from typer.core import TyperGroup, TyperOption

# What the words after a command are, by the name that programs know.
_ARGUMENTS = {
    "files": "要接收的文件",
    "word": "指标、条款编号或数值编号，如 T12b",
    "source": "报表的代码或全名，如 manure",
}


def is_english(words: list[str]) -> bool:
    """Whether the command was asked for English: its error is printed where the options are known no longer."""
    return "--lang=en" in words or ("--lang", "en") in pairwise(words)


class ToldInBoth(TyperGroup):
    """The commands; one that was mistyped is said to be so in both languages."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """As the library has it."""
        try:
            return super().make_context(*args, **kwargs)
        except UsageError as error:
            _say(error)
            raise

    def invoke(self, *args: Any, **kwargs: Any) -> Any:
        """As the library has it."""
        try:
            return super().invoke(*args, **kwargs)
        except UsageError as error:
            _say(error)
            raise


def _say(error: UsageError) -> None:
    if not is_english(sys.argv):
        told = Console(stderr=True, markup=False, emoji=False, highlight=False)
        told.print(_in_chinese(error), style="red", soft_wrap=True)


def _in_chinese(error: UsageError) -> str:
    if isinstance(error, NoSuchOption):
        near = f"；相近的是 {'、'.join(error.possibilities)}" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}"
    if isinstance(error, MissingParameter):
        return f"缺少{_named(error)}{_meant(error.param)}"
    if isinstance(error, BadParameter):
        return f"{_named(error)} 的内容不能用{_wanted(error)}"
    if error.ctx is not None and isinstance(error.ctx.command, TyperGroup):
        return f"没有这个命令；可用的是：{'、'.join(error.ctx.command.list_commands(error.ctx))}"
    return "命令的写法有误，请对照 --help"


def _meant(param: Any) -> str:
    """What a word that is wanting would be, with an example."""
    if "--year" in getattr(param, "opts", ()):
        return "，如 --year 2021"
    told = _ARGUMENTS.get(getattr(param, "name", None) or "")
    return f"（{told}）" if told and not isinstance(param, TyperOption) else ""


def _wanted(error: BadParameter) -> str:
    """What an option takes, with an example of a year; nothing of what takes any text."""
    if "--year" in getattr(error.param, "opts", ()):
        return "：请写四位数字的年份，如 --year 2021"
    _, is_choice, choices = error.message.partition(" is not one of ")
    if is_choice:
        return "：可用的是 " + choices.rstrip(".").replace("'", "").replace(", ", "、")
    return "：请写整数" if "valid integer" in error.message else ""


def _named(error: BadParameter) -> str:
    if isinstance(error.param, TyperOption):
        return f"选项 {error.param.opts[0]}"
    return f"参数 {error.param.name}" if error.param else "参数"
