# SPDX-License-Identifier: MIT
"""The squid axon against converged solutions of the same equations.

Rest, thresholds, peaks and frequencies were computed with 4th-order Runge-Kutta at dt 0.001 ms and
agree with NEURON's cvode; rk4 at 0.01 ms must be within 0.1 %, the default method within 0.5 %.
"""

from __future__ import annotations

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.units import cm, ms, mV, uA
from model_runs import frequencies, model, settle
from validated import Validated

REST = -64.996379e-3
GATES = {"na.m": 0.0529551, "na.h": 0.5959941, "k.n": 0.3177324}
RATES = {  # celsius: {uA/cm2: Hz}
    6.3: {6.5: 55.0573, 8: 62.4699, 10: 68.3237, 12: 72.9192, 15: 78.6491, 20: 86.4701},
    18.5: {9: 176.956, 10: 188.589, 12: 206.190, 15: 226.814, 20: 253.978},
}


SOURCE = "Hodgkin & Huxley 1952; rk4 at 0.001 ms and NEURON's cvode"


def test_rests_where_the_steady_state_current_vanishes(validated: Validated) -> None:
    cell = settle(model("hodgkin_huxley_1952"))
    validated.near(
        "squid axon at rest", cell.get("v", "mV")[0], REST * 1e3, unit="mV", abs=2e-6, source=SOURCE
    )
    for gate, value in GATES.items():
        assert cell.get(gate)[0] == pytest.approx(value, abs=2e-7)


@pytest.mark.parametrize("celsius", RATES)
@pytest.mark.parametrize(("method", "bound"), [("rk4", 1e-3), (None, 5e-3)])
def test_fires_at_the_converged_frequencies(
    celsius: float, method: str, bound: float, validated: Validated
) -> None:
    expected = RATES[celsius]
    found = frequencies(
        model("hodgkin_huxley_1952", method=method),
        np.array(list(expected)) * 1e-2,  # A/m2
        level=0.0,
        temperature=f"{celsius} degC",
        v=REST,
    )
    for (current, rate), answer in zip(expected.items(), found, strict=True):
        what = f"squid axon, {celsius} degC, {current} uA/cm2, {method or 'staggered'}"
        validated.near(what, answer, rate, unit="Hz", rel=bound, source=SOURCE)


def test_frequency_notices_a_conductance_that_is_5_percent_off() -> None:
    found = frequencies(
        model("hodgkin_huxley_1952"), np.array([0.1]), level=0.0, v=REST, **{"k.g": 360 * 1.05}
    )
    assert abs(found[0] / 68.3237 - 1) > 5e-3


def shocked(millivolts: list[float], celsius: float, method: str | None = None) -> np.ndarray:
    """Peak above rest in mV after v was raised at time 0, with the gates at rest."""
    cells = hp.Population(
        model("hodgkin_huxley_1952", method=method), len(millivolts), temperature=f"{celsius} degC"
    )
    cells.v = REST
    cells.initialize()
    for gate in GATES:
        cells.set(gate, cells.get(gate))
    cells.v = REST + np.array(millivolts) * 1e-3
    trace = hp.StateRecorder(cells, "v")
    hp.Network(cells, trace, dt=0.01 * ms).run(20 * ms)
    return (trace.v.max(axis=1) - REST) * 1e3


@pytest.mark.parametrize(
    ("celsius", "threshold", "peaks"),
    [(6.3, 6.50507, {90: 108.533, 15: 105.407, 7: 102.115}), (18.5, 7.38597, {15: 96.912})],
)
def test_shocks_fire_above_threshold_only(
    celsius: float, threshold: float, peaks: dict[float, float], validated: Validated
) -> None:
    found = shocked([threshold * 0.99, threshold * 1.01, *peaks], celsius, "rk4")
    assert found[0] < 50 < found[1]
    for (shock, peak), answer in zip(peaks.items(), found[2:], strict=True):
        what = f"squid axon, {celsius} degC, peak above rest after a shock of {shock} mV"
        validated.near(what, answer, peak, unit="mV", rel=1e-3, source=SOURCE)


def test_paper_shocks_of_7_mv_fire_and_6_mv_do_not() -> None:
    found = shocked([6, 7, 15, 90], 6.3)
    assert found[0] < 20
    assert found[1:].min() > 100


@pytest.mark.parametrize(("celsius", "fires"), [(6.3, True), (18.5, False)])
def test_anode_break_fires_at_6_but_not_at_18_degrees(celsius: float, fires: bool) -> None:
    cells = hp.Population(model("hodgkin_huxley_1952"), 1, temperature=f"{celsius} degC")
    cells.v = REST - 30e-3  # gates take the steady state of the held potential
    trace = hp.StateRecorder(cells, "v")
    hp.Network(cells, trace, dt=0.01 * ms).run(30 * ms)
    peak = (trace.v.max() - REST) * 1e3
    if fires:
        assert peak == pytest.approx(112.061, rel=5e-3)
    else:
        assert peak == pytest.approx(4.074, rel=2e-2)


def test_default_method_is_second_order_in_spike_times(validated: Validated) -> None:
    errors = []
    steps = [0.05, 0.025, 0.0125]
    for dt in steps:
        cells = hp.Population(model("hodgkin_huxley_1952"), 1, v=REST, I=10 * uA / cm**2)
        spikes = hp.SpikeRecorder(cells, interpolate=True, level=0 * mV)
        hp.Network(cells, spikes, dt=dt * ms).run(140 * ms)
        errors.append(abs(spikes.t[9] * 1e3 - 133.92640))
    slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    what = "order of the staggered method in the tenth spike's time"
    validated.near(what, slope, 2, abs=0.1, source="Hines 1984, doi:10.1016/0020-7101(84)90008-4")
