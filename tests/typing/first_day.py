# SPDX-License-Identifier: MIT
"""What a user writes on the first day: mypy checks it, tests/python/test_typing.py runs it."""

from __future__ import annotations

import numpy as np

import hodgpy as hp
from hodgpy.units import Hz, Quantity, cm, ms, mV, nA, uA, um


def leaky(count: int) -> tuple[hp.Network, hp.Population, hp.SpikeRecorder]:
    cell = hp.compile(
        "dv/dt = (-70*mV - v + 25*mV)/(20*ms) : volt", threshold="v > -50*mV", reset="v = -70*mV"
    )
    population = hp.Population(cell, count, name="leaky")
    population.v = "-70*mV + 20*mV*rand()"
    spikes = hp.SpikeRecorder(population)
    return hp.Network(population, spikes, dt=0.1 * ms), population, spikes


def main() -> None:
    network, population, spikes = leaky(10)

    @network.every(50 * ms)
    def watch() -> None:
        print(network.t, population.v.mean())

    network.run(100 * ms)
    times: np.ndarray = spikes.t
    print(len(times), spikes.count.mean(), hp.trains.rates(spikes, 0.1).max())

    axon = hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952
    axons = hp.Population(axon, 4, temperature="18.5 degC", name="axons")
    axons.I = 10 * uA / cm**2
    axons.I[2:] = 20 * uA / cm**2
    axons.k.g = np.linspace(300, 400, 4)
    synapses = hp.Synapses(axons, axons, "w : 1", on_pre="v_post += w*mV", name="synapses")
    synapses.connect("i != j", p=0.5, seed=1)
    synapses.w = "rand()"
    synapses.delay = 1 * ms
    synapses.delay *= 2
    synapses.pre.delay = 3 * ms
    clamp = hp.CurrentClamp(axons, "I", 5 * uA / cm**2, onset=2 * ms, duration=3 * ms)
    noise = hp.PoissonGroup(10, rates=5 * Hz, name="noise")
    states = hp.StateRecorder(axons, ["v", "na.m"], record=[0, 1], dt=0.1 * ms)
    hp.Network(axons, synapses, clamp, noise, states, dt=0.01 * ms).run(5 * ms)
    highest: float = float(states.get("v", "mV").max())
    print(highest, synapses.i[:3], axons[:3].get("v", "mV"))

    shape = hp.Soma(diameter=25 * um)
    shape.axon = hp.Cylinder(diameter=1 * um, length=400 * um, n=80)
    cell = hp.Cell(shape, "cells.passive_cable", name="cell")
    cell.axon[50 * um].I = 0.1 * nA
    print(cell["v@axon.50*um"], cell.N)

    voltage: Quantity = 3 * mV
    print(voltage / (2 * nA), (voltage / (2 * nA)).in_unit("Mohm"))
    try:
        hp.compile("dv/dt = 1*mV : volt")
    except hp.ModelError as error:
        print(error.diagnostics[0].code, error.diagnostics[0].line)


if __name__ == "__main__":
    main()
