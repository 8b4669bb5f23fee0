# SPDX-License-Identifier: MIT
"""The race: hodgpy beside Brian 2, NEURON, Numba and NumPy, same model, same dt, one thread.

    python benchmarks/race/race.py --peers-python VENV/bin/python [--sizes 100 1000 10000]

Every contestant runs in a process of its own and times its runs inside, set-up apart. Median and
best of the repeats are reported. Writes benchmarks/RESULTS.md, which nobody edits, and race.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DT = {"squid_hh": 0.01, "traub_miles": 0.01, "lif": 0.1, "izhikevich": 0.1, "adex": 0.1}
SINGLE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# contestant -> (script, kind, models)
CONTESTANTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "hodgpy": ("hodgpy_sim.py", "full", tuple(DT)),
    "hodgpy, fast": ("hodgpy_sim.py", "fast", ("squid_hh", "traub_miles", "adex")),
    "hodgpy, float32": ("hodgpy_sim.py", "float32", tuple(DT)),
    "Brian 2": ("brian2_sim.py", "default", tuple(DT)),
    "Brian 2, -O3 -ffast-math -march=native": ("brian2_sim.py", "fastest", tuple(DT)),
    "NEURON, tables": ("neuron_sim.py", "tables", ("squid_hh",)),
    "NEURON, exact rates": ("neuron_sim.py", "exact", ("squid_hh",)),
    "Numba": ("numpy_sim.py", "numba", ("squid_hh", "lif", "izhikevich", "adex")),
    "NumPy": ("numpy_sim.py", "numpy", ("squid_hh", "lif", "izhikevich", "adex")),
}
# Spike counts of one model may differ by this much: methods differ, float32 and phases too.
SAME_DYNAMICS = 0.1


def run(
    python: str, contestant: str, model: str, n: int, steps: int, dt: float, repeats: int
) -> Any:
    """What the contestant printed, or None where it failed (the reason goes to stderr)."""
    script, kind, _ = CONTESTANTS[contestant]
    command = [python, str(HERE / script), model, str(n), str(steps), str(dt), kind, str(repeats)]
    environment = {**os.environ, **SINGLE_THREAD}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        print(f"{contestant}, {model}: failed\n{done.stderr[-2000:]}", file=sys.stderr)
        return None
    return json.loads(lines[-1])


def python_of(contestant: str, peers: str) -> str:
    return sys.executable if contestant.startswith("hodgpy") else peers


def measure(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """One row per model, size and contestant."""
    rows = []
    for model in arguments.models:
        for n in arguments.sizes:
            steps = max(2000, min(20000, arguments.work // n))
            for contestant, (_, _, models) in CONTESTANTS.items():
                if model not in models:
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
                    "median": statistics.median(result["run_s"]) * scale,
                    "best": min(result["run_s"]) * scale,
                    **result,
                }
                rows.append(row)
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
        if own and abs(row["spikes"] - own["spikes"]) > SAME_DYNAMICS * own["spikes"]:
            found.append(
                f"{row['model']}, N = {row['n']}: {row['contestant']} {row['spikes']} spikes, "
                f"hodgpy {own['spikes']}"
            )
    return found


def last_common_error(times: list[float], reference: list[float]) -> float:
    """ms by which the last common spike of 1 s is off."""
    count = min(len(times), len(reference))
    return abs(times[count - 1] - reference[count - 1]) * 1e3


def equal_error(arguments: argparse.Namespace, rows: list[dict[str, Any]]) -> list[str]:
    """Squid HH: the step, and the time for one second, at 0.1 ms of error of the last spike."""
    own = python_of("hodgpy", arguments.peers_python)
    reference = run(own, "hodgpy", "squid_hh", 1, 1_000_000, 0.001, 1)
    if reference is None:
        return ["not measured"]
    lines = [
        "| simulator | dt (ms) | error (ms) | order | dt for 0.1 ms | ms per neuron and second |",
        "|---|---|---|---|---|---|",
    ]
    costs = {}
    for contestant, dts in (("hodgpy", (0.02, 0.01)), ("Brian 2", (0.01, 0.005))):
        errors = []
        for dt in dts:
            python = python_of(contestant, arguments.peers_python)
            result = run(python, contestant, "squid_hh", 1, round(1000 / dt), dt, 1)
            if result is None:
                return ["not measured"]
            late = dt / 2 if contestant == "Brian 2" else 0.0  # a step's end, not a crossing
            errors.append(
                last_common_error([t - late * 1e-3 for t in result["times"]], reference["times"])
            )
        order = 2 if contestant == "hodgpy" else 1
        found = (errors[0] / errors[1]) ** (1 / order)
        step = dts[1] * (0.1 / errors[1]) ** (1 / order)
        at = [r for r in rows if r["contestant"] == contestant and r["model"] == "squid_hh"]
        for row in at[-1:]:
            costs[contestant] = row["median"] * 1000 / step * 1e-6
            lines.append(
                f"| {contestant} | {dts[0]:g}, {dts[1]:g} | {errors[0]:.3f}, {errors[1]:.3f} "
                f"| {order} (halving dt: {found**order:.2f}x) | {step:.2g} "
                f"| {costs[contestant]:.3g} |"
            )
    if len(costs) == 2:
        lines += [
            "",
            f"At equal error hodgpy is {costs['Brian 2'] / costs['hodgpy']:.0f}x as fast.",
        ]
    return lines


def cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


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
        last = next(row for row in reversed(own) if row)
        line = f"| {contestant} | " + " | ".join(parts)
        lines.append(f"{line} | {last['setup_s']:.3f} | {last['spikes']} |")
    return lines


def report(arguments: argparse.Namespace, rows: list[dict[str, Any]], unfair: list[str]) -> str:
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
        + f". One thread; load of the machine at the end: {os.getloadavg()[0]:.1f}.",
        "",
        "Nanoseconds of processor time per neuron and step, median and best of "
        f"{arguments.repeats} runs; in brackets the median as a multiple of hodgpy's. "
        "Set-up (wall time) and spikes belong to the largest N.",
        "",
    ]
    for model in arguments.models:
        lines += [f"## {model}, dt {DT[model]:g} ms", "", *table(rows, model), ""]
    lines += ["## Same dynamics", ""]
    text = f"All spike counts agree with hodgpy's within {SAME_DYNAMICS:.0%}."
    lines += [f"- {line}" for line in unfair] if unfair else [text]
    if "squid_hh" in arguments.models:
        lines += ["", "## Squid HH at equal error", ""]
        lines += ["Error of the last spike of one second against dt = 0.001 ms.", ""]
        lines += equal_error(arguments, rows)
    return "\n".join(lines) + "\n"


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Bars of ns per neuron and step at the largest size, one panel a model."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    models = list(dict.fromkeys(r["model"] for r in rows))
    figure, axes = plt.subplots(
        len(models), 1, figsize=(8, 2.2 * len(models)), layout="constrained", squeeze=False
    )
    for axis, model in zip(axes[:, 0], models, strict=True):
        n = max(r["n"] for r in rows if r["model"] == model)
        chosen = [r for r in rows if (r["model"], r["n"]) == (model, n)][::-1]
        colours = ["C3" if r["contestant"].startswith("hodgpy") else "0.6" for r in chosen]
        bars = axis.barh(
            [r["contestant"] for r in chosen], [r["median"] for r in chosen], color=colours
        )
        axis.bar_label(bars, fmt="%.3g", padding=3, fontsize=8)
        axis.set(xscale="log", title=f"{model}, N = {n}", xlabel="ns per neuron and step")
        axis.margins(x=0.15)
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=sys.executable, help="Python that has the peers")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--models", nargs="+", choices=list(DT), default=list(DT))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--work", type=int, default=10_000_000, help="neurons times steps of a run")
    parser.add_argument("--out", type=Path, default=HERE.parent / "RESULTS.md")
    arguments = parser.parse_args()
    rows = measure(arguments)
    unfair = check_dynamics(rows)
    text = report(arguments, rows, unfair)
    arguments.out.write_text(text)
    draw(rows, arguments.out.with_name("race.svg"))
    print(text)
    return 1 if unfair else 0


if __name__ == "__main__":
    raise SystemExit(main())
