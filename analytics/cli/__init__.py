"""The command line: arguments checked first, progress, exit codes."""

from __future__ import annotations

import sys

from analytics.cli import deliveries, figures, form, quarantine, received, remind, reports
from analytics.cli.shared import app, say
from analytics.cli.usage import is_english
from analytics.errors import QingheError

__all__ = ["app", "deliveries", "figures", "form", "main", "quarantine", "received", "remind", "reports"]


def main() -> None:
    """Run the command line; errors go to standard error and end with their own exit code."""
    debug = "--debug" in sys.argv
    sys.argv = [a for a in sys.argv if a != "--debug"]
    try:
        app(standalone_mode=True)
    except QingheError as error:
        if debug:
            raise
        if error.zh and not is_english(sys.argv):
            say.print(error.zh, style="red")
        say.print(str(error), style="red")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except SystemExit:
        # The library wraps what it prints to once a reader has gone (`| head`): that reader has seen enough.
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            sys.exit(0)
        raise
    except Exception as error:
        if debug:
            raise
        say.print(
            f"A defect of qinghe: {type(error).__name__}: {error}\n"
            "  Next: run the command again with --debug and report what it prints.",
            style="red",
        )
        sys.exit(1)
