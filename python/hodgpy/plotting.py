# SPDX-License-Identifier: MIT
"""Pictures of recordings, with matplotlib (the extra ``plot``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import trains, units
from hodgpy.errors import HodgError, SimulationError

if TYPE_CHECKING:
    from hodgpy.imaging import CalciumImaging
    from hodgpy.phase import PhasePlane
    from hodgpy.recorders import EventRecorder, RateRecorder, Recorder, StateRecorder
    from hodgpy.synapse_values import SynapseValues
    from hodgpy.trains import Trains

__all__ = ["population_rates", "rasters", "spectra"]  # the others are methods' bodies

_MOST_TRACES = 10  # more lines in one panel cannot be told apart
_FEW_ROWS = 200  # of a raster: below, a spike is a tick, above it is a dot
_NOTHING_YET = "nothing recorded yet: add the recorder to a network and run it"


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


def _finish_time(axes: Any, recorder: Any, label: str, empty: str = "") -> None:
    """The axis of time from the first to the last recorded moment; words where nothing is."""
    axes.set_xlabel(label)
    if recorder.end > 0:
        axes.set_xlim(0, recorder.end * (1 if label.endswith("(s)") else 1e3))
    message = empty if recorder.end > 0 else _NOTHING_YET
    if message:
        axes.text(0.5, 0.5, message, ha="center", va="center", transform=axes.transAxes,
                  color="0.5")  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)


def _time_scale(recorder: Any) -> tuple[float, str]:
    return (1.0, "time (s)") if recorder.end > 5 else (1e3, "time (ms)")


def raster(recorder: EventRecorder, ax: Any = None, **style: Any) -> Any:
    """One dot or tick per event."""
    axes = _axes(ax)[0]
    scale, label = _time_scale(recorder)
    rows = len(recorder.count)
    few = rows <= 60
    options = {
        "marker": "|" if few else ".",
        "s": max(12, min(60, 2400 / rows)) if few else 2,
        "color": "k",
        "linewidths": 1.0 if few else 0,
    }
    axes.scatter(scale * recorder.t, recorder.i, **(options | style))
    axes.set(ylabel="neuron", title=f"{recorder.population.name}: {recorder.event}s")
    axes.set_ylim(-0.5, rows - 0.5)
    axes.locator_params(axis="y", integer=True)
    _finish_time(axes, recorder, label, "" if len(recorder) else f"no {recorder.event}s")
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
    """One panel per variable, one line per neuron, in the unit in which people write it."""
    axes = _axes(ax, len(recorder.variables))
    if len(axes) < len(recorder.variables):
        raise SimulationError(
            f"{len(recorder.variables)} variables were recorded, and {len(axes)} axes given: give "
            "one for each, or none"
        )
    _, label = _time_scale(recorder)
    times = recorder.t * (1 if label.endswith("(s)") else 1e3)
    chosen = _told_apart(len(recorder.indices))
    names = _line_names(recorder)
    for axis, name in zip(axes, recorder.variables, strict=False):
        values, unit = _shown(recorder, name)
        for k in chosen:
            axis.plot(times, values[k], **({"label": names[k], "linewidth": 1.0} | style))
        axis.set_ylabel(name if unit == "1" else f"{name} ({unit})")
        _finish_time(axis, recorder, label)
        if axis is not axes[-1]:
            axis.set_xlabel("")
    if len(chosen) > 1:
        title = _line_title(recorder, len(chosen))
        axes[0].legend(title=title, frameon=False, fontsize="small", title_fontsize="small",
                       loc="upper left", bbox_to_anchor=(1.0, 1.0))  # fmt: skip
    return axes if len(axes) > 1 else axes[0]


def _told_apart(count: int) -> np.ndarray:
    """Which of many lines are drawn: evenly spread ones."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST_TRACES)).round().astype(int))


def _line_names(recorder: StateRecorder) -> list[str]:
    """Neurons by number, compartments by place."""
    if hasattr(recorder._whole, "_place_names"):
        found: list[str] = recorder._whole._place_names(recorder.indices)
        return found
    return [str(i) for i in recorder.indices]


def _line_title(recorder: StateRecorder, drawn: int) -> str:
    kinds = {True: "place", False: "neuron"}
    kind = "synapse" if hasattr(recorder._whole, "pathways") else (
        kinds[hasattr(recorder._whole, "_place_names")]
    )  # fmt: skip
    count = len(recorder.indices)
    return kind if drawn == count else f"{kind}, {drawn} of {count}"


def _shown(recorder: StateRecorder, name: str) -> tuple[np.ndarray, str]:
    """Values in the declared unit if it is a scaled one, else in the one that people write."""
    variable = recorder.population.model.variables.get(name)
    quantity = units.Quantity(recorder[name], recorder._dimensions[name])
    unit, scale = quantity.display_unit()
    if variable is not None and variable.unit not in ("1", variable.dimension):
        return recorder.get(name, variable.unit), variable.unit
    return np.asarray(quantity.value) / scale, unit


def rate(recorder: RateRecorder, ax: Any = None, **style: Any) -> Any:
    """Population rate as steps."""
    axes = _axes(ax)[0]
    scale, label = _time_scale(recorder)
    times, rates = scale * recorder.t, recorder.rate
    options = {"color": "k", "linewidth": 1.0}
    if len(times):
        edges = np.append(times, times[-1] + (times[-1] - times[-2] if len(times) > 1 else 1))
        axes.stairs(rates, edges, **(options | style))
    axes.set(ylabel="rate (Hz)", title=recorder.population.name)
    axes.set_ylim(bottom=0)
    _finish_time(axes, recorder, label)
    return axes


def histogram(values: units.Quantity, name: str, ax: Any = None, **style: Any) -> Any:
    """The distribution of one variable, its unit on the axis."""
    axes = _axes(ax)[0]
    unit, scale = values.display_unit()
    axes.hist(np.ravel(values.value) / scale, **({"bins": 40, "color": "0.4"} | style))
    axes.set(xlabel=name if unit == "1" else f"{name} ({unit})", ylabel="synapses")
    axes.locator_params(axis="y", integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def connections(synapses: SynapseValues, ax: Any = None, **style: Any) -> Any:
    """One dot for each synapse: its source across, its target up."""
    axes = _axes(ax)[0]
    many = len(synapses) > 2000
    options = {"s": 1 if many else 9, "color": "k", "linewidths": 0, "alpha": 0.5 if many else 1}
    axes.scatter(synapses.i, synapses.j, **(options | style))
    axes.set(
        xlabel=f"source in {synapses.source.name}", ylabel=f"target in {synapses.target.name}",
        xlim=(-0.5, len(synapses.source) - 0.5), ylim=(-0.5, len(synapses.target) - 0.5),
    )  # fmt: skip
    axes.locator_params(integer=True)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def overview(recorders: Sequence[Recorder], figsize: tuple[float, float] | None = None) -> Any:
    """One panel per recorder on one axis of time; see :meth:`hodgpy.Network.plot`."""
    from hodgpy.recorders import EventRecorder, RateRecorder, StateRecorder

    events = [r for r in recorders if isinstance(r, EventRecorder)]
    others = [r for r in recorders if isinstance(r, (StateRecorder, RateRecorder))]
    panels = [len(r.variables) if isinstance(r, StateRecorder) else 1 for r in others]
    if not events and not others:
        raise SimulationError("the network has no recorders whose recordings could be plotted")
    axes = _axes(None, bool(events) + sum(panels))
    if figsize is not None:
        axes[0].figure.set_size_inches(*figsize)
    scale, label = _time_scale((events + others)[0])
    if events:
        groups = {r.name if r.event != "spike" else r.population.name: r for r in events}
        rasters({n: list(r.trains().values()) for n, r in groups.items()}, None, axes[0], scale)
    at = int(bool(events))
    for recorder, size in zip(others, panels, strict=True):
        recorder.plot(axes[at : at + size])
        if isinstance(recorder, RateRecorder):
            axes[at].set_ylabel(f"{recorder.population.name}\nrate (Hz)")
        at += size
    for axis in axes:
        axis.set_xlabel("")
        axis.set_title("")
    _finish_time(axes[-1], (events + others)[0], label)
    return axes


def rasters(
    groups: Mapping[str, Trains],
    window: Any = None,
    ax: Any = None,
    scale: float = 1.0,
    colours: Mapping[str, Any] | None = None,
) -> Any:
    """Rasters of several groups of neurons above each other, the first one on top.

    Parameters
    ----------
    groups : mapping from names to trains
        As the functions of :mod:`hodgpy.trains` take them.
    window : pair of Quantity or number, optional
        First and last time that is shown.
    ax : matplotlib axes, optional
    scale : float
        Units of the axis in a second: 1000 for milliseconds.
    colours : mapping from names to colours, optional
        As matplotlib takes them; default one after the other of its cycle.

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(ax)[0]
    found = {name: trains.listed(group) for name, group in groups.items()}
    shown = (-np.inf, np.inf) if window is None else tuple(map(units.duration, window))
    rows = sum(len(group) for group in found.values())
    few, row, ticks = rows <= _FEW_ROWS, rows, []
    for number, (name, group) in enumerate(found.items()):
        colour = _colour(colours, name, number)
        ticks.append(row - (len(group) + 1) / 2)
        for train in group:
            row -= 1
            kept = train[(train >= shown[0]) & (train <= shown[1])]
            size = max(10.0, min(60.0, 1600 / rows))
            style = {
                "marker": "|" if few else ".",
                "s": size if few else max(1.0, 1200 / rows),
                "linewidths": 0.8,
            }
            axes.scatter(scale * kept, np.full(len(kept), row), color=colour, **style)
        axes.axhline(row - 0.5, color="0.85", linewidth=0.6, zorder=0)
    if window is not None:
        axes.set_xlim(scale * shown[0], scale * shown[1])
    axes.set(xlabel="time (ms)" if scale == 1e3 else "time (s)", ylim=(-0.5, rows - 0.5))
    axes.set_yticks(ticks, list(found))
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _colour(colours: Mapping[str, Any] | None, name: str, number: int) -> Any:
    """The colour of a group that has one, or the next one of matplotlib's cycle."""
    return (colours or {}).get(name, f"C{number % 10}")


def spectra(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]],
    band: tuple[float, float] | None = None,
    ax: Any = None,
    colours: Mapping[str, Any] | None = None,
) -> Any:
    """Spectra of spike trains as lines, with a band of frequencies marked.

    Parameters
    ----------
    curves : mapping from names to (frequencies, power)
        From :func:`hodgpy.trains.spectrum`.
    band : pair of numbers, optional
        In Hz.
    ax : matplotlib axes, optional
    colours : mapping from names to colours, optional
        As matplotlib takes them; default one after the other of its cycle.

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(ax)[0]
    if band is not None:
        axes.axvspan(*band, color="0.92", zorder=0)
    for number, (name, (frequencies, power)) in enumerate(curves.items()):
        colour = _colour(colours, name, number)
        axes.plot(frequencies, power, linewidth=1.2, label=name, color=colour)
    axes.set(xlabel="frequency (Hz)", ylabel="power (spikes$^2$/s)")
    axes.set_ylim(bottom=0)
    if len(curves) > 1:
        axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def population_rates(
    groups: Mapping[str, Trains],
    duration: Any,
    bin: Any = 0.01,
    ax: Any = None,
    colours: Mapping[str, Any] | None = None,
) -> Any:
    """Mean rate of each group in bins, as steps.

    Parameters
    ----------
    groups : mapping from names to trains
    duration, bin : Quantity or number
        In seconds if they have no unit.
    ax : matplotlib axes, optional
    colours : mapping from names to colours, optional
        As matplotlib takes them; default one after the other of its cycle.

    Returns
    -------
    matplotlib axes
    """
    axes, width = _axes(ax)[0], units.duration(bin, "bin")
    for number, (name, group) in enumerate(groups.items()):
        rate = trains.counts(group, duration, bin).mean(axis=0) / width
        edges = width * np.arange(len(rate) + 1)
        axes.stairs(rate, edges, label=name, linewidth=1.2, color=_colour(colours, name, number))
    axes.set(xlabel="time (s)", ylabel="rate (Hz)")
    if len(groups) > 1:
        axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def phase_plane(plane: PhasePlane, ax: Any = None) -> Any:
    """Nullclines as lines, the field as arrows of one length, fixed points as dots."""
    from matplotlib.lines import Line2D

    if ax is None:
        ax = _axes(None)[0]
        ax.figure.set_size_inches(6, 4.5)
    (x, x_label, x_scale), (y, y_label, y_scale) = plane._shown(0), plane._shown(1)
    handles = []
    for name, field, colour in zip(plane._names, (plane.dx, plane.dy), ("C0", "C1"), strict=True):
        ax.contour(x, y, field, [0], colors=colour, linewidths=1.6)
        handles.append(Line2D([], [], color=colour, label=f"d{name}/dt = 0"))
    every = max(1, len(x) // 20)
    part = (slice(every // 2, None, every),) * 2
    across, up = plane.dx / (plane.x[-1] - plane.x[0]), plane.dy / (plane.y[-1] - plane.y[0])
    length = np.hypot(across, up)
    length[length == 0] = 1.0
    ax.quiver(x[part[1]], y[part[0]], (across / length)[part], (up / length)[part],
              color="0.75", width=0.0025, scale=32, zorder=0)  # fmt: skip
    for point in plane.fixed_points:
        ax.plot(point.x / x_scale, point.y / y_scale, "o", color="k", markersize=7, zorder=5,
                markerfacecolor="k" if point.is_stable else "w")  # fmt: skip
        style: dict[str, Any] = {"marker": "o", "color": "k", "linestyle": "", "label": point.kind}
        handles.append(Line2D([], [], markerfacecolor="k" if point.is_stable else "w", **style))
    ax.set(xlabel=x_label, ylabel=y_label, xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    ax.legend(handles=handles, frameon=False, fontsize="small", loc="upper left",
              bbox_to_anchor=(1.0, 1.0))  # fmt: skip
    ax.spines[["top", "right"]].set_visible(False)
    return ax
