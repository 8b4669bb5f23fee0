# SPDX-License-Identifier: MIT
"""Colours of ``.hhm`` texts for Pygments: Sphinx, MkDocs, Jupyter, ``pygmentize -l hhm``."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
)

# The words of the lexer grammar; a test holds them against grammar/HhmLexer.g4.
BLOCKS = ("channel", "neuron", "synapse", "cell")
STATEMENTS = (
    *("hhm", "import", "function", "const", "param", "gate", "ion", "kinetic", "conserve", "use"),
    *("insert", "input", "needs", "init", "threshold", "reset", "refractory", "method", "event"),
    *("on", "update"),
)
WITHIN = ("as", "in", "when", "order", "delay", "before", "after", "every", "at")
OPERATORS = ("if", "else", "and", "or", "not", "crosses")
CONSTANTS = ("True", "False")
FUNCTIONS = (
    *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "exp", "log"),
    *("log10", "expm1", "log1p", "exprel", "inv_exprel", "sqrt", "abs", "sign", "ceil", "floor"),
    *("clip", "min", "max", "where", "sigmoid", "erf", "int", "timestep", "nernst", "ghk"),
)
RANDOM = (
    *("rand", "randn", "poisson", "uniform", "exponential", "gamma", "lognormal", "binomial"),
    *("truncated_normal", "clipped_normal"),
)
VALUES = (
    *("t", "dt", "t_in_timesteps", "xi", "i", "j", "N", "lastspike", "not_refractory"),
    *("pi", "e", "inf"),
)

_NAME = r"[A-Za-z_]\w*"
_BEFORE_MORE = r"\b(?=[ \t{]+[\w({\"-])"  # words of statements may be names too
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"


class HhmLexer(RegexLexer):  # type: ignore[misc]
    """The language of hodgpy's models."""

    name = "hodgpy model"
    aliases: ClassVar[list[str]] = ["hhm"]
    filenames: ClassVar[list[str]] = ["*.hhm"]
    url = "https://pypi.org/project/hodgpy"

    tokens: ClassVar[dict[str, list[object]]] = {
        "root": [
            (r"\s+", Text),
            (r"#.*", Comment.Single),
            (r'"""(?:.|\n)*?"""', String.Doc),
            (r'"[^"]*"', String.Doc),
            (
                rf"({'|'.join(BLOCKS)})([ \t]+)({_NAME})",
                bygroups(Keyword.Declaration, Text, Name.Class),
            ),
            (rf"(d)({_NAME})(/)(dt)\b", bygroups(Operator, Name.Variable, Operator, Name.Builtin)),
            (rf"({_NUMBER})([ \t]*)({_NAME})", bygroups(Number, Text, Name.Constant)),
            (_NUMBER, Number),
            (
                words((*STATEMENTS, *BLOCKS), prefix=r"\b", suffix=r"\b(?=[ \t{]+[\w({\"-])"),
                Keyword,
            ),
            (words(WITHIN, prefix=r"\b", suffix=r"\b(?=[ \t]+[\w({\"-])"), Keyword),
            (words(OPERATORS, prefix=r"\b", suffix=r"\b"), Operator.Word),
            (words(CONSTANTS, prefix=r"\b", suffix=r"\b"), Keyword.Constant),
            (words((*FUNCTIONS, *RANDOM), prefix=r"\b", suffix=r"(?=\s*\()"), Name.Builtin),
            (words(VALUES, prefix=r"\b", suffix=r"\b"), Name.Builtin.Pseudo),
            (_NAME, Name),
            (r"<->|->|\*\*=|\*\*|//|[-+*/%]=|[<>=!]=|[-+*/%<>=]", Operator),
            (r"[()\[\]{},:;.]", Punctuation),
            (r".", Text),
        ],
    }
