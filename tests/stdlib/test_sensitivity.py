# SPDX-License-Identifier: MIT
"""Every number of every shipped neuron and astrocyte matters: 5 % off, and the pinned figures move.

A model runs once with a copy of it for each number (`perturbed.py`): its parameters, and literals
in its equations. Copy 0 must give the figures of `pins.toml`, spike times and states along the run,
within a bound; every other copy must leave that bound. The other tests of this folder hold the
models against independent numbers; here the figures are our own, and the question is what they
would notice. `python tests/stdlib/test_sensitivity.py` writes them anew.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
import perturbed
import pins
from hodgpy.library import library_folder
from hodgpy.units import ms
from literals import HHM_HIDDEN, literals, with_off

DENSITY = 1e-2  # A/m2 per uA/cm2
SYNAPTIC = "for currents of synapses only: test_synapses_onto_neurons.py"
STEEP = "the upstroke passes both values within a step or two"
# Drive (SI; constant from t = 0), duration and step in ms, values other than the defaults, what 5 %
# of a parameter means whose value is 0.
RUNS: dict[str, dict[str, Any]] = {
    "adaptive_exponential_2005.AdEx2005": {"I": 0.8e-9, "time": 100, "dt": 0.02},
    "connor_stevens_1971.ConnorStevens1971": {"I": 12 * DENSITY, "time": 60, "dt": 0.01},
    "exponential_2003.ExponentialIF": {"I": 0.5 * DENSITY, "time": 60, "dt": 0.01},
    "fitzhugh_nagumo_1961.FitzHughNagumo1961": {"I": 0.5, "time": 100, "dt": 0.02},
    "hindmarsh_rose_1984.HindmarshRose1984": {"I": 2.0, "time": 200, "dt": 0.02},
    "hodgkin_huxley_1952.HodgkinHuxley1952": {
        "I": 10 * DENSITY, "time": 40, "dt": 0.01, "celsius": 18.5,
    },
    "izhikevich_2003.Izhikevich2003": {"I": 10.0, "time": 100, "dt": 0.05},
    "izhikevich_2004.Izhikevich2004": {
        "I": 14.0, "time": 100, "dt": 0.25, "zero": {"u_shift": 0.8},
    },
    "izhikevich_2007.Izhikevich2007": {"I": 150e-12, "time": 200, "dt": 0.05},
    "kumaravelu_2016.Thalamic": {"I": 3 * DENSITY, "time": 100, "dt": 0.01},
    "kumaravelu_2016.Subthalamic": {"I": 0.0, "time": 100, "dt": 0.01},
    "kumaravelu_2016.Pallidal": {"I": 0.0, "time": 100, "dt": 0.01},
    "kumaravelu_2016.Striatal": {"I": 4 * DENSITY, "time": 100, "dt": 0.01},
    "kumaravelu_2016.Cortical": {"I": 8 * DENSITY, "time": 100, "dt": 0.01},
    "leaky_integrate_and_fire.LeakyIntegrateAndFire": {"I": 0.3e-9, "time": 100, "dt": 0.05},
    "mihalas_niebur_2009.MihalasNiebur2009": {
        "I": 2.0, "time": 150, "dt": 0.02,
        "values": {"a": 5.0, "A_1": 10.0, "A_2": -0.6, "theta_reset": -0.045},
        "zero": {"R_1": 0.05},
    },
    "morris_lecar_1981.MorrisLecar1981": {"I": 100 * DENSITY, "time": 200, "dt": 0.05},
    "pallidal_rubin_terman_2004.PallidalRubinTerman2004": {
        "I": 3 * DENSITY, "time": 100, "dt": 0.01,
    },
    "pinsky_rinzel_1994.PinskyRinzel1994": {
        "I": 1.5 * DENSITY, "time": 100, "dt": 0.01, "zero": {"E_L": 3e-3},
    },
    "pospischil_2008.RS": {"I": 0.7e-9, "time": 100, "dt": 0.02},
    "pospischil_2008.FS": {"I": 0.5e-9, "time": 60, "dt": 0.02},
    "pospischil_2008.IB": {"I": 0.2e-9, "time": 200, "dt": 0.02},
    "pospischil_2008.LTS": {"I": 0.15e-9, "time": 200, "dt": 0.02},
    "quadratic_2000.QuadraticIF": {"I": 0.1e-9, "time": 60, "dt": 0.02},
    "rubin_terman_2004.STN": {"I": 25 * DENSITY, "time": 100, "dt": 0.01},
    "rubin_terman_2004.GP": {"I": 3 * DENSITY, "time": 100, "dt": 0.01},
    "rubin_terman_2004.TC": {
        "I": 5 * DENSITY, "time": 100, "dt": 0.01, "zero": {"E_T": 2.5e-3},
    },
    "traub_miles_1991.TraubMiles1991": {"I": 2 * DENSITY, "time": 60, "dt": 0.01},
    "wang_buzsaki_1996.WangBuzsaki1996": {"I": 1 * DENSITY, "time": 60, "dt": 0.01},
}  # fmt: skip
RUNS["glia.li_rinzel_1994.LiRinzel1994"] = {
    "values": {"IP3": 0.5e-3}, "time": 40_000, "dt": 10.0,
}  # fmt: skip
RUNS["glia.de_pitta_2009.DePitta2009"] = {
    "values": {"J_stimulus": 0.05e-3, "Y": 2e-3}, "time": 40_000, "dt": 10.0,
}  # fmt: skip
RUNS["imaging.calcium.Imaged"] = {
    "neuron": """neuron Imaged {
    use SpikeCalcium as ca, CurrentCalcium as pool, Indicator as dye
    I_Ca = 0.5 uA/cm**2*v : amp/meter**2
    ca_i = ca.c + pool.c : mmolar
    dv/dt = 1/(13 ms) : 1
    threshold v > 1
    reset {
        v = 0
        ca.c += 100 nM
    }
}""",
    "time": 100, "dt": 0.1, "zero": {"dye.offset": 0.05}, "seen": ["dye.F"],
}  # fmt: skip
# Parts of the names of what moves nothing, and why.
MOVES_NOTHING: dict[str, dict[str, str]] = {
    "fitzhugh_nagumo_1961.FitzHughNagumo1961": {"1 in threshold": STEEP},
    "hindmarsh_rose_1984.HindmarshRose1984": {"1 in threshold": STEEP},
    "adaptive_exponential_2005.AdEx2005": {"V_peak": STEEP},
    "glia.de_pitta_2009.DePitta2009": {"C_release": STEEP},
    "exponential_2003.ExponentialIF": {"V_peak": STEEP},
    "izhikevich_2004.Izhikevich2004": {"30 in threshold": STEEP},
    "pinsky_rinzel_1994.PinskyRinzel1994": {
        "0.01 in alpha = min": "calcium stays below 500",
        "1 in dv_d/dt": "of I_d: no current into the dendrite",
    },
    "pospischil_2008.LTS": {"ca.E": "the reversal potential follows calcium"},
    "rubin_terman_2004.STN": {
        "68 mV in tau": "v stays far below: the exponential is 0",
        "2.2 mV in tau": "as before",
    },
    "traub_miles_1991.TraubMiles1991": {
        "3 ms in refractory": "v is below the threshold again long before"
    },
}
for _name in (
    "kumaravelu_2016.Thalamic", "kumaravelu_2016.Subthalamic", "kumaravelu_2016.Pallidal",
    "kumaravelu_2016.Striatal", "kumaravelu_2016.Cortical",
):  # fmt: skip
    MOVES_NOTHING[_name] = {"20 mV in threshold": STEEP, "10 mV in event": STEEP}
    if not _name.endswith("Striatal"):
        MOVES_NOTHING[_name]["1 in function linoid"] = "only the striatal cell calls it"
for _name in (
    "pallidal_rubin_terman_2004.PallidalRubinTerman2004", "pospischil_2008.RS",
    "pospischil_2008.FS", "pospischil_2008.IB", "pospischil_2008.LTS",
    "rubin_terman_2004.STN", "rubin_terman_2004.GP", "rubin_terman_2004.TC",
    "traub_miles_1991.TraubMiles1991",
):  # fmt: skip
    MOVES_NOTHING.setdefault(_name, {})["20 mV in threshold"] = STEEP

for _name in (
    "connor_stevens_1971.ConnorStevens1971", "exponential_2003.ExponentialIF",
    "hodgkin_huxley_1952.HodgkinHuxley1952", "morris_lecar_1981.MorrisLecar1981",
    "pallidal_rubin_terman_2004.PallidalRubinTerman2004", "pinsky_rinzel_1994.PinskyRinzel1994",
    "rubin_terman_2004.STN", "rubin_terman_2004.GP", "rubin_terman_2004.TC",
    "traub_miles_1991.TraubMiles1991", "wang_buzsaki_1996.WangBuzsaki1996",
):  # fmt: skip
    MOVES_NOTHING.setdefault(_name, {})["area"] = SYNAPTIC
for _name, _number in (
    ("fitzhugh_nagumo_1961.FitzHughNagumo1961", "I_unit"),
    ("hindmarsh_rose_1984.HindmarshRose1984", "I_unit"),
    ("izhikevich_2003.Izhikevich2003", "C"),
    ("izhikevich_2004.Izhikevich2004", "I_unit"),
    ("mihalas_niebur_2009.MihalasNiebur2009", "C"),
):
    MOVES_NOTHING.setdefault(_name, {})[_number] = SYNAPTIC


def record(cells: hp.Population, plan: dict[str, Any]) -> pins.Record:
    """States at ten times, a row for each cell, and the spikes of each."""
    states = [*cells.model.states, *plan.get("seen", [])]
    samples = hp.StateRecorder(cells, states, dt=plan["time"] * 1e-4)
    net = hp.Network(cells, samples, dt=plan["dt"] * ms, seed=1)
    if "I" in plan and cells.model.variables["I"].role == "input":
        net.add(hp.CurrentClamp(cells, "I", plan["I"]))
    events = [event["name"] for event in cells.model._record["events"]]
    spikes = (
        hp.EventRecorder(cells, "spike" if "spike" in events else events[0]) if events else None
    )
    if spikes is not None:
        net.add(spikes)
    if "celsius" in plan:
        cells.set("temperature", plan["celsius"] + 273.15)
    net.run(plan["time"] * 1e-3, record_end=True)
    trains = [np.asarray(t) * 1e3 for t in spikes.trains().values()] if spikes else []
    return pins.Record({s: np.asarray(samples[s])[:, 1:].copy() for s in states}, trains)


def figures(name: str, folder: Path) -> pins.Figures:
    """Of every copy, and of the models whose text differs."""
    plan = RUNS[name]
    file, neuron = name.rsplit(".", 1)
    file = file if "." in file else f"neurons.{file}"
    text = f"{perturbed.text_of(file)}\n{plan.get('neuron', '')}\n"
    prepared = perturbed.copies(folder, text, neuron)
    drive = dict(plan.get("values", {}))
    if "I" in plan and prepared.model.variables["I"].role != "input":
        drive["I"] = plan["I"]
    cells, places = perturbed.population(prepared, drive, plan.get("zero", {}))
    found = pins.Figures(places, record(cells, plan), plan["dt"])
    for place, model in prepared.other_models():
        try:
            other = model and record(hp.Population(model, 1, name="other", **drive), plan)
        except hp.SimulationError:  # not a number: noticed
            other = None
        found.add(place, other)
    return found


@pytest.mark.filterwarnings("ignore::hodgpy.errors.ModelWarning")
@pytest.mark.parametrize("name", RUNS)
def test_each_number_of_a_cell_moves_its_figures(name: str, tmp_path: Path) -> None:
    pins.check(name, figures(name, tmp_path), MOVES_NOTHING.get(name, {}))


def shipped() -> Iterator[str]:
    for folder, prefix in (("neurons", ""), ("glia", "glia.")):
        for path in sorted((library_folder() / folder).glob("*.hhm")):
            for neuron in re.findall(r"^neuron (\w+)", path.read_text("utf-8"), re.MULTILINE):
                yield f"{prefix}{path.stem}.{neuron}"


def test_every_cell_is_here() -> None:
    """But the stochastic axon, whose copies have random numbers of their own: below."""
    assert set(shipped()) - set(RUNS) == {"hodgkin_huxley_stochastic.StochasticHH"}


def noisy(model: hp.Model, **values: float) -> np.ndarray:
    """States of two stochastic axons after 6 ms, always with the same random numbers."""
    cells = hp.Population(model, 2, name="axon", I=5 * DENSITY, **values)
    hp.Network(cells, dt=1e-5, seed=3).run(0.006)
    return np.concatenate([cells.get(s) for s in ("v", "m_open", "h_open", "n_open")])


def test_each_number_of_the_stochastic_axon_moves_it(tmp_path: Path) -> None:
    """The same seed; the numbers of open particles are whole."""
    text = perturbed.text_of("neurons.hodgkin_huxley_stochastic")
    path = tmp_path / "axon.hhm"

    def model(changed: str) -> hp.Model:
        path.write_text(changed, "utf-8")
        found: hp.Model = hp.compile(path, target="interpreter").StochasticHH
        return found

    same = noisy(model(text))
    assert np.array_equal(same, noisy(model(text)))
    silent = []
    for literal in literals(text, HHM_HIDDEN):
        moved = noisy(model(with_off(text, literal)))
        if np.abs(moved / same - 1).max() < 1e-3:
            silent.append(literal.place)
    assert silent == ["20000 in param area = 20000 um**2"]  # for currents of synapses only


def write(names: list[str]) -> None:
    def run(name: str) -> pins.Figures:
        with tempfile.TemporaryDirectory() as folder:
            return figures(name, Path(folder))

    pins.write(names or RUNS, run)


if __name__ == "__main__":
    write(sys.argv[1:])
