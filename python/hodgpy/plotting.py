# SPDX-License-Identifier: MIT
"""Pictures of recordings, with matplotlib (the extra ``plot``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy.errors import HodgError

if TYPE_CHECKING:
    from hodgpy.recording import EventRecorder, RateRecorder, StateRecorder

_MOST_TRACES = 10  # more lines in one panel cannot be told apart


def _axes(ax: Any, panels: int = 1) -> Any:
    if ax is not None:
        return np.atleast_1d(ax)
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise HodgError("plots need matplotlib: pip install 'hodgpy[plot]'") from error
    _, axes = plt.subplots(
        panels, sharex=True, figsize=(8, 1.2 + 1.9 * panels), layout="constrained", squeeze=False
    )
    return axes[:, 0]


def _time_axis(times: np.ndarray) -> tuple[np.ndarray, str]:
    return (times, "time (s)") if len(times) and times[-1] > 5 else (times * 1e3, "time (ms)")


def raster(recorder: EventRecorder, ax: Any = None, **style: Any) -> Any:
    """One dot or tick per event."""
    axes = _axes(ax)[0]
    times, label = _time_axis(recorder.t)
    few = recorder.population.N <= 60
    options = {
        "marker": "|" if few else ".",
        "s": 60 if few else 2,
        "color": "k",
        "linewidths": 1.0,
    }
    axes.scatter(times, recorder.i, **(options | style))
    axes.set(xlabel=label, ylabel="neuron", title=f"{recorder.population.name}: {recorder.event}s")
    axes.set_ylim(-0.5, recorder.population.N - 0.5)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def traces(recorder: StateRecorder, ax: Any = None, **style: Any) -> Any:
    """One panel per variable, one line per neuron."""
    axes = _axes(ax, len(recorder.variables))
    times, label = _time_axis(recorder.t)
    for axis, name in zip(axes, recorder.variables, strict=True):
        values, unit = _shown(recorder, name)
        for neuron, line in list(zip(recorder.indices, values, strict=True))[:_MOST_TRACES]:
            axis.plot(times, line, **({"label": str(neuron), "linewidth": 1.0} | style))
        axis.set_ylabel(name if unit == "1" else f"{name} ({unit})")
        axis.spines[["top", "right"]].set_visible(False)
    if 1 < len(recorder.indices) <= _MOST_TRACES:
        axes[0].legend(title="neuron", frameon=False, fontsize="small")
    axes[-1].set_xlabel(label)
    return axes if len(axes) > 1 else axes[0]


def _shown(recorder: StateRecorder, name: str) -> tuple[np.ndarray, str]:
    variable = recorder.population.model.variables.get(name)
    if variable is None or variable.unit == "1":
        return recorder[name], "1"
    return recorder.get(name, variable.unit), variable.unit


def rate(recorder: RateRecorder, ax: Any = None, **style: Any) -> Any:
    """Population rate as steps."""
    axes = _axes(ax)[0]
    times, label = _time_axis(recorder.t)
    axes.step(times, recorder.rate, where="post", **({"color": "k", "linewidth": 1.0} | style))
    axes.set(xlabel=label, ylabel="rate (Hz)", title=recorder.population.name)
    axes.spines[["top", "right"]].set_visible(False)
    return axes
