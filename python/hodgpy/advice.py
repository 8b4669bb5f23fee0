# SPDX-License-Identifier: MIT
"""Which method and which time step fit a model: time constants along a run, and what each method
makes of them.

The equations are linearised at many points of a run. A method is stable at a step where no mode
grows that the equations let decay. Hairer E, Wanner G (1996) Solving Ordinary Differential
Equations II, Springer, doi:10.1007/978-3-642-05221-7, chapter IV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import analysis, units
from hodgpy.errors import SimulationError
from hodgpy.network import Network
from hodgpy.population import Population

if TYPE_CHECKING:
    from hodgpy.model import Model

_POINTS = 200  # of the run at which the equations are linearised
_STEPS = 80  # that are tried, evenly on a logarithmic scale
_TOLERANCE = 0.02  # growth per step that passes: modes that turn, and change along the run
_FINER = (10, 100, 1000)  # parts of dt with which the run is tried
_MARGIN = 0.95  # of the longest stable step
_MOST_STATES = 16  # of backward_euler


@dataclass(frozen=True)
class Advice:
    """What :meth:`hodgpy.Model.advise` found; ``print`` shows it.

    Attributes
    ----------
    model : str
        Its name.
    dt : float
        The time step in question, in seconds.
    methods : dict
        The method of each state.
    fastest, slowest : float
        The shortest time constant of a decaying mode anywhere in the run, and the slowest mode's
        at most of its points (the median), in seconds.
    fast_state : str
        The state that relaxes fastest.
    longest_dt : dict
        The longest step in seconds at which each method is stable; infinite where any is.
    advice : str
        What to do.
    """

    model: str
    dt: float
    methods: dict[str, str]
    fastest: float
    slowest: float
    fast_state: str
    longest_dt: dict[str, float]
    advice: str

    @property
    def stiffness(self) -> float:
        """The longest time constant over the shortest."""
        return self.slowest / self.fastest

    def __str__(self) -> str:
        limits = ", ".join(f"{m} {_time(h)}" for m, h in self.longest_dt.items() if h < np.inf)
        free = ", ".join(m for m, h in self.longest_dt.items() if h == np.inf)
        fastest = f"{_time(self.fastest)} (`{self.fast_state}`)"
        lines = [
            f"{self.model} at dt = {_time(self.dt)}",
            f"  time constants from {fastest} to {_time(self.slowest)}",
            f"  stable at any step: {free}",
            f"  stable up to: {limits}",
            f"  {self.advice}",
        ]
        return "\n".join(lines)


def advise(model: Model, dt: Any, duration: Any, values: dict[str, Any]) -> Advice:
    """Linearises a run; see :meth:`hodgpy.Model.advise`."""
    step, length = units.duration(dt, "dt"), units.duration(duration, "duration")
    if not model.states:
        raise SimulationError(f"{model.name} has no differential equations to advise on")
    noisy = [s for s in model.states if "xi" in model.variables[s].equation]
    if noisy:
        raise SimulationError(
            f"`{noisy[0]}` of {model.name} has noise: which method solves it is decided by its "
            "form alone, see docs/methods.md"
        )
    matrices = _jacobians(model, _visited(model, step, length, values), values)
    eigenvalues = np.linalg.eigvals(matrices)
    decay = -eigenvalues.real[eigenvalues.real < 0]
    if decay.size == 0:
        raise SimulationError(f"nothing decays in {model.name}: there is no time constant")
    fastest = 1 / decay.max()
    slowest = 1 / max(np.median(np.abs(eigenvalues.real).min(axis=1)), 1e-3 / length)
    own = np.abs(np.diagonal(matrices, axis1=1, axis2=2)).max(axis=0)
    longest = _longest_steps(model, matrices, eigenvalues, fastest, slowest)
    methods = {s: model.variables[s].method for s in model.states}
    return Advice(
        model.name,
        step,
        methods,
        float(fastest),
        float(slowest),
        model.states[int(own.argmax())],
        longest,
        _advice(set(methods.values()), longest, step, float(fastest)),
    )


def _visited(model: Model, dt: float, length: float, values: dict[str, Any]) -> np.ndarray:
    """States along a run, one row per point: by the model's method, at the first step that does."""
    for parts in _FINER:
        fine = dt / parts
        cells = Population(model, 1, **values)
        network = Network(cells, dt=fine)
        steps = max(1, round(length / fine / _POINTS))
        rows = []
        try:
            for _ in range(_POINTS):
                network.run(steps * fine)
                rows.append([float(cells.get(state)[0]) for state in model.states])
        except SimulationError:
            continue
        return np.array(rows)
    raise SimulationError(
        f"{model.name} cannot be run even at {_time(dt / _FINER[-1])}: compile it with "
        "method='cvode' and ask again"
    )


def _jacobians(model: Model, points: np.ndarray, values: dict[str, Any]) -> np.ndarray:
    """Derivatives of all right-hand sides by all states, of shape (points, states, states)."""
    count, n = points.shape
    span = np.maximum(np.abs(points), np.ptp(points, axis=0))
    h = 1e-6 * np.where(span > 0, span, 1.0)
    columns = np.repeat(points[:, None, :], 2 * n, axis=1)
    for k in range(n):
        columns[:, 2 * k, k] += h[:, k]
        columns[:, 2 * k + 1, k] -= h[:, k]
    cells = Population(model, count * 2 * n, **values)
    for k, state in enumerate(model.states):
        cells.set(state, columns[:, :, k].ravel())
    slopes = np.array(
        [np.broadcast_to(cells.get(model.variables[s].equation), len(cells)) for s in model.states]
    ).reshape(n, count, n, 2)
    return np.moveaxis((slopes[..., 0] - slopes[..., 1]) / (2 * h), 0, 1)


def _longest_steps(
    model: Model, matrices: np.ndarray, eigenvalues: np.ndarray, fastest: float, slowest: float
) -> dict[str, float]:
    """The longest stable step of each method that could be asked for."""
    trials = np.geomspace(fastest / 4, max(slowest, 40 * fastest), _STEPS)
    gates = np.isin(model.states, analysis._gates(model))
    growth: dict[str, Callable[[float], np.ndarray]] = {
        "exponential_euler": lambda h: _radius(_exponential(matrices, h, np.ones_like(gates))),
        "euler": lambda h: _worst(1 + h * eigenvalues),
        "rk2": lambda h: _worst(_series(h * eigenvalues, 2)),
        "rk4": lambda h: _worst(_series(h * eigenvalues, 4)),
    }
    if gates.any() and not gates.all():
        turn = {
            "staggered": lambda h: _radius(
                _exponential(matrices, h, gates) @ _exponential(matrices, h, ~gates)
            )
        }
        growth = turn | growth
    allowed = eigenvalues.real.max(axis=1)
    longest = {}
    for name, grows in growth.items():
        longest[name] = np.inf
        for h in trials:
            if np.any(grows(h) > _bound(h, allowed)):
                longest[name] = _bisect(grows, allowed, h * trials[0] / trials[1], h)
                break
    longest["cvode"] = np.inf
    if len(model.states) <= _MOST_STATES:
        longest["backward_euler"] = np.inf
    return longest


def _bisect(
    grows: Callable[[float], np.ndarray], allowed: np.ndarray, low: float, high: float
) -> float:
    for _ in range(12):
        middle = np.sqrt(low * high)
        too_long = np.any(grows(middle) > _bound(middle, allowed))
        low, high = (low, middle) if too_long else (middle, high)
    return float(low)


def _bound(h: float, allowed: np.ndarray) -> np.ndarray:
    """How much a mode may grow in a step: as the equations let it, where they do."""
    found: np.ndarray = np.exp(np.clip(h * allowed, 0, 700)) * (1 + _TOLERANCE)
    return found


def _series(z: np.ndarray, order: int) -> np.ndarray:
    """The first terms of exp(z): what a Runge-Kutta method makes of one mode."""
    term = total = np.ones_like(z)
    for k in range(1, order + 1):
        term = term * z / k
        total = total + term
    return total


def _exponential(matrices: np.ndarray, h: float, chosen: np.ndarray) -> np.ndarray:
    """One exponential step of the chosen states, each with its own coefficient."""
    own = h * np.diagonal(matrices, axis1=1, axis2=2)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.where(np.abs(own) < 1e-12, 1.0, np.expm1(np.minimum(own, 700)) / own)
    step = np.eye(matrices.shape[1]) + h * factor[:, :, None] * matrices
    return np.where(chosen[None, :, None], step, np.eye(matrices.shape[1]))


def _radius(matrices: np.ndarray) -> np.ndarray:
    return _worst(np.linalg.eigvals(matrices))


def _worst(factors: np.ndarray) -> np.ndarray:
    largest: np.ndarray = np.abs(factors).max(axis=1)
    return largest


def _advice(methods: set[str], longest: dict[str, float], dt: float, fastest: float) -> str:
    """One sentence: keep the method, shorten the step, or take another one."""
    if methods <= {"exact"}:
        return "keep `exact`: its solution is right at any step"
    used = [m for m in methods if m in longest]
    limit = min((longest[m] for m in used), default=np.inf)
    if dt <= _MARGIN * limit:
        text = "keep " + " and ".join(f"`{m}`" for m in sorted(methods))
        if dt > fastest / 2:
            return f"{text}: stable; only steps below {_time(fastest / 2)} follow the fastest mode"
        return f"{text}: stable, and the fastest mode is followed"
    other = [m for m, h in longest.items() if dt <= _MARGIN * h and m not in methods]
    return f"take dt of at most {_time(_MARGIN * limit)}, or another method: {', '.join(other)}"


def _time(seconds: float) -> str:
    for least, scale, unit in ((1, 1, "s"), (0.99e-5, 1e-3, "ms"), (0, 1e-6, "us")):
        if seconds >= least:
            return f"{seconds / scale:.3g} {unit}"
    return str(seconds)
