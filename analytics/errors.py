"""The errors people see, each with its exit code; imports nothing of the project."""

from __future__ import annotations

import re

# A reason in Chinese, and from the first 请 on what to do; what it quotes from a file is not looked into.
_WHY_AND_STEP = re.compile(r"(?P<why>(?:“[^”]*”|[^“])*?)[：；，](?P<step>请.*)", re.DOTALL)


class QingheError(Exception):
    """An error with four parts: what failed, where, found against expected, what to do next.

    `exit_code` is what the command line returns; 1 means a defect of ours. `zh` says why in one line for those who sent
    the data, as lists and reports print it, and from `：请` or `；请` on what to do; `zh_next` says what to do where
    that is for whoever runs the command, and not for the sender.
    """

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        found: str = "",
        expected: str = "",
        next_step: str = "",
        zh: str = "",
        zh_next: str = "",
    ) -> None:
        self.what = what
        self.where = where
        self.found = found
        self.expected = expected
        self.next_step = next_step
        self.zh = zh
        parted = None if zh_next else _WHY_AND_STEP.fullmatch(zh)
        self.zh_why = parted["why"] if parted else zh
        self.zh_next = parted["step"] if parted else zh_next
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = (
            ("  In: ", self.where),
            ("  Expected: ", self.expected),
            ("  Found: ", self.found),
            ("  Next: ", self.next_step),
        )
        return "\n".join([self.what, *(label + text for label, text in parts if text)])


class UsageError(QingheError):
    """The command line is wrong: an unknown word, a missing option."""

    exit_code = 2


class CatalogError(QingheError):
    """The catalog (or what a workspace adds to it) breaks a rule."""

    exit_code = 3


class CheckFailed(QingheError):
    """Delivered data failed a critical check, or could not be read at all."""

    exit_code = 4


class SnapshotError(QingheError):
    """A registered file changed or is missing."""

    exit_code = 5


class ReportError(QingheError):
    """A notebook or a renderer failed."""

    exit_code = 6


class VerificationDiffers(QingheError):
    """A rebuilt number is not the published one."""

    exit_code = 7


class Locked(QingheError):
    """Another run holds the lock of this workspace."""

    exit_code = 8


class MachineRefused(QingheError):
    """The machine said no: disk full, permission denied."""

    exit_code = 9
