# SPDX-License-Identifier: MIT
"""Where in the caller's file a string literal stands, so that errors can show that line."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache
from types import FrameType


def find_literal(text: str, frame: FrameType | None) -> tuple[str, int]:
    """(file name, first line) of the only literal with this value, else ("<string>", 1).

    Nothing is guessed: a value that several literals have, or that was put together at run time,
    is shown with its own line numbers. Literals with escapes are left out, as their lines differ.
    """
    if frame is None:
        return ("<string>", 1)
    filename = frame.f_code.co_filename
    source = "".join(linecache.getlines(filename, frame.f_globals))
    places = _literals(source).get(text, ())
    return (filename, places[0]) if len(places) == 1 else ("<string>", 1)


@lru_cache(maxsize=16)
def _literals(source: str) -> dict[str, tuple[int, ...]]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    found: dict[str, tuple[int, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            lines = (node.end_lineno or node.lineno) - node.lineno
            if lines == node.value.count("\n"):
                found[node.value] = (*found.get(node.value, ()), node.lineno)
    return found
