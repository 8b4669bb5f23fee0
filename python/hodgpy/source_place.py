# SPDX-License-Identifier: MIT
"""Where in the caller's file a string literal stands, so that errors can show that line."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache
from itertools import islice
from types import FrameType
from typing import NamedTuple


class Literal(NamedTuple):
    """A string literal: where it is, and where its text begins."""

    line: int
    end_line: int
    text_line: int
    text_column: int


def find_literal(text: str, frame: FrameType | None, what: str = "string") -> tuple[str, int, int]:
    """(file name, line, column) of the text's first character in the caller's file.

    The literal is looked for in the call that is being made, then in the whole file. Nothing is
    guessed: a value that several literals have, or that was put together at run time, is shown with
    its own line numbers as ``<what>``.
    """
    if frame is None:
        return (f"<{what}>", 1, 1)
    filename = frame.f_code.co_filename
    source = "".join(linecache.getlines(filename, frame.f_globals))
    found = _literals(source).get(text, ())
    first, last = _call_lines(frame)
    within = [p for p in found if first <= p.line and p.end_line <= last]
    place = within[0] if len(within) == 1 else found[0] if len(found) == 1 else None
    return (filename, place.text_line, place.text_column) if place else (f"<{what}>", 1, 1)


def _call_lines(frame: FrameType) -> tuple[int, int]:
    """First and last line of the call that the frame is in."""
    positions = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    if positions is None or positions[0] is None or positions[1] is None:
        return (frame.f_lineno, frame.f_lineno)
    return (positions[0], positions[1])


@lru_cache(maxsize=16)
def _literals(source: str) -> dict[str, tuple[Literal, ...]]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    lines = source.splitlines(keepends=True)
    found: dict[str, tuple[Literal, ...]] = {}
    pieces_of_f_strings = {
        id(piece)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for piece in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            place = None if id(node) in pieces_of_f_strings else _place(node, node.value, lines)
            if place is not None:
                found[node.value] = (*found.get(node.value, ()), place)
    return found


def _place(node: ast.Constant, value: str, lines: list[str]) -> Literal | None:
    """None where escapes or line continuations move the lines of the text."""
    end = node.end_lineno or node.lineno
    written = "".join(lines[node.lineno - 1 : end])
    before = len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
    start = written.find(value, before)
    if start >= 0:  # word for word, as between triple quotes
        head = written[:start]
        line = node.lineno + head.count("\n")
        column = len(head[head.rfind("\n") + 1 :].encode()) + 1
        return Literal(node.lineno, end, line, column)
    if end - node.lineno == value.count("\n"):  # one quoted piece a line
        return Literal(node.lineno, end, node.lineno, 1)
    return None
