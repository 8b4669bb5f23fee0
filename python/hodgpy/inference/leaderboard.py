# SPDX-License-Identifier: MIT
"""Estimators compared over the test set."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from hodgpy import testset
from hodgpy.inference.estimators import BASELINES
from hodgpy.inference.protocol import TRACKS, record
from hodgpy.inference.recording import Estimator, run
from hodgpy.inference.scores import Score, score


class Row(NamedTuple):
    """The score of one estimator on one network."""

    algorithm: str
    network: str
    track: str
    score: Score
    seconds: float


@dataclass(frozen=True)
class Leaderboard:
    """Scores of all estimators over networks; prints as a table."""

    rows: tuple[Row, ...]

    def mean(self, algorithm: str, select: Callable[[Row], bool] = lambda row: True) -> float:
        """Mean average precision of an algorithm over the rows that are selected; NaN if none."""
        found = [
            row.score.average_precision
            for row in self.rows
            if row.algorithm == algorithm and select(row)
        ]
        return float(np.mean(found)) if found else float("nan")

    def algorithms(self) -> list[str]:
        """Names of the algorithms, the best first."""
        names = dict.fromkeys(row.algorithm for row in self.rows)
        return sorted(names, key=lambda name: -self.mean(name))

    def to_markdown(self) -> str:
        """A table: mean average precision by class, density, dimension, size and track."""
        groups = {
            "all": lambda row: True,
            **{kind: _in_name(kind) for kind in testset.CLASSES},
            **{f"{d}-D": _in_name(f"{d}d") for d in testset.DIMENSIONS},
            **{density: _in_name(density) for density in testset.DENSITIES},
            **{f"N = {size}": _in_name(str(size)) for size in testset.SIZES},
            **{f"track {track}": _of_track(track) for track in TRACKS},
        }
        used = {n: s for n, s in groups.items() if any(s(row) for row in self.rows)}
        lines = [
            "| networks | " + " | ".join(f"`{name}`" for name in self.algorithms()) + " | chance |",
            "|---|" + "---|" * (len(self.algorithms()) + 1),
        ]
        for name, select in used.items():
            chance = np.mean([row.score.chance for row in self.rows if select(row)])
            cells = [f"{self.mean(algorithm, select):.3f}" for algorithm in self.algorithms()]
            lines.append(f"| {name} | {' | '.join(cells)} | {chance:.3f} |")
        seconds = [
            f"{sum(row.seconds for row in self.rows if row.algorithm == name):.1f}"
            for name in self.algorithms()
        ]
        lines.append(f"| *seconds in all* | {' | '.join(seconds)} | |")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to_markdown()


def leaderboard(
    algorithms: Sequence[Estimator] = BASELINES,
    *,
    networks: Sequence[str] | None = None,
    sizes: Sequence[int] = (10, 30, 100),
    tracks: Sequence[str] = ("full",),
    duration: Any = 300.0,
    seed: int = 0,
    threads: int = 1,
    report: Callable[[Row], None] | None = None,
) -> Leaderboard:
    """Run estimators on the standard experiments with networks of the test set.

    Parameters
    ----------
    algorithms : sequence of functions
        Each takes a :class:`Recording` and gives an :class:`Estimate`, or scores as an array of
        shape (sources, targets).
    networks : list of str, optional
        Names of the test set; default all of ``sizes``.
    sizes : list of int
    tracks : list of {"full", "window", "other"}
        See :func:`record`.
    duration : Quantity
        Of each experiment.
    seed, threads : int
    report : callable, optional
        Called with each :class:`Row` as it is there.

    Raises
    ------
    SimulationError
        HH6083 for unknown networks, HH6086 for what an estimator must not return.
    """
    chosen = networks
    if chosen is None:
        chosen = [n for n in testset.names() if int(n.split("-")[2]) in sizes]
    rows = []
    for row in _rows(algorithms, chosen, tracks, duration, seed, threads):
        rows.append(row)
        if report is not None:
            report(row)
    return Leaderboard(tuple(rows))


def _rows(
    algorithms: Sequence[Estimator],
    networks: Sequence[str],
    tracks: Sequence[str],
    duration: Any,
    seed: int,
    threads: int,
) -> Iterator[Row]:
    for name in networks:
        graph = testset.network(name)
        for track in tracks:
            problem = record(graph, track=track, duration=duration, seed=seed, threads=threads)
            if not 0 < len(problem.truth) < problem.truth.N * (problem.truth.N - 1):
                continue  # a window without any edge, or with all: nothing to find
            for algorithm in algorithms:
                begin = time.perf_counter()
                estimate = run(algorithm, problem.recording)
                took = time.perf_counter() - begin
                found = score(estimate, problem.truth, problem.parameters)
                yield Row(getattr(algorithm, "__name__", repr(algorithm)), name, track, found, took)


def _in_name(part: str) -> Callable[[Row], bool]:
    return lambda row: part in row.network.split("-")


def _of_track(track: str) -> Callable[[Row], bool]:
    return lambda row: row.track == track
