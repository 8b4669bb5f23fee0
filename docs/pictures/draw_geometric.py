# SPDX-License-Identifier: MIT
"""Draws the pictures of docs/geometric_networks.md, after those of Buibas & Silva 2011.

python docs/pictures/draw_geometric.py [placement signals classes calcium recall wave]
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.collections import LineCollection
from PIL import Image  # comes with matplotlib

import hodgpy as hp
from hodgpy.geometry import Control, Experiment
from hodgpy.units import Hz, cm, ms, nM, second, uA, um

HERE = Path(__file__).parent
CELL = """
import neurons.hodgkin_huxley_1952 as squid
import imaging.calcium as imaging
neuron Cell {
    param C = 1 uF/cm**2
    param E = 0 mV
    param tau = 2 ms
    use squid.NaT as na, squid.KDr as k, squid.Leak as leak
    use imaging.SpikeCalcium(tau = 200 ms) as ca
    dv/dt = (na.I + k.I + leak.I + g*(E - v) + I + noise)/C : mV
    dg/dt = -g/tau : mS/cm**2
    ca_i = ca.c : mmolar
    I : uA/cm**2
    noise : uA/cm**2
    init v = -65 mV
    threshold v > 0 mV
    refractory v > 0 mV
    reset { ca.c += 100 nM }
}
"""


def save(figure: Any, name: str) -> None:
    file = io.BytesIO()
    figure.savefig(file, dpi=80)
    plt.close(figure)
    Image.open(file).convert("RGB").quantize(96).save(HERE / name, optimize=True)


def placement() -> None:
    """Figure 5: cells in the plane and in space, numbered from the centre outward."""
    figure = plt.figure(figsize=(10, 6.6), layout="constrained")
    for row, dimension in enumerate((2, 3)):
        for column, N in enumerate((10, 100, 1000)):
            kind = "3d" if dimension == 3 else None
            ax = figure.add_subplot(2, 3, 3 * row + column + 1, projection=kind)
            hp.testset.network(f"lattice-{dimension}d-{N}-low").positions.plot(ax)
            ax.set_title(f"{N} cells", fontsize=10)
    save(figure, "geometric_placement.png")


def classes() -> None:
    """Figure 6: the four classes at two densities, with their degrees and lengths of wiring."""
    figure, axes = plt.subplots(4, 4, figsize=(12, 11), layout="constrained")
    names = {"lattice": "lattice", "small_world": "small world", "scale_free": "scale-free",
             "random": "random"}  # fmt: skip
    for column, (kind, shown) in enumerate(names.items()):
        for row, density in enumerate(hp.testset.DENSITIES):
            graph = hp.testset.network(f"{kind}-2d-100-{density}")
            ax = axes[row, column]
            graph.plot(ax)
            found = graph.statistics()
            ax.set_title(
                f"{shown}, {density}\nclustering {found.clustering:.2f}, path length "
                f"{found.path_length:.2f}", fontsize=9,
            )  # fmt: skip
            ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
            colour = ("tab:blue", "tab:orange")[row]
            degree = graph.in_degree + graph.out_degree
            axes[2, column].hist(degree, bins=20, color=colour, alpha=0.6, label=density)
            axes[3, column].hist(1e6 * graph.lengths, bins=25, density=True, color=colour,
                                 alpha=0.6, label=density)  # fmt: skip
        axes[2, column].set_xlabel("edges of a cell")
        axes[3, column].set_xlabel("length of an edge (um)")
    axes[2, 0].set_ylabel("cells")
    axes[3, 0].set_ylabel("density (1/um)")
    axes[2, 0].legend()
    save(figure, "geometric_classes.png")


def signals() -> None:
    """Figure 1: signals on their way between cells in the plane at four moments."""
    graph = hp.testset.network("lattice-2d-100-high")
    start = Control("I", 20 * uA / cm**2, cells=[0], onset=0 * ms, duration=5 * ms)
    run = Experiment(
        graph, hp.compile(CELL).Cell, on_pre="g += 0.15*mS/cm**2", speed=2 * um / ms,
        controls=[start], dt=0.03 * ms, seed=1,
    )  # fmt: skip
    run.run(60 * ms)
    places = 1e6 * graph.positions.positions
    spikes_i, spikes_t = run.spikes.i, 1e3 * run.spikes.t
    figure, axes = plt.subplots(1, 4, figsize=(14, 3.8), layout="constrained")
    for ax, moment in zip(axes, (6.0, 15.0, 25.0, 40.0), strict=True):
        lines = np.stack([places[graph.i], places[graph.j]], axis=1)
        ax.add_collection(LineCollection(lines, colors="0.9", linewidths=0.5, zorder=0))
        for cell, t in zip(spikes_i, spikes_t, strict=True):
            away = graph.i == cell
            travelled = 2.0 * (moment - t) / (1e6 * graph.lengths[away])
            way = (travelled > 0) & (travelled < 1)
            source, target = places[graph.i[away][way]], places[graph.j[away][way]]
            front = source + travelled[way, None] * (target - source)
            ax.plot(*front.T, ".", color="tab:red", markersize=3)
        last = np.full(graph.N, -np.inf)
        before = spikes_t <= moment
        np.maximum.at(last, spikes_i[before], spikes_t[before])
        since = np.clip(moment - last, 0, 10)
        ax.scatter(*places.T, c=since, cmap="Blues_r", vmin=0, vmax=10, s=36, edgecolors="0.4",
                   linewidths=0.4)  # fmt: skip
        ax.set(title=f"{moment:g} ms", xlabel="x (um)", aspect="equal")
        ax.title.set_fontsize(10)
    axes[0].set_ylabel("y (um)")
    figure.colorbar(axes[-1].collections[-1], ax=axes, label="since the last spike (ms)", pad=0.01)
    save(figure, "geometric_signals.png")


def _driven(name: str, **more: Any) -> Experiment:
    """A network of the test set, stimulated for 200 ms, with noise, under a camera."""
    pulse = Control("I", 10 * uA / cm**2, onset=200 * ms, duration=200 * ms, spread=0.1)
    return Experiment(
        hp.testset.network(name), hp.compile(CELL).Cell, on_pre="g += 0.05*mS/cm**2",
        speed=20 * um / ms, controls=[pulse], state_noise={"noise": (1.5 * uA / cm**2, 2 * ms)},
        camera={"rate": 100 * Hz, "calcium": "ca_i_pre", "gain": 1 / (100 * nM)},
        observation_noise=0.05, dt=0.03 * ms, seed=1, **more,
    )  # fmt: skip


def calcium() -> None:
    """Figures 2 and 7: potentials and calcium of five cells, frames of the four classes."""
    figure = plt.figure(figsize=(12, 8), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.3))
    run = _driven("small_world-3d-100-low")
    states = hp.StateRecorder(run.cells, ["v", "ca_i"], record=list(range(5)), dt=0.3 * ms)
    run.network.add(states)
    run.run(1 * second)
    for k, ax in enumerate(left.subplots(5, 1, sharex=True)):
        ax.plot(1e3 * states.t, states.get("v", "mV")[k], "k", lw=0.5)
        other = ax.twinx()
        other.plot(1e3 * states.t, states.get("ca_i", "nM")[k], color="tab:green")
        ax.set_ylabel(f"{k}: mV")
        other.set_ylabel("nM", color="tab:green")
    ax.set_xlabel("time (ms)")
    left.suptitle("potential and calcium of five cells", fontsize=10)
    panels = right.subplots(4, 2, sharex=True, sharey=True)
    for row, kind in zip(panels, hp.testset.CLASSES, strict=True):
        for ax, density in zip(row, hp.testset.DENSITIES, strict=True):
            name = f"{kind}-3d-100-{density}"
            run = _driven(name)
            run.run(1 * second)
            image = ax.imshow(
                run.fluorescence, aspect="auto", origin="lower", extent=(0, 1000, 0, 100),
                cmap="magma", interpolation="nearest",
            )  # fmt: skip
            ax.set_title(name, fontsize=9)
            right.colorbar(image, ax=ax, pad=0.02)
    for ax in panels[-1]:
        ax.set_xlabel("time (ms)")
    right.suptitle("fluorescence of every cell", fontsize=10)
    save(figure, "geometric_calcium.png")


def recall() -> None:
    """Precision against recall of the baselines on two networks."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for ax, name in zip(axes, ("lattice-2d-30-low", "random-2d-30-high"), strict=True):
        problem = hp.inference.record(hp.testset.network(name))
        for baseline in hp.inference.BASELINES:
            estimate = baseline(problem.recording)
            found = hp.inference.score(estimate, problem.truth)
            precision, reached = hp.inference.precision_recall(estimate, problem.truth)
            label = f"{baseline.__name__.replace('_', ' ')}: {found.average_precision:.2f}"
            ax.step(reached, precision, where="post", label=label)
        ax.axhline(problem.truth.density, color="0.6", ls="--", label="chance")
        ax.set(xlabel="recall", title=name, xlim=(0, 1), ylim=(0, 1.02))
        ax.legend(fontsize=8)
    axes[0].set_ylabel("precision")
    save(figure, "precision_recall.png")


def wave() -> None:
    """Calcium of a sheet of astrocytes at four moments, and when each released."""
    glia = hp.compile("glia.de_pitta_2009")
    sheet = hp.place(100, hp.Box(500 * um, 2), seed=1)
    near = hp.geometry.lattice(sheet, 6).matrix()
    P = hp.Population(glia.DePitta2009, 100, name="astrocytes")
    P.place(sheet)
    junctions = hp.Synapses(P, P, glia.IP3Diffusion, D=2 * Hz)
    junctions.connect(matrix=near | near.T)
    P.J_stimulus[[0]] = 5e-3
    states, release = hp.StateRecorder(P, "C", dt=1 * second), hp.EventRecorder(P, "release")
    hp.Network(P, junctions, states, release, dt=10 * ms).run(61 * second)
    figure, axes = plt.subplots(1, 5, figsize=(15, 3.3), layout="constrained")
    for ax, moment in zip(axes, (8, 12, 18, 30), strict=False):
        values = states.get("C", "umolar")[:, moment]
        sheet.plot(ax, c=values, cmap="viridis", vmin=0, vmax=1, s=50)
        ax.set_title(f"{moment} s", fontsize=10)
        ax.set(ylabel="", yticks=[])
    figure.colorbar(axes[3].collections[0], ax=axes[3], label="calcium (uM)")
    first = {k: t[0] for k, t in release.trains().items() if len(t)}
    distances = 1e6 * sheet.distances(np.array(list(first)), 0)
    axes[4].plot(list(first.values()), distances, ".k")
    axes[4].set(xlabel="first release (s)", ylabel="distance (um)")
    save(figure, "calcium_wave.png")


DRAWN: dict[str, Callable[[], None]] = {
    "placement": placement, "signals": signals, "classes": classes, "calcium": calcium,
    "recall": recall, "wave": wave,
}  # fmt: skip

if __name__ == "__main__":
    for wanted in sys.argv[1:] or DRAWN:
        DRAWN[wanted]()
        print(wanted)
