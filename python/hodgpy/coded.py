# SPDX-License-Identifier: MIT
"""Errors found in Python, in the form of the compiler's: code, place, line, underline, hint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, NoReturn

from hodgpy.errors import Diagnostic, ModelError, Note, SimulationError


class Place(NamedTuple):
    """A text and where it stands in the user's file: what ``find_literal`` knows of it."""

    text: str
    file: str = "<string>"
    line: int = 1
    column: int = 1


def refuse(code: str, message: str, hint: str = "") -> NoReturn:
    """Raises the SimulationError of a permanent code."""
    raise SimulationError(f"{code}: {message}" + (f" ({hint})" if hint else ""), code)


def refuse_text(
    code: str, message: str, place: Place, begin: int, end: int, hint: str = ""
) -> NoReturn:
    """Raises a ModelError that underlines ``place.text[begin:end]`` in the user's line.

    Parameters
    ----------
    code, message, hint : str
        As in :func:`refuse`.
    place : Place
        The text and where its first character stands.
    begin, end : int
        The part of the text that is wrong.
    """
    before = place.text[:begin]
    line = place.line + before.count("\n")
    start = begin - (before.rfind("\n") + 1)
    column = start + (place.column if line == place.line else 1)
    shown = place.text.splitlines()[line - place.line] if place.text else ""
    width = max(1, min(end - begin, len(shown) - start))
    number = f"{line:5d}"
    parts = [
        f"\n{place.file}:{line}:{column}: error[{code}]: {message}",
        f"{number} | {shown}",
        f"{'':5} | {'':{start}}{'^' * 1}{'~' * (width - 1)}",
    ]
    if hint:
        parts.append(f"  help: {hint}")
    found = Diagnostic(
        code=code,
        severity="error",
        message=message,
        file=place.file,
        line=line,
        column=column,
        notes=(Note(hint),) if hint else (),
    )
    raise ModelError("\n".join(parts), [found])


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names what was probably meant; empty if nothing is near."""
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""
