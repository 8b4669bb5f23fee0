# SPDX-License-Identifier: MIT
"""Hodgkin-Huxley cables in hodgpy, NEURON and Arbor: nanoseconds per compartment and step.

    python benchmarks/cables/cables.py --peers-python PEERS/bin/python   # with neuron and arbor

Populations of unbranched cables (1 um, 1 mm; the values of Rallpack 3 with the leak of 1952), one
thread, double precision, dt 0.025 ms, no recording but the voltage of one compartment. Processor
time, best of the repeats; every contestant in a process of its own, in turn.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

SIZES = {"population": (100, 101), "one cable": (1, 1001)}  # cells, compartments
DT = 0.025


def hodgpy(cells: int, n: int, steps: int, repeats: int) -> dict[str, object]:
    """Here and now."""
    import hodgpy as hp
    from hodgpy.units import cm, mmeter, ms, nA, ohm, um

    begin = time.perf_counter()
    shape = hp.Cylinder(diameter=1 * um, length=1 * mmeter, n=n)
    model = hp.compile("cells.squid_axon_1952")
    population = hp.CablePopulation(shape, model, cells, Ri=100 * ohm * cm, temperature=279.45)
    population.set("I", 0.1 * nA, [k * n for k in range(cells)])
    spikes = hp.StateRecorder(population, "v", record=n - 1)
    network = hp.Network(population, spikes, dt=DT * ms)
    network.run(DT * ms)
    built = time.perf_counter() - begin
    times = []
    for _ in range(repeats):
        start = time.process_time()
        network.run(steps * DT * ms)
        times.append(time.process_time() - start)
    return {"set-up s": built, "ns": [1e9 * t / steps / cells / n for t in times]}


def neuron(cells: int, n: int, steps: int, repeats: int) -> dict[str, object]:
    """NEURON's own hh, tables off, its default scheme."""
    from neuron import h

    begin = time.perf_counter()
    h.load_file("stdrun.hoc")
    sections, clamps = [], []
    for _ in range(cells):
        section = h.Section()
        section.L, section.diam, section.nseg, section.Ra, section.cm = 1000, 1, n, 100, 1
        section.insert("hh")
        clamp = h.IClamp(section(0.5 / n))
        clamp.delay, clamp.dur, clamp.amp = 0, 1e9, 0.1
        sections.append(section)
        clamps.append(clamp)
    h.usetable_hh, h.celsius, h.dt = 0, 6.3, DT
    h.cvode.cache_efficient(1)
    h.finitialize(-65)
    h.fadvance()
    built = time.perf_counter() - begin
    times = []
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(steps):
            h.fadvance()
        times.append(time.process_time() - start)
    return {"set-up s": built, "ns": [1e9 * t / steps / cells / n for t in times]}


def arbor(cells: int, n: int, steps: int, repeats: int) -> dict[str, object]:
    """Arbor's hh, one thread, its default SIMD."""
    import arbor as A
    from arbor import units as U

    begin = time.perf_counter()

    class Recipe(A.recipe):
        def __init__(self) -> None:
            A.recipe.__init__(self)
            self.properties = A.neuron_cable_properties()

        def num_cells(self) -> int:
            return cells

        def cell_kind(self, _gid: int) -> object:
            return A.cell_kind.cable

        def cell_description(self, _gid: int) -> object:
            tree = A.segment_tree()
            tree.append(A.mnpos, A.mpoint(0, 0, 0, 0.5), A.mpoint(1000, 0, 0, 0.5), tag=1)
            decor = (
                A.decor()
                .set_property(
                    Vm=-65 * U.mV, tempK=279.45 * U.Kelvin, cm=0.01 * U.F / U.m2,
                    rL=100 * U.Ohm * U.cm,
                )
                .paint("(all)", A.density("hh", {"el": -54.387}))
                .place("(location 0 0)", A.i_clamp(0.1 * U.nA))
            )  # fmt: skip
            policy = A.cv_policy_fixed_per_branch(n)
            return A.cable_cell(tree, decor, discretization=policy)

        def global_properties(self, _kind: object) -> object:
            return self.properties

    recipe = Recipe()
    context = A.context(threads=1)
    hint = {A.cell_kind.cable: A.partition_hint(cpu_group_size=cells)}
    simulation = A.simulation(recipe, context, A.partition_load_balance(recipe, context, hint))
    simulation.run(DT * U.ms, DT * U.ms)
    built = time.perf_counter() - begin
    times, end = [], DT
    for _ in range(repeats):
        end += steps * DT
        start = time.process_time()
        simulation.run(end * U.ms, DT * U.ms)
        times.append(time.process_time() - start)
    return {"set-up s": built, "ns": [1e9 * t / steps / cells / n for t in times]}


CONTESTANTS = {"hodgpy": hodgpy, "NEURON": neuron, "Arbor": arbor}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--work", type=float, default=2e7, help="compartments times steps")
    parser.add_argument("--one", nargs=4, metavar=("NAME", "CELLS", "N", "STEPS"))
    options = parser.parse_args()
    if options.one:
        name, cells, n, steps = options.one
        print(json.dumps(CONTESTANTS[name](int(cells), int(n), int(steps), options.repeats)))
        return
    print(f"{'':12}{'':10}" + "".join(f"{name:>12}" for name in CONTESTANTS) + "  ns, best")
    for label, (cells, n) in SIZES.items():
        steps = max(1, round(options.work / cells / n / options.repeats))
        row = []
        for name in CONTESTANTS:
            python = sys.executable if name == "hodgpy" else options.peers_python
            command = [python, __file__, "--repeats", str(options.repeats)]
            done = subprocess.run(
                [*command, "--one", name, str(cells), str(n), str(steps)],
                capture_output=True,
                text=True,
                check=False,
                cwd=Path(__file__).parent,
            )
            lines = done.stdout.strip().splitlines()
            row.append(min(json.loads(lines[-1])["ns"]) if done.returncode == 0 else float("nan"))
            if done.returncode != 0:
                print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
        print(f"{label:12}{cells:4} x {n:<5}" + "".join(f"{ns:12.2f}" for ns in row), flush=True)


if __name__ == "__main__":
    main()
