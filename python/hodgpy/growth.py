# SPDX-License-Identifier: MIT
"""Synthetic morphologies that look and measure like real ones.

A neurite reaches its targets with little cable and short ways to the soma; one number, the
balancing factor, weighs the two: Cuntz, Forstner, Borst & Hausser (2010) One rule to grow them all,
PLoS Comput. Biol. 6:e1000877, doi:10.1371/journal.pcbi.1000877. Targets are joined one by one, each
where distance + factor * path length is least.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hodgpy import arguments
from hodgpy.cables.morphology import Morphology, fail, metres, positive
from hodgpy.cables.swc import TYPES, Sample, from_samples
from hodgpy.errors import SimulationError

_LARGEST = 20_000


def minimum_tree(targets: np.ndarray, balancing_factor: float, root: np.ndarray) -> np.ndarray:
    """Which point each target hangs on.

    Parameters
    ----------
    targets : array of shape (n, 3)
    balancing_factor : float
        0: the shortest total cable (a minimum spanning tree); 1: nearly direct ways to the root.
    root : array of shape (3,)

    Returns
    -------
    numpy.ndarray
        Shape (n,): the number of a target, or -1 for the root. No target has more than two others
        on it; the root may have any number.
    """
    n = len(targets)
    above = np.full(n, -1)
    path = np.zeros(n)
    children = np.zeros(n, int)
    joined = np.zeros(n, bool)
    best = np.linalg.norm(targets - root, axis=1)
    for _ in range(n):
        at = int(np.argmin(np.where(joined, np.inf, best)))
        on = int(above[at])
        start, way = (root, 0.0) if on < 0 else (targets[on], path[on])
        path[at] = way + np.linalg.norm(targets[at] - start)
        joined[at] = True
        distance = np.linalg.norm(targets - targets[at], axis=1) + balancing_factor * path[at]
        nearer = ~joined & (distance < best)
        best[nearer], above[nearer] = distance[nearer], at
        if on >= 0:
            children[on] += 1
            if children[on] == 2:
                orphans = np.flatnonzero(~joined & (above == on))
                open_ = np.flatnonzero(joined & (children < 2))
                places = np.vstack([root, targets[open_]])
                ways = np.concatenate([[0.0], balancing_factor * path[open_]])
                numbers = np.concatenate([[-1], open_])
                for one in orphans:
                    costs = np.linalg.norm(places - targets[one], axis=1) + ways
                    k = int(np.argmin(costs))
                    best[one], above[one] = costs[k], numbers[k]
    return above


def grow(
    targets: Mapping[str, Any],
    *,
    soma_diameter: Any,
    balancing_factor: float | Mapping[str, float] = 0.5,
    tip_diameter: Any = 0.6e-6,
    power: float | Mapping[str, float] = 1.5,
) -> Morphology:
    """A cell whose neurites reach given points.

    Parameters
    ----------
    targets : mapping of str to Quantity array of shape (n, 3)
        Points that the neurites reach, by kind: ``dend``, ``apic``, ``axon``. The soma is at the
        origin; points inside it are left out.
    soma_diameter : Quantity
    balancing_factor : float or mapping by kind
        0 ... 1, see above; dendrites of most kinds are fitted best between 0.2 and 0.7.
    tip_diameter : Quantity or mapping by kind
        Diameter of the last branches, default 0.6 um.
    power : float or mapping by kind
        At every branch point the diameters to this power add up (Rall 1959: 3/2).

    Returns
    -------
    Morphology
        As if read from a file: ``dend1``, ``apic``, ..., with coordinates.

    Examples
    --------
    >>> import numpy as np
    >>> from hodgpy import growth
    >>> from hodgpy.units import um
    >>> points = growth.ball(80, 100 * um, seed=1)
    >>> cell = growth.grow({"dend": points}, soma_diameter=15 * um)
    """
    width = float(positive(metres(soma_diameter, "soma_diameter"), "soma_diameter")[0])
    known = {name: kind for kind, name in TYPES.items() if name != "soma"}
    samples = {1: Sample(1, 1, 1, np.zeros(3), width / 2, -1)}
    for kind, given in arguments.mapping(targets, "targets").items():
        if kind not in known:
            raise fail(f"`{kind}` is no kind of neurite; there are {', '.join(known)}")
        points = _points(given, kind, width / 2)
        factor = float(_of(balancing_factor, kind))
        if not 0 <= factor <= 10:
            raise fail(f"the balancing factor is {factor:g}; it must be between 0 and 10")
        tip = float(positive(metres(_of(tip_diameter, kind), "tip_diameter"), "tip_diameter")[0])
        above = minimum_tree(points, factor, np.zeros(3))
        radii = 0.5 * _diameters(above, tip, float(_of(power, kind)))
        _add(samples, points, above, radii, known[kind], width / 2)
    return from_samples(samples, "targets", "as given")


def pyramidal_cell(seed: int = 0, *, size: float = 1.0) -> Morphology:
    """A made-up pyramidal cell of layer 5: basal dendrites, an apical tree with oblique branches
    and a tuft, and the first 60 um of an axon.

    Parameters
    ----------
    seed : int
        Another seed, another cell of the same kind.
    size : float
        Scales all places, not the diameters.

    Returns
    -------
    Morphology
        About 6 mm of dendrite in some 100 sections; a shape to try models on, not a reconstruction.
    """
    seed = arguments.whole(seed, "seed", 0, 2**31)
    if not 0.1 <= float(size) <= 10:
        raise fail(f"size is {size:g}; it must be between 0.1 and 10")
    basal = ball(70, 140e-6, seed=4 * seed) * [1, 0.8, 1] - [0, 30e-6, 0]
    oblique = cylinder(24, 110e-6, 60e-6, 330e-6, seed=4 * seed + 1)
    tuft = cylinder(34, 150e-6, 520e-6, 680e-6, seed=4 * seed + 2)
    wander = np.random.default_rng(4 * seed + 3).uniform(-3e-6, 3e-6, (20, 2)).cumsum(axis=0)
    trunk = np.column_stack([wander[:, 0], np.linspace(20e-6, 520e-6, 20), wander[:, 1]])
    axon = np.outer(np.linspace(15e-6, 70e-6, 6), [0, -1, 0])
    apical = np.concatenate([trunk, oblique, tuft])
    return grow(
        {"axon": size * axon, "dend": size * basal, "apic": size * apical},
        soma_diameter=20e-6,
        balancing_factor={"axon": 0.0, "dend": 0.4, "apic": 0.25},
        tip_diameter={"axon": 1e-6, "dend": 0.7e-6, "apic": 0.7e-6},
        power={"axon": 1.5, "dend": 1.5, "apic": 2.0},
    )


# -- clouds of targets -----------------------------------------------------------------------------


def ball(n: int, radius: Any, *, seed: int = 0) -> np.ndarray:
    """``n`` points, uniform in a ball around the origin; shape (n, 3), metre."""
    rng = np.random.default_rng(seed)
    size = float(positive(metres(radius, "radius"), "radius")[0])
    way: np.ndarray = rng.standard_normal((arguments.whole(n, "n", 1, _LARGEST), 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    return np.asarray(way * size * np.cbrt(rng.random(n))[:, None])


def cylinder(n: int, radius: Any, low: Any, high: Any, *, seed: int = 0) -> np.ndarray:
    """``n`` points, uniform in a cylinder around the y axis from ``low`` to ``high``; shape
    (n, 3), metre."""
    rng = np.random.default_rng(seed)
    size = float(positive(metres(radius, "radius"), "radius")[0])
    bottom, top = (float(metres(value, "height")[0]) for value in (low, high))
    count = arguments.whole(n, "n", 1, _LARGEST)
    angle, along = 2 * np.pi * rng.random(count), rng.uniform(bottom, top, count)
    out = size * np.sqrt(rng.random(count))
    return np.column_stack([out * np.cos(angle), along, out * np.sin(angle)])


# -- parts -----------------------------------------------------------------------------------------


def _of(value: Any, kind: str) -> Any:
    """A value for all kinds, or that of one."""
    if not isinstance(value, Mapping):
        return value
    if kind not in value:
        raise SimulationError(f"a value for `{kind}` is missing; there are {', '.join(value)}")
    return value[kind]


def _points(given: Any, kind: str, inside: float) -> np.ndarray:
    points: np.ndarray = metres(given, f"targets of {kind}")
    if points.ndim != 2 or points.shape[1] != 3 or not np.all(np.isfinite(points)):
        raise fail(f"the targets of `{kind}` must be finite points of shape (n, 3)")
    points = np.asarray(np.unique(points, axis=0))
    points = np.asarray(points[np.linalg.norm(points, axis=1) > 1.05 * inside])
    if not 1 <= len(points) <= _LARGEST:
        raise fail(f"`{kind}` has {len(points)} targets outside the soma; 1 to {_LARGEST} can be")
    return points


def _diameters(above: np.ndarray, tip: float, power: float) -> np.ndarray:
    """From the tips inwards: diameters to a power add up."""
    if not 0.5 <= power <= 5:
        raise fail(f"power is {power:g}; it must be between 0.5 and 5")
    tips = np.zeros(len(above))
    leaves = np.setdiff1d(np.arange(len(above)), above)
    for leaf in leaves:
        at = int(leaf)
        while at >= 0:
            tips[at] += 1
            at = int(above[at])
    return np.asarray(tip * tips ** (1 / power))


def _add(
    samples: dict[int, Sample],
    points: np.ndarray,
    above: np.ndarray,
    radii: np.ndarray,
    kind: int,
    soma_radius: float,
) -> None:
    """Samples of one kind; stems begin at the surface of the soma."""
    first = len(samples) + 1
    stems = np.flatnonzero(above < 0)
    for k, (point, radius, on) in enumerate(zip(points, radii, above, strict=True)):
        number = first + k
        parent = (
            first + int(on) if on >= 0 else first + len(points) + int(np.searchsorted(stems, k))
        )
        samples[number] = Sample(number, number, kind, point, float(radius), parent)
    for k, stem in enumerate(stems):
        number = first + len(points) + k
        surface = points[stem] * soma_radius / np.linalg.norm(points[stem])
        samples[number] = Sample(number, number, kind, surface, float(radii[stem]), 1)
