# SPDX-License-Identifier: MIT
"""Brian's generator syntax, ``j="k for k in range(i - 2, i + 3) if k != i"``, with numpy.

Every neuron of one side (the outer one) makes a list of partners on the other (the inner one). All
lists are made at once: the ranges of many outer neurons lie one after the other in one array.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

import numpy as np

from hodgpy.coded import Place, refuse_text
from hodgpy.pairs.expressions import PairExpression, Scope
from hodgpy.pairs.sampling import distinct_of_each, thinned
from hodgpy.pairs.scope import Pairs

_CHUNK = 2_000_000  # candidates that are looked at together


class _Range(NamedTuple):
    """``range(start, stop, step)`` or ``sample(start, stop, step, p= | size=)``."""

    start: PairExpression | None
    stop: PairExpression
    step: PairExpression | None
    probability: PairExpression | None
    size: PairExpression | None


class Generator:
    """A generator of partners, parsed once.

    Parameters
    ----------
    place : Place
        The text, and where the user wrote it.
    outer, inner : {"i", "j"}
        Which index is given, and which one is made.

    Raises
    ------
    ModelError
        HH6050 for what is no generator, HH6051 for a wrong expression in it.
    """

    def __init__(self, place: Place, outer: str, inner: str) -> None:
        self.place = place
        self.outer = outer
        self.inner = inner
        words = _words(place)
        self.variable = ""
        self.range: _Range | None = None
        end = len(place.text)
        condition = self._find(words, "if")
        loop = self._find(words, "for")
        if loop is not None:
            where = self._find(words, "in", after=loop)
            if where is None:
                self._refuse("a generator needs `for k in range(...)`", loop, loop + 3)
            condition = self._find(words, "if", after=where)
            self._read_loop(loop, where, end if condition is None else condition)
        first = [at for at in (loop, condition) if at is not None]
        self.value = PairExpression(place, 0, min(first, default=end))
        self.condition = None if condition is None else PairExpression(place, condition + 2, end)

    # -- reading the text ------------------------------------------------------------------------

    def _find(self, words: list[tuple[str, int, int]], word: str, after: int = 0) -> int | None:
        """Where a word stands outside parentheses. An `if` with an `else` is a conditional."""
        if word == "if" and any(w == "else" and b > after for w, b, _ in words):
            return None
        return next((b for w, b, _ in words if w == word and b >= after), None)

    def _read_loop(self, loop: int, where: int, end: int) -> None:
        text = self.place.text
        self.variable = text[loop + 3 : where].strip()
        if not self.variable.isidentifier():
            self._refuse(f"`{self.variable}` is no name for `for`", loop + 3, where)
        begin = where + 2
        begin += len(text[begin:end]) - len(text[begin:end].lstrip())
        kind = "sample" if text.startswith("sample", begin) else "range"
        stop = begin + len(text[begin:end].rstrip())
        opening = begin + len(kind)
        if not text.startswith(kind, begin) or text[opening : opening + 1] != "(":
            self._refuse(
                "a generator runs over range(...) or sample(...)", begin, stop,
                "`for k in range(N_post)`, `for k in sample(N_post, p=0.1)`",
            )  # fmt: skip
        if text[stop - 1] != ")":
            self._refuse("a closing parenthesis is missing", begin, stop)
        pieces = _arguments(self.place, opening + 1, stop - 1)
        named = {n: PairExpression(self.place, b, e) for n, b, e in pieces if n}
        plain = [PairExpression(self.place, b, e) for n, b, e in pieces if not n]
        allowed = {"p", "size"} if kind == "sample" else set()
        if set(named) - allowed or (kind == "sample" and len(named) != 1):
            self._refuse(
                f"{kind}(...) takes {'p= or size=' if allowed else 'no named argument'}",
                begin,
                stop,
            )
        if not 1 <= len(plain) <= 3:
            self._refuse(f"{kind}(...) takes one to three bounds", begin, stop)
        start, last, step = (None, plain[0], None) if len(plain) == 1 else (*plain, None)[:3]
        assert last is not None  # for the type checker: two bounds or three
        self.range = _Range(start, last, step, named.get("p"), named.get("size"))

    def _refuse(self, message: str, begin: int, end: int, hint: str = "") -> NoReturn:
        refuse_text("HH6050", message, self.place, begin, end, hint)

    # -- making the pairs ------------------------------------------------------------------------

    def pairs(self, pairs: Pairs, skip_if_invalid: bool) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Chunks of (outer, inner), ordered by outer, then as the range runs."""
        outer_side = pairs.pre if self.outer == "i" else pairs.post
        inner_count = (pairs.post if self.outer == "i" else pairs.pre).N
        for outer in self._outer_chunks(outer_side.N, inner_count):
            outer, made = self._candidates(pairs, outer)
            at, inner = self._inner(pairs, outer, made, skip_if_invalid, inner_count)
            if self.condition is not None:
                others = {self.variable: made[at]} if self.variable and made is not None else {}
                i, j = (outer[at], inner) if self.outer == "i" else (inner, outer[at])
                keep = self.condition.condition(pairs.scope(i, j, others))
                at, inner = at[keep], inner[keep]
            yield outer[at], inner

    def _outer_chunks(self, count: int, inner_count: int) -> Iterator[np.ndarray]:
        width = 1 if self.range is None else inner_count
        if self.range is not None and self.range.start is not None:
            width = 64  # ranges around the outer neuron are short as a rule
        elif self.range is not None and (self.range.size or self.range.probability):
            width = inner_count // 50  # samples are small as a rule
        step = max(1, _CHUNK // max(1, width))
        for begin in range(0, count, step):
            yield np.arange(begin, min(count, begin + step), dtype=np.int64)

    def _scope_of_outer(self, pairs: Pairs, outer: np.ndarray) -> Scope:
        return pairs.scope(outer, None) if self.outer == "i" else pairs.scope(None, outer)

    def _candidates(self, pairs: Pairs, outer: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Outer neurons, repeated, and the loop variable of each."""
        if self.range is None:
            return outer, None
        scope = self._scope_of_outer(pairs, outer)

        def bound(expression: PairExpression | None, default: int) -> np.ndarray:
            if expression is None:
                return np.full(len(outer), default, dtype=np.int64)
            return expression.integer(scope)

        start, stop, step = (
            bound(self.range.start, 0), bound(self.range.stop, 0), bound(self.range.step, 1),
        )  # fmt: skip
        if np.any(step == 0):
            self._refuse("the step of a range is 0", 0, len(self.place.text))
        counts = np.maximum(0, (stop - start + step - np.sign(step)) // step)
        if self.range.size is not None:
            which, within = self._sampled(pairs, counts, self.range.size.integer(scope))
        elif self.range.probability is not None:
            p = self.range.probability.number(scope)
            if np.any((p < 0) | (p > 1)):
                self._refuse("p of sample is not within 0 and 1", 0, len(self.place.text))
            which, within = thinned(counts, p, pairs.random)
        else:
            which = np.repeat(np.arange(len(outer)), counts)
            within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return outer[which], start[which] + within * step[which]

    def _sampled(
        self, pairs: Pairs, counts: np.ndarray, sizes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        if np.any((sizes < 0) | (sizes > counts)):
            bad = int(np.flatnonzero((sizes < 0) | (sizes > counts))[0])
            self._refuse(
                f"a sample of {sizes[bad]} from a range of {counts[bad]}", 0, len(self.place.text)
            )
        return distinct_of_each(counts, sizes, pairs.random)

    def _inner(
        self,
        pairs: Pairs,
        outer: np.ndarray,
        made: np.ndarray | None,
        skip_if_invalid: bool,
        inner_count: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Positions in ``outer`` and the partners, those that do not exist skipped or refused."""
        others = {} if made is None else {self.variable: made}
        i, j = (outer, None) if self.outer == "i" else (None, outer)
        inner = self.value.integer(pairs.scope(i, j, others))
        valid = (inner >= 0) & (inner < inner_count)
        if not skip_if_invalid and self.condition is None and not np.all(valid):
            self._refuse_index(outer, inner, valid, inner_count)
        at = np.flatnonzero(valid)
        if self.condition is not None and not skip_if_invalid and not np.all(valid):
            # An index that does not exist is a mistake only where the condition asks for it.
            bad = np.flatnonzero(~valid)
            kept = {name: values[bad] for name, values in others.items()}
            inside = np.clip(inner[bad], 0, inner_count - 1)
            ij = (outer[bad], inside) if self.outer == "i" else (inside, outer[bad])
            kept[self.inner] = inner[bad]
            wanted = self.condition.condition(pairs.scope(ij[0], ij[1], kept))
            if np.any(wanted):
                valid = np.ones(len(inner), dtype=bool)
                valid[bad[wanted]] = False
                self._refuse_index(outer, inner, valid, inner_count)
        return at, inner[at]

    def _refuse_index(
        self, outer: np.ndarray, inner: np.ndarray, valid: np.ndarray, count: int
    ) -> None:
        bad = int(np.flatnonzero(~valid)[0])
        refuse_text(
            "HH6016",
            f"{self.inner} is {inner[bad]} for {self.outer} = {outer[bad]}, but there are {count} "
            f"neurons",
            self.place,
            0,
            len(self.place.text),
            "skip_if_invalid=True leaves out what does not exist",
        )


def _words(place: Place) -> list[tuple[str, int, int]]:
    """Names outside parentheses with their places in the text."""
    found = []
    depth = 0
    for kind, word, begin, end in _tokens(place.text):
        depth += (word in "([{") - (word in ")]}") if kind == tokenize.OP else 0
        if kind == tokenize.NAME and depth == 0:
            found.append((word, begin, end))
    return found


def _tokens(text: str) -> Iterator[tuple[int, str, int, int]]:
    line_starts = [0]
    for part in text.splitlines(keepends=True):
        line_starts.append(line_starts[-1] + len(part))
    try:
        # Inside parentheses a line break means nothing.
        for token in tokenize.generate_tokens(io.StringIO("(" + text + "\n)").readline):
            line, column = token.start
            if line > len(line_starts) - 1 and line_starts[-1] >= len(text):
                return  # the parenthesis that was added
            begin = line_starts[line - 1] + column - (line == 1)
            end = begin + len(token.string)
            if 0 <= begin < len(text):
                yield token.type, token.string, begin, end
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return


def _arguments(place: Place, begin: int, end: int) -> list[tuple[str, int, int]]:
    """(name or empty, begin, end) of each argument of a call."""
    pieces: list[tuple[str, int, int]] = []
    depth = 0
    name, start = "", begin
    previous = ""
    for kind, word, at, after in _tokens(place.text):
        if not begin <= at < end:
            continue
        if kind == tokenize.OP and word in "([{)]}":
            depth += 1 if word in "([{" else -1
        elif kind == tokenize.OP and depth == 0 and word == "=":
            name, start = previous, after
        elif kind == tokenize.OP and depth == 0 and word == ",":
            pieces.append((name, start, at))
            name, start = "", after
        previous = word
    return [*pieces, (name, start, end)]
