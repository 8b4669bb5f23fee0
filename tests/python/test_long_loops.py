# SPDX-License-Identifier: MIT
"""Loops so long that their second half is a function of its own: bits, spikes and faults stay."""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import ms, mV

GATES = 26


def text(gates: int = GATES, extra: str = "", flag: str = "") -> str:
    """A cell with many gates that fires; `extra` joins the current."""
    lines = [
        f"""dn{k}/dt = (1/(1 + exp(-(v/mV + {50 - k})/(9 + {k}))) - n{k})
            /((1 + {k} + exp(-(v/mV + {40 + k})/20))*ms) : 1"""
        for k in range(gates)
    ]
    current = " + ".join(f"0.01*n{k}**{1 + k % 3}*({20 * (k % 2)} - v/mV)" for k in range(gates))
    return "\n".join([*lines, f"dv/dt = (I + {current} {extra})*mV/ms : volt {flag}", "I : 1"])


def model(target: str, **options: object) -> hp.Model:
    return hp.compile(
        text(flag="(unless refractory)"),
        threshold="v > -30*mV",
        reset="v = -70*mV",
        refractory="2*ms",
        method="exponential_euler",
        target=target,
        **options,
    )


def run(cell: hp.Model, n: int) -> tuple[dict[str, np.ndarray], list[tuple[int, float]]]:
    cells = hp.Population(cell, n)
    cells.v = np.linspace(-75, -40, n) * mV
    cells.I = np.linspace(0, 9, n)
    spikes = hp.SpikeRecorder(cells)
    net = hp.Network(cells, spikes, dt=0.05 * ms)
    net.run(20 * ms)
    values = {f"n{k}": np.asarray(getattr(cells, f"n{k}")) for k in range(GATES)}
    values["v"] = np.asarray(cells.v)
    return values, list(zip(spikes.i.tolist(), np.asarray(spikes.t).tolist(), strict=True))


def test_the_text_has_a_second_half() -> None:
    assert " rest_" in model("native").emit("cpp")
    small = hp.compile(text(2), method="exponential_euler")
    assert " rest_" not in small.emit("cpp")


@pytest.mark.parametrize("n", [1, 63, 64, 65, 200])
def test_bits_and_spikes_are_those_of_the_interpreter(n: int) -> None:
    values, spikes = run(model("native"), n)
    expected, expected_spikes = run(model("interpreter"), n)
    for name, array in expected.items():
        np.testing.assert_array_equal(values[name], array, err_msg=name)
    assert spikes == expected_spikes
    assert n == 1 or spikes


def test_a_value_of_the_second_half_that_explodes_is_found() -> None:
    cell = hp.compile(text(extra="+ 1e6*exp(v/mV)"), method="exponential_euler")
    assert " rest_" in cell.emit("cpp")
    cells = hp.Population(cell, 70)
    cells.v = -700 * mV
    cells.v[69] = 500 * mV
    with pytest.raises(hp.SimulationError, match="69"):
        hp.Network(cells, dt=0.05 * ms).run(1 * ms)
