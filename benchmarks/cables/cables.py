# SPDX-License-Identifier: MIT
"""Hodgkin-Huxley cables in hodgpy, NEURON and Arbor: nanoseconds per compartment and step.

    python benchmarks/cables/cables.py --peers-python PEERS/bin/python   # with neuron and arbor

It writes RESULTS.md beside itself. Populations of unbranched cables (1 um, 1 mm; the values of
Rallpack 3 with the leak of 1952), one thread, double precision, dt 0.025 ms, no recording but the
voltage of one compartment. Processor time, best of the repeats; every contestant in a process of
its own, in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from machine import cpu_name

# Cells and compartments of each.
SIZES = {"population": (100, 101), "one cable": (1, 1001), "small population": (8, 101)}
LONG = (1_000, 10_000, 100_000, 1_000_000)  # compartments of one cable, hodgpy alone
TARGETS = {"population": 6.0, "one cable": 12.0}  # ns, of the machine that the project began on
DT = 0.025


def hodgpy(cells: int, n: int, steps: int, repeats: int, **options: Any) -> dict[str, object]:
    """Here and now; ``options`` of the compiler."""
    import hodgpy as hp
    from hodgpy.units import cm, mmeter, ms, nA, ohm, um

    begin = time.perf_counter()
    shape = hp.Cylinder(diameter=1 * um, length=1 * mmeter, n=n)
    model = hp.compile("cells.squid_axon_1952", **options)
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


CONTESTANTS: dict[str, Callable[[int, int, int, int], dict[str, object]]] = {
    "hodgpy": hodgpy,
    "hodgpy, fast": partial(hodgpy, precision="fast"),
    "hodgpy, approximate": partial(hodgpy, approximate=1e-9),
    "hodgpy, float32": partial(hodgpy, dtype="float32"),
    "NEURON": neuron,
    "Arbor": arbor,
}


def first_step(_cells: int, n: int, _steps: int, repeats: int) -> dict[str, object]:
    """Compilation with an empty cache, and set-up of a branched cell of ``n`` compartments."""
    import hodgpy as hp
    from hodgpy.units import cm, ms, ohm, um

    begin = time.process_time()
    model = hp.compile("cells.squid_axon_1952")
    spot = hp.Cell(hp.Soma(diameter=20 * um), model, temperature=279.45)
    hp.Network(spot, dt=DT * ms).run(DT * ms)
    compiled = time.process_time() - begin
    root = hp.Soma(diameter=20 * um)
    rows, count = [root], 1
    while count < n:
        rows, parents = [], rows
        for section in parents:
            for side in "LR":
                section[side] = hp.Cylinder(diameter=1 * um, length=100 * um, n=20)
                rows.append(section[side])
                count += 20
    times = []
    for _ in range(repeats + 1):
        start = time.process_time()
        cell = hp.Cell(root, model, Ri=100 * ohm * cm, temperature=279.45)
        hp.Network(cell, dt=DT * ms).run(DT * ms)
        times.append(time.process_time() - start)
    return {"compile s": compiled, "set-up s": min(times[1:]), "compartments": cell.N}


PROGRAMS = {**CONTESTANTS, "first step": first_step}


def measure(name: str, cells: int, n: int, options: argparse.Namespace) -> dict[str, object]:
    """One contestant in a process of its own, with an empty cache; empty where it fails."""
    steps = max(1, round(options.work / cells / n / options.repeats))
    python = options.peers_python if name in ("NEURON", "Arbor") else sys.executable
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [python, __file__, "--repeats", str(options.repeats), "--one", name, str(cells), str(n),
             str(steps)],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parent,
            env={**os.environ, "HHC_CACHE_DIR": cache},
        )  # fmt: skip
    if done.returncode != 0:
        print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
        return {}
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def best(found: dict[str, object]) -> float:
    return min(found["ns"]) if found else float("nan")  # type: ignore[type-var, return-value]


def report(options: argparse.Namespace) -> str:
    """The tables, as they are measured."""
    lines = ["# Cables", "", "Generated by `benchmarks/cables/cables.py`, not edited by hand.", ""]
    lines.append(
        f"CPU: {cpu_name()}, Python {platform.python_version()}; one thread, in "
        "double precision where nothing else is said, dt "
        f"{DT} ms. Squid axon of 1952 as a cable. Nanoseconds of processor time per compartment "
        f"and step, best of {options.repeats}; in brackets the multiple of hodgpy's."
    )
    lines += ["", "| | cells x compartments | " + " | ".join(CONTESTANTS) + " | aim |"]
    lines.append("|---|---|" + "---|" * (len(CONTESTANTS) + 1))
    for label, (cells, n) in SIZES.items():
        row = {name: best(measure(name, cells, n, options)) for name in CONTESTANTS}
        shown = [f"{ns:.2f} ({ns / row['hodgpy']:.1f}x)" for ns in row.values()]
        aim = f"{TARGETS[label]:g}" if label in TARGETS else ""
        lines.append(f"| {label} | {cells} x {n} | " + " | ".join(shown) + f" | {aim} |")
    first = measure("first step", 1, 10_000, options)
    compiled, built = (1e3 * float(str(first[key])) for key in ("compile s", "set-up s"))
    lines += ["", f"From its name to the first step of one compartment, with an empty cache: "
              f"{compiled:.0f} ms of processor time (aim 150). Set-up and first step of a branched "
              f"cell of {first['compartments']} compartments, compiled before: {built:.0f} ms (aim "
              "100).", ""]  # fmt: skip
    lines += ["| one cable of | ns per compartment and step | set-up, first time (s) |"]
    lines += ["|---|---|---|"]
    for n in LONG:
        found = measure("hodgpy", 1, n, options)
        lines.append(f"| {n} | {best(found):.2f} | {float(str(found['set-up s'])):.2f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--work", type=float, default=2e7, help="compartments times steps")
    parser.add_argument("--one", nargs=4, metavar=("NAME", "CELLS", "N", "STEPS"))
    options = parser.parse_args()
    if options.one:
        name, cells, n, steps = options.one
        print(json.dumps(PROGRAMS[name](int(cells), int(n), int(steps), options.repeats)))
        return
    text = report(options)
    Path(__file__).with_name("RESULTS.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
