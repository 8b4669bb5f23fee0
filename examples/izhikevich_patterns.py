# SPDX-License-Identifier: MIT
"""The 20 firing patterns of Izhikevich's simple model: figure 1 of the paper.

Izhikevich EM (2004) Which model to use for cortical spiking neurons? IEEE Trans Neural Netw
15:1063-1070, doi:10.1109/TNN.2004.832719. Parameters, stimuli, steps and order of updates are
those of the author's script, and so are the numbers of spikes.

    python examples/izhikevich_patterns.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import hodgpy as hp
from hodgpy.units import ms

Stimulus = Callable[[np.ndarray], np.ndarray]


def step(value: float, at: float) -> Stimulus:
    return lambda t: np.where(t > at, value, 0.0)


def windows(value: float, *spans: tuple[float, float]) -> Stimulus:
    return lambda t: value * np.any([(t > a) & (t < b) for a, b in spans], axis=0)


def ramp_r(t: np.ndarray) -> np.ndarray:
    return np.where(
        t < 200, t / 25, np.where(t < 300, 0, np.where(t < 312.5, (t - 300) / 12.5 * 4, 0))
    )


@dataclass
class Pattern:
    """Parameters, start and stimulus; how many spikes the author's script gives, and the first."""

    abcd: tuple[float, float, float, float]
    start: float
    dt: float
    end: float
    stimulus: Stimulus
    count: int
    first: float
    other: dict[str, float] = field(default_factory=dict)
    u: float | None = None


CLASS1 = {"q": 4.1, "p": 108.0}
PATTERNS = {
    "A": Pattern((0.02, 0.2, -65, 6), -70, 0.25, 100, step(14, 10), 5, 13.0),
    "B": Pattern((0.02, 0.25, -65, 6), -64, 0.25, 200, step(0.5, 20), 1, 43.75),
    "C": Pattern((0.02, 0.2, -50, 2), -70, 0.25, 220, step(15, 22), 28, 25.0),
    "D": Pattern((0.02, 0.25, -55, 0.05), -64, 0.2, 200, step(0.6, 20), 6, 39.0),
    "E": Pattern((0.02, 0.2, -55, 4), -70, 0.25, 160, step(10, 16), 6, 20.0),
    "F": Pattern((0.01, 0.2, -65, 8), -70, 0.25, 85, step(30, 8.5), 6, 10.25),
    "G": Pattern(
        (0.02, -0.1, -55, 6),
        -60,
        0.25,
        300,
        lambda t: np.where(t > 30, 0.075 * (t - 30), 0),
        10,
        84.5,
        CLASS1,
    ),
    "H": Pattern(
        (0.2, 0.26, -65, 0),
        -64,
        0.25,
        300,
        lambda t: np.where(t > 30, -0.5 + 0.015 * (t - 30), -0.5),
        14,
        105.75,
    ),
    "I": Pattern((0.02, 0.2, -65, 6), -70, 0.2, 100, windows(7.04, (10, 13)), 1, 26.6),
    "J": Pattern((0.05, 0.26, -60, 0), -62, 0.25, 200, windows(2, (20, 25)), 1, 26.5),
    "K": Pattern(
        (0.1, 0.26, -60, -1),
        -62,
        0.25,
        400,
        windows(0.65, (40, 44), (60, 64), (280, 284), (320, 324)),
        1,
        338.0,
    ),
    "L": Pattern(
        (0.02, -0.1, -55, 6),
        -60,
        0.25,
        100,
        windows(
            9,
            (100 / 11, 100 / 11 + 2),
            (100 / 11 + 5, 100 / 11 + 7),
            (70, 72),
            (80, 82),
        ),
        1,
        20.0,
        CLASS1,
    ),
    "M": Pattern((0.03, 0.25, -60, 4), -64, 0.2, 200, windows(-15, (20, 25)), 1, 68.0),
    "N": Pattern((0.03, 0.25, -52, 0), -64, 0.2, 200, windows(-15, (20, 25)), 7, 68.0),
    "O": Pattern(
        (0.03, 0.25, -60, 4),
        -64,
        0.25,
        100,
        lambda t: windows(1, (10, 15), (80, 85))(t) + windows(-6, (70, 75))(t),
        1,
        93.25,
    ),
    "P": Pattern(
        (0.1, 0.26, -60, 0),
        -61,
        0.25,
        300,
        lambda t: 0.24 + windows(1.0, (37.5, 42.5), (216, 221))(t),
        5,
        45.25,
    ),
    "Q": Pattern((1, 0.2, -60, -21), -70, 0.1, 50, windows(20, (9, 11)), 1, 11.3),
    "R": Pattern((0.02, 1, -55, 4), -65, 0.5, 400, ramp_r, 1, 311.5, {"u_shift": 65.0}, u=-16.0),
    "S": Pattern(
        (-0.02, -1, -60, 8),
        -63.8,
        0.5,
        350,
        lambda t: np.where((t < 50) | (t > 250), 80.0, 75.0),
        3,
        94.5,
    ),
    "T": Pattern(
        (-0.026, -1, -45, -2),
        -63.8,
        0.5,
        350,
        lambda t: np.where((t < 50) | (t > 250), 80.0, 75.0),
        12,
        86.5,
    ),
}
NAMES = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRST",
        (
            "tonic spiking", "phasic spiking", "tonic bursting", "phasic bursting", "mixed mode",
            "spike frequency adaptation", "class 1 excitable", "class 2 excitable", "spike latency",
            "subthreshold oscillations", "resonator", "integrator", "rebound spike",
            "rebound burst", "threshold variability", "bistability",
            "depolarising after-potential", "accommodation", "inhibition-induced spiking",
            "inhibition-induced bursting",
        ),
        strict=True,
    )
)  # fmt: skip


def run(pattern: Pattern, **changes: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spike times (ms), v at every step, the stimulus; ``changes`` are factors of parameters."""
    values = dict(zip("abcd", pattern.abcd, strict=True)) | pattern.other
    for name, factor in changes.items():
        values[name] = values.get(name, {"q": 5.0, "p": 140.0}.get(name, 0.0)) * factor
    count = round(pattern.end / pattern.dt) + 1
    stimulus = pattern.stimulus(np.arange(count) * pattern.dt)
    model = hp.compile("neurons.izhikevich_2004", target="interpreter").Izhikevich2004
    cells = hp.Population(model, 1, **values)
    cells.v = pattern.start
    if pattern.u is not None:
        cells.u = pattern.u
    spikes, trace = hp.SpikeRecorder(cells), hp.StateRecorder(cells, "v")
    net = hp.Network(cells, spikes, trace, dt=pattern.dt * ms)
    for current in stimulus:
        cells.I = float(current)
        net.run(pattern.dt * ms)
    return np.array(spikes.t) * 1e3, np.asarray(trace.v[0]), stimulus


def draw() -> Any:
    """The figure: v (blue; 30 where it spikes) and the stimulus (grey) of the patterns."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(5, 4, figsize=(8, 7), layout="constrained")
    for axis, (letter, pattern) in zip(axes.flat, PATTERNS.items(), strict=True):
        spikes, v, stimulus = run(pattern)
        t = np.arange(v.size) * pattern.dt
        shown = np.minimum(v, 30.0)
        shown[np.minimum(np.round(spikes / pattern.dt).astype(int), v.size - 1)] = 30.0
        axis.plot(t, shown, lw=0.6)
        swing = np.ptp(stimulus) or 1.0
        axis.plot(t, -105 + 12 * (stimulus - stimulus.min()) / swing, lw=0.6, color="0.5")
        axis.set_title(f"({letter}) {NAMES[letter]}", fontsize=7)
        axis.set_axis_off()
    return figure


if __name__ == "__main__":
    draw().savefig("izhikevich_patterns.png", dpi=120)
