# SPDX-License-Identifier: MIT
"""Figures of the shipped synapses, for scripts/model_pages: each from runs of the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import hodgpy as hp

DT = 1e-4
# Holds its voltage, spikes when it is told to, and sums what synapses add.
HELD = """neuron Held {
    v : volt
    kick : 1
    input I_syn : UNIT
    seen = I_syn : UNIT
    threshold kick > 0.5
    reset { kick = 0 }
}"""


def respond(
    model: hp.Model,
    before: Sequence[float],
    after: Sequence[float],
    duration: float,
    v: Callable[[np.ndarray], np.ndarray] | None = None,
    **values: Any,
) -> tuple[hp.Synapses, np.ndarray, np.ndarray]:
    """One synapse with spikes at given times (s) on both sides; the current it gave, and its times.

    ``v`` is the potential of the source over time.
    """
    summed = model._record["summed"][0]["written"]
    unit = summed.split(":")[1].split("(")[0].strip()
    held = hp.compile(HELD.replace("UNIT", unit)).Held
    source, target = hp.Population(held, 1, name="source"), hp.Population(held, 1, name="target")
    target.v = values.pop("v_target", 0.0)
    synapse = hp.Synapses(source, target, model, name="synapse")
    synapse.connect()
    for name, value in values.items():
        setattr(synapse, name, value)
    trace = hp.StateRecorder(target, "I_syn")
    network = hp.Network(source, target, synapse, trace, dt=DT)
    if v is not None:
        times = DT * np.arange(round(duration / DT))
        held_v = v(times)
        network.every(DT, lambda: source.set("v", held_v[round(network.t / DT)]))
    first, second = ({round(time / DT) for time in times} for times in (before, after))
    now = 0
    for step in sorted(first | second):
        network.run((step - now) * DT)
        now = step
        if step in first:
            source.kick = 1
        if step in second:
            target.kick = 1
    network.run((round(duration / DT) - now) * DT)
    return synapse, trace.t, trace.I_syn[0]


def train(rate: float, number: int, start: float = 10e-3) -> list[float]:
    return [start + k / rate for k in range(number)]


def window(model: hp.Model, w: float, lags: np.ndarray) -> np.ndarray:
    """Change of w by one pair, by how much later the target fires (s)."""
    at = 0.15
    changed = []
    for lag in lags:
        synapse, _, _ = respond(model, [at], [at + lag], at + 0.16, w=w)
        changed.append(float(synapse.w[0]) - w)
    return np.array(changed)


def _currents(axes: Any, models: Sequence[hp.Model], spikes: list[float], end: float) -> None:
    for axis, model in zip(axes, models, strict=True):
        values = {"w": 1e-9}
        if "E" in model.variables:
            values["v_target"] = -0.065
        _, t, current = respond(model, spikes, [], end, **values)
        axis.plot(t * 1e3, current * 1e12, lw=1)
        axis.set_ylabel("I (pA)")
        axis.set_title(model.name)


def exponential(axes: Any, models: dict[str, hp.Model]) -> None:
    spiking = [m for name, m in models.items() if name != "GapJunction"]
    _currents(axes[:-1], spiking, [10e-3], 60e-3)
    _, t, current = respond(
        models["GapJunction"], [], [], 60e-3, v=lambda t: 0.01 * ((t > 0.01) & (t < 0.03)), w=1e-9
    )
    axes[-1].plot(t * 1e3, current * 1e12, lw=1)
    axes[-1].set(title="GapJunction: 10 mV from 10 to 30 ms", ylabel="I (pA)")


def destexhe_1998(axes: Any, models: dict[str, hp.Model]) -> None:
    for axis, (name, model) in zip(axes, models.items(), strict=True):
        end = {"AMPA": 0.06, "GABAA": 0.06}.get(name, 0.5)
        for spikes, label in ((train(1, 1), "one spike"), (train(200, 10), "ten at 200 Hz")):
            _, t, current = respond(model, spikes, [], end, w=1e-9, v_target=-0.065)
            axis.plot(t * 1e3, current * 1e12, lw=1, label=label)
        axis.set(title=name, ylabel="I (pA)")
    axes[-1].legend(fontsize=7, frameon=False, loc="lower right")


def tsodyks_markram_1998(axes: Any, models: dict[str, hp.Model]) -> None:
    facilitating = {"U": 0.05, "tau_rec": 0.13, "tau_facil": 0.53}
    cases = (("depressing (defaults)", {}), ("facilitating", facilitating))
    for axis, (name, values) in zip(axes, cases, strict=True):
        spikes = [*train(20, 10), 1.0]
        _, t, current = respond(
            models["TsodyksMarkram"], spikes, [], 1.1, w=1e-9, v_target=-0.065, **values
        )
        axis.plot(t * 1e3, current * 1e12, lw=1)
        axis.set(title=f"{name}, ten spikes at 20 Hz and one", ylabel="I (pA)")


def bi_poo_2001(axes: Any, models: dict[str, hp.Model]) -> None:
    lags = np.arange(-120, 121, 4) * 1e-3
    for axis, model in zip(axes, models.values(), strict=True):
        axis.axhline(0, color="0.8", lw=0.7)
        axis.plot(lags * 1e3, window(model, 0.5e-9, lags) * 1e12, ".-", ms=3, lw=0.8)
        axis.set(title=model.name, ylabel="change of w (pS)")


def pfister_gerstner_2006(axes: Any, models: dict[str, hp.Model]) -> None:
    """Sixty pairs at several rates: the figure by which the rule is known."""
    rates = np.array([1, 5, 10, 20, 30, 40, 50])
    for lag, label in ((10e-3, "10 ms after"), (-10e-3, "10 ms before")):
        found = []
        for rate in rates:
            spikes = train(rate, 60, start=0.02)
            after = [t + lag for t in spikes]
            synapse, _, _ = respond(models["TripletSTDP"], spikes, after, spikes[-1] + 0.1, w=1.0)
            found.append(float(synapse.w[0]))
        axes[0].plot(rates, found, "o-", ms=3, lw=0.8, label=f"target fires {label}")
    axes[0].axhline(1, color="0.8", lw=0.7)
    axes[0].set(title="sixty pairs", xlabel="pairs per second", ylabel="w, from 1")
    axes[0].legend(fontsize=7, frameon=False)


def vogels_2011(axes: Any, models: dict[str, hp.Model]) -> None:
    lags = np.arange(-100, 101, 4) * 1e-3
    axes[0].axhline(0, color="0.8", lw=0.7)
    changed = window(models["HomeostaticInhibition"], 1.0, lags)
    axes[0].plot(lags * 1e3, changed * 1e3, ".-", ms=3, lw=0.8)
    axes[0].set(title="one pair", ylabel="change of w (1e-3)")


def graded(axes: Any, models: dict[str, hp.Model]) -> None:
    for peak in (-0.01, -0.008, -0.006, 0.03):
        _, t, current = respond(
            models["Graded"], [], [], 60e-3, w=1.0, v_target=-0.065,
            v=lambda t, peak=peak: np.where((t > 0.01) & (t < 0.012), peak, -0.065),
        )  # fmt: skip
        axes[0].plot(t * 1e3, current * 1e3, lw=1, label=f"{peak * 1e3:g} mV")
    axes[0].set(title="source at so much from 10 to 12 ms", ylabel="I (mA/m2)")
    axes[0].legend(fontsize=7, frameon=False)


# file -> (what draws it, its panels, what lies on the last axis)
FIGURES: dict[str, tuple[Callable[[Any, dict[str, hp.Model]], None], int, str]] = {
    "exponential": (exponential, 6, "t (ms)"),
    "destexhe_1998": (destexhe_1998, 4, "t (ms)"),
    "tsodyks_markram_1998": (tsodyks_markram_1998, 2, "t (ms)"),
    "bi_poo_2001": (bi_poo_2001, 2, "target after source (ms)"),
    "pfister_gerstner_2006": (pfister_gerstner_2006, 1, "pairs per second"),
    "vogels_2011": (vogels_2011, 1, "target after source (ms)"),
    "graded": (graded, 1, "t (ms)"),
}


def draw(path: Path) -> Any:
    """The figure of a file of synapses."""
    import matplotlib.pyplot as plt

    what, panels, below = FIGURES[path.stem]
    columns = 1 if panels == 1 else 2
    rows = -(-panels // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(7, 1.7 * rows + 0.6), squeeze=False, layout="constrained"
    )
    what(axes.ravel(), {model.name: model for model in hp.compile(f"synapses.{path.stem}")})
    for axis in axes.flat:
        axis.tick_params(labelsize=7)
        axis.title.set_size(8)
        axis.yaxis.label.set_size(8)
    for axis in axes[-1]:
        axis.set_xlabel(below, fontsize=8)
    return figure
