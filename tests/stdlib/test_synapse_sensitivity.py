# SPDX-License-Identifier: MIT
"""Every number of every shipped synapse matters: 5 % off, and what its target sees moves.

One source, and a target with a synapse of its own for each number; copy 0 is as shipped. The
figures are the current into the target at every millisecond, and the change of the weight, as
pinned in `pins.toml`; `python tests/stdlib/test_synapse_sensitivity.py` writes them anew.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
import perturbed
import pins
from hodgpy.library import library_folder

CELL = """neuron Cell {
    v : volt
    kick : 1
    P : mmolar
    Y : mmolar
    input I_syn : %s
    input J_P : mmolar/second
    seen = I_syn : %s
    seen_P = J_P : mmolar/second
    threshold kick > 0.5
    reset { kick = 0 }
}"""
ARRIVALS, SPIKES = (2, 12, 20, 44), (5, 9, 30, 38)  # ms
P_SOURCE, P_TARGET = (1.0e-3, 1.32e-3), 1.0e-3  # mM, with V_SOURCE
V_SOURCE, V_TARGET = (-65e-3, 1e-3), -52e-3  # of the source in turn, for 5 ms each
DT, TIME = 0.1, 60  # ms
# Values other than the defaults, the name and value of the weight, and which variable of the target
# is recorded.
PLANS: dict[str, dict[str, Any]] = {
    "pfister_gerstner_2006.TripletSTDP": {"w": 1.0},
    "vogels_2011.HomeostaticInhibition": {"w": 1.0},
    "graded.Graded": {"w": 1.0, "unit": "amp/meter**2"},
    "glia.de_pitta_2009.IP3Diffusion": {"weight": "D", "w": 2.0, "record": "J_P"},
    "glia.de_pitta_2009.IP3GapJunction": {"weight": None, "record": "J_P"},
    "glia.de_pitta_2009.Glutamate": {"w": 1e-3, "record": "Y"},
}
FAR = "a time long before the run"
HALF = "half a step, against rounding"
LIMIT = "the weight does not come to its limit here: test_synapses.py"
MOVES_NOTHING: dict[str, dict[str, str]] = {
    **{f"destexhe_1998.{n}": {"1000 second": FAR, "0.5 in T": HALF}
       for n in ("AMPA", "NMDA", "GABAA", "GABAB")},
    "bi_poo_2001.STDP": {"1000 second": FAR, "0.5 in w": HALF, "w_max": LIMIT},
    "bi_poo_2001.NearestSTDP": {
        "1000 second": FAR, "0.5 in counts": HALF, "w_max": LIMIT,
        "window": "no pair is some 100 ms apart: test_synapses.py",
    },
    "pfister_gerstner_2006.TripletSTDP": {
        "A2_plus": "5e-10 beside 6.2e-3: test_synapses.py", "w_max": LIMIT,
    },
    "vogels_2011.HomeostaticInhibition": {"w_max": LIMIT},
}  # fmt: skip


def record(
    model: hp.Model, plan: dict[str, Any], count: int
) -> tuple[hp.Synapses, Callable[[], pins.Record]]:
    """One source with `count` targets, and what makes the record of them."""
    unit = plan.get("unit", "amp")
    cell = hp.compile(CELL % (unit, unit)).Cell
    source = hp.Population(cell, 1, name="source", v=V_SOURCE[0])
    targets = hp.Population(cell, count, name="targets", v=V_TARGET)
    S = hp.Synapses(source, targets, model, name="synapses")
    S.connect(i=np.zeros(count, dtype=int), j=np.arange(count))
    weight, seen = plan.get("weight", "w"), plan.get("record", "I_syn")
    targets.P = P_TARGET
    if weight:
        setattr(S, weight, plan.get("w", 0.5e-9))

    def run() -> pins.Record:
        weights = np.array(getattr(S, weight)) if weight else 0.0
        current = hp.StateRecorder(targets, seen, dt=1e-3)
        network = hp.Network(source, targets, S, current, dt=DT * 1e-3)
        for now in range(TIME):
            source.kick = float(now in ARRIVALS)
            targets.kick = float(now in SPIKES)
            source.v, source.P = V_SOURCE[now // 5 % 2], P_SOURCE[now // 5 % 2]
            network.run(1e-3)
        rows = {seen: np.asarray(current[seen])}
        changes = (np.asarray(getattr(S, weight)) if weight else 0.0) - weights
        if np.any(changes):
            rows["change of w"] = changes[:, None] * np.array([1.0, 0.0])  # its size is its range
        return pins.Record(rows)

    return S, run


def figures(name: str, folder: Path) -> pins.Figures:
    plan = PLANS.get(name, {})
    file, synapse = name.rsplit(".", 1)
    prepared = perturbed.copies(
        folder, perturbed.text_of(file if "." in file else f"synapses.{file}"), synapse
    )
    weight = plan.get("weight", "w")
    names = perturbed.parameters(prepared.model) + ([weight] if weight else [])
    places = ["nothing", *prepared.literals, *names]
    S, run = record(prepared.model, plan, len(places))
    if prepared.literals:
        S.which_ = np.arange(len(places), dtype=float)
    first = 1 + len(prepared.literals)
    for k, number in enumerate(names):
        default = prepared.model.variables[number].default
        value = plan.get("w", 0.5e-9) if number == weight else default
        # a reversal potential of 0 is off by 5 mV
        setattr(S, number, perturbed.one_off(float(value or 0.0), len(places), first + k, 5e-3))
    found = pins.Figures(places, run())
    for place, model in prepared.other_models():
        found.add(place, model and record(model, plan, 1)[1]())
    return found


def shipped() -> list[str]:
    return [
        f"{prefix}{path.stem}.{synapse}"
        for folder, prefix in (("synapses", ""), ("glia", "glia."))
        for path in sorted((library_folder() / folder).glob("*.hhm"))
        for synapse in re.findall(r"^synapse (\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]


@pytest.mark.filterwarnings("ignore::hodgpy.errors.ModelWarning")
@pytest.mark.parametrize("name", shipped())
def test_each_number_of_a_synapse_moves_what_its_target_sees(name: str, tmp_path: Path) -> None:
    pins.check(f"synapses.{name}", figures(name, tmp_path), MOVES_NOTHING.get(name, {}))


def write(names: list[str]) -> None:
    def run(name: str) -> pins.Figures:
        with tempfile.TemporaryDirectory() as folder:
            return figures(name.removeprefix("synapses."), Path(folder))

    pins.write([f"synapses.{n}" for n in names or shipped()], run)


if __name__ == "__main__":
    write(sys.argv[1:])
