"""A papermill engine that runs cells in an IPython shell of this very process: no kernel, no sockets.

Meant for a process forked for one notebook: what the cells do to the process ends with it.
"""

from __future__ import annotations

import base64
import contextlib
import io
import tempfile
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from papermill.engines import Engine
from traitlets import Type
from traitlets.config import Config

NAME = "in-process"
_new_output: Any = nbformat.v4.new_output


class _Outputs:
    """What the running cell has shown so far, in order, as a notebook stores it."""

    def __init__(self, execution_count: int) -> None:
        self.execution_count = execution_count
        self.nodes: list[Any] = []

    def show(self, kind: str, data: dict[str, Any], metadata: dict[str, Any] | None, **more: Any) -> None:
        clean = {mime: _storable(value) for mime, value in data.items()}
        self.nodes.append(_new_output(kind, data=clean, metadata=metadata or {}, **more))

    def print(self, name: str, text: str) -> None:
        last = self.nodes[-1] if self.nodes else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        elif text:
            self.nodes.append(_new_output("stream", name=name, text=text))


def _storable(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


class _Stream(io.TextIOBase):
    def __init__(self, outputs: _Outputs, name: str) -> None:
        self._outputs, self._name = outputs, name

    def write(self, text: str) -> int:
        self._outputs.print(self._name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    shell: Any

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, *_: Any, **more: Any) -> None:
        self.shell.outputs.show("display_data", data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.nodes.clear()


class _Hook(DisplayHook):
    shell: Any

    def write_output_prompt(self) -> None:
        """No prompt: the output goes into the notebook."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        outputs = self.shell.outputs
        outputs.show("execute_result", format_dict, md_dict, execution_count=outputs.execution_count)

    def finish_displayhook(self) -> None:
        """No newline either."""


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: _Outputs

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        error = _new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)
        self.outputs.nodes.append(error)

    def enable_gui(self, gui: Any = None) -> None:
        """No window system."""


class InProcessEngine(Engine):  # type: ignore[misc]
    """Runs every code cell in order and stops at the first that fails, as papermill's own engine does."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        """Fill in outputs and execution counts of the manager's notebook."""
        with tempfile.TemporaryDirectory(prefix="qinghe-shell-") as home:
            shell = _shell(home)
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                try:
                    if cell.cell_type == "code" and not _run(shell, cell):
                        nb_man.cell_exception(cell, cell_index=index)
                        break
                finally:
                    nb_man.cell_complete(cell, cell_index=index)


def _shell(home: str) -> Any:
    """A shell without history file, colours or the user's own start-up files."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    # The one instance, which `get_ipython()` and `display()` ask for.
    return _Shell.instance(config=config, ipython_dir=home)


def _run(shell: Any, cell: Any) -> bool:
    """Run one cell and store what it showed; whether it went well."""
    outputs = shell.outputs = _Outputs(shell.execution_count)
    cell.execution_count = shell.execution_count
    with (
        contextlib.redirect_stdout(_Stream(outputs, "stdout")),
        contextlib.redirect_stderr(_Stream(outputs, "stderr")),
    ):
        result = shell.run_cell(cell.source, store_history=True)
    cell.outputs = outputs.nodes
    return bool(result.success)
