# SPDX-License-Identifier: MIT
"""Values of synapses by name: reading, assigning, choosing, delays. ``Synapses`` builds on it."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from types import FrameType
from typing import Any

import numpy as np

from hodgpy import _core as core
from hodgpy import arguments, plausible, units
from hodgpy.coded import Place, refuse
from hodgpy.errors import ModelError, NetworkWarning, SimulationError
from hodgpy.model import Model
from hodgpy.pairs.expressions import PairExpression, Value
from hodgpy.pairs.random import Random
from hodgpy.pairs.scope import Pairs, Side, scopes_of
from hodgpy.source_place import find_literal
from hodgpy.subgroup import split
from hodgpy.synapse_view import DelayView, Pathway, SynapseView
from hodgpy.units import Quantity

_OWN = frozenset(
    {"N", "N_incoming", "N_outgoing", "N_incoming_post", "N_outgoing_pre", "i", "j", "model"}
    | {"name", "source", "target", "delay"}
)


# What the compiler and the runtime fill in; listed where the equations use it.
_GIVEN = frozenset(
    {"i", "j", "N", "N_pre", "N_post", "N_incoming", "N_outgoing", "t", "dt", "delay"}
    | {"t_in_timesteps", "lastupdate"}
)


class SynapseValues(ABC):
    """What is known and kept of synapses, under the names of their variables."""

    model: Model
    source: Any
    target: Any
    _core: core.Synapses
    _round: bool
    _seed: int
    _draws: int
    _per_entity: tuple[str, ...]
    _varying: frozenset[str]  # pathways whose delays differ between synapses
    _given: dict[str, np.ndarray | None]
    _source: dict[str, Any]

    def _keep(self, name: str, value: Any) -> None:
        """Sets an attribute of the object itself; assignments from outside set variables."""
        object.__setattr__(self, name, value)

    # -- who is connected ------------------------------------------------------------------------

    def __len__(self) -> int:
        return self._core.size

    @property
    def N(self) -> int:
        """Number of synapses."""
        return len(self)

    @property
    def name(self) -> str:
        """Name in messages, recorders and the network."""
        return self._core.name

    @property
    def i(self) -> np.ndarray:
        """Source of each synapse, shape (synapses,)."""
        return self._core.sources()

    @property
    def j(self) -> np.ndarray:
        """Target of each synapse, shape (synapses,)."""
        return self._core.targets()

    @property
    def N_outgoing_pre(self) -> np.ndarray:
        """Number of synapses of each source."""
        return self._core.outgoing()

    @property
    def N_incoming_post(self) -> np.ndarray:
        """Number of synapses onto each target."""
        return self._core.incoming()

    @property
    def N_outgoing(self) -> np.ndarray:
        """For each synapse, how many its source has."""
        counts: np.ndarray = self.N_outgoing_pre[self.i]
        return counts

    @property
    def N_incoming(self) -> np.ndarray:
        """For each synapse, how many go onto its target."""
        counts: np.ndarray = self.N_incoming_post[self.j]
        return counts

    # -- values ----------------------------------------------------------------------------------

    @property
    def delay(self) -> DelayView:
        """Delays of pathway ``pre``; those of another are ``S.post.delay``."""
        return DelayView(self, "pre")

    @delay.setter
    def delay(self, value: Any) -> None:
        if not (isinstance(value, DelayView) and value.stands_for(self, "delay")):
            self.set("delay", value, level=2)

    @property
    def pathways(self) -> dict[str, Pathway]:
        """The pathways by name, in the order in which they act."""
        records = sorted(
            self.model._record.get("pathways", []), key=lambda r: (r.get("order", 0), r["name"])
        )
        return {r["name"]: Pathway(self, r["name"], r) for r in records}

    def get(self, name: str, unit: str | Quantity | None = None) -> Any:
        """Values of a variable, or of an expression over synapses.

        Parameters
        ----------
        name : str
            ``"w"``, ``"w*x_post"``, ``"i"``.
        unit : str, optional
            ``"nS"``; default SI.

        Returns
        -------
        array of shape (synapses,), or one number where all synapses share one value
            What the compiler keeps once per target or source has one value for each of those.
        """
        arguments.text(name, "the name of a variable")
        result, dimension = self._read(name, sys._getframe(1))
        return result if unit is None else Quantity(result, dimension).in_unit(unit)

    def set(self, name: str, value: Any, index: Any = None, *, level: int = 0) -> None:
        """Assign a variable between runs.

        Parameters
        ----------
        name : str
            A state or parameter of the synapses, or ``"delay"``.
        value : number, Quantity, array or str
            One value, or one per synapse (per index if there is one). Text is an expression over
            ``i``, ``j``, the synapses' variables and those of both sides, with random functions.
        index : optional
            Which synapses: numbers, a mask, a slice, ``(source, target)``, or a condition as text.
        level : int
            How many more frames up the names of an expression are looked up.

        Raises
        ------
        SimulationError
            Unknown name, wrong length, NaN. Nothing is changed then.
        ModelError
            Text that is no expression.
        UnitError
            Another dimension than the variable's.
        """
        frame = sys._getframe(level + 1)
        chosen = None if index is None else self._chosen(index, frame)
        if name == "delay":
            self._set_delay("pre", value, chosen, frame)
            return
        variable = self._variable(name)
        if variable["space"] in ("per_post", "per_pre"):
            self._make_per_entity(name)
            variable = self._variable(name)
        dimension = units.exponents(variable["dimension"])
        if isinstance(value, str):
            si = self._evaluated(value, chosen, dimension, f"`{name}` is in {variable['unit']}",
                                 frame)  # fmt: skip
        else:
            si = units.to_si(value, dimension, f"`{name}`", variable["unit"])
            plausible.check_plain(value, dimension, f"`{name}`")
        if np.ndim(si) > 1:
            refuse("HH6011", f"`{name}` was given values of shape {np.shape(si)}", "one a synapse")
        count = len(self) if chosen is None else len(chosen)
        if variable["per_entity"] and len(self) == 0:
            plausible.warn_user(
                f"`{name}` was set while there are no synapses: connect first, then set it",
                NetworkWarning,
            )
        if np.ndim(si) == 1 and len(si) != count:
            refuse("HH6011", f"`{name}` was given {len(si)} values for {count} synapses")
        shared = not variable["per_entity"]
        if shared and (np.ndim(si) > 0 or chosen is not None):
            self._make_per_entity(name)
        if chosen is not None:
            self._core.set_some(name, chosen, np.atleast_1d(np.asarray(si, dtype=float)))
        elif np.ndim(si) == 0:
            self._core.set_one(name, float(si))
        else:
            self._core.set_all(name, np.ascontiguousarray(si, dtype=float))
        known = self._given.get(name, chosen)
        if known is None or chosen is None:
            self._given[name] = None
        else:
            self._given[name] = np.union1d(known, chosen)

    def initialize(self) -> None:
        """Give every state that was not assigned its initial value again, from current values."""
        self._settle()
        self._core.initialize()

    def explain(self) -> str:
        """Which method each state got, what is kept once per target or source, and why."""
        return self.model.explain()

    def plot(self, variable: str | None = None, ax: Any = None, **style: Any) -> Any:
        """Connections as dots of source and target, or the distribution of one variable.

        Parameters
        ----------
        variable : str, optional
            ``"w"`` or ``"delay"``: its histogram, in the unit people write.
        ax : matplotlib axes, optional
        **style
            For matplotlib: ``bins=50``, ``color="k"``.

        Returns
        -------
        matplotlib axes
        """
        from hodgpy import plotting

        if variable is None:
            return plotting.connections(self, ax, **style)
        values, dimension = self._values_of(variable)
        return plotting.histogram(
            units.Quantity(values, dimension), f"{variable} of {self.name}", ax, **style
        )

    def _values_of(self, variable: str) -> tuple[np.ndarray, units.Exponents]:
        if arguments.text(variable, "variable") == "delay":
            return np.broadcast_to(self._delays("pre"), len(self)), units.SECOND
        known = units.exponents(self._variable(variable)["dimension"])
        return np.broadcast_to(self.get(variable), len(self)), known

    def _chosen(self, index: Any, frame: FrameType) -> np.ndarray:
        """Numbers of the synapses that an index chooses."""
        if isinstance(index, str):
            expression = PairExpression(Place(index, *find_literal(index, frame)))
            everything = np.arange(len(self), dtype=np.int64)
            kept: np.ndarray = everything[expression.condition(self._pairs(None, frame).scope(
                self.i, self.j))]  # fmt: skip
            return kept
        if isinstance(index, tuple):
            return self._between(index)
        if isinstance(index, (int, np.integer)) and not -len(self) <= index < len(self):
            refuse("HH6016", f"synapse {index} does not exist: there are {len(self)}")
        try:
            return np.atleast_1d(np.arange(len(self), dtype=np.int64)[index])
        except IndexError as error:
            refuse("HH6016", arguments.no_choice(index, f"{len(self)} synapses", error))

    def _between(self, index: tuple[Any, ...]) -> np.ndarray:
        """Synapses by source and target, and by their number within a pair."""
        if len(index) not in (2, 3):
            raise SimulationError("synapses are indexed by [source, target], or [..., number]")
        keep = _matching(index[0], self.i, self.source.N, "source")
        keep &= _matching(index[1], self.j, self.target.N, "target")
        found = np.flatnonzero(keep)
        if len(index) == 2:
            return found
        number = self._numbers_within_pairs()
        third = _matching(index[2], number, int(number.max(initial=0)) + 1, "number")
        chosen: np.ndarray = found[third[found]]
        return chosen

    def _numbers_within_pairs(self) -> np.ndarray:
        """0 for the first synapse of a pair, 1 for the second, in order of creation."""
        pair = self.i.astype(np.int64) * self.target.N + self.j
        order = np.argsort(pair, kind="stable")
        ordered = pair[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        lengths = np.diff(np.r_[starts, len(pair)])
        numbers = np.empty(len(pair), dtype=np.int64)
        numbers[order] = np.arange(len(pair)) - np.repeat(starts, lengths)
        return numbers

    def _delays(self, pathway: str) -> np.ndarray:
        self._check_pathway(pathway)
        self._settle()
        found = self._core.delays(pathway)
        return found if len(found) == len(self) and len(found) != 1 else found[0]

    def _check_pathway(self, pathway: str) -> None:
        if pathway not in self.pathways:
            refuse(
                "HH6046", f"`{self.name}` has no pathway `{pathway}`",
                f"there are: {', '.join(self.pathways) or 'none'}",
            )  # fmt: skip

    def _set_delay(
        self, pathway: str, value: Any, chosen: np.ndarray | None, frame: FrameType
    ) -> None:
        self._check_pathway(pathway)
        if isinstance(value, str):
            si = self._evaluated(value, chosen, units.SECOND, "`delay` is in ms", frame)
            si = si[0].item() if len(si) and chosen is None and np.all(si == si[0]) else si
        else:
            si = units.to_si(value, units.SECOND, "`delay`", "ms")
            plausible.check_time(value, 0.5, "`delay`")
        count = len(self) if chosen is None else len(chosen)
        if np.ndim(si) > 0 and np.shape(si) != (count,):
            refuse("HH6011", f"`delay` was given {np.shape(si)} values for {count} synapses")
        if chosen is not None:
            every = np.array(np.broadcast_to(self._delays(pathway), len(self)))
            every[chosen] = si
            si = every
        if np.ndim(si) == 0:
            self._core.set_delay(pathway, float(si), self._round)
            self._keep("_varying", self._varying - {pathway})
        else:
            self._keep("_varying", self._varying | {pathway})
            self._core.set_delays(pathway, np.ascontiguousarray(si, dtype=float), self._round)

    # -- attributes ------------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> Any:
        """``S["w"]`` is a variable; any other index gives numbers of synapses: ``S[3, :]``."""
        if isinstance(index, str) and index.replace(".", "").isidentifier():
            if index == "delay":
                return self.delay
            if index not in self._names():
                raise SimulationError(self._unknown(index))
            return SynapseView(self, index)
        return self._chosen(index, sys._getframe(1))

    def __setitem__(self, name: str, value: Any) -> None:
        self._assign(arguments.text(name, "the name of a variable"), value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._names():
            return SynapseView(self, name)
        if name in self.pathways:
            return self.pathways[name]
        raise AttributeError(self._unknown(name))

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "delay":
            object.__setattr__(self, name, value)
            return
        if name.startswith("_") or name in _OWN:
            raise AttributeError(f"`{name}` of synapses cannot be assigned")
        self._assign(name, value)

    def _assign(self, name: str, value: Any) -> None:
        view = isinstance(value, (SynapseView, DelayView))
        if not (view and value.stands_for(self, name)):
            self.set(name, value, level=2)

    def _repr_html_(self) -> str:
        from hodgpy.tables import values_html

        return values_html(self)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._names(), *self.pathways]

    # -- inside ----------------------------------------------------------------------------------

    def _names(self) -> tuple[str, ...]:
        """The synapses' own variables."""
        return tuple(
            v["name"]
            for v in self.model._record["variables"]
            if v.get("side", "own") == "own" and v["name"] not in _GIVEN
        )

    def _check_names(self) -> None:
        hidden = sorted(
            (_OWN | set(dir(type(self)))) & {n.partition(".")[0] for n in self._names()}
        )
        if hidden and hidden != ["delay"]:
            raise ModelError(
                f"`{hidden[0]}` is a variable of these synapses, but also an attribute of all "
                "synapses: give the variable another name"
            )

    def _variable(self, name: str) -> Any:
        self._settle()
        if self._core.has(arguments.text(name, "the name of a variable")):
            return self._core.variable(name)
        refuse("HH6010", self._unknown(name))

    def _unknown(self, name: str) -> str:
        known = [*self._names(), "delay"] if self.pathways else list(self._names())
        if name in self._names():
            return f"`{name}` of these synapses is computed and cannot be set"
        return f"these synapses have no variable `{name}`; they have {', '.join(known) or 'none'}"

    def _make_per_entity(self, name: str) -> None:
        """One value per synapse for what was shared, or kept once per target or source."""
        self._keep("_per_entity", (*self._per_entity, name))
        self._settle()

    def _read(self, name: str, frame: FrameType) -> tuple[Any, units.Exponents]:
        self._settle()
        if not self._core.has(name):
            found = PairExpression(Place(name, *find_literal(name, frame))).value(
                self._pairs(None, frame).scope(self.i, self.j)
            )
            return found
        variable = self._core.variable(name)
        values = self._core.get(name)
        if variable["type"] == "boolean":
            values = values != 0
        elif variable["type"] == "integer":
            values = values.astype(np.int64)
        result = values if variable["per_entity"] else values[0].item()
        return result, units.exponents(variable["dimension"])

    def _keep_per_synapse(self, name: str) -> None:
        """What is to be recorded has one value per synapse."""
        self._settle()
        if self._core.has(name) and self._core.variable(name)["space"] in ("per_pre", "per_post"):
            self._make_per_entity(name)

    def _by_synapse(self, name: str, values: np.ndarray) -> np.ndarray:
        """Of what is kept once per source or target, the value of each synapse."""
        space = self._core.variable(name)["space"]
        return values[self._absolute(space)] if space in ("per_pre", "per_post") else values

    def _pairs(self, chosen: np.ndarray | None, frame: FrameType) -> Pairs:
        """The scope of an expression over some of the synapses, or all."""

        def own(name: str) -> Value | None:
            if name in ("N_incoming", "N_outgoing"):
                counts = getattr(self, name)
                return Value(counts if chosen is None else counts[chosen])
            if name == "delay" and "pre" in self.pathways:
                data, dimension = np.broadcast_to(self._delays("pre"), len(self)), units.SECOND
            elif name in self._names() and self._core.has(name):
                data, dimension = self._read(name, frame)
                data = self._by_synapse(name, data)
            else:
                return None
            return Value(data if chosen is None or np.ndim(data) == 0 else data[chosen], dimension)

        names = (*self._names(), "delay", "N_incoming", "N_outgoing")
        sides = Side(self.source), Side(self.target)
        return Pairs(*sides, scopes_of({}, frame), self._next_random(), own, names)

    def _absolute(self, space: str) -> np.ndarray:
        """For each synapse the neuron of the whole population on one side."""
        group, index = (self.source, self.i) if space == "per_pre" else (self.target, self.j)
        chosen = split(group, "")[1]
        return index if chosen is None else chosen[index]

    def _evaluated(
        self,
        text: str,
        chosen: np.ndarray | None,
        dimension: units.Exponents,
        what: str,
        frame: FrameType,
    ) -> np.ndarray:
        """Values of an assigned expression, one per synapse chosen."""
        expression = PairExpression(Place(text, *find_literal(text, frame)))
        i, j = self.i, self.j
        if chosen is not None:
            i, j = i[chosen], j[chosen]
        found = expression.value(self._pairs(chosen, frame).scope(i, j))
        units.require(
            found.dimension, dimension,
            f"{what}, but `{text}` is in {units.describe(found.dimension)}",
        )  # fmt: skip
        return np.array(found.data, dtype=float)

    def _next_random(self) -> Random:
        """Random numbers of its own for every call that draws."""
        self._keep("_draws", self._draws + 1)
        return Random(self._seed, self._draws, *self._source["name"].encode())

    @abstractmethod
    def _settle(self) -> None:
        """Has the model compiled for the populations as they are now."""


def _matching(index: Any, values: np.ndarray, count: int, what: str) -> np.ndarray:
    """Which of the values an index chooses among ``count``."""
    if isinstance(index, (int, np.integer)) and not -count <= index < count:
        refuse("HH6016", f"{what} {index} does not exist: there are {count}")
    chosen = np.zeros(count, dtype=bool)
    try:
        chosen[index] = True
    except IndexError as error:
        raise SimulationError(f"{arguments.shown(index)} is no {what}: {error}") from None
    matching: np.ndarray = chosen[values]
    return matching
