# SPDX-License-Identifier: MIT
"""Networks of every kind, to be saved and restored.

`python saved_networks.py FOLDER NAME...` restores FOLDER/NAME.hodg into a newly built network, runs
it on and writes FOLDER/NAME.npz.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

import hodgpy as hp
from hodgpy.units import Hz, cmeter, ms, mV, nA, uF, um

FIRST = 13.7 * ms  # within refractory periods, pulses, delays
SECOND = 11.3 * ms

LIF = """
dv/dt = (ge + I - v)/(10*ms) : volt (unless refractory)
dge/dt = -ge/(3*ms) : volt
I : volt
"""


def lif(count: int, **options: object) -> hp.Population:
    model = hp.compile(LIF, threshold="v > 15*mV", reset="v = 0*mV", refractory="2.3*ms")
    return hp.Population(model, count, **options)


def squid() -> hp.Network:
    """A staggered method, whose gates stand at half steps."""
    cells = hp.Population(hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952, 7, name="hh")
    cells.I = np.linspace(0.05, 0.15, 7)
    trace = hp.StateRecorder(cells, ["v", "na.m"], record=[1, 5], dt=0.03 * ms, average=True)
    return hp.Network(cells, trace, hp.SpikeRecorder(cells, interpolate=True), dt=0.01 * ms)


def refractory() -> hp.Network:
    cells = lif(200, name="cells", I=20 * mV)
    cells.v = "15*mV*rand()"
    return hp.Network(cells, hp.SpikeRecorder(cells), hp.RateRecorder(cells, bin=0.7 * ms))


def noisy() -> hp.Network:
    model = hp.compile("dv/dt = (10*mV - v)/(10*ms) + 4*mV*xi*(5*ms)**-0.5 : volt",
                       threshold="v > 12*mV", reset="v = 3*mV*rand()")  # fmt: skip
    cells = hp.Population(model, 50, name="noisy")
    current = hp.NoiseCurrent(lif_cells := lif(20, name="driven"), "I", mean=14 * mV, sd=4 * mV,
                              tau=5 * ms, name="ou")  # fmt: skip
    recorders = [hp.StateRecorder(cells, "v", record=[3]), hp.SpikeRecorder(lif_cells)]
    return hp.Network(cells, lif_cells, current, recorders, seed=5)


def plastic() -> hp.Network:
    """STDP with a delay of each synapse, event-driven traces, spikes under way."""
    inputs = hp.PoissonGroup(40, 60 * Hz, name="inputs")
    cells = lif(30, name="cells", I=14 * mV)
    synapses = hp.Synapses(
        inputs, cells,
        "w : 1\ndapre/dt = -apre/(20*ms) : 1 (event-driven)\n"
        "dapost/dt = -apost/(20*ms) : 1 (event-driven)",
        on_pre="ge_post += 3*mV*w\napre += 0.1\nw = clip(w + apost, 0, 1)",
        on_post="apost -= 0.12\nw = clip(w + apre, 0, 1)", name="S",
    )  # fmt: skip
    synapses.connect(p=0.4)
    synapses.w = "rand()"
    synapses.delay = "4*ms*rand()//(0.1*ms)*0.1*ms"
    synapses.post.delay = 1.2 * ms
    weights = hp.StateRecorder(synapses, "w", record=[2, 11], dt=0.5 * ms)
    back = hp.Synapses(cells, cells, on_pre="ge_post -= 1*mV", delay=2 * ms, name="back")
    back.connect("i != j", p=0.2)
    return hp.Network(inputs, cells, synapses, back, weights, hp.SpikeRecorder(cells), seed=3)


def summed() -> hp.Network:
    """Graded synapses with a delay, gathered from states, and Poisson input."""
    cells = lif(25, name="cells", I=18 * mV)
    cells.v = "10*mV*rand()"
    target = hp.Population(hp.compile("dx/dt = (s - x)/(7*ms) : volt\ns : volt"), 10, name="post")
    graded = hp.Synapses(cells, target, "g : 1\ns_post = g*v_pre(t - delay) : volt (summed)",
                         name="graded")  # fmt: skip
    graded.connect(p=0.5)
    graded.g = "0.1*rand()"
    graded._core.set_delay("pre", 0.003, False)
    poisson = hp.PoissonInput(cells, "ge", 100, 15 * Hz, 1 * mV, name="bombardment")
    return hp.Network(cells, target, graded, poisson, hp.StateRecorder(target, "x"), seed=8)


def conductances() -> hp.Network:
    """Lumped conductances, short-term depression, a rule that is kept once per source."""
    cells = lif(60, name="cells", I=17 * mV)
    cells.v = "14*mV*rand()"
    model = hp.compile("dv/dt = (ge + I - v)/(10*ms) : volt\nge : volt\nI : volt",
                       threshold="v > 15*mV", reset="v = 0*mV")  # fmt: skip
    target = hp.Population(model, 40, name="target", I=15.5 * mV)
    synapses = hp.Synapses(
        cells, target,
        "dg/dt = -g/(4*ms) : 1\nw : 1\ndx/dt = (1 - x)/(100*ms) : 1 (event-driven)\n"
        "ge_post = 2*mV*g : volt (summed)",
        on_pre="g += w*x\nx *= 0.7", delay=1.5 * ms, name="S",
    )  # fmt: skip
    synapses.connect(p=0.3)
    synapses.x = 1
    synapses.w = "0.3*rand()"
    return hp.Network(cells, target, synapses, hp.SpikeRecorder(target), seed=2)


PASSIVE = """
Im = g*(E - v) : amp/meter**2
g : siemens/meter**2
E : volt
"""


def cable() -> hp.Network:
    """Crank-Nicolson, which damps after jumps; an electrode whose pulses are jumps."""
    shape = hp.Cylinder(diameter=2 * um, length=500 * um, n=11)
    values = {"Cm": 1 * uF / cmeter**2, "Ri": 1.0, "g": 1.0, "E": -65 * mV, "v": -65 * mV}
    cells = hp.CablePopulation(shape, PASSIVE, 3, name="cables", **values)
    electrode = cells.insert_current(0, "Iinj : amp", "Iinj", name="electrode")
    clamp = hp.CurrentClamp(electrode, "Iinj", [0.1, -0.2, 0.3] * nA, onset=[1, 4.05, 13.7] * ms,
                            duration=5 * ms)  # fmt: skip
    trace = hp.StateRecorder(cells, "v", record=True, dt=0.1 * ms)
    return hp.Network(cells, clamp, trace, dt=0.025 * ms)


def stimulated() -> hp.Network:
    """Pulses that drive a parameter and an input; given spikes with a period."""
    model = hp.compile("dv/dt = (J + K - v)/(5*ms) : volt\nJ : volt (shared)\nK : volt")
    cells = hp.Population(model, 4, name="cells", K=1 * mV)
    dbs = hp.DBS(cells, "K", 30 * mV, frequency=130 * Hz, width=0.6 * ms, biphasic=True, name="dbs")
    train = hp.PulseTrain(cells, "J", 3 * mV, frequency=90 * Hz, width=1 * ms, jitter=0.8 * ms,
                          seed=4, name="jittered")  # fmt: skip
    given = hp.SpikeGenerator(3, [0, 1, 2], [1, 2, 2.5] * ms, period=4 * ms, name="given")
    synapses = hp.Synapses(given, cells, on_pre="v_post += 2*mV", delay=3.3 * ms, name="S")
    synapses.connect()
    return hp.Network(cells, dbs, train, given, synapses, hp.StateRecorder(cells, "v"))


def stiff() -> hp.Network:
    """CVODE, which starts anew in every step; timed arrays; links."""
    drive = hp.TimedArray(np.sin(np.arange(300) / 7), dt=0.1 * ms)
    model = hp.compile("dx/dt = y/ms : 1\ndy/dt = (5*(1 - x**2)*y - x + drive(t))/ms : 1",
                       method="cvode", namespace={"drive": drive})  # fmt: skip
    cells = hp.Population(model, 3, name="oscillators", x=[0.1, 0.2, 0.3])
    follower = hp.Population(hp.compile("dz/dt = (x - z)/(2*ms) : 1\nx : 1 (linked)"), 3, name="z")
    follower.link("x", cells, "x", [2, 0, 1])
    return hp.Network(cells, follower, hp.StateRecorder(follower, "z"))


NETWORKS: dict[str, Callable[[], hp.Network]] = {
    build.__name__: build
    for build in (
        squid, refractory, noisy, plastic, summed, conductances, cable, stimulated, stiff,
    )
}  # fmt: skip


def contents(net: hp.Network) -> dict[str, np.ndarray]:
    """Every value and recording of a network."""
    found: dict[str, np.ndarray] = {"t": np.array(net.t)}
    for name, group in (net._populations | net._others).items():
        if isinstance(group, hp.Population | hp.Synapses):
            names = group._names() if isinstance(group, hp.Synapses) else group._core.names()
            for variable in filter(group._core.has, names):
                found[f"{name}.{variable}"] = np.array(group._core.get(variable))
    for recorder, arrays in net._data().items():
        found |= {f"{recorder}.{key}": np.array(value) for key, value in arrays.items()}
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name in sys.argv[2:]:
        network = NETWORKS[name]()
        network.threads = 2
        network.restore(folder / f"{name}.hodg")
        network.run(SECOND)
        np.savez(folder / f"{name}.npz", **contents(network))
