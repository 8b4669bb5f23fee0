# SPDX-License-Identifier: MIT
"""Pictures of morphologies and of values along them (matplotlib)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy.cables.coordinates import polylines
from hodgpy.errors import SimulationError

if TYPE_CHECKING:
    from hodgpy.cables.morphology import Morphology

_MOST_GROUPS = 8  # of a legend
_NARROW = 0.4  # width over height of a tree
_COLOURS = {"soma": "#333333", "axon": "#c44e52", "dend": "#4c72b0", "apic": "#8172b3"}
_NAMED = {  # sections that have no kind from a file, by the name of what grows on the root
    "axon": "axon", "basal": "dend", "dend": "dend", "dendrite": "dend", "dendrites": "dend",
    "apical": "apic", "apic": "apic",
}  # fmt: skip
_OTHERS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3")


def plot_morphology(
    tree: Morphology,
    ax: Any = None,
    dimensions: int = 2,
    *,
    values: Any = None,
    cmap: str = "viridis",
    label: str = "",
) -> Any:
    """Draw a tree in the plane, true to its diameters, or in space as lines.

    Parameters
    ----------
    tree : Morphology
    ax : matplotlib axes, optional
    dimensions : 2 or 3
    values : array, optional
        One number per section, in the order of ``tree.sections()``, shown as colour.
    cmap, label : str
        Colour map and text of its bar.

    Returns
    -------
    matplotlib axes
    """
    if dimensions not in (2, 3):
        raise SimulationError(f"dimensions is {dimensions!r}; it must be 2 or 3")
    from matplotlib import colormaps
    from matplotlib import pyplot as plt
    from matplotlib.colors import Normalize

    if ax is None:
        ax = plt.figure().add_subplot(projection="3d" if dimensions == 3 else None)
    sections = list(tree.sections())
    lines = [1e6 * line for line in polylines(tree)]
    if values is None:
        colours = [_colour(section) for section in sections]
    else:
        numbers = np.asarray(values, float)
        low, high = float(numbers.min()), float(numbers.max())
        scaled = (numbers - low) / (high - low or 1.0)
        colours = [colormaps[cmap](x) for x in scaled]
        mappable = plt.cm.ScalarMappable(Normalize(low, high), cmap)
        ax.figure.colorbar(mappable, ax=ax, label=label)
    for section, line, colour in zip(sections, lines, colours, strict=True):
        if dimensions == 3:
            _draw_line(ax, section, line, colour)
        else:
            _draw_outline(ax, section, line, colour)
    ax.set_xlabel("x (um)")
    ax.set_ylabel("y (um)")
    if dimensions == 3:
        ax.set_zlabel("z (um)")
    ax.set_aspect("equal")
    ax.autoscale_view()
    if dimensions == 2 and ax.dataLim.width < _NARROW * ax.dataLim.height:
        ax.locator_params(axis="x", nbins=1, min_n_ticks=1)  # more would run into each other
    if values is None:
        _name_colours(ax, sections, colours)
    return ax


def _name_colours(ax: Any, sections: list[Morphology], colours: list[Any]) -> None:
    """A legend of what grows on the root, where that is no more than a legend can hold."""
    from matplotlib.lines import Line2D

    groups = {
        section.path.partition(".")[0]: c for section, c in zip(sections, colours, strict=True)
    }
    if not 1 < len(groups) <= _MOST_GROUPS:
        return
    lines = [
        Line2D([], [], color=c, label=name or "soma", linewidth=3) for name, c in groups.items()
    ]
    ax.legend(handles=lines, frameon=False, fontsize="small", loc="upper left",
              bbox_to_anchor=(1.0, 1.0))  # fmt: skip


def _colour(section: Morphology) -> str:
    if section.is_sphere or section.parent is None:
        return _COLOURS["soma"]
    if section.kind in _COLOURS:
        return _COLOURS[section.kind]
    top = section
    while top.parent.parent is not None:
        top = top.parent
    if top.name in _NAMED:
        return _COLOURS[_NAMED[top.name]]
    return _OTHERS[list(top.parent.children).index(top.name) % len(_OTHERS)]


def _widths(section: Morphology, line: np.ndarray) -> np.ndarray:
    """Diameters (um) at the points of a line."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    arc = np.concatenate([[0.0], np.cumsum(steps)])
    total = arc[-1] if arc[-1] > 0 else 1.0
    along = section.positions / section.positions[-1]
    return np.asarray(1e6 * np.interp(arc / total, along, section.diameters))


def _draw_line(ax: Any, section: Morphology, line: np.ndarray, colour: Any) -> None:
    if section.is_sphere:
        ax.scatter(*line[0], s=60, color=colour)
        return
    width = float(np.clip(_widths(section, line).mean(), 0.6, 6))
    ax.plot(line[:, 0], line[:, 1], line[:, 2], color=colour, linewidth=width)


def _draw_outline(ax: Any, section: Morphology, line: np.ndarray, colour: Any) -> None:
    from matplotlib.patches import Circle, Polygon

    if section.is_sphere:
        ax.add_patch(Circle(line[0][:2], 0.5e6 * section.diameters[0], color=colour, linewidth=0))
        return
    flat = line[:, :2]
    width = _widths(section, line)
    ax.plot(flat[:, 0], flat[:, 1], color=colour, linewidth=0.9)  # thin branches stay visible
    # cones drawn one by one, so that a sharp bend cannot fold an outline over itself
    for a, b, wa, wb in zip(flat[:-1], flat[1:], width[:-1], width[1:], strict=True):
        step = b - a
        size = float(np.hypot(*step))
        if size == 0:
            continue
        side = np.array([-step[1], step[0]]) / size / 2
        corners = [a + wa * side, b + wb * side, b - wb * side, a - wa * side]
        ax.add_patch(Polygon(corners, closed=True, color=colour, linewidth=0.4))
