# SPDX-License-Identifier: MIT
"""Figures of a run in which copy 0 of a model is as shipped and each other has one number 5 % off.

`tests/stdlib/pins.toml` holds the figures of copy 0: spike times in ms, and samples in SI.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

PINS = Path(__file__).resolve().parents[1] / "stdlib" / "pins.toml"
BOUND = 1e-4  # of the range of a variable along the run
NONE = np.array([])
STEPS = 2  # of time by which a spike may be early or late
Pinned = dict[str, list[float]]


@dataclass
class Record:
    """A row of every array, and a train of spikes, for each copy."""

    samples: dict[str, np.ndarray]
    spikes: list[np.ndarray] = field(default_factory=list)


@dataclass
class Figures:
    """What was recorded, for each of the places."""

    places: list[str]
    record: Record
    dt: float = 0.1  # ms

    def add(self, place: str, other: Record | None) -> None:
        """A place more; None: it was refused, which is noticed."""
        self.places.append(place)
        samples, spikes = self.record.samples, self.record.spikes
        for name, values in samples.items():
            row = np.full_like(values[:1], np.inf) if other is None else other.samples[name]
            samples[name] = np.concatenate([values, row])
        if spikes:
            spikes.append(np.array([np.inf]) if other is None else next(iter(other.spikes), NONE))

    def pinned(self) -> Pinned:
        rounded = {s: [float(f"{x:.8g}") for x in v[0]] for s, v in self.record.samples.items()}
        spikes = self.record.spikes
        trains = {"spikes": [round(float(t), 6) for t in spikes[0]]} if spikes else {}
        return trains | rounded

    def is_within(self, copy: int, pins: Pinned) -> bool:
        spikes = self.record.spikes
        if spikes and not self._same_spikes(spikes[copy], np.array(pins["spikes"])):
            return False
        for name, values in self.record.samples.items():
            expected = np.array(pins[name])
            size = max(np.ptp(expected), 1e-3 * np.abs(expected).max(), 1e-300)
            if not np.abs(values[copy] - expected).max() <= BOUND * size:
                return False
        return True

    def _same_spikes(self, found: np.ndarray, expected: np.ndarray) -> bool:
        if len(found) != len(expected):
            return False
        return not len(found) or bool(np.abs(found - expected).max() <= (STEPS + 0.01) * self.dt)

    def silent(self, pins: Pinned) -> list[str]:
        return [p for k, p in enumerate(self.places) if k > 0 and self.is_within(k, pins)]


def read() -> dict[str, Pinned]:
    found: dict[str, Pinned] = tomllib.loads(PINS.read_text("utf-8")) if PINS.is_file() else {}
    return found


def check(name: str, figures: Figures, reasons: dict[str, str]) -> None:
    """Copy 0 is as pinned; what moves nothing has a reason, and what has a reason moves nothing.

    ``reasons`` has parts of the names of places.
    """
    pinned = read()[name]
    assert figures.is_within(0, pinned), f"{name} is not as pinned"
    silent = figures.silent(pinned)
    unexplained = [place for place in silent if not any(part in place for part in reasons)]
    assert not unexplained, f"numbers of {name} that may be 5 % off unnoticed"
    needless = [part for part in reasons if not any(part in place for place in silent)]
    assert not needless, f"{name}: these do move its figures"


def write(names: Iterable[str], run: Callable[[str], Figures]) -> None:
    """Writes the figures of copy 0, and prints what moves nothing."""
    for name in names:
        figures = run(name)
        table = read()
        table[name] = figures.pinned()
        print(
            name,
            len(figures.places) - 1,
            "numbers; spikes:",
            [len(t) for t in figures.record.spikes[:1]],
        )
        for place in figures.silent(table[name]):
            print("    moves nothing:", place)
        lines = ["# Written by the tests of sensitivity: spike times in ms, samples in SI."]
        for key in sorted(table):
            lines += ["", f'["{key}"]']
            lines += [f'"{what}" = {values}' for what, values in table[key].items()]
        PINS.write_text("\n".join(lines) + "\n", "utf-8")
