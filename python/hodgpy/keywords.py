# SPDX-License-Identifier: MIT
"""Keyword arguments that a class or function lacks: a TypeError that names the nearest one.

When all is well, nothing but a look at the names stands between the caller and what is called. For
classes it is taken before ``__init__`` is called, so that the caller stays one frame up from it.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

_KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def unknown_keyword(called: str, name: str, known: Iterable[str]) -> str:
    """What to say of an argument that ``called`` does not have."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else "it has " + ", ".join(known)
    return f"{called}() has no argument `{name}`; {hint}"


def names_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names that may be given by keyword."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(p.name for p in parameters if p.kind in _KINDS and p.name != "self")


def _takes_any(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)


class Keywords:
    """A class whose unknown keyword arguments are told with the nearest that it has."""

    if not TYPE_CHECKING:  # checkers of types look at __init__

        def __init_subclass__(cls, **options: Any) -> None:
            super().__init_subclass__(**options)
            if "__init__" in cls.__dict__:
                signature = inspect.signature(cls.__init__)
                own = list(signature.parameters.values())[1:]
                cls.__signature__ = signature.replace(parameters=own)
                cls._keywords = None if _takes_any(cls.__init__) else names_of(cls.__init__)

        def __new__(cls, *positional: Any, **given: Any) -> Any:
            known = getattr(cls, "_keywords", None)
            if known is not None:
                for name in given:
                    if name not in known:
                        raise TypeError(unknown_keyword(cls.__name__, name, known))
            return super().__new__(cls)


P = ParamSpec("P")
R = TypeVar("R")


def keywords(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a function; one with a ``level`` finds its caller one frame further up."""
    known = names_of(function)
    called = function.__qualname__

    @functools.wraps(function)
    def checked(*positional: P.args, **given: P.kwargs) -> R:
        for name in given:
            if name not in known:
                raise TypeError(unknown_keyword(called, name, known))
        if "level" in known:
            level: Any = given.get("level", 0)
            given["level"] = level + 1
        return function(*positional, **given)

    return checked
