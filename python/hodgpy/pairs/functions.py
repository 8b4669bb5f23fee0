# SPDX-License-Identifier: MIT
"""The functions of the language over numpy arrays, for expressions over pairs of neurons."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


def _exprel(x: Any) -> Any:
    return np.where(x == 0, 1.0, np.expm1(x) / np.where(x == 0, 1.0, x))


def _sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


PLAIN: dict[str, Callable[..., Any]] = {  # dimensionless in, dimensionless out
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh,
    "tanh": np.tanh, "arcsin": np.arcsin, "arccos": np.arccos, "arctan": np.arctan,
    "exp": np.exp, "expm1": np.expm1, "log": np.log, "log10": np.log10, "log1p": np.log1p,
    "floor": np.floor, "ceil": np.ceil, "exprel": _exprel, "sigmoid": _sigmoid,
    "inv_exprel": lambda x: 1.0 / _exprel(x), "erf": np.vectorize(math.erf, otypes=[float]),
}  # fmt: skip

SAME: dict[str, tuple[int, Callable[..., Any]]] = {  # all of one dimension, which they keep
    "abs": (1, np.abs),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "clip": (3, np.clip),
}


def _truncated_normal(
    g: np.random.Generator, n: int, mean: Any, sd: Any, low: Any, high: Any
) -> Any:
    mean, sd, low, high = (np.broadcast_to(x, n) for x in (mean, sd, low, high))
    values = g.normal(mean, sd)
    while len(bad := np.flatnonzero((values < low) | (values > high))) > 0:
        values[bad] = g.normal(mean[bad], sd[bad])
    return values


def _clipped_normal(g: np.random.Generator, n: int, mean: Any, sd: Any, low: Any, high: Any) -> Any:
    return np.clip(g.normal(mean, sd, n), low, high)


class Distribution(NamedTuple):
    """Arguments that a random function takes, whether they share the dimension of the result, and
    how ``count`` numbers are drawn."""

    arity: int
    keeps_dimension: bool
    draw: Callable[..., Any]


# As in the equations: uniform(low, high), exponential(mean), gamma(shape, scale),
# lognormal(mu, sigma) of the logarithm, binomial(n, p).
DISTRIBUTIONS = {
    "rand": Distribution(0, False, lambda g, n: g.random(n)),
    "randn": Distribution(0, False, lambda g, n: g.standard_normal(n)),
    "poisson": Distribution(1, False, lambda g, n, mean: g.poisson(mean, n)),
    "uniform": Distribution(2, True, lambda g, n, low, high: g.uniform(low, high, n)),
    "exponential": Distribution(1, True, lambda g, n, mean: g.exponential(mean, n)),
    "gamma": Distribution(2, False, lambda g, n, shape, scale: g.gamma(shape, scale, n)),
    "lognormal": Distribution(2, False, lambda g, n, mu, sigma: g.lognormal(mu, sigma, n)),
    "binomial": Distribution(2, False, lambda g, n, count, p: g.binomial(count, p, n)),
    "truncated_normal": Distribution(4, True, _truncated_normal),
    "clipped_normal": Distribution(4, True, _clipped_normal),
}
NAMES = (*PLAIN, *SAME, *DISTRIBUTIONS, "sqrt", "sign", "int", "where")
