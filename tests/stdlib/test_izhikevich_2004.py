# SPDX-License-Identifier: MIT
"""The 20 patterns of Izhikevich 2004 (figure 1), parameters and stimuli of the author's script.

Counts and first spikes of the script itself (V, then u with the new V, then the reset, one step).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from izhikevich_patterns import PATTERNS, Pattern
from izhikevich_patterns import run as run_pattern


def run(pattern: Pattern, **changes: float) -> np.ndarray:
    """Spike times in ms."""
    return run_pattern(pattern, **changes)[0]


@pytest.mark.parametrize("name", PATTERNS)
def test_fires_as_the_authors_script_does(name: str) -> None:
    pattern = PATTERNS[name]
    found = run(pattern)
    assert len(found) == pattern.count
    assert found[0] == pytest.approx(pattern.first, abs=1e-6)


@pytest.mark.parametrize("parameter", ["a", "b", "c", "d", "q", "p"])
def test_some_pattern_notices_a_parameter_that_is_5_percent_off(parameter: str) -> None:
    for name in "TQHN":
        pattern = PATTERNS[name]
        found = run(pattern, **{parameter: 1.05})
        if len(found) != pattern.count or abs(found[0] - pattern.first) > 1e-6:
            return
    pytest.fail(parameter)
