# SPDX-License-Identifier: MIT
"""Arguments checked at the edge, so that a wrong type is an error in the caller's own words."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from typing import Any

import numpy as np

from hodgpy.errors import HodgError, SimulationError


def shown(value: Any) -> str:
    """The value and its type for a message, cut where it is long."""
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"


def whole(
    value: Any,
    what: str,
    low: int,
    high: int,
    error: type[HodgError] = SimulationError,
    code: str = "",
) -> int:
    """An integer within bounds (also ``1e4``), or an error (a SimulationError if it has a code)."""
    try:
        number = int(value) if _is_whole_float(value) else operator.index(value)
    except TypeError:
        raise error(f"{what} is {shown(value)}; it must be a whole number") from None
    if not low <= number <= high:
        message = f"{what} is {number}; it must be within {low} and {high}"
        raise SimulationError(f"{code}: {message}", code) if code else error(message)
    return number


def _is_whole_float(value: Any) -> bool:
    return isinstance(value, float | np.floating) and float(value).is_integer()


def no_choice(index: Any, among: str, error: Exception) -> str:
    """Why numpy cannot choose with ``index``, without its own words where a text was given."""
    if isinstance(index, str):
        return f"{shown(index)} does not choose among {among}; write True, a number or numbers"
    return f"{shown(index)} does not choose among {among}: {error}"


def text(value: Any, what: str, error: type[HodgError] = SimulationError) -> str:
    """A string."""
    if not isinstance(value, str):
        raise error(f"{what} is {shown(value)}; it must be text")
    try:
        value.encode()
    except UnicodeEncodeError as problem:
        raise error(f"{what} is no text that can be written as UTF-8: {problem.reason}") from None
    return value


def identifier(
    value: Any, what: str, example: str, error: type[HodgError] = SimulationError
) -> str:
    """A name as in Python."""
    if not (text(value, what, error).isidentifier() and value.isascii()):
        raise error(f"{what} is {value!r}; it must be a name as in Python, as `{example}`")
    return str(value)


def flag(value: Any, what: str, error: type[HodgError] = SimulationError) -> bool:
    """True or False; text that says so is neither."""
    if not isinstance(value, bool | np.bool_):
        raise error(f"{what} is {shown(value)}; it must be True or False")
    return bool(value)


def path(value: Any, what: str, error: type[HodgError] = SimulationError) -> str:
    """The name of a file."""
    if not isinstance(value, str | PathLike):
        raise error(f"{what} is {shown(value)}; it must be text or a path")
    return str(fspath(value))


def names(value: Any, what: str, error: type[HodgError] = SimulationError) -> list[str]:
    """One name or several."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Iterable):
        raise error(f"{what} is {shown(value)}; it must be a name or a list of names")
    return [text(item, f"an item of {what}", error) for item in value]


def mapping(value: Any, what: str, error: type[HodgError] = SimulationError) -> Mapping[str, Any]:
    """A dict with names as keys; None is an empty one."""
    given = any_mapping(value, what, error)
    for key in given:
        text(key, f"a key of {what}", error)
    return given


def any_mapping(value: Any, what: str, error: type[HodgError]) -> Mapping[Any, Any]:
    """A dict whose keys the caller looks at; None is an empty one."""
    if value is not None and not isinstance(value, Mapping):
        raise error(f"{what} is {shown(value)}; it must be a dict")
    return value or {}


def action(value: Any, what: str) -> Any:
    """Something to call."""
    if not callable(value):
        raise SimulationError(f"{what} is {shown(value)}; it must be a function")
    return value
