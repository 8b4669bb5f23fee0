# SPDX-License-Identifier: MIT
"""Pictures of cells and graphs in the plane and in space (matplotlib, the extra ``plot``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy.coded import refuse
from hodgpy.optional import library

if TYPE_CHECKING:
    from hodgpy.geometry.graph import GeometricGraph
    from hodgpy.geometry.positions import Positions

_UM = 1e6
_VISIBLE_EDGES = 400  # more are drawn paler, so that the cells stay visible


def plot_positions(positions: Positions, ax: Any = None, **style: Any) -> Any:
    """One dot per cell, coloured by its number from the centre outward.

    Parameters
    ----------
    positions : Positions
    ax : matplotlib axes, optional
        In three dimensions a 3-D one.
    **style
        For ``scatter``.

    Returns
    -------
    matplotlib axes
    """
    axes = _axes(positions, ax)
    places = _UM * positions.positions
    options = {"c": np.arange(positions.N), "cmap": "viridis", "s": _dot(positions.N)}
    if positions.box.axes == 1:
        axes.scatter(places[:, 0], np.zeros(positions.N), **(options | style))
    else:
        axes.scatter(*places.T, **({"zorder": 3} | options | style))
    _frame(axes, positions)
    return axes


def plot_graph(graph: GeometricGraph, ax: Any = None, **style: Any) -> Any:
    """Edges as lines, cells coloured and sized by the number of their edges; as plot_positions."""
    positions = graph.positions
    axes = _axes(positions, ax)
    collections = library("matplotlib.collections", "plot", "pictures")
    degree = graph.in_degree + graph.out_degree
    segments = _UM * np.stack([positions.positions[graph.i], positions.positions[graph.j]], axis=1)
    look = {
        "colors": "0.35", "linewidths": 0.6,
        "alpha": float(np.clip(_VISIBLE_EDGES / max(1, len(graph)), 0.02, 0.7)),
    }  # fmt: skip
    if positions.box.axes == 3:
        art3d = library("mpl_toolkits.mplot3d.art3d", "plot", "pictures")
        axes.add_collection3d(art3d.Line3DCollection(segments, **look))
    elif positions.box.axes == 2:
        axes.add_collection(collections.LineCollection(segments, **look))
    else:
        refuse("HH6082", "a graph in one dimension is no picture")
    size = _dot(graph.N) * (0.5 + degree / max(1.0, degree.mean()))
    plot_positions(positions, axes, **({"c": degree, "s": size} | style))
    if graph.name:
        axes.set_title(graph.name, fontsize=9)
    return axes


def _axes(positions: Positions, ax: Any) -> Any:
    in_space = positions.box.axes == 3
    if ax is not None:
        if in_space and not hasattr(ax, "zaxis"):
            refuse("HH6080", "cells in space need axes made with projection='3d'")
        return ax
    figure = library("matplotlib.pyplot", "plot", "pictures").figure(layout="constrained")
    return figure.add_subplot(projection="3d" if in_space else None)


def _dot(N: int) -> float:
    return float(np.clip(3000 / N, 4, 60))


def _frame(axes: Any, positions: Positions) -> None:
    names = "xyz"[: positions.box.axes]
    for name, side in zip(names, _UM * positions.box.sides, strict=True):
        getattr(axes, f"set_{name}lim")(0, side)
        getattr(axes, f"set_{name}label")(f"{name} (um)")
    if len(names) > 1:
        axes.set_box_aspect(tuple(positions.box.sides) if len(names) == 3 else
                            positions.box.sides[1] / positions.box.sides[0])  # fmt: skip
