#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Estimators of connections compared over the test set; writes LEADERBOARD.md beside this file.

python benchmarks/geometric/leaderboard.py --sizes 10 30 100 --tracks full window other

An algorithm of your own is a function of a recording in a Python file:

    def mine(recording):
        F = recording.fluorescence          # (cells, frames)
        return scores                       # (sources, targets), larger is likelier

python benchmarks/geometric/leaderboard.py --add my_file.py:mine
"""

from __future__ import annotations

import argparse
import fnmatch
import importlib.metadata
import importlib.util
from pathlib import Path

import hodgpy as hp
from hodgpy.inference import BASELINES, TRACKS, Estimator, Row

OUTPUT = Path(__file__).with_name("LEADERBOARD.md")
LIBRARIES = ("numpy", "scipy", "scikit-learn", "statsmodels")


def loaded(text: str) -> Estimator:
    """The function that ``file.py:name`` means."""
    file, _, name = text.rpartition(":")
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Estimator = getattr(module, name)
    return found


def show(row: Row) -> None:
    print(
        f"{row.network:28} {row.track:7} {row.algorithm:24} "
        f"AP {row.score.average_precision:.3f}  ROC {row.score.roc_auc:.3f}  "
        f"chance {row.score.chance:.3f}  {row.seconds:.2f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 30, 100])
    parser.add_argument(
        "--also", nargs="*", default=[], help="more networks, as patterns: 'lattice-*-100-*'"
    )
    parser.add_argument("--tracks", nargs="+", default=list(TRACKS), choices=TRACKS)
    parser.add_argument("--seconds", type=float, default=300.0, help="of each experiment")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--add", nargs="*", default=[], help="algorithms: file.py:function")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    chosen = [
        name
        for name in hp.testset.names()
        if int(name.split("-")[2]) in arguments.sizes
        or any(fnmatch.fnmatch(name, pattern) for pattern in arguments.also)
    ]
    board = hp.inference.leaderboard(
        [*BASELINES, *map(loaded, arguments.add)],
        networks=chosen, tracks=arguments.tracks, duration=arguments.seconds,
        seed=arguments.seed, report=show,
    )  # fmt: skip
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    networks = ", ".join([*map(str, arguments.sizes), *arguments.also])
    rows = "\n".join(
        f"| {row.network} | {row.track} | `{row.algorithm}` | {row.score.average_precision:.3f} | "
        f"{row.score.roc_auc:.3f} | {row.score.chance:.3f} | "
        f"{row.score.parameters.get('tau_calcium', float('nan')):.2f} |"
        for row in board.rows
    )
    arguments.output.write_text(
        "# Connections from fluorescence\n\n"
        "Written by `benchmarks/geometric/leaderboard.py`; do not edit. Mean average precision "
        "(area under the\nprecision-recall curve) over networks of the test set; `chance` is what "
        f"random scores have.\nExperiments of {arguments.seconds:g} s, seed {arguments.seed}, "
        f"sizes {networks},\ntracks {', '.join(arguments.tracks)}; hodgpy "
        f"{hp.__version__}, {versions}.\n\n{board}\n\n## Every network\n\n"
        "| network | track | algorithm | average precision | ROC | chance | error of tau |\n"
        f"|---|---|---|---|---|---|---|\n{rows}\n",
        encoding="utf-8",
    )
    print(board)


if __name__ == "__main__":
    main()
