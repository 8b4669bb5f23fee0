# SPDX-License-Identifier: MIT
"""The cell magic ``%%hhm``: a model in a cell of its own, its mistakes shown below the cell.

>>> %load_ext hodgpy                                                            # doctest: +SKIP
>>> %%hhm cells                                                                 # doctest: +SKIP
... neuron Leaky {
...     param tau = 10 ms
...     dv/dt = -v/tau : volt
... }
"""

from __future__ import annotations

import argparse
import html
import re
import shlex
import warnings
from typing import Any

from hodgpy.compiling import compile_block
from hodgpy.errors import ModelError, ModelWarning
from hodgpy.model import ModelFile

_HEAD = re.compile(r"\b(error|warning|note)(\[HH\d{4}\])?")
_COLOURS = {"error": "#c0392b", "warning": "#b9770e", "note": "#2471a3"}
_CARETS = re.compile(r"^(\s*\|)(\s*)([\^~-]+.*)$")


class Report:
    """Diagnostics as a notebook shows them: text in a terminal, coloured HTML elsewhere."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        colour = _COLOURS["error"]
        lines = []
        for line in self.text.splitlines():
            shown = html.escape(line, quote=False)
            if head := _HEAD.search(line):
                colour = _COLOURS[head[1]]
                shown = shown.replace(head[0], _painted(head[0], colour), 1)
            elif carets := _CARETS.match(shown):
                shown = f"{carets[1]}{carets[2]}{_painted(carets[3], colour)}"
            lines.append(shown)
        style = f"border-left: 3px solid {_COLOURS['error']}; padding-left: 8px; line-height: 1.3"
        return f'<pre style="{style}">' + "\n".join(lines) + "</pre>"


def _painted(text: str, colour: str) -> str:
    return f'<b style="color: {colour}">{text}</b>'


class _ArgumentError(Exception):
    pass


class _Parser(argparse.ArgumentParser):
    """Reports a wrong line instead of ending the process."""

    def error(self, message: str) -> Any:
        raise _ArgumentError(f"{message}\n{self.format_usage()}")

    def exit(self, status: int = 0, message: str | None = None) -> Any:
        raise _ArgumentError(message or "")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="%%hhm", add_help=False)
    parser.add_argument("name", nargs="?", help="the file of models gets this name")
    parser.add_argument("--dtype", default="float64", choices=("float64", "float32"))
    parser.add_argument("--target", default="native")
    parser.add_argument("--method")
    return parser


def _number(shell: Any) -> int:
    """Of the cell that runs, as the notebook shows it."""
    return len(shell.user_ns.get("In", ())) - 1


def run_cell(shell: Any, line: str, cell: str) -> ModelFile | None:
    """Compiles a cell: ``%%hhm [NAME] [--dtype float32] [--method NAME] [--target NAME]``.

    Every model of the cell becomes a variable of its own name; all together become ``NAME``.

    Returns
    -------
    ModelFile or None
        None after a mistake, which was shown; variables of an earlier run then stay.
    """
    from IPython.display import display

    try:
        given = _parser().parse_args(shlex.split(line))
        if given.name is not None and not given.name.isidentifier():
            raise _ArgumentError(f"`{given.name}` is no name of a variable")
        choices = {"dtype": given.dtype, "target": given.target, "method": given.method}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ModelWarning)
            place = f"cell [{_number(shell)}]"
            made = compile_block(cell, place, 2, given.name or "cell", 1, **choices)
    except (ModelError, _ArgumentError, ValueError) as error:
        display(Report(str(error).strip("\n")))  # type: ignore[no-untyped-call]
        return None
    for warning in caught:
        if issubclass(warning.category, ModelWarning):
            display(Report(str(warning.message).strip("\n")))  # type: ignore[no-untyped-call]
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    names = {model.name: model for model in made}
    shell.push(names if given.name is None else {**names, given.name: made})
    return made


def load(shell: Any) -> None:
    """Registers ``%%hhm``; called by ``%load_ext hodgpy``."""

    def hhm(line: str, cell: str) -> ModelFile | None:
        return run_cell(shell, line, cell)

    hhm.__doc__ = run_cell.__doc__
    shell.register_magic_function(hhm, magic_kind="cell", magic_name="hhm")
