# SPDX-License-Identifier: MIT
"""Delays of synapses from the distances between their ends."""

from __future__ import annotations

import math
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import Place, refuse
from hodgpy.pairs.expressions import PairExpression
from hodgpy.source_place import find_literal

if TYPE_CHECKING:
    from hodgpy.synapses import Synapses

_SPEED = units.parse("1 meter/second").dimension
_DIFFUSION = units.parse("1 meter**2/second").dimension


class GeometricDelays:
    """Delays that were given to synapses, before they are rounded to steps of the network.

    Attributes
    ----------
    seconds : array, shape (synapses,)
    """

    def __init__(self, seconds: np.ndarray) -> None:
        self.seconds = seconds

    def rounding(self, dt: Any) -> tuple[float, float]:
        """Largest and mean change, in seconds, where delays become multiples of ``dt``."""
        step = units.duration(dt, "dt")
        if step <= 0:
            refuse("HH6081", f"dt is {step} s; it must be positive")
        changes = np.abs(np.rint(self.seconds / step) * step - self.seconds)
        return float(changes.max(initial=0)), float(changes.mean()) if len(changes) else 0.0

    def report(self, dt: Any) -> str:
        """Range of the delays and what rounding to ``dt`` does to them, as text."""
        if len(self.seconds) == 0:
            return "no delays"
        largest, mean = self.rounding(dt)
        low, high = 1e3 * self.seconds.min(), 1e3 * self.seconds.max()
        return (
            f"{len(self.seconds)} delays of {low:.4g} to {high:.4g} ms; rounded to steps of "
            f"{1e3 * units.duration(dt, 'dt'):g} ms they move by at most {1e3 * largest:.2g} ms, "
            f"by {1e3 * mean:.2g} ms on average"
        )

    def __repr__(self) -> str:
        return f"<GeometricDelays: {len(self.seconds)} of {self.seconds.mean() * 1e3:.4g} ms>"


def set_delays(
    synapses: Synapses,
    *,
    speed: Any = None,
    diffusion: Any = None,
    offset: Any = 0.0,
    path_factor: float | str = 1.0,
    noise: float = 0.0,
    seed: int = 0,
    pathway: str = "pre",
    dt: Any = None,
    level: int = 0,
) -> GeometricDelays:
    """Give every synapse the delay of its length; delays are rounded to the nearest step.

    Parameters
    ----------
    synapses : Synapses
        Between neurons that were placed (``P.place(...)``) or have ``x``, ``y``, ``z``.
    speed : Quantity
        Axonal signalling: ``delay = offset + path/speed``.
    diffusion : Quantity
        Instead of a speed, in meter**2/second: ``delay = offset + path**2/diffusion``, as between
        astrocytes.
    offset : Quantity
        Same for all: the time at the synapse.
    path_factor : float or str
        Length of the way over the straight distance; text is an expression over ``i``, ``j``,
        ``distance``, variables of both sides, and random functions: ``"1 + 0.2*rand()"``.
    noise : float
        Standard deviation of a normal factor of mean 1 for each synapse; negative ones are drawn
        again.
    seed : int
        Of ``noise`` and of random functions in ``path_factor``.
    pathway : str
    dt : Quantity, optional
        Of the network: then the rounding is printed.
    level : int
        How many more frames up the names of an expression are looked up.

    Returns
    -------
    GeometricDelays

    Raises
    ------
    SimulationError
        HH6081 for a speed that is not positive, path factors below 0, neurons without positions.

    Notes
    -----
    For any other law assign text: ``S.delay = "0.5*ms + distance**1.5/k"``.

    Examples
    --------
    >>> delays = hp.geometry.set_delays(S, speed=2*um/ms, dt=0.1*ms)
    """
    if (speed is None) == (diffusion is None):
        refuse("HH6081", "a delay by geometry needs a speed, or a diffusion coefficient, not both")
    frame = sys._getframe(level + 1)
    random = np.random.Generator(np.random.Philox(arguments.whole(seed, "seed", 0, 2**64 - 1)))
    scope = (
        synapses._pairs(None, frame).scope(synapses.i, synapses.j)._replace(random=lambda: random)
    )
    path = _lengths(synapses, scope) * _path_factors(path_factor, scope, frame)
    if speed is not None:
        seconds = path / _positive(speed, "speed", _SPEED)
    else:
        seconds = path**2 / _positive(diffusion, "diffusion", _DIFFUSION)
    seconds = units.duration(offset, "offset") + seconds * _noisy(noise, len(path), random)
    if np.any(seconds < 0):
        refuse("HH6081", f"a delay of {seconds.min():g} s", "the offset cannot be negative")
    synapses._keep("_round", True)
    synapses._set_delay(pathway, seconds, None, frame)
    delays = GeometricDelays(seconds)
    if dt is not None:
        print(delays.report(dt))
    return delays


def _lengths(synapses: Synapses, scope: Any) -> np.ndarray:
    found = scope.lookup("distance")
    if found is None or found.dimension != units.METRE:
        refuse(
            "HH6081",
            f"`{synapses.source.name}` and `{synapses.target.name}` have no positions in metres",
            "P.place(hp.place(N, box))",
        )
    return np.asarray(found.data, dtype=float)


def _path_factors(value: Any, scope: Any, frame: FrameType) -> np.ndarray | float:
    factors: Any
    if isinstance(value, str):
        factors = PairExpression(Place(value, *find_literal(value, frame))).number(scope)
    else:
        factors = np.asarray(value, dtype=float)
        if factors.shape not in ((), (scope.pairs,)):
            refuse("HH6081", f"{factors.shape} path factors for {scope.pairs} synapses")
    if not np.all(np.isfinite(factors) & (factors >= 0)):
        refuse("HH6081", "a path factor is negative or not finite", "1 is the straight way")
    return np.asarray(factors, dtype=float)


def _noisy(sd: Any, count: int, random: np.random.Generator) -> np.ndarray | float:
    if not isinstance(sd, (int, float)) or not 0 <= sd < math.inf:
        refuse("HH6081", f"noise is {arguments.shown(sd)}; it is a standard deviation")
    if sd == 0:
        return 1.0
    factors = 1 + sd * random.standard_normal(count)
    while np.any(factors < 0):
        factors[factors < 0] = 1 + sd * random.standard_normal(int(np.sum(factors < 0)))
    return factors


def _positive(value: Any, what: str, dimension: units.Exponents) -> float:
    found = units.to_si(value, dimension, what)
    if not isinstance(found, float) or not 0 < found < math.inf:
        refuse("HH6081", f"{what} is {arguments.shown(value)}; it must be positive and finite")
    return found
