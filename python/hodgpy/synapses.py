# SPDX-License-Identifier: MIT
"""Synapses between the neurons of two populations, or of one."""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import numpy as np

from hodgpy import _core, arguments
from hodgpy.coded import Place, refuse
from hodgpy.compiling import _diagnostics, _options, collect_externals
from hodgpy.copying import rebuild_synapses
from hodgpy.errors import ModelError, ModelWarning, SimulationError
from hodgpy.keywords import keywords, names_of, unknown_keyword
from hodgpy.model import Model
from hodgpy.pairs.connecting import Matrix, Request, Rule, plan
from hodgpy.pairs.random import Random
from hodgpy.pairs.scope import Pairs, Side, scopes_of
from hodgpy.population import Population
from hodgpy.source_place import find_literal
from hodgpy.subgroup import split
from hodgpy.synapse_source import delays_of, synapse_source, texts_of
from hodgpy.synapse_values import SynapseValues
from hodgpy.synapse_view import Pathway
from hodgpy.timed_array import TimedArray


class Synapses(SynapseValues):
    """Synapses from a source to a target, with a model of their own; variables are attributes.

    Parameters
    ----------
    source, target : Population, Subgroup, PoissonGroup or SpikeGenerator
        Where events come from, and whom they act on; the target is the source if it is left out.
    model : str or Model, optional
        Brian's equations of a synapse (``"w : siemens"``), or a ``synapse`` block of a ``.hhm``
        file (``hp.compile("synapses.hhm").AMPA``).
    on_pre, on_post : str or dict, optional
        Statements for each arriving event of the source, and of the target; a dict names several
        pathways. Names without suffix are the synapse's, or else the target's.
    on_event : str or dict, optional
        The event that a pathway listens to, by its name; default ``"spike"``.
    delay : Quantity or dict, optional
        Of all synapses on pathway ``pre``, or by pathway. ``S.delay = ...`` gives each its own.
    order : int or dict, optional
        Pathways of the whole network act in this order, then by name; ``pre`` is -1, ``post`` +1.
    method : str, optional
        Of integration, as in :func:`hodgpy.compile`.
    namespace : dict, optional
        Values of external names; those that are not in it are looked up where this is called.
    name : str, optional
        Name in messages and of the random streams.
    round : "nearest", optional
        Take the nearest multiple of the time step as a delay; else such a delay is an error.
    seed : int
        Of connections and of random functions in text that is assigned.
    lump : bool
        Let the compiler keep once per target (or source) what is linear in it; see ``explain()``.
    dtype : {"float64", "float32"}, optional
        Of the synapses' values; default that of the target.
    **values
        Given to the synapses that every :meth:`connect` makes; shared parameters at once.

    Raises
    ------
    ModelError
        With every mistake of the equations and statements, each at its place.
    SimulationError
        For what is no population, and for wrong values.

    Notes
    -----
    Values read are numpy arrays in SI, in order of creation: ``S.w[:]``, ``S.w[3, :]`` (from source
    3), ``S.w["i == j"]``. ``S.i`` and ``S.j`` are the neurons of each synapse, counted within
    the subgroup if there is one.

    Examples
    --------
    >>> S = hp.Synapses(P, P, "w : siemens", on_pre="g_e += w", delay=1.5*ms)
    >>> S.connect("i != j", p=0.02)
    >>> S.w = "0.3*nS*rand()"
    """

    model: Model
    source: Any
    target: Any
    _core: _core.Synapses

    def __init__(
        self,
        source: Any,
        target: Any = None,
        model: str | Model | None = None,
        *,
        on_pre: str | Mapping[str, str] | None = None,
        on_post: str | Mapping[str, str] | None = None,
        on_event: str | Mapping[str, str] | None = None,
        delay: Any = None,
        order: int | Mapping[str, int] | None = None,
        method: str | None = None,
        namespace: Mapping[str, Any] | None = None,
        name: str = "",
        round: str | None = None,
        seed: int = 0,
        lump: bool = True,
        dtype: str | None = None,
        level: int = 0,
        **values: Any,
    ) -> None:
        frame = sys._getframe(level + 1)
        target = source if target is None else target
        source = source._as_source() if isinstance(source, Population) else source
        split(source, "Synapses")
        post, _ = split(target, "Synapses")
        if round not in (None, "nearest"):
            raise SimulationError(
                f"round is {arguments.shown(round)}; it must be 'nearest' or None"
            )
        text = synapse_source(
            model, on_pre, on_post, on_event, delay, order, arguments.text(name, "name"), frame
        )
        externals, tables = collect_externals(texts_of(text), namespace, frame)
        real = getattr(post.model, "dtype", "float64") if dtype is None else dtype
        options = _options(real, "native", "full", False, method, (), ())
        if method is not None:
            options["method_place"] = (method, *find_literal(method, frame, "method"))
        del options["per_entity"]
        self._build(source, target, name, text, tables, options | {
            "externals": externals, "lump": arguments.flag(lump, "lump"),
        }, round is not None, arguments.whole(seed, "seed", 0, 2**64 - 1))  # fmt: skip
        for pathway, seconds in delays_of(delay, text).items():
            self._core.set_delay(pathway, seconds, self._round)
        for key, value in values.items():
            self._give(key, value, level + 1)

    def _build(
        self,
        source: Any,
        target: Any,
        name: str,
        text: dict[str, Any],
        tables: dict[str, TimedArray],
        options: dict[str, Any],
        round_nearest: bool,
        seed: int,
    ) -> None:
        """The object without connections; also what a copy begins with."""
        (pre, sources), (post, targets) = (split(g, "Synapses") for g in (source, target))
        for key, value in {
            "_ends": (pre, post),
            "source": source, "target": target, "_source": text, "_tables": tables,
            "_compiler_options": options, "_round": round_nearest, "_seed": seed, "_draws": 0,
            "_per_entity": (), "_varying": frozenset(), "_bound_for": None, "_initial": {},
            "_given": {},
        }.items():  # fmt: skip
            self._keep(key, value)
        self._keep("model", self._compile(report=True))
        self._check_names()
        chosen = (pre._synaptic(sources), post._synaptic(targets))
        self._keep("_core", _core.Synapses(pre._core, post._core, name, *chosen))

    # -- making synapses -------------------------------------------------------------------------

    @keywords
    def connect(
        self,
        condition: str | bool | None = None,
        *,
        i: Any = None,
        j: Any = None,
        p: float | str = 1.0,
        n: int | str = 1,
        rule: str | None = None,
        indegree: int | None = None,
        outdegree: int | None = None,
        total: int | None = None,
        shift: int | None = None,
        matrix: Any = None,
        into: str | None = None,
        self_connections: bool = True,
        multapses: bool = True,
        wrap: bool = False,
        skip_if_invalid: bool = False,
        seed: int | None = None,
        namespace: Mapping[str, Any] | None = None,
        level: int = 0,
    ) -> None:
        """Make synapses; several calls add up.

        Parameters
        ----------
        condition : str or bool, optional
            Which pairs, over ``i``, ``j``, ``N_pre``, ``N_post``, ``x_pre``, ``x_post`` and
            ``distance`` (between the ``x``, ``y``, ``z`` of both sides): ``"i != j"``. Default all.
        i, j : int, array of int, subgroup, or str
            Pairs of neurons (``j`` may be a place of a cell, ``j=cell["dendrite.50*um"]``); or, for
            one of the two, Brian's generator syntax:
            ``j="k for k in range(i - 2, i + 3) if k != i"``,
            ``j="k for k in sample(N_post, p=0.1)"``, ``sample(N_post, size=10)``, ``j="i"``.
        p : float or str
            Probability of each of these pairs.
        n : int or str
            Synapses per pair.
        rule : str, optional
            ``all_to_all``, ``one_to_one``, ``shifted``, ``fixed_indegree``, ``fixed_outdegree``,
            ``fixed_total`` or ``permutation``. The number says it, too: ``indegree=100``.
        indegree, outdegree, total, shift : int, optional
            Synapses onto each target, from each source, in all; source k to target k + shift.
        matrix : array or scipy sparse matrix, optional
            Shape (sources, targets); a synapse where it is not 0.
        into : str, optional
            Variable that gets the values of the matrix, in SI: ``into="w"``.
        self_connections : bool
            Whether a neuron may have synapses onto itself.
        multapses : bool
            Whether one call may make several synapses of one pair.
        wrap : bool
            Whether ``shift`` goes around the ends.
        skip_if_invalid : bool
            Leave out indices that do not exist, instead of refusing them.
        seed : int, optional
            Of this call; default from the synapses' seed and the number of the call. The result
            does not depend on the number of threads.
        namespace : dict, optional
            Values of external names; default the calling scope.

        Raises
        ------
        SimulationError
            HH6050 for what is no rule, HH6016 for an index out of range, HH6053 for more than fit.
            Nothing was made then.
        ModelError
            HH6050 and HH6051 for wrong text, with the place.
        """
        frame = sys._getframe(level + 1)
        numbers = {"indegree": indegree, "outdegree": outdegree, "total": total, "shift": shift}
        placed = [_placed(x, frame) for x in (condition, i, j, p, n)]
        request = Request(
            placed[0],
            placed[1],
            placed[2],
            placed[3],
            placed[4],
            rule, numbers, matrix, self_connections, multapses, wrap, skip_if_invalid,
        )  # fmt: skip
        if into is not None and matrix is None:
            refuse("HH6050", "`into` names the variable for the values of `matrix`", "give one")
        if into is not None:
            self._variable(into)
        own = seed is not None
        random = Random(arguments.whole(seed, "seed", 0, 2**64 - 1)) if own else self._next_random()
        scopes = scopes_of(arguments.mapping(namespace, "namespace"), frame)
        pairs = Pairs(Side(self.source), Side(self.target), scopes, random)
        before = len(self)
        made = plan(request, pairs, self._same())
        if isinstance(made, Rule):
            self._core.connect_rule(
                made.kind, made.number, made.wrap, made.self_connections, made.multapses,
                random.seed,
            )  # fmt: skip
        elif isinstance(made, Matrix):
            self._core.connect(made.i, made.j)
        else:
            chunks = list(made)  # a mistake in the last chunk shall leave nothing behind
            if chunks:
                self._core.connect(*(np.concatenate(side) for side in zip(*chunks, strict=True)))
        given = isinstance(made, Matrix) and into is not None
        if not self._initial and not given:
            return  # eight bytes of each new synapse are more than it takes itself
        new = np.arange(before, len(self), dtype=np.int64)
        for key, value in self._initial.items():
            self.set(key, value, new, level=level + 1)
        if isinstance(made, Matrix) and into is not None:
            self.set(into, made.values, new)

    def _same(self) -> np.ndarray | None:
        """For each source the target that is the same neuron, or -1."""
        (pre, sources), (post, targets) = (split(g, "") for g in (self.source, self.target))
        if pre is not post:
            return None
        sources = np.arange(pre.N) if sources is None else sources
        targets = np.arange(post.N) if targets is None else targets
        position = np.full(post.N, -1, dtype=np.int64)
        position[targets] = np.arange(len(targets))
        same: np.ndarray = position[sources]
        return same

    def __repr__(self) -> str:
        count = f"{len(self):,} synapses"
        if len(self) and self._core.bound:
            count += f" of {self._core.bytes_per_synapse():.3g} bytes"
        ends = f"{self.source.name or 'source'} -> {self.target.name or 'target'}"
        parts = [", ".join(self._names()), *(_pathway_text(p) for p in self.pathways.values())]
        kept = [
            f"{one['state']} once per {one['space'].removeprefix('per_')} neuron"
            for one in self.model._record.get("lumped", [])
        ]
        about = "; ".join(p for p in [*parts, *kept] if p)
        return f"<Synapses {self.name or self._source['name']}: {ends}, {count}; {about}>"

    # -- compilation ---------------------------------------------------------------------------

    def _give(self, key: str, value: Any, level: int) -> None:
        """A value from the constructor: at once if it is shared, else for synapses to come."""
        known = names_of(Synapses.__init__)
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
        if near and key not in self._names():
            raise TypeError(unknown_keyword("Synapses", key, known))
        variable = self._variable(key)
        if variable["per_entity"] or np.ndim(getattr(value, "value", value)) > 0:
            self._initial[key] = value
        else:
            self.set(key, value, level=level + 1)

    def _notes(self) -> dict[str, Any]:
        """What a saved network says of this object beside the values that the runtime keeps."""
        return {
            "draws": self._draws,
            "per_entity": list(self._per_entity),
            "varying": sorted(self._varying),
        }

    def _prepare_for(self, notes: dict[str, Any]) -> Callable[[], None]:
        """Lets the model hold what a saved network holds; gives back how to undo it."""
        was = (self._varying, self._per_entity)
        dropped = {p: self._core.delays(p) for p in self._varying - set(notes["varying"])}

        def undo() -> None:
            self._keep("_varying", was[0])
            self._keep("_per_entity", was[1])
            self._settle()
            for pathway, delays in dropped.items():
                self._core.set_delays(pathway, delays, self._round)

        for pathway, delays in dropped.items():
            self._core.set_delay(pathway, float(delays[0]) if len(delays) else 0.0, self._round)
        self._keep("_varying", frozenset(notes["varying"]))
        self._keep("_per_entity", tuple(notes["per_entity"]))
        self._settle()
        return undo

    def _take_notes(self, notes: dict[str, Any]) -> None:
        """The rest, after the runtime took the values."""
        self._keep("_draws", int(notes["draws"]))

    def __reduce__(self) -> Any:
        made = (
            type(self), self.source, self.target, self.name, self._source, self._tables,
            self._compiler_options, self._round, self._seed,
        )  # fmt: skip
        state: dict[str, Any] = {
            "i": self.i,
            "j": self.j,
            "draws": self._draws,
            "initial": self._initial,
            "per_entity": self._per_entity,
            "delays": {p: np.atleast_1d(self._delays(p)) for p in self.pathways},
            "values": {
                n: (k, self._core.get(n) if k is None else self._core.get(n)[k])
                for n, k in self._given.items()
            },
        }
        return rebuild_synapses, made, state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._core.connect(state["i"], state["j"])
        self._keep("_initial", state["initial"])
        for pathway, delays in state["delays"].items():
            if len(delays) == 1:
                self._core.set_delay(pathway, float(delays[0]), self._round)
            else:
                self._core.set_delays(pathway, delays, self._round)
                self._keep("_varying", self._varying | {pathway})
        self._keep("_per_entity", state["per_entity"])
        for name, (indices, values) in state["values"].items():
            self.set(name, values if len(values) != 1 else float(values[0]), indices)
        self._keep("_draws", state["draws"])

    def _compile(self, *, report: bool = False) -> Model:
        pre, post = (split(g, "")[0] for g in (self.source, self.target))
        block = self._source.get("block")
        result = _core.compile_synapse(
            self._source | ({"block": block._handle} if block is not None else {}),
            None if pre.model is None else pre.model._handle,
            None if post.model is None else post.model._handle,
            self._compiler_options
            | {"varying_delays": sorted(self._varying), "per_entity": list(self._per_entity)},
        )
        if not result.ok:
            raise ModelError("\n" + result.render().rstrip(), _diagnostics(result))
        if report and any(d["severity"] == "warning" for d in result.diagnostics):
            warnings.warn("\n" + result.render().rstrip(), ModelWarning, stacklevel=4)
        return Model(result.models[0], self._tables)

    def _settle(self) -> None:
        """Compiles for the populations as they are now, if they changed, and binds the code."""
        pre, post = self._ends
        state = (pre.model, post.model, self._varying, self._per_entity)
        if state == self._bound_for:
            return
        if self._bound_for is not None or self._varying or self._per_entity:
            self._keep("model", self._compile())
        self._core.bind(self.model._handle)
        for name, table in self._tables.items():
            self._core.set_table(name, table.values, table.dt)
        self._keep("_bound_for", state)


def _placed(value: Any, frame: FrameType) -> Any:
    """Text with the place where the user wrote it."""
    return Place(value, *find_literal(value, frame)) if isinstance(value, str) else value


def _pathway_text(pathway: Pathway) -> str:
    delays = np.atleast_1d(np.asarray(pathway.delay)) * 1e3
    if len(delays) == 0:
        return pathway.name
    low, high = delays.min(), delays.max()
    shown = f"{low:g} ms" if low == high else f"{low:g} to {high:g} ms"
    return f"{pathway.name} after {shown}"
