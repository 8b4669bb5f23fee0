# SPDX-License-Identifier: MIT
"""Every synapse of the shelf onto every neuron of it: each has `input I_syn`, as the README says.

One network for each neuron: a source that spikes once, and one target for each synapse, which
moves, beside one without a synapse. Where units cannot fit, the error says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.library import library_folder
from hodgpy.units import ms

SOURCE = """neuron Source {
    kick : 1
    v = -65 mV + 85 mV*int(t > 1 ms and t < 3 ms) : mV
    threshold kick > 0.5
    reset { kick = 0 }
}"""
OWN_SYNAPSES = {"Thalamic", "Subthalamic", "Pallidal", "Striatal", "Cortical"}  # of kumaravelu_2016
WITHOUT_UNITS = {"FitzHughNagumo1961", "HindmarshRose1984", "Izhikevich2004"}
CURRENTS = {"ExponentialCurrent", "AlphaCurrent", "SlowInwardCurrent"}


def shelf(folder: str, kind: str) -> Iterator[tuple[str, str]]:
    for path in sorted((library_folder() / folder).glob("*.hhm")):
        for name in re.findall(rf"^{kind} (\w+)", path.read_text("utf-8"), re.MULTILINE):
            yield f"{folder}.{path.stem}", name


NEURONS = [(f, n) for f, n in shelf("neurons", "neuron") if n not in OWN_SYNAPSES]
SYNAPSES = [*shelf("synapses", "synapse"), ("glia.de_pitta_2009", "SlowInwardCurrent")]


def fits(neuron: hp.Model, synapse: str) -> bool:
    if neuron.name in WITHOUT_UNITS:
        return synapse in CURRENTS
    is_density = "/" in neuron.variables["I_syn"].unit
    return is_density or synapse != "Graded"


def strength(synapse: str) -> float:
    """Of `w`, so that 1 % of a nanosiemens, 1 nA, or 1 S/m2 acts."""
    if synapse in CURRENTS:
        return 1e-9
    return {"Graded": 1.0, "TripletSTDP": 5.0, "HomeostaticInhibition": 5.0}.get(synapse, 20e-9)


@pytest.mark.filterwarnings("error::hodgpy.errors.ModelWarning")
@pytest.mark.parametrize(("file", "name"), NEURONS, ids=[n for _, n in NEURONS])
def test_synapses_of_the_shelf_reach_the_neuron(file: str, name: str) -> None:
    neuron = getattr(hp.compile(file, target="interpreter"), name)
    source = hp.Population(hp.compile(SOURCE, target="interpreter").Source, 1, name="source")
    suitable = [(f, s) for f, s in SYNAPSES if fits(neuron, s)]
    targets = hp.Population(neuron, len(suitable) + 1, name="targets")
    joined = []
    for k, (synapse_file, synapse) in enumerate(suitable):
        model = getattr(hp.compile(synapse_file, target="interpreter"), synapse)
        S = hp.Synapses(source, targets, model, name=f"S{k}")
        S.connect(i=[0], j=[k])
        S.w = strength(synapse)
        joined.append(S)
    source.kick = 1
    net = hp.Network(source, targets, *joined, dt=0.01 * ms, seed=1)
    net.run(3 * ms)
    state = "x" if "x" in neuron.states else "v"
    values = np.asarray(targets.get(state))
    moved = np.abs(values - values[-1])[:-1]
    still = [s for (_, s), by in zip(suitable, moved, strict=True) if not by > 0]
    assert not still, "synapses that do nothing"


@pytest.mark.parametrize("name", sorted(WITHOUT_UNITS))
def test_conductances_do_not_fit_a_potential_without_unit(name: str) -> None:
    file = next(f for f, n in NEURONS if n == name)
    neurons = hp.Population(getattr(hp.compile(file), name), 1)
    with pytest.raises(hp.ModelError, match="v_post"):
        hp.Synapses(neurons, neurons, hp.compile("synapses.exponential").Exponential)


def test_a_density_does_not_fit_a_current() -> None:
    cells = hp.Population(hp.compile("neurons.izhikevich_2007").Izhikevich2007, 1)
    with pytest.raises(hp.ModelError, match="I_syn_post"):
        hp.Synapses(cells, cells, hp.compile("synapses.graded").Graded)
