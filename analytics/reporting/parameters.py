"""What a report may be asked for, checked before anything starts: papermill itself lets mistakes pass."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from analytics.errors import ReportError

KERNEL = "python3"


class ReportParameters(BaseModel):
    """The parameters of report notebooks: plain scalars of exactly these types; a release left empty means a draft."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    year: int = 0
    area: str = ""
    period: str = ""
    lang: Literal["zh", "en"] = "zh"
    release: str = ""
    workspace: str = ""


def check_parameters(notebook: Path, given: Mapping[str, object]) -> dict[str, Any]:
    """`given` as it may be handed to the notebook, unchanged.

    `ReportError` where a name is not a report parameter or not one of the notebook's, a value has another type
    than the model or the notebook's own default, the notebook has no cell tagged `parameters`, or its kernel is
    not `python3`. Nothing is run.
    """
    declared = _declared(notebook)
    for name in given:
        if name not in declared:
            raise _unknown(notebook, name, list(declared))
    try:
        typed = ReportParameters.model_validate(dict(given)).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise _refused(notebook, error) from error
    for name, value in typed.items():
        _require_same_type(notebook, name, value, declared[name])
    return typed


def _declared(notebook: Path) -> dict[str, str]:
    """The notebook's parameters with their defaults as written."""
    import papermill

    if not notebook.is_file():
        raise ReportError("A notebook is missing.", where=str(notebook), next_step="Check the name.")
    try:
        # papermill formats paths like templates, so braces in a folder's name are doubled.
        found = papermill.inspect_notebook(str(notebook).replace("{", "{{").replace("}", "}}"))
        kernel = papermill.iorw.load_notebook_node(str(notebook)).metadata.kernelspec.name
    except Exception as error:
        raise ReportError(
            "A notebook could not be read.",
            where=str(notebook),
            found=f"{type(error).__name__}: {error}"[:300],
            expected=f"a notebook of format 4 with the kernel {KERNEL}",
            next_step="Open it in Jupyter, choose the Python 3 kernel and save it.",
        ) from error
    if kernel != KERNEL:
        raise ReportError(
            "A notebook asks for another kernel.",
            where=str(notebook),
            found=repr(kernel),
            expected=KERNEL,
            next_step="Choose the Python 3 kernel in Jupyter and save the notebook.",
        )
    if not found:
        raise ReportError(
            "A notebook has no parameters.",
            where=str(notebook),
            expected="a code cell tagged 'parameters' with one plain assignment a line",
            next_step="Tag the cell that sets year, area, … with 'parameters'.",
        )
    return {name: parameter["default"] for name, parameter in found.items()}


def _unknown(notebook: Path, name: str, declared: list[str]) -> ReportError:
    near = difflib.get_close_matches(name, declared, n=1, cutoff=0.5)
    return ReportError(
        "A parameter is unknown.",
        where=str(notebook),
        found=name,
        expected=f"one of {', '.join(sorted(declared))}",
        next_step=f"Did you mean {near[0]!r}?" if near else "Leave it out, or add it to the parameters cell.",
    )


def _refused(notebook: Path, error: ValidationError) -> ReportError:
    first = error.errors()[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        return _unknown(notebook, name, list(ReportParameters.model_fields))
    return ReportError(
        "A parameter has the wrong type.",
        where=f"{notebook}, parameter {name}",
        found=f"{first['input']!r} ({type(first['input']).__name__})",
        expected=first["msg"],
        next_step="Give the value in this type; nothing is converted.",
    )


def _require_same_type(notebook: Path, name: str, value: object, default: str) -> None:
    try:
        known: object = ast.literal_eval(default)
    except (ValueError, SyntaxError):
        known = None
    if type(known) is not type(value):
        raise ReportError(
            "A parameter's default in the notebook has another type.",
            where=f"{notebook}, parameter {name}",
            found=f"default {default}",
            expected=f"a plain {type(value).__name__}",
            next_step="Mend the assignment in the notebook's parameters cell.",
        )
