# SPDX-License-Identifier: MIT
"""The race: hodgpy beside Brian 2, NEURON, Arbor, Jaxley, Numba and NumPy, same model, same dt.

    python benchmarks/race/race.py --peers-python VENV/bin/python [--models squid_hh] [--sizes 1000]

Every contestant runs in a process of its own and times its runs inside, set-up apart. Median and
best of the repeats are reported. Writes benchmarks/RESULTS.md, which nobody edits, and race.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from contestant import median_and_best, outcome
from machine import cpu_name
from picture import COMPARED, draw

HERE = Path(__file__).resolve().parent
DT = {
    "squid_hh": 0.01,
    "traub_miles": 0.01,
    "ten_channels": 0.01,
    "lif": 0.1,
    "izhikevich": 0.1,
    "adex": 0.1,
    "fields_24": 0.1,
    "fields_40": 0.1,
}
SIZES = {"squid_hh": (10, 100, 1000, 10_000, 100_000, 1_000_000)}
USUAL_SIZES = (10, 1000, 100_000)
# A run is so many neurons times steps longer where a step of a neuron costs a nanosecond or less.
LONGER = {"lif": 50, "izhikevich": 50, "adex": 5, "fields_24": 2, "fields_40": 2}
MOST_STEPS = 20_000
COMPILED_PER_SIZE = (COMPARED,)  # contestants whose set-up takes long
# contestant: sizes that it runs, where not all
LIMITS = {
    "Brian 2": COMPILED_PER_SIZE,
    "Brian 2, -O3 -ffast-math -march=native": COMPILED_PER_SIZE,
    "NEURON, tables": (10, 1000),
    "NEURON, exact rates": (1000,),
    "Arbor": (10, 1000),
    "Jaxley": (10,),  # beyond, building and tracing the network takes minutes
    "NumPy": (1000, 100_000),
}
NUMPY_MODELS = ("squid_hh", "lif", "izhikevich", "adex", "fields_24", "fields_40")
# contestant -> (script, kind, models)
CONTESTANTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "hodgpy": ("hodgpy_sim.py", "full", tuple(DT)),
    "hodgpy, fast": ("hodgpy_sim.py", "fast", ("squid_hh", "traub_miles", "ten_channels", "adex")),
    "hodgpy, approximate": (
        "hodgpy_sim.py",
        "approximate",
        ("squid_hh", "traub_miles", "ten_channels"),
    ),
    "hodgpy, float32": ("hodgpy_sim.py", "float32", tuple(DT)),
    "Brian 2": ("brian2_sim.py", "default", tuple(DT)),
    "Brian 2, -O3 -ffast-math -march=native": (
        "brian2_sim.py",
        "fastest",
        ("squid_hh", "traub_miles", "lif", "izhikevich", "adex"),
    ),
    "NEURON, tables": ("neuron_sim.py", "tables", ("squid_hh",)),
    "NEURON, exact rates": ("neuron_sim.py", "exact", ("squid_hh",)),
    "Arbor": ("arbor_sim.py", "", ("squid_hh",)),
    "Jaxley": ("jaxley_sim.py", "", ("squid_hh",)),
    "Numba": ("numpy_sim.py", "numba", (*NUMPY_MODELS, "ten_channels")),
    "NumPy": ("numpy_sim.py", "numpy", NUMPY_MODELS),
}
# Spike counts of one model may differ by this much: methods differ, float32 and phases too.
SAME_DYNAMICS = 0.1


def run(
    python: str, contestant: str, model: str, n: int, steps: int, dt: float, repeats: int
) -> Any:
    """What the contestant printed, or None where it failed."""
    script, kind, _ = CONTESTANTS[contestant]
    command = [python, str(HERE / script), model, str(n), str(steps), str(dt), kind, str(repeats)]
    return outcome(f"{contestant}, {model}", command)


def python_of(contestant: str, peers: str) -> str:
    return sys.executable if contestant.startswith("hodgpy") else peers


def measure(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """One row per model, size and contestant; those of --rows are not measured again."""
    rows: list[dict[str, Any]] = []
    if arguments.rows and arguments.rows.exists():
        rows = json.loads(arguments.rows.read_text())
    known = {(r["model"], r["n"], r["contestant"]) for r in rows}
    for model in arguments.models:
        for n in arguments.sizes or SIZES.get(model, USUAL_SIZES):
            longer = LONGER.get(model, 1)
            steps = max(20, min(MOST_STEPS * longer, arguments.work * longer // n))
            for contestant, (_, _, models) in CONTESTANTS.items():
                if model not in models or n not in LIMITS.get(contestant, (n,)):
                    continue
                if arguments.report or (model, n, contestant) in known:
                    continue
                python = python_of(contestant, arguments.peers_python)
                result = run(python, contestant, model, n, steps, DT[model], arguments.repeats)
                if result is None:
                    continue
                scale = 1e9 / (n * steps)
                row = {
                    "model": model,
                    "n": n,
                    "steps": steps,
                    "contestant": contestant,
                    **median_and_best(seconds * scale for seconds in result["run_s"]),
                    **result,
                }
                rows.append(row)
                if arguments.rows:
                    arguments.rows.write_text(json.dumps(rows))
                print(f"{model:12s} {n:6d} {contestant:40s} {row['median']:9.3f} ns", flush=True)
    return rows


def check_dynamics(rows: list[dict[str, Any]]) -> list[str]:
    """Contestants whose spike counts differ from hodgpy's by more than SAME_DYNAMICS."""
    found = []
    for row in rows:
        own = next(
            (
                r
                for r in rows
                if r["contestant"] == "hodgpy" and (r["model"], r["n"]) == (row["model"], row["n"])
            ),
            None,
        )
        # below a spike a neuron, the instant at which counting ends decides
        few = own is not None and own["spikes"] < row["n"]
        if own and not few and abs(row["spikes"] - own["spikes"]) > SAME_DYNAMICS * own["spikes"]:
            found.append(
                f"{row['model']}, N = {row['n']}: {row['contestant']} {row['spikes']} spikes, "
                f"hodgpy {own['spikes']}"
            )
    return found


def last_common_error(times: list[float], reference: list[float]) -> float:
    """ms by which the last common spike of 1 s is off."""
    count = min(len(times), len(reference))
    return abs(times[count - 1] - reference[count - 1]) * 1e3


# contestant: two steps in ms to measure its error at, and its order
EQUAL_ERROR: dict[str, tuple[tuple[float, float], int]] = {
    "hodgpy": ((0.02, 0.01), 2),
    "Brian 2": ((0.01, 0.005), 1),
    "NEURON, exact rates": ((0.01, 0.005), 1),
    "Arbor": ((0.01, 0.005), 1),
}


def equal_error(arguments: argparse.Namespace, rows: list[dict[str, Any]]) -> list[str]:
    """Squid HH: the step, and the time for one second, at 0.1 ms of error of the last spike."""
    lines = [
        "| simulator | ns per neuron and step | dt (ms) | error (ms) | order (halving dt) "
        "| dt for 0.1 ms | ms per neuron and second | |",
        "|---" * 8 + "|",
    ]
    found = []
    for contestant, (dts, order) in EQUAL_ERROR.items():
        python = python_of(contestant, arguments.peers_python)
        at = [r for r in rows if r["model"] == "squid_hh" and r["contestant"] == contestant]
        at = [r for r in at if r["n"] == 1000] or at
        # Each against itself at a small step: parameters and conventions differ a little.
        reference = run(python, contestant, "squid_hh", 1, 1_000_000, 0.001, 1)
        results = [run(python, contestant, "squid_hh", 1, round(1000 / dt), dt, 1) for dt in dts]
        if not at or reference is None or None in results:
            continue
        # Brian and NEURON name the step's end, not the crossing
        late = {"Brian 2": 0.5, "NEURON, exact rates": 0.5}.get(contestant, 0.0)
        base = [t - late * 1e-6 for t in reference["times"]]
        errors = [
            last_common_error([t - late * dt * 1e-3 for t in result["times"]], base)
            for dt, result in zip(dts, results, strict=True)
        ]
        step = dts[1] * (0.1 / errors[1]) ** (1 / order)
        cost = at[0]["median"] * 1000 / step * 1e-6
        found.append((contestant, at[0]["median"], dts, errors, order, step, cost))
    own = next((cost for name, *_, cost in found if name == "hodgpy"), None)
    for contestant, ns, dts, errors, order, step, cost in found:
        ratio = f"{cost / own:.3g}x" if own else ""
        lines.append(
            f"| {contestant} | {ns:.2f} | {dts[0]:g}, {dts[1]:g} | {errors[0]:.3f}, "
            f"{errors[1]:.3f} | {order} ({errors[0] / errors[1]:.2f}x) | {step:.2g} | {cost:.3g} "
            f"| {ratio} |"
        )
    return lines


def threads_table(arguments: argparse.Namespace) -> list[str]:
    """Wall time of one thread over that of two."""
    lines = ["| model | N | 1 thread (ns) | 2 threads (ns) | gain |", "|---" * 5 + "|"]
    for model, n in (("squid_hh", 10_000), ("squid_hh", 100_000), ("lif", 100_000)):
        steps = max(20, arguments.work // n)
        times = []
        for kind in ("one thread", "threads"):
            command = [sys.executable, str(HERE / "hodgpy_sim.py"), model, str(n), str(steps)]
            command += [str(DT[model]), kind, str(max(arguments.repeats, 9))]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            result = json.loads(done.stdout.splitlines()[-1])
            times.append(min(result["run_s"]) * 1e9 / (n * steps))
        lines.append(
            f"| {model} | {n} | {times[0]:.2f} | {times[1]:.2f} | {times[0] / times[1]:.2f}x |"
        )
    return lines


def cold_and_warm(arguments: argparse.Namespace) -> list[str]:
    """Seconds of set-up with an empty and with a filled cache of compiled code."""
    lines = ["| model | cold (s) | warm (s) |", "|---|---|---|"]
    for model in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "HHC_CACHE_DIR": folder}
            setups = []
            for _ in range(2):
                command = [sys.executable, str(HERE / "hodgpy_sim.py"), model, "1000", "10"]
                command += [str(DT[model]), "full", "1"]
                done = subprocess.run(
                    command, capture_output=True, text=True, env=environment, check=True
                )
                setups.append(json.loads(done.stdout.splitlines()[-1])["setup_s"])
        lines.append(f"| {model} | {setups[0]:.3f} | {setups[1]:.3f} |")
    return lines


def table(rows: list[dict[str, Any]], model: str) -> list[str]:
    """ns per neuron and step, and how many times hodgpy is ahead."""
    sizes = sorted({r["n"] for r in rows if r["model"] == model})
    cells = {(r["contestant"], r["n"]): r for r in rows if r["model"] == model}
    lines = ["| | " + " | ".join(f"N = {n}" for n in sizes) + " | set-up (s) | spikes |"]
    lines.append("|---" * (len(sizes) + 3) + "|")
    for contestant in CONTESTANTS:
        own = [cells.get((contestant, n)) for n in sizes]
        if not any(own):
            continue
        parts = []
        for n, row in zip(sizes, own, strict=True):
            base = cells.get(("hodgpy", n))
            ratio = f" ({row['median'] / base['median']:.3g}x)" if row and base else ""
            parts.append(f"{row['median']:.2f}, {row['best']:.2f}{ratio}" if row else "-")
        shown = cells.get((contestant, COMPARED)) or next(row for row in reversed(own) if row)
        line = f"| {contestant} | " + " | ".join(parts)
        lines.append(f"{line} | {shown['setup_s']:.3f} | {shown['spikes']} |")
    return lines


def slow_sections(arguments: argparse.Namespace, rows: list[dict[str, Any]]) -> list[str]:
    """What is measured beside the table of sizes."""
    lines: list[str] = []
    if "squid_hh" in arguments.models:
        lines += ["", "## Squid HH at equal dt and at equal error", ""]
        lines += ["Error of the last spike of one second against dt = 0.001 ms, N = 1000.", ""]
        lines += equal_error(arguments, rows)
    lines += ["", "## Two threads", ""]
    lines += ["Wall time, best of the runs; no measure of the threads where the load is high.", ""]
    lines += threads_table(arguments)
    lines += ["", "## Set-up of hodgpy", ""]
    lines += ["Wall time from the model's text to the first step, after the import.", ""]
    return lines + cold_and_warm(arguments)


def report(
    arguments: argparse.Namespace, rows: list[dict[str, Any]], slow: list[str], unfair: list[str]
) -> str:
    versions = {
        c.split(",")[0]: r["version"] for c in CONTESTANTS for r in rows if r["contestant"] == c
    }
    lines = [
        "# Race",
        "",
        "Generated by `benchmarks/race/race.py`, not edited by hand; method: `README.md`.",
        "",
        f"CPU: {cpu_name()}. Python {platform.python_version()}. "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + f". One thread; load of the machine at the end: {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} cores.",
        "",
        "Nanoseconds of processor time per neuron and step, median and best of "
        f"{arguments.repeats} runs; in brackets the median as a multiple of hodgpy's. "
        f"Set-up (wall time) and spikes are those of N = {COMPARED} (Jaxley: 10), where all run "
        "equally many steps; hodgpy may find its code in the cache, cold and warm set-up stand "
        "at the end. - was not measured.",
        "",
        "![nanoseconds per neuron and step](race.svg)",
        "",
    ]
    for model in arguments.models:
        if any(row["model"] == model for row in rows):
            lines += [f"## {model}, dt {DT[model]:g} ms", "", *table(rows, model), ""]
    lines += ["## Same dynamics", ""]
    text = f"All spike counts agree with hodgpy's within {SAME_DYNAMICS:.0%}."
    lines += [f"- {line}" for line in unfair] if unfair else [text]
    return "\n".join([*lines, *slow]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--sizes", type=int, nargs="+", help="instead of each model's own")
    parser.add_argument("--models", nargs="+", choices=list(DT), default=list(DT))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--work", type=int, default=2_000_000, help="neurons times steps of a run")
    parser.add_argument("--out", type=Path, default=HERE.parent / "RESULTS.md")
    parser.add_argument("--rows", type=Path, help="keep measured rows here, go on from them")
    parser.add_argument("--report", action="store_true", help="measure nothing new of the table")
    arguments = parser.parse_args()
    rows = measure(arguments)
    slow = slow_sections(arguments, rows)
    if arguments.rows and arguments.rows.exists():  # another run may have added some
        rows = json.loads(arguments.rows.read_text())
    unfair = check_dynamics(rows)
    text = report(arguments, rows, slow, unfair)
    arguments.out.write_text(text)
    draw(rows, arguments.out.with_name("race.svg"))
    print(text)
    return 1 if unfair else 0


if __name__ == "__main__":
    raise SystemExit(main())
