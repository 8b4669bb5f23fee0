# SPDX-License-Identifier: MIT
"""The errors that hodgpy raises: whose fault it was decides the class."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Note(NamedTuple):
    """A second place or a hint that belongs to a diagnostic."""

    text: str
    line: int | None = None
    column: int | None = None
    replacement: str | None = None


class Diagnostic(NamedTuple):
    """One finding of the compiler: what, where, and what to write instead."""

    code: str
    severity: str
    message: str
    file: str = ""
    line: int | None = None
    column: int | None = None
    notes: tuple[Note, ...] = ()


class HodgError(Exception):
    """Base of every error of hodgpy."""


class UserError(HodgError):
    """A mistake in what the user wrote: notebooks show that place, and not how it was found."""

    def _render_traceback_(self) -> list[str]:
        """What IPython and notebooks show: the lines that led here, then the message."""
        frames = traceback.extract_tb(self.__traceback__)
        own = (str(Path(__file__).parent), "<frozen")
        called = [
            f
            for f in frames
            if not f.filename.startswith(own) and "site-packages" not in f.filename
        ]
        lines = [f"in {f.filename}, line {f.lineno}: {f.line}" for f in called]
        return [*lines, f"{type(self).__name__}: {self}"]


class ModelError(UserError):
    """A model, an equation or an expression is wrong; ``diagnostics`` says where and how.

    The text of the error shows each line with the place underlined, as ``hhc check`` does.
    """

    def __init__(self, text: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(text)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)


class Fault(NamedTuple):
    """Where a run met a NaN or an infinity; ``time`` is the end of step ``step``, in seconds."""

    object: str
    variable: str
    entity: int
    step: int
    time: float
    value: float


class SimulationError(UserError):
    """Something that can only be known at run time: a bad value, a NaN, a network that cannot run.

    ``code`` is the permanent code of the error, for ``hhc explain``; ``fault`` says where a number
    went wrong, if that was it.
    """

    def __init__(self, text: str, code: str = "", fault: Fault | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.fault = fault


class UnitError(UserError, ValueError):
    """A quantity has another dimension than what it is used for."""


class InternalError(HodgError):
    """A mistake of hodgpy itself; please report it with the text of the error."""


class UnitWarning(UserWarning):
    """A number without unit that is no plausible SI value: ``P.v = -65`` is -65 volt."""


class NetworkWarning(UserWarning):
    """Something of a network that does nothing: synapses without connections, a lone recorder."""


class ModelWarning(UserWarning):
    """A finding of the compiler that is no error: shown once per model, with its place."""
