# SPDX-License-Identifier: MIT
"""What ``Synapses.connect`` was asked for, as a rule of the runtime or as arrays of pairs."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from hodgpy import arguments
from hodgpy.coded import Place, nearest, refuse
from hodgpy.pairs.expressions import PairExpression
from hodgpy.pairs.generator_syntax import Generator
from hodgpy.pairs.scope import Pairs, Side

_CHUNK = 2_000_000  # pairs that are looked at together
_MOST_SYNAPSES = 2**32 - 1
_BYTES_A_SYNAPSE = 8  # at least: source and target
RULES = (
    "all_to_all", "one_to_one", "shifted", "fixed_indegree", "fixed_outdegree", "fixed_total",
    "permutation",
)  # fmt: skip
_NUMBERS = {
    "shifted": "shift", "fixed_indegree": "indegree", "fixed_outdegree": "outdegree",
    "fixed_total": "total",
}  # fmt: skip


class Rule(NamedTuple):
    """A rule that the runtime carries out."""

    kind: str
    number: float = 0.0
    wrap: bool = False
    self_connections: bool = True
    multapses: bool = True


class Matrix(NamedTuple):
    """Pairs and values of a connection matrix, row by row."""

    i: np.ndarray
    j: np.ndarray
    values: np.ndarray


class Request:
    """The arguments of ``connect``, checked against one another.

    Raises
    ------
    SimulationError
        HH6050 for arguments that contradict each other or make no rule.
    """

    def __init__(
        self,
        condition: Place | bool | None,
        i: Any,
        j: Any,
        p: Any,
        n: Any,
        rule: str | None,
        numbers: Mapping[str, Any],
        matrix: Any,
        self_connections: bool,
        multapses: bool,
        wrap: bool,
        skip_if_invalid: bool,
    ) -> None:
        self.condition = condition
        self.i, self.j = i, j
        self.p, self.n = p, n
        self.matrix = matrix
        self.self_connections = self_connections
        self.multapses = multapses
        self.wrap = wrap
        self.skip_if_invalid = skip_if_invalid
        self.rule, self.number = _rule(rule, numbers)
        self._check_contradictions()

    def _check_contradictions(self) -> None:
        if not (self.condition is None or isinstance(self.condition, (Place, bool))):
            refuse(
                "HH6050",
                f"condition is {arguments.shown(self.condition)}; it must be text or True",
                "arrays of indices are given as i= and j=",
            )
        given = {
            "condition": self.condition is not None,
            "i, j": self.i is not None or self.j is not None,
            "rule": self.rule is not None,
            "matrix": self.matrix is not None,
        }
        chosen = [name for name, present in given.items() if present]
        if len(chosen) > 1:
            refuse(
                "HH6050",
                f"connect was given {' and '.join(f'`{c}`' for c in chosen)}",
                "these are different ways to say which pairs; give one",
            )
        if self.rule is not None and not (_is_one(self.p) and _is_one(self.n)):
            refuse("HH6050", f"the rule `{self.rule}` takes neither `p` nor `n`")
        if isinstance(self.i, Place) and isinstance(self.j, Place):
            refuse(
                "HH6050", "connect was given text for both `i` and `j`", "make one from the other"
            )


def _rule(rule: str | None, numbers: Mapping[str, Any]) -> tuple[str | None, int]:
    """The rule that was named, or is meant by its number (``indegree=100``)."""
    given = {k: v for k, v in numbers.items() if v is not None}
    if len(given) > 1:
        refuse("HH6050", f"connect was given {' and '.join(f'`{g}`' for g in given)}; give one")
    if rule is None:
        if not given:
            return None, 0
        rule = next(kind for kind, name in _NUMBERS.items() if name in given)
    elif rule not in RULES:
        hint = nearest(rule, RULES) or f"rules: {', '.join(RULES)}"
        refuse("HH6050", f"there is no rule `{rule}`", hint)
    wanted = _NUMBERS.get(rule)
    for name in given:
        if name != wanted:
            refuse("HH6050", f"the rule `{rule}` takes no `{name}`")
    if wanted is None:
        return rule, 0
    if wanted not in given:
        if rule == "shifted":
            return rule, 1
        refuse("HH6050", f"the rule `{rule}` needs `{wanted}=`")
    low = -(2**31) if rule == "shifted" else 0
    return rule, arguments.whole(given[wanted], wanted, low, _MOST_SYNAPSES)


def plan(
    request: Request, pairs: Pairs, same: np.ndarray | None
) -> Rule | Matrix | Iterator[tuple[np.ndarray, np.ndarray]]:
    """How to make the synapses that were asked for.

    Parameters
    ----------
    request : Request
    pairs : Pairs
        The scope of its expressions, with the two sides.
    same : array of int, optional
        For each source the target that is the same neuron, or -1; None where sides share none.

    Returns
    -------
    Rule, Matrix or iterator of (i, j)
        Chunks in order of creation.
    """
    pre, post = pairs.pre.N, pairs.post.N
    if request.matrix is not None:
        return _matrix(request.matrix, pre, post)
    if request.rule is not None:
        _check_count(_rule_count(request, pre, post))
        return Rule(
            request.rule, request.number, request.wrap, request.self_connections, request.multapses
        )
    if request.i is not None or request.j is not None:
        chunks = _generated(request, pairs)
    else:
        one_group = same is not None and bool(np.all(same == np.arange(pre))) and pre == post
        simple = _simple_rule(request, pre, post, one_group)
        if simple is not None:
            return simple
        chunks = _by_condition(request, pairs)
    return _finished(chunks, request, pairs, same)


def _simple_rule(request: Request, pre: int, post: int, one_group: bool) -> Rule | None:
    """Conditions that the runtime has a rule for: none, `i == j`, `i != j`; with p a number."""
    condition = request.condition
    text = condition.text if isinstance(condition, Place) else str(condition or condition is None)
    text = {"j!=i": "i!=j", "j==i": "i==j"}.get(text.replace(" ", ""), text.replace(" ", ""))
    if isinstance(request.p, Place) or not _is_one(request.n):
        return None
    p = _probability(request.p)
    if text == "i==j" and p == 1 and pre == post and request.self_connections:
        return Rule("one_to_one")
    # Equal numbers are equal neurons only within one group.
    if text != "True" and not (text == "i!=j" and one_group):
        return None
    _check_count(pre * post * p)
    to_itself = request.self_connections and text == "True"
    if p == 1:
        return Rule("all_to_all", self_connections=to_itself)
    return Rule("probability", p, self_connections=to_itself)


def _by_condition(request: Request, pairs: Pairs) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All pairs in order of source, then target, for which the condition is true.

    With a probability that is one number, candidates are drawn first, and the condition is looked
    at for those alone.
    """
    pre, post = pairs.pre.N, pairs.post.N
    condition = None
    if isinstance(request.condition, Place):
        condition = PairExpression(request.condition)
    elif request.condition is False:
        return
    p = None if isinstance(request.p, Place) else _probability(request.p)
    if p is not None and p < 1:
        candidates = _random_pairs(pre, post, p, pairs.random)
    else:
        candidates = _all_pairs(pre, post)
    for i, j in candidates:
        if condition is not None:
            keep = condition.condition(pairs.scope(i, j))
            i, j = i[keep], j[keep]
        if isinstance(request.p, Place):
            i, j = _kept(PairExpression(request.p), pairs, i, j)
        yield i, j


def _all_pairs(pre: int, post: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rows = max(1, _CHUNK // post)
    for begin in range(0, pre, rows):
        sources = np.arange(begin, min(pre, begin + rows), dtype=np.int64)
        yield np.repeat(sources, post), np.tile(np.arange(post, dtype=np.int64), len(sources))


def _random_pairs(
    pre: int, post: int, p: float, random: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each pair with probability p: gaps between chosen pairs are geometric."""
    if p == 0:
        return
    total = pre * post
    position = -1
    count = min(_CHUNK, int(total * p * 1.1) + 100)
    while position < total:
        places = position + np.cumsum(random.geometric(p, count))
        position = int(places[-1])
        places = places[places < total]
        yield places // post, places % post


def _kept(
    p: PairExpression, pairs: Pairs, i: np.ndarray, j: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs with a probability of their own."""
    if len(i) == 0:
        return i, j
    values = p.number(pairs.scope(i, j))
    if not np.all((values >= 0) & (values <= 1)):
        bad = values[~((values >= 0) & (values <= 1))][0]
        refuse("HH6050", f"p is {bad:g} for some pair; a probability is within 0 and 1",
               "clip(..., 0, 1)")  # fmt: skip
    keep = pairs.random.random(len(i)) < values
    return i[keep], j[keep]


def _generated(request: Request, pairs: Pairs) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs from arrays of indices or from generators."""
    chunks: Iterator[tuple[np.ndarray, np.ndarray]]
    if isinstance(request.j, Place) and request.i is None:
        chunks = Generator(request.j, "i", "j").pairs(pairs, request.skip_if_invalid)
    elif isinstance(request.i, Place) and request.j is None:
        made = Generator(request.i, "j", "i").pairs(pairs, request.skip_if_invalid)
        chunks = ((i, j) for j, i in made)
    else:
        chunks = iter([_arrays(request, pairs)])
    p = request.p if isinstance(request.p, Place) else _probability(request.p)
    for i, j in chunks:
        if isinstance(p, Place):
            i, j = _kept(PairExpression(p), pairs, i, j)
        elif p < 1:
            keep = pairs.random.random(len(i)) < p
            i, j = i[keep], j[keep]
        yield i, j


def _arrays(request: Request, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(request.i, Place) or isinstance(request.j, Place):
        refuse(
            "HH6050", "connect was given text for one index and numbers for the other",
            "a generator goes over all neurons of the other side: leave the numbers out, and "
            "choose by a subgroup or `if`",
        )  # fmt: skip
    i = _indices(request.i, "i", pairs.pre)
    j = _indices(request.j, "j", pairs.post)
    if i.ndim == j.ndim == 1 and len(i) != len(j) and 1 not in (len(i), len(j)):
        refuse("HH6050", f"`i` has {len(i)} values and `j` has {len(j)}", "one pair each")
    i, j = np.broadcast_arrays(np.atleast_1d(i), np.atleast_1d(j))
    valid = (i >= 0) & (i < pairs.pre.N) & (j >= 0) & (j < pairs.post.N)
    if not np.all(valid):
        if not request.skip_if_invalid:
            bad = int(np.flatnonzero(~valid)[0])
            refuse(
                "HH6016",
                f"synapse {bad} is to go from {i[bad]} to {j[bad]}, but there are {pairs.pre.N} "
                f"sources and {pairs.post.N} targets",
                "skip_if_invalid=True leaves out what does not exist",
            )
        i, j = i[valid], j[valid]
    return i, j


def _indices(value: Any, name: str, side: Side) -> np.ndarray:
    """Indices as given, or of a part of the population; nothing given is every neuron."""
    if value is None:
        return np.arange(side.N, dtype=np.int64)
    if hasattr(value, "indices"):
        is_place = hasattr(value, "_compartments_of")
        if value.population is not side.group or (is_place and name == "i"):
            refuse(
                "HH6050",
                f"`{name}` is a part of `{value.population.name}`",
                "cells send spikes as a whole: give their numbers" if is_place and name == "i"
                else "it must be one of the whole population that the synapses were made with",
            )  # fmt: skip
        value = value.indices
    array = np.asarray(value)
    if array.dtype.kind not in "iu" and not (array.size == 0 and array.ndim == 1):
        refuse("HH6050", f"`{name}` is {arguments.shown(value)}; it must be whole numbers or text")
    if array.ndim > 1:
        refuse("HH6050", f"`{name}` has shape {array.shape}; it must be one number or a list")
    return array.astype(np.int64)


def _matrix(matrix: Any, pre: int, post: int) -> Matrix:
    """Pairs and values of a dense or a scipy matrix (sources x targets); zeros are no synapses."""
    if hasattr(matrix, "tocoo"):
        shape = tuple(matrix.shape)
        coo = matrix.tocoo()
        order = np.lexsort((coo.col, coo.row))
        i, j, values = coo.row[order], coo.col[order], np.asarray(coo.data)[order]
        kept = values != 0
        i, j, values = i[kept], j[kept], values[kept]
    else:
        dense = np.asarray(matrix)
        if dense.dtype.kind not in "biuf":
            refuse("HH6050", f"`matrix` is {arguments.shown(matrix)}; it must hold numbers")
        shape = dense.shape
        if dense.ndim == 2:
            i, j = np.nonzero(dense)
            values = dense[i, j]
    if shape != (pre, post):
        refuse(
            "HH6050",
            f"the matrix has shape {shape}; it must be (sources, targets) = ({pre}, {post})",
        )
    return Matrix(i.astype(np.int32), j.astype(np.int32), values.astype(float))


def _finished(
    chunks: Iterator[tuple[np.ndarray, np.ndarray]],
    request: Request,
    pairs: Pairs,
    same: np.ndarray | None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Without self-connections if so wanted, n times each, and no more than fit."""
    repeat = PairExpression(request.n) if isinstance(request.n, Place) else None
    number = 1 if repeat is not None else arguments.whole(request.n, "n", 0, 2**31 - 1)
    total = 0
    for i, j in chunks:
        if not request.self_connections and same is not None:
            keep = same[i] != j
            i, j = i[keep], j[keep]
        if repeat is not None and len(i):
            times = repeat.integer(pairs.scope(i, j))
            if np.any(times < 0):
                refuse("HH6050", f"n is {times.min()} for some pair; it cannot be negative")
            i, j = np.repeat(i, times), np.repeat(j, times)
        elif number != 1:
            i, j = np.repeat(i, number), np.repeat(j, number)
        if not request.multapses:
            i, j = _once(i, j, pairs.post.N)
        total += len(i)
        _check_count(total)
        yield i.astype(np.int32), j.astype(np.int32)


def _once(i: np.ndarray, j: np.ndarray, post: int) -> tuple[np.ndarray, np.ndarray]:
    """The first of every pair."""
    first = np.sort(np.unique(i * post + j, return_index=True)[1])
    return i[first], j[first]


def _rule_count(request: Request, pre: int, post: int) -> float:
    counts = {
        "all_to_all": pre * post,
        "fixed_indegree": request.number * post,
        "fixed_outdegree": request.number * pre,
        "fixed_total": request.number,
    }
    return counts.get(request.rule or "", max(pre, post))


def _check_count(count: float) -> None:
    """Refuses what cannot be counted or held in memory."""
    available = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if count > _MOST_SYNAPSES or count * _BYTES_A_SYNAPSE > available:
        refuse(
            "HH6053",
            f"this would make {count:.3g} synapses, at least "
            f"{count * _BYTES_A_SYNAPSE / 2**30:.0f} GiB; the machine has "
            f"{available / 2**30:.0f} GiB",
            "use a probability, a fixed number of partners, or a smaller network",
        )


def _probability(p: Any) -> float:
    try:
        value = float(p)
    except (TypeError, ValueError):
        value = math.nan
    if not 0 <= value <= 1:
        refuse("HH6050", f"p is {arguments.shown(p)}; a probability is within 0 and 1")
    return value


def _is_one(value: Any) -> bool:
    return not isinstance(value, Place) and isinstance(value, (int, float)) and value == 1
