# SPDX-License-Identifier: MIT
"""What names mean in an expression over pairs: ``i``, ``x_pre``, ``x_post``, ``distance``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import FrameType, MappingProxyType
from typing import Any

import numpy as np

from hodgpy.errors import HodgError
from hodgpy.pair_expressions import Scope, Value, lookup_in
from hodgpy.units import DIMENSIONLESS

_AXES = ("x", "y", "z")


class Side:
    """Source or target of synapses: a population or subgroup, with its values looked up once."""

    def __init__(self, group: Any) -> None:
        self.group = group
        self.N: int = group.N
        self._known: dict[str, Value | None] = {}

    def names(self) -> list[str]:
        """Variables that an expression may use."""
        return list(self.group._names())

    def value(self, name: str) -> Value | None:
        """One value for all, or one per neuron; None if there is no such variable."""
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> Value | None:
        if name not in self.group._names():
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
    random : numpy Generator
    own : callable, optional
        Values of the synapses' own variables for the pairs in question.
    """

    def __init__(
        self,
        pre: Side,
        post: Side,
        scopes: list[Mapping[str, Any]],
        random: np.random.Generator,
        own: Callable[[str], Value | None] = lambda name: None,
        own_names: tuple[str, ...] = (),
    ) -> None:
        self.pre = pre
        self.post = post
        self.random = random
        self._external = lookup_in(scopes)
        self._own = own
        self._own_names = own_names

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

        return Scope(lookup, lambda: self._names(i, j, others), self.random, count)

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
        axes = [a for a in _AXES if a in self.pre.names() and a in self.post.names()]
        total: Any = 0.0
        dimension = DIMENSIONLESS
        for axis in axes:
            here, there = self.pre.at(axis, i), self.post.at(axis, j)
            if here is None or there is None or here.dimension != there.dimension:
                raise HodgError(f"`{axis}_pre` and `{axis}_post` have different units")
            dimension = here.dimension
            total = total + (np.asarray(here.data) - there.data) ** 2
        return Value(np.sqrt(total), dimension) if axes else None

    def _names(self, i: Any, j: Any, others: Mapping[str, Any]) -> list[str]:
        names = ["N_pre", "N_post", *others, *self._own_names]
        if i is not None:
            names += ["i", *(f"{n}_pre" for n in self.pre.names())]
        if j is not None:
            names += ["j", *(f"{n}_post" for n in self.post.names())]
        return names


def scopes_of(namespace: Mapping[str, Any], frame: FrameType) -> list[Mapping[str, Any]]:
    """A namespace, or else the calling frame."""
    return [namespace, frame.f_locals, frame.f_globals]
