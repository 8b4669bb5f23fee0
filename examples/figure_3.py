# SPDX-License-Identifier: MIT
"""Slow signals keep a network going, fast ones do not: figure 3 of Buibas & Silva 2011.

One hundred squid axons in a cube, each connected to a tenth of the others, are driven for 500 ms.
Signals travel at 2, 20 or 200 um/ms. Where they are slow, delays store the activity until cells
have recovered, and it goes on after the stimulus; at 200 um/ms all of it arrives while cells are
refractory, and dies out. Beside it the same with the 8 nearest neighbours.

Buibas M, Silva GA (2011) Neural Comput 23:183-214, doi:10.1162/NECO_a_00065. The paper gives no
parameters; these are ours.

python examples/figure_3.py [--seeds 20] [--picture figure_3.png]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import hodgpy as hp
from hodgpy.units import cm, ms, second, uA, um

CELL = """
import neurons.hodgkin_huxley_1952 as squid

neuron Cell {
    param C = 1 uF/cm**2
    param E = 0 mV
    param tau = 2 ms
    use squid.NaT as na, squid.KDr as k, squid.Leak as leak
    dv/dt = (na.I + k.I + leak.I + g*(E - v) + I)/C : mV
    dg/dt = -g/tau : mS/cm**2
    I : uA/cm**2
    init v = -65 mV
    threshold v > 0 mV
    refractory v > 0 mV
}
"""
SPEEDS = (2, 20, 200)  # um/ms; the paper's pixels are um here
STIMULUS = hp.geometry.Control("I", 10 * uA / cm**2, duration=500 * ms, spread=0.1)
AFTER = 0.52  # when what the stimulus started last has ended, seconds


def graphs(seed: int) -> dict[str, hp.GeometricGraph]:
    """The two networks on one set of positions."""
    positions = hp.place(100, hp.Box(100 * um), seed=seed)
    return {
        "random, 10 %": hp.geometry.random(positions, 0.1, seed=seed),
        "8 nearest": hp.geometry.lattice(positions, 8),
    }


def experiment(graph: hp.GeometricGraph, speed: float, seed: int) -> hp.SpikeRecorder:
    """The spikes of one run at a speed in um/ms."""
    cell = hp.compile(CELL).Cell
    run = hp.geometry.Experiment(
        graph, cell, on_pre="g += 0.1*mS/cm**2",
        speed=speed * um / ms, controls=[STIMULUS], dt=0.03 * ms, seed=seed,
    )  # fmt: skip
    run.run(1.5 * second)
    return run.spikes


def spikes_after(spikes: hp.SpikeRecorder) -> int:
    """How many spikes came when the stimulus had ended."""
    return int(np.sum(spikes.t > AFTER))


def draw(file: str, seed: int = 0) -> None:
    """The rasters of both networks at the three speeds."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        3, 2, figsize=(11, 8), sharex=True, sharey=True, layout="constrained"
    )
    for column, (name, graph) in zip(axes.T, graphs(seed).items(), strict=True):
        for ax, speed in zip(column, SPEEDS, strict=True):
            spikes = experiment(graph, speed, seed)
            ax.axvspan(0, 500, color="tab:orange", alpha=0.15, lw=0)
            ax.plot(1e3 * spikes.t, spikes.i, ".k", markersize=1.5)
            ax.set_title(f"{name}: {speed} um/ms, {spikes_after(spikes)} spikes after", fontsize=10)
            ax.spines[["top", "right"]].set_visible(False)
    for ax in axes[-1]:
        ax.set_xlabel("time (ms)")
    for ax in axes[:, 0]:
        ax.set_ylabel("cell")
    axes[0, 0].set(xlim=(0, 1500), ylim=(-1, 100))
    figure.savefig(file, dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many networks")
    parser.add_argument("--picture", help="file for the rasters of the first one")
    arguments = parser.parse_args()
    hp.compile(CELL)
    print(f"spikes after {AFTER * 1e3:g} ms at {', '.join(map(str, SPEEDS))} um/ms")
    for seed in range(arguments.seeds):
        for name, graph in graphs(seed).items():
            begin = time.perf_counter()
            counts = [spikes_after(experiment(graph, speed, seed)) for speed in SPEEDS]
            took = time.perf_counter() - begin
            print(f"network {seed}, {name:12}: {counts}   ({took:.2f} s)")
    if arguments.picture:
        draw(arguments.picture)


if __name__ == "__main__":
    main()
