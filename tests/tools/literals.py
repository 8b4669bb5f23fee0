# SPDX-License-Identifier: MIT
"""Where the numbers of a text stand, and the text with one of them 5 % off."""

from __future__ import annotations

import re
from dataclasses import dataclass

OFF = 0.05
NUMBER = re.compile(r"(?<![\w.])\d+\.?\d*(?:[eE][-+]?\d+)?(?![\w.])")
UNITS = (
    r"mV|ms|uM|mM|nM|mmolar|umolar|second|kelvin|metre|meter|mole|mol|coulomb|degC|Mohm|ohm|Hz"
    r"|[cumn]m|[munp][ASFV]|siemens|volt|amp"
)
# Text of a .hhm file that holds no number of the model: documents, comments, the version of the
# language, the unit of a declaration, powers of units.
HHM_HIDDEN = re.compile(
    rf'"[^"]*"|#.*|^hhm \d+|: ?1\b|(?<![\w.])(?:{UNITS})\*\*-?\d+', re.MULTILINE
)


@dataclass(frozen=True)
class Literal:
    """A number of a text: where it begins, itself, and the line it stands in."""

    at: int
    number: str
    line: str

    @property
    def end(self) -> int:
        return self.at + len(self.number)

    @property
    def place(self) -> str:
        return f"{self.number} in {self.line}"


def blanked(text: str, hidden: re.Pattern[str]) -> str:
    """The text with spaces in place of what matches; every other letter stands where it stood."""
    return hidden.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def literals(text: str, hidden: re.Pattern[str], number: re.Pattern[str] = NUMBER) -> list[Literal]:
    """All numbers but 0, of which 5 % is nothing."""
    lines = text.splitlines()
    return [
        Literal(m.start(), m[0], lines[text.count("\n", 0, m.start())].strip())
        for m in number.finditer(blanked(text, hidden))
        if float(m[0]) != 0
    ]


def with_off(text: str, literal: Literal) -> str:
    """The text in which this number is 5 % larger."""
    return f"{text[: literal.at]}{float(literal.number) * (1 + OFF):.17g}{text[literal.end :]}"
