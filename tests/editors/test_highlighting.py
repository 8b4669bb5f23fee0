# SPDX-License-Identifier: MIT
"""The Pygments lexer and the TextMate grammar know the words of the real lexer."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("pygments")
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType

from hodgpy import pygments_lexer
from hodgpy.pygments_lexer import HhmLexer

ROOT = Path(__file__).resolve().parents[2]
GRAMMAR = json.loads((ROOT / "editors/vscode/syntaxes/hhm.tmLanguage.json").read_text("utf-8"))
RULES = GRAMMAR["repository"]
LEXER = (ROOT / "grammar/HhmLexer.g4").read_text("utf-8")
KEYWORDS = set(re.findall(r"[A-Z]+: '([A-Za-z]+)';", LEXER)) - {"d"}
SHIPPED = sorted((ROOT / "stdlib_models").rglob("*.hhm"))


def table(path: str) -> set[str]:
    """Names in the rows of a table of the compiler."""
    return set(
        re.findall(r'^HHC_\w+\(\w+, "(\w+)"', (ROOT / path).read_text("utf-8"), re.MULTILINE)
    )


FUNCTIONS = table("compiler/model/builtins.def") | {"int", "where", "nernst", "ghk"}
RANDOM = table("compiler/model/distributions.def")


def test_the_words_are_those_of_the_lexer() -> None:
    groups = ("BLOCKS", "STATEMENTS", "WITHIN", "OPERATORS", "CONSTANTS")
    mine = [word for group in groups for word in getattr(pygments_lexer, group)]
    assert sorted(mine) == sorted(KEYWORDS)
    assert set(pygments_lexer.FUNCTIONS) == FUNCTIONS
    assert set(pygments_lexer.RANDOM) == RANDOM


def alternatives(pattern: str) -> set[str]:
    """The words of `(a|b|c)` in a pattern of the grammar."""
    found = re.search(r"\(([a-zA-Z_0-9]+(?:\|[a-zA-Z_0-9]+)+)\)", pattern)
    assert found is not None, pattern
    return set(found[1].split("|"))


def test_the_grammar_of_editors_has_the_same_words() -> None:
    mine = alternatives(RULES["block"]["match"])
    for rule in RULES["keyword"]["patterns"]:
        mine |= alternatives(rule["match"])
    assert mine == KEYWORDS
    assert alternatives(RULES["function"]["match"]) == FUNCTIONS | RANDOM
    assert alternatives(RULES["value"]["match"]) == set(pygments_lexer.VALUES)


def test_the_language_server_has_a_line_about_every_word() -> None:
    text = (ROOT / "compiler/lsp/words.def").read_text("utf-8")
    known = set(re.findall(r'^HHC_WORD\("(\w+)"', text, re.MULTILINE))
    assert known | {"hhm"} >= KEYWORDS | FUNCTIONS | RANDOM


SAMPLE = """neuron Cell {  # one
    "What it is"
    param g = 1.5e-3 mS/cm**2
    dv/dt = exp(-v/(2 mV)) + rand() if t > 3 ms else delay : volt (unless refractory)
    delay : 1
    reset { v = 0 }
}
"""
Piece = tuple[str, str]
WANTED: list[tuple[str, _TokenType, str]] = [
    ("neuron", Keyword, "storage.type"),
    ("Cell", Name.Class, "entity.name.type"),
    ("# one", Comment, "comment.line"),
    ('"What it is"', String, "string.quoted"),
    ("param", Keyword, "keyword.control"),
    ("1.5e-3", Number, "constant.numeric"),
    ("mS", Name.Constant, "support.constant.unit"),
    ("exp", Name.Builtin, "support.function"),
    ("rand", Name.Builtin, "support.function"),
    ("if", Operator.Word, "keyword.operator.word"),
    ("t", Name.Builtin.Pseudo, "variable.language"),
    ("else", Operator.Word, "keyword.operator.word"),
    ("delay", Name, "variable.other"),
    ("reset", Keyword, "keyword.control"),
]


def test_pygments_finds_what_things_are() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, name = project["entry-points"]["pygments.lexers"]["hhm"].partition(":")
    assert getattr(importlib.import_module(module), name) is HhmLexer
    found = [(text, kind) for kind, text in HhmLexer().get_tokens(SAMPLE)]
    for text, wanted, _ in WANTED:
        assert any(t == text and kind in wanted for t, kind in found), (text, found)
    assert ("v", Name.Variable) in found, "of dv/dt"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_pygments_reads_every_shipped_model(path: Path) -> None:
    text = path.read_text("utf-8")
    pieces = list(HhmLexer(stripnl=False, ensurenl=False).get_tokens(text))
    assert "".join(t for _, t in pieces) == text
    strange = [t for kind, t in pieces if kind is Token.Text and t.strip()]
    assert strange == []


def pieces_of(line: str) -> list[Piece]:
    """Scopes that the patterns of the grammar give to a line, the first match at each place."""
    rules = [rule for include in GRAMMAR["patterns"] for rule in flat(include["include"][1:])]
    found: list[Piece] = []
    at = 0
    while at < len(line):
        matches = [
            (m.start(), i, m) for i, rule in enumerate(rules) if (m := search(rule, line, at))
        ]
        if not matches:
            break
        _, index, match = min(matches, key=lambda entry: entry[:2])
        rule = rules[index]
        if "name" in rule:
            found.append((match[0], rule["name"]))
        for group, capture in rule.get("captures", {}).items():
            found.append((match[int(group)], capture["name"]))
        at = max(match.end(), at + 1)
    return found


def flat(name: str) -> list[dict[str, str]]:
    rule = RULES[name]
    return rule.get("patterns", [rule])


def search(rule: dict[str, str], line: str, at: int) -> re.Match[str] | None:
    pattern = rule.get("match") or f"{rule['begin']}.*?{rule['end']}"
    return re.compile(pattern).search(line, at)


def test_editors_find_what_things_are() -> None:
    found = [piece for line in SAMPLE.splitlines() for piece in pieces_of(line)]
    for text, _, wanted in WANTED:
        assert any(t == text and scope.startswith(wanted) for t, scope in found), (text, found)
    assert ("v", "variable.other.state.hhm") in found
    assert ("volt", "support.constant.unit.hhm") in found
