#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Simulated time over time needed for the networks of the test set: Buibas & Silva 2011, figure 4.

Hodgkin-Huxley cells with eight states (dt 0.03 ms, 1 s) and Izhikevich cells with six (dt 1 ms,
10 s): membrane, a synaptic conductance with an alpha function, calcium, and an indicator. Writes
RESULTS.md and figure_4.png beside this file.

python benchmarks/geometric/race.py [--sizes 10 100 1000] [--threads 1 2]
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import hodgpy as hp
from hodgpy.units import ms, second, um

HERE = Path(__file__).parent
SPEED = 20 * um / ms
STRENGTH = {"Hodgkin-Huxley": 0.3, "Izhikevich": 8.0}  # sum of the weights onto a cell
CELLS = """
import neurons.hodgkin_huxley_1952 as squid

neuron HodgkinHuxley {
    param C = 1 uF/cm**2
    param tau = 2 ms
    use squid.NaT as na, squid.KDr as k, squid.Leak as leak
    dv/dt = (na.I + k.I + leak.I + r*(0 mV - v) + I)/C : mV
    dp/dt = -p/tau : mS/cm**2
    dr/dt = (p - r)/tau : mS/cm**2
    dc/dt = (50 nM - c)/(500 ms) : mmolar
    db/dt = (c/(170 nM) - b)/(100 ms) : 1
    I : uA/cm**2
    init v = -65 mV
    init c = 50 nM
    threshold v > 0 mV
    refractory v > 0 mV
    reset { c += 100 nM }
}

neuron Izhikevich {
    param C = 100 pF
    param tau = 5 ms
    dv/dt = (0.7 nS/mV*(v + 60 mV)*(v + 40 mV) - u + r*(0 mV - v) + I)/C : mV
    du/dt = 0.03/ms*(-2 nS*(v + 60 mV) - u) : pA
    dp/dt = -p/tau : nS
    dr/dt = (p - r)/tau : nS
    dc/dt = (50 nM - c)/(500 ms) : mmolar
    db/dt = (c/(170 nM) - b)/(100 ms) : 1
    I : pA
    init v = -60 mV
    init c = 50 nM
    threshold v >= 35 mV
    reset {
        v = -50 mV
        u += 100 pA
        c += 100 nM
    }
}
"""


class Contest(NamedTuple):
    """One of the two columns of the figure."""

    name: str
    dt: float
    duration: float
    build: Callable[[Any], hp.Population]


def hodgkin_huxley(graph: hp.GeometricGraph) -> hp.Population:
    P = hp.Population(hp.compile(CELLS).HodgkinHuxley, graph.N, name="cells")
    P.I = "(8 + 4*rand())*uA/cm**2"
    return P


def izhikevich(graph: hp.GeometricGraph) -> hp.Population:
    P = hp.Population(hp.compile(CELLS).Izhikevich, graph.N, name="cells")
    P.I = "60*pA + 40*pA*rand()"
    return P


CONTESTS = (
    Contest("Hodgkin-Huxley", 0.03e-3, 1.0, hodgkin_huxley),
    Contest("Izhikevich", 1e-3, 10.0, izhikevich),
)


class Row(NamedTuple):
    """Times are simulated time over time needed; by number of threads."""

    network: str
    contest: str
    edges: int
    rate: float
    factors: dict[int, float]


CLOCKS: dict[str, tuple[Callable[[], float], str]] = {
    "wall": (time.perf_counter, "Time as it passes"),
    # What others on the machine take counts little, but threads that wait for a processor leave
    # their share to the calling one: for one thread alone.
    "processor": (time.thread_time, "Processor time of the calling thread"),
}


def measured(
    contest: Contest, name: str, threads: list[int], repeats: int, clock: Callable[[], float]
) -> Row:
    """Builds the network, runs it for a moment, then measures."""
    graph = hp.testset.network(name)
    P = contest.build(graph)
    P.place(graph.positions)
    unit = "mS/cm**2" if contest.name == "Hodgkin-Huxley" else "nS"
    weight = STRENGTH[contest.name] / max(1.0, len(graph) / graph.N)
    S = hp.Synapses(P, P, on_pre=f"p += {weight!r}*{unit}", name="synapses")
    S.connect(i=graph.i, j=graph.j)
    hp.geometry.set_delays(S, speed=SPEED)
    rate = hp.RateRecorder(P, 10 * contest.dt)
    net = hp.Network(P, S, rate, dt=contest.dt, seed=1, flush_denormals=True)
    steps = round(contest.duration / contest.dt)
    net.run(100 * contest.dt)
    factors = {}
    for count in threads:
        net.threads = count
        best = np.inf
        for _ in range(repeats):
            begin = clock()
            net.run(steps * contest.dt * second)
            best = min(best, clock() - begin)
        factors[count] = contest.duration / best
    return Row(name, contest.name, len(graph), float(rate.rate.mean()), factors)


def table(rows: list[Row], threads: list[int]) -> str:
    heads = [f"{c} {n} thread{'s' if n > 1 else ''}" for c in STRENGTH for n in threads]
    lines = [
        "| network | edges | " + " | ".join(heads) + " |",
        "|---|---|" + "---|" * len(heads),
    ]
    for name in dict.fromkeys(row.network for row in rows):
        found = {row.contest: row for row in rows if row.network == name}
        cells = [f"{found[c].factors[n]:.1f}" for c in STRENGTH for n in threads]
        edges = next(iter(found.values())).edges
        lines.append(f"| {name} | {edges} | {' | '.join(cells)} |")
    return "\n".join(lines)


def size_of(row: Row) -> int:
    return int(row.network.split("-")[2])


def summary(rows: list[Row], threads: list[int]) -> str:
    lines = []
    for contest in STRENGTH:
        for count in threads:
            found = [row for row in rows if row.contest == contest]
            slowest = min(found, key=lambda row: row.factors[count])
            most = max(size_of(row) for row in found)
            large = min(row.factors[count] for row in found if size_of(row) == most)
            rates = [row.rate for row in found]
            lines.append(
                f"- {contest}, {count} thread{'s' if count > 1 else ''}: slowest "
                f"{slowest.factors[count]:.1f} times real time ({slowest.network}), at the largest "
                f"size at least {large:.1f}; cells fire {min(rates):.0f} to {max(rates):.0f} Hz."
            )
    return "\n".join(lines)


def draw(rows: list[Row]) -> None:
    """Simulated over needed time against the size, one line per class and density, one thread."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for ax, contest in zip(axes, STRENGTH, strict=True):
        for number, kind in enumerate(hp.testset.CLASSES):
            for density, line in zip(hp.testset.DENSITIES, ("--", "-"), strict=True):
                found = [
                    (size_of(r), r.factors[1])
                    for r in rows
                    if r.contest == contest
                    and r.network.startswith(f"{kind}-3d")
                    and r.network.endswith(density)
                ]
                if found:
                    label = f"{kind.replace('_', ' ')}, {density}"
                    points = zip(*found, strict=True)
                    ax.loglog(*points, f"C{number}o{line}", markersize=3, label=label)
        ax.axhline(1, color="0.5", lw=0.8)
        ax.set(title=f"{contest}, 3-D, one thread", xlabel="cells")
    axes[0].set_ylabel("simulated time / time needed")
    axes[0].legend(fontsize=7)
    figure.savefig(HERE / "figure_4.png", dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(hp.testset.SIZES))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--shorten", type=float, default=1.0, help="factor of simulated times")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--write", action="store_true", help="RESULTS.md and the picture")
    arguments = parser.parse_args()
    clock, how = CLOCKS[arguments.clock]
    begin = time.perf_counter()
    built = [hp.testset.network(name) for name in hp.testset.names()]
    set_up = time.perf_counter() - begin
    names = [graph.name for graph in built if graph.N in arguments.sizes]
    rows = []
    for name in names:
        for contest in CONTESTS:
            shorter = contest._replace(duration=arguments.shorten * contest.duration)
            row = measured(shorter, name, arguments.threads, arguments.repeats, clock)
            rows.append(row)
            shown = ", ".join(f"{n}: {f:.1f}" for n, f in row.factors.items())
            print(f"{name:28} {contest.name:15} {row.rate:6.1f} Hz   {shown}", flush=True)
    print(summary(rows, arguments.threads))
    if arguments.write:
        write(rows, arguments, set_up, how)


def write(rows: list[Row], arguments: argparse.Namespace, set_up: float, how: str) -> None:
    """RESULTS.md and the picture."""
    load = os.getloadavg()[2]
    simulated = ", ".join(f"{c.name} {arguments.shorten * c.duration:g} s" for c in CONTESTS)
    threads = arguments.threads
    (HERE / "RESULTS.md").write_text(
        "# Speed of the test set\n\nWritten by `benchmarks/geometric/race.py --write`; do not "
        "edit. Simulated time over time\nneeded; Hodgkin-Huxley with eight states at 0.03 ms, "
        f"Izhikevich with six at 1 ms.\n{_processor()}, {os.cpu_count()} threads, with a load of "
        f"{load:.0f} by this and other programs;\nhodgpy {hp.__version__}. {how}, best of "
        f"{arguments.repeats}; simulated {simulated}.\nBuilding all 80 networks: {set_up:.1f} s."
        f"\n\n{summary(rows, threads)}\n\n![Figure 4](figure_4.png)\n\n{table(rows, threads)}\n",
        encoding="utf-8",
    )
    draw(rows)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
