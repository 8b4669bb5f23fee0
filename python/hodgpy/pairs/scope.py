# SPDX-License-Identifier: MIT
"""What names mean in an expression over pairs: ``i``, ``x_pre``, ``x_post``, ``distance``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from types import FrameType, MappingProxyType
from typing import Any

import numpy as np

from hodgpy import units
from hodgpy.errors import HodgError
from hodgpy.pairs.expressions import PairExpression, Scope, Value, lookup_in
from hodgpy.pairs.random import Random

_AXES = ("x", "y", "z")


class Side:
    """Source or target of synapses: a population or subgroup, with its values looked up once."""

    def __init__(self, group: Any) -> None:
        self.group = group
        self.N: int = group.N
        self._known: dict[str, Value | None] = {}

    def names(self) -> list[str]:
        """Variables that an expression may use."""
        return [*self.group._names(), *self.group._coordinates()]

    def position(self, axis: str) -> Value | None:
        """Coordinates of neurons that were placed, or else a variable of that name."""
        placed = self.group._position(axis)
        return self.value(axis) if placed is None else Value(placed, units.METRE)

    def value(self, name: str) -> Value | None:
        """One value for all, or one per neuron; None if there is no such variable."""
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> Value | None:
        if name not in self.names():
            return None
        data, dimension = self.group._read(name, sys._getframe())
        return Value(data, dimension)

    def at(self, name: str, index: np.ndarray) -> Value | None:
        """The values of some neurons."""
        found = self.value(name)
        if found is None or np.ndim(found.data) == 0:
            return found
        return Value(found.data[index], found.dimension)


class Pairs:
    """The scope of expressions over pairs of a source and a target.

    Parameters
    ----------
    pre, post : Side
    scopes : list of mappings
        Where other names are looked up: a namespace, the caller's locals and globals.
    random : Random
    own : callable, optional
        Values of the synapses' own variables for the pairs in question.
    """

    def __init__(
        self,
        pre: Side,
        post: Side,
        scopes: list[Mapping[str, Any]],
        random: Random,
        own: Callable[[str], Value | None] = lambda name: None,
        own_names: tuple[str, ...] = (),
    ) -> None:
        self.pre = pre
        self.post = post
        self._random = random
        self._external = lookup_in(scopes)
        self._own = own
        self._own_names = own_names

    @property
    def random(self) -> np.random.Generator:
        return self._random.generator

    def scope(
        self,
        i: np.ndarray | None,
        j: np.ndarray | None,
        others: Mapping[str, np.ndarray] = MappingProxyType({}),
    ) -> Scope:
        """The scope for these pairs; None where one side is not known yet. ``others`` go first."""
        count = next(len(x) for x in (i, j, *others.values()) if x is not None)

        def lookup(name: str) -> Value | None:
            if name in others:
                return Value(others[name])
            found = self._of_pair(name, i, j)
            return self._external(name) if found is None else found

        return Scope(lookup, lambda: self._names(i, j, others), lambda: self.random, count)

    def _of_pair(self, name: str, i: np.ndarray | None, j: np.ndarray | None) -> Value | None:
        if name in ("i", "j"):
            index = i if name == "i" else j
            return None if index is None else Value(index)
        if name in ("N_pre", "N_post"):
            return Value(self.pre.N if name == "N_pre" else self.post.N)
        if name == "distance" and i is not None and j is not None:
            return self._distance(i, j)
        own = self._own(name)
        if own is not None:
            return own
        if name.endswith("_pre") and i is not None:
            return self.pre.at(name.removesuffix("_pre"), i)
        if name.endswith("_post") and j is not None:
            return self.post.at(name.removesuffix("_post"), j)
        return None if j is None else self.post.at(name, j)

    def _distance(self, i: np.ndarray, j: np.ndarray) -> Value | None:
        """Between the places x, y, z of both sides, as far as both have them."""
        total: Any = 0.0
        dimension = None
        for axis in _AXES:
            here, there = self.pre.position(axis), self.post.position(axis)
            if here is None or there is None:
                continue
            if here.dimension != there.dimension:
                raise HodgError(f"`{axis}_pre` and `{axis}_post` have different units")
            dimension = here.dimension
            total = total + (_at(here.data, i) - _at(there.data, j)) ** 2
        return None if dimension is None else Value(np.sqrt(total), dimension)

    def _names(self, i: Any, j: Any, others: Mapping[str, Any]) -> list[str]:
        names = ["N_pre", "N_post", *others, *self._own_names]
        if i is not None:
            names += ["i", *(f"{n}_pre" for n in self.pre.names())]
        if j is not None:
            names += ["j", *(f"{n}_post" for n in self.post.names())]
        return names


def _at(values: Any, index: np.ndarray) -> Any:
    return values if np.ndim(values) == 0 else values[index]


def evaluated(
    group: Any, expression: PairExpression, positions: np.ndarray, frame: FrameType
) -> Value:
    """An expression over the neurons of one group, in which ``i`` counts within it.

    Parameters
    ----------
    group : Population or Subgroup
    expression : PairExpression
    positions : array of int
        For which of its neurons.
    frame
        Where other names are looked up.
    """
    external = lookup_in([frame.f_locals, frame.f_globals])
    side = Side(group)

    def lookup(name: str) -> Value | None:
        own = {"i": Value(positions), "N": Value(group.N)}
        return own.get(name) or side.at(name, positions) or external(name)

    population = getattr(group, "population", group)
    seeds = [population._seed, population._assignments]

    @cache
    def random() -> np.random.Generator:
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(seeds)))

    scope = Scope(lookup, lambda: [*side.names(), "i", "N"], random, len(positions))
    found = expression.value(scope)
    return Value(np.array(np.broadcast_to(found.data, len(positions))), found.dimension)


def scopes_of(namespace: Mapping[str, Any], frame: FrameType) -> list[Mapping[str, Any]]:
    """A namespace, or else the calling frame."""
    return [namespace, frame.f_locals, frame.f_globals]
