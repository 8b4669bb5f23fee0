# SPDX-License-Identifier: MIT
"""Pictures of recordings, with matplotlib (the extra ``plot``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import trains, units
from hodgpy.errors import HodgError

if TYPE_CHECKING:
    from hodgpy.imaging import CalciumImaging
    from hodgpy.recording import EventRecorder, RateRecorder, StateRecorder
    from hodgpy.trains import Trains

_MOST_TRACES = 10  # more lines in one panel cannot be told apart
_FEW_ROWS = 200  # of a raster: below, a spike is a tick, above it is a dot


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


def frames(camera: CalciumImaging, ax: Any = None, **style: Any) -> Any:
    """Fluorescence of every cell in every frame, as an image with a scale."""
    axes = _axes(ax)[0]
    times, label = _time_axis(np.append(camera.t, camera.t[-1:] + 1 / camera.rate))
    options = {"aspect": "auto", "origin": "lower", "cmap": "magma", "interpolation": "nearest"}
    if len(times):
        extent = (times[0], times[-1], -0.5, len(camera.population) - 0.5)
        image = axes.imshow(camera.fluorescence, extent=extent, **(options | style))
        axes.figure.colorbar(image, ax=axes, label="fluorescence")
    axes.set(xlabel=label, ylabel="cell", title=camera.population.name)
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


def rasters(groups: Mapping[str, Trains], window: Any = None, ax: Any = None) -> Any:
    """Rasters of several groups of neurons above each other, the first one on top.

    Parameters
    ----------
    groups : mapping from names to trains
        As the functions of :mod:`hodgpy.trains` take them.
    window : pair of Quantity or number, optional
        First and last time that is shown.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(ax)[0]
    found = {name: trains.listed(group) for name, group in groups.items()}
    shown = (-np.inf, np.inf) if window is None else tuple(map(units.duration, window))
    rows = sum(len(group) for group in found.values())
    few, row, ticks = rows <= _FEW_ROWS, rows, []
    for number, group in enumerate(found.values()):
        ticks.append(row - (len(group) + 1) / 2)
        for train in group:
            row -= 1
            kept = train[(train >= shown[0]) & (train <= shown[1])]
            style = {"marker": "|" if few else ".", "s": 14 if few else 1, "linewidths": 0.7}
            axes.scatter(kept, np.full(len(kept), row), color=f"C{number}", **style)
        axes.axhline(row - 0.5, color="0.85", linewidth=0.6, zorder=0)
    if window is not None:
        axes.set_xlim(*shown)
    axes.set(xlabel="time (s)", ylim=(-0.5, rows - 0.5))
    axes.set_yticks(ticks, list(found))
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def spectra(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    band: tuple[float, float] | None = None,
    ax: Any = None,
) -> Any:
    """Spectra of spike trains as lines, with a band of frequencies marked.

    Parameters
    ----------
    curves : mapping from names to (frequencies, power)
        From :func:`hodgpy.trains.spectrum`.
    band : pair of numbers, optional
        In Hz.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(ax)[0]
    if band is not None:
        axes.axvspan(*band, color="0.92", zorder=0)
    for name, (frequencies, power) in curves.items():
        axes.plot(frequencies, power, linewidth=1.2, label=name)
    axes.set(xlabel="frequency (Hz)", ylabel="power (spikes$^2$/s)")
    axes.set_ylim(bottom=0)
    if len(curves) > 1:
        axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def population_rates(
    groups: Mapping[str, Trains], duration: Any, bin: Any = 0.01, ax: Any = None
) -> Any:
    """Mean rate of each group in bins, as steps.

    Parameters
    ----------
    groups : mapping from names to trains
    duration, bin : Quantity or number
        In seconds if they have no unit.
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    axes, width = _axes(ax)[0], units.duration(bin, "bin")
    for name, group in groups.items():
        rate = trains.counts(group, duration, bin).mean(axis=0) / width
        edges = width * np.arange(len(rate) + 1)
        axes.stairs(rate, edges, label=name, linewidth=1.2)
    axes.set(xlabel="time (s)", ylabel="rate (Hz)")
    if len(groups) > 1:
        axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes
