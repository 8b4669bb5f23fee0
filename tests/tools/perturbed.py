# SPDX-License-Identifier: MIT
"""Copies of a model in one population, each with one number that is 5 % off.

Copy 0 has the model's own numbers. A number is a parameter, or a literal in the text of the model.
Where a cell may have a number of its own, literals become products that differ in one copy, so that
one compilation and one run do for all of them. The other literals (exponents, q10, temperatures,
constants and functions of the file) are left to texts of their own, `Copies.others`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import hodgpy as hp
from hodgpy.library import library_folder
from literals import HHM_HIDDEN, OFF, UNITS, Literal, blanked, literals, with_off

UNIT = re.compile(rf" (?:{UNITS})\b")
IS_OFFSET = re.compile(r"[vV]\w* [-+] \d|\d mV - [vV]")
# Which must be the same in all cells; and the 1 of x/(1 - exp(-x)), which would have a pole.
SHARED = re.compile(
    r"\b1(?= - exp)|(?<=\) - )1\b|\*\*-?[\d.]+|\*\* ?\(1/3\)|conserve.*"
    r"|^\s*(?:const|function|temperature|q10|q10_g|method|insert)\b.*",
    re.MULTILINE,
)
PARAMETER = re.compile(r"^\s*param\b.*", re.MULTILINE)  # whose values are set in a population
BLOCK = re.compile(r"^(channel|neuron|synapse|cell) (\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Copies:
    """The model with `which_`, where its literals stand, and texts that need a model of their
    own."""

    model: hp.Model
    literals: list[str]
    others: list[tuple[str, str]]  # place and text
    path: Path

    def other_models(self) -> Iterator[tuple[str, hp.Model | None]]:
        """Place and model of each; none where the language refuses the text."""
        for place, text in self.others:
            self.path.write_text(text, "utf-8")
            try:
                yield place, getattr(hp.compile(self.path), self.path.stem)
            except hp.ModelError:
                yield place, None


def text_of(name: str) -> str:
    """Of ``neurons.hodgkin_huxley_1952``."""
    return (library_folder() / f"{name.replace('.', '/')}.hhm").read_text("utf-8")


def only(text: str, chosen: str) -> str:
    """The text without the neurons, synapses and cells that are not chosen."""
    return BLOCK.sub(lambda m: m[0] if m[1] == "channel" or m[2] == chosen else "", text)


def with_marked_literals(text: str, chosen: str) -> tuple[str, list[str], list[Literal]]:
    """The text in which literal k of channels and of one neuron, synapse or cell is multiplied by
    1.05 where ``which_ == k + 1``; and what could not be marked."""
    shared = blanked(text, SHARED)
    without_parameters = blanked(text, PARAMETER)
    blocks = list(BLOCK.finditer(text))
    places: list[str] = []
    others: list[Literal] = []
    parts: list[str] = []
    end = 0
    offsets: dict[tuple[str, str, str], int] = {}  # (v - v0)/(1 - exp(-(v - v0)/k)) has one v0
    for literal in literals(text, HHM_HIDDEN):
        block = next((b for b in blocks if b.start(3) <= literal.at < b.end(3)), None)
        if block is None or shared[literal.at] == " ":
            others.append(literal)
            continue
        if without_parameters[literal.at] == " ":
            continue
        unit = UNIT.match(text, literal.end)
        shown = literal.number + (unit[0] if unit else "")
        is_offset = IS_OFFSET.search(text[literal.at - 4 : literal.end + 4])
        which = offsets.get((block[2], literal.line, shown)) if is_offset else None
        if which is None:
            places.append(f"{block[2]}: {shown} in {literal.line}")
            which = len(places)
            if is_offset:
                offsets[block[2], literal.line, shown] = which
        parts += [text[end : literal.at], f"((1 + {OFF}*int(which_ == {which}))*{shown})"]
        end = literal.at + len(shown)
    return _with_which("".join([*parts, text[end:]]), chosen), places, others


def _with_which(text: str, chosen: str) -> str:
    def declared(block: re.Match[str]) -> str:
        if "which_" not in block[3]:
            return block[0]
        documented = re.match(r'\s*"[^"]*"', block[3])
        at = documented.end() if documented else 0  # no number before it
        own = "needs which_ : 1" if block[1] == "channel" else "which_ : 1 (constant)"
        body = f"{block[3][:at]}\n    {own}{block[3][at:]}"
        return f"{block[1]} {block[2]} {{{body}}}"

    uses = "which_" in text
    found = BLOCK.sub(declared, text)
    if uses and "which_ : 1 (constant)" not in found:  # only in channels
        found = re.sub(
            rf"^(?:neuron|synapse|cell) {chosen} \{{(?:\s*\"[^\"]*\")?",
            lambda m: f"{m[0]}\n    which_ : 1 (constant)",
            found,
            flags=re.MULTILINE,
        )
    return found


def copies(folder: Path, text: str, chosen: str) -> Copies:
    """A neuron, synapse or cell of the text of a file, with its literals marked."""
    own = only(text, chosen)
    marked, places, others = with_marked_literals(own, chosen)
    path = folder / f"{chosen}.hhm"
    path.write_text(marked, "utf-8")
    model = getattr(hp.compile(path), chosen)
    return Copies(model, places, [(o.place, with_off(own, o)) for o in others], path)


def parameters(model: hp.Model) -> list[str]:
    """Shared parameters with a value that may be off."""
    return [
        name
        for name, variable in model.variables.items()
        if variable.role == "shared parameter" and not name.endswith(".inserted")
    ]


def population(
    prepared: Copies, drive: dict[str, float], zero: dict[str, float]
) -> tuple[hp.Population, list[str]]:
    """One copy per number, and the numbers. ``drive`` holds for all copies; a parameter of value 0
    is off by what ``zero`` says."""
    names = parameters(prepared.model)
    places = ["nothing", *prepared.literals, *names]
    cells = hp.Population(prepared.model, len(places), name="copies")
    for name, value in drive.items():
        cells.set(name, value)
    if prepared.literals:
        cells.which_ = np.arange(len(places), dtype=float)
    first = 1 + len(prepared.literals)
    for k, name in enumerate(names):
        cells.set(
            name, one_off(float(cells.get(name)), len(places), first + k, zero.get(name, 0.0))
        )
    return cells, places


def one_off(value: float, count: int, which: int, zero: float = 0.0) -> np.ndarray:
    """The value for each copy."""
    values = np.full(count, value)
    values[which] = value * (1 + OFF) if value else zero
    return values
