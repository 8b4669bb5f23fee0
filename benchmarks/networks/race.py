# SPDX-License-Identifier: MIT
"""The comparison networks in hodgpy, Brian 2 and NEST: one thread, dt 0.1 ms.

    python benchmarks/networks/race.py --peers-python VENV/bin/python [--models cuba] [--sizes 4000]

Each contestant runs in a process of its own; building and compiling are timed apart. Writes
RESULTS.md, which nobody edits.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from contestant import median_and_best, outcome
from machine import cpu_name

HERE = Path(__file__).resolve().parent
MODELS = ("cuba", "coba", "cobahh", "brunel", "stdp", "vogels")
# contestant -> (script, kind)
CONTESTANTS = {
    "hodgpy": ("hodgpy_sim.py", None),
    "Brian 2": ("brian2_sim.py", "default"),
    "Brian 2, -O3 -ffast-math -march=native": ("brian2_sim.py", "fastest"),
    "NEST": ("nest_sim.py", None),
}
# colour and marker of each, as in the race of neurons
LOOKS = (("#b2182b", "o"), ("#1f78b4", "o"), ("#1f78b4", "s"), ("#ff7f00", "D"))
LABEL: dict[str, Any] = {
    "textcoords": "offset points",
    "ha": "right",
    "va": "center",
    "fontsize": 8,
}
SAME_RATE = 0.25  # the networks are random and chaotic, and NEST's solvers differ


def run(python: str, contestant: str, model: str, n: int, a: argparse.Namespace) -> Any:
    """What the contestant printed, or None where it failed."""
    script, kind = CONTESTANTS[contestant]
    last = [str(a.repeats)] if kind is None else [kind, str(a.repeats)]
    command = [python, str(HERE / script), model, str(n), str(a.seconds), *last]
    return outcome(f"{contestant}, {model}", command)


def measure(a: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for model in a.models:
        for n in a.sizes:
            for contestant in CONTESTANTS:
                python = sys.executable if contestant == "hodgpy" else a.peers_python
                result = run(python, contestant, model, n, a)
                if result is None:
                    continue
                row = {"model": model, "n": n, "contestant": contestant, **result}
                row |= median_and_best(seconds / a.seconds for seconds in result["run_s"])
                rows.append(row)
                print(f"{model:8s} {n:7d} {contestant:40s} {row['median']:9.4f} s", flush=True)
    return rows


def table(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["| model | n | contestant | median (s) | best (s) | times hodgpy | Hz | set-up (s) |"]
    lines.append("|---" * 8 + "|")
    for row in rows:
        same = [r for r in rows if (r["model"], r["n"]) == (row["model"], row["n"])]
        base = next((r for r in same if r["contestant"] == "hodgpy"), None)
        ratio = f"{row['median'] / base['median']:.3g}" if base else "-"
        lines.append(
            f"| {row['model']} | {row['n']} | {row['contestant']} | {row['median']:.4g} "
            f"| {row['best']:.4g} | {ratio} | {row['rate']:.1f} | {row['setup_s']:.2f} |"
        )
    return lines


def unequal(rows: list[dict[str, Any]]) -> list[str]:
    """Contestants whose rate differs from hodgpy's by more than SAME_RATE."""
    found = []
    for row in rows:
        same = [r for r in rows if (r["model"], r["n"]) == (row["model"], row["n"])]
        base = next((r for r in same if r["contestant"] == "hodgpy"), row)
        if abs(row["rate"] - base["rate"]) > SAME_RATE * base["rate"]:
            found.append(
                f"{row['model']}, n = {row['n']}: {row['contestant']} {row['rate']:.1f} Hz, "
                f"hodgpy {base['rate']:.1f} Hz"
            )
    return found


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Medians of all contestants as dots, a line for each network; hodgpy's with its value."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    groups = list(dict.fromkeys((row["model"], row["n"]) for row in rows))[::-1]
    figure, axis = plt.subplots(figsize=(9, 0.45 * len(groups) + 1.5), layout="constrained")
    for contestant, (colour, marker) in zip(CONTESTANTS, LOOKS, strict=True):
        mine = [row for row in rows if row["contestant"] == contestant]
        places = [groups.index((row["model"], row["n"])) for row in mine]
        values = [row["median"] for row in mine]
        axis.plot(values, places, marker, color=colour, label=contestant, markersize=7)
        if contestant == "hodgpy":
            for value, place in zip(values, places, strict=True):
                axis.annotate(f"{value:.2g}", (value, place), (-8, 0), **LABEL)
    axis.set(xscale="log", xlabel="seconds of processor time per simulated second")
    axis.set_yticks(range(len(groups)), [f"{model}, {n} neurons" for model, n in groups])
    axis.margins(x=0.08)
    axis.grid(axis="y", color="0.9")
    axis.tick_params(axis="y", length=0)
    axis.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.45, 1), ncols=4, frameon=False)
    axis.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=sys.executable, help="Python with Brian 2, NEST")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--sizes", type=int, nargs="+", default=[4000])
    parser.add_argument("--seconds", type=float, default=1.0, help="simulated")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rows", type=Path, help="JSON: rows of earlier calls, and of this one")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    a = parser.parse_args()
    earlier = json.loads(a.rows.read_text()) if a.rows and a.rows.exists() else []
    new = measure(a)
    again = {(row["model"], row["n"]) for row in new}
    rows = [row for row in earlier if (row["model"], row["n"]) not in again] + new
    if a.rows:
        a.rows.write_text(json.dumps(rows))
    seen = {r["contestant"].split(",")[0]: r["version"] for r in rows}
    lines = [
        "# Race: comparison networks",
        "",
        "Generated by `benchmarks/networks/race.py`, not edited by hand.",
        "",
        f"CPU: {cpu_name()}. Python {platform.python_version()}, "
        + ", ".join(f"{name} {version}" for name, version in seen.items())
        + f". One thread; load of the machine at the end: {os.getloadavg()[0]:.1f}.",
        "",
        f"Seconds of processor time per simulated second, median and best of {a.repeats} runs of "
        f"{a.seconds:g} s (Brian 2: the lesser of what it reports and of its process's time). "
        "Set-up is building and compiling.",
        "",
        *table(rows),
        "",
        "![seconds per simulated second](race.svg)",
        "",
        "Rates: " + ("; ".join(unequal(rows)) or f"all within {SAME_RATE:.0%} of hodgpy's") + ".",
    ]
    text = "\n".join(lines) + "\n"
    a.out.write_text(text)
    draw(rows, a.out.with_name("race.svg"))
    print(text)


if __name__ == "__main__":
    main()
