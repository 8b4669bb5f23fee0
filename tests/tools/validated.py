# SPDX-License-Identifier: MIT
"""Comparisons with published or independent numbers that are also written down for the report."""

from __future__ import annotations

import math

import pytest


class Validated:
    """Asserts, and remembers what was found for the report."""

    def __init__(self, test: str, rows: list[dict[str, object]]) -> None:
        self._test = test
        self._rows = rows

    def near(
        self,
        what: str,
        found: float,
        expected: float,
        *,
        source: str,
        unit: str = "",
        rel: float = 0.0,
        abs: float = 0.0,
    ) -> None:
        """`found` is `expected` within the larger of both bounds."""
        bound = max(rel * math.fabs(expected), abs)
        self._write(what, source, unit, float(found), float(expected), bound)
        assert float(found) == pytest.approx(float(expected), abs=bound, rel=0), what

    def below(self, what: str, error: float, bound: float, *, source: str, unit: str = "") -> None:
        """An error that was measured is smaller than its bound."""
        self._write(what, source, unit, float(error), None, float(bound))
        assert error < bound, what

    def _write(
        self,
        what: str,
        source: str,
        unit: str,
        found: float,
        expected: float | None,
        bound: float,
    ) -> None:
        self._rows.append(
            {
                "test": self._test,
                "what": what,
                "source": source,
                "unit": unit,
                "found": found,
                "expected": expected,
                "bound": bound,
            }
        )
