# SPDX-License-Identifier: MIT
"""Which term of the equations went wrong first: the failing step in the interpreter, by terms."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

from hodgpy import _core
from hodgpy.errors import Fault, SimulationError

if TYPE_CHECKING:
    from hodgpy.network import Network
    from hodgpy.population import Population

_MOST_TERMS = 400


def explained(network: Network, error: SimulationError) -> SimulationError:
    """The error with the first term that is not finite, where there is one."""
    fault = error.fault
    if fault is None:
        return error
    population = network._populations.get(fault.object)
    found = None if population is None else _first_bad_term(population, fault)
    text = f"{error}\n  the network stands at {network.t:.9g} s, the start of that step"
    if found is not None:
        text += "\n" + found
    return SimulationError(text, error.code, fault)


def _terms(text: str) -> list[ast.expr]:
    """Every part of an expression, parts before what they are parts of."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return []
    found: list[ast.expr] = []

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            visit(child)
        if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call | ast.IfExp):
            found.append(node)

    visit(tree)
    return found


def _names(text: str) -> set[str]:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        return set()
    return {
        ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)
    }


def _needed(records: dict[str, dict[str, Any]], variable: str) -> list[str]:
    """Subexpressions that the equation of a variable uses, those that others use first."""
    order: list[str] = []

    def visit(name: str) -> None:
        for used in sorted(_names(records[name].get("equation", ""))):
            known = records.get(used)
            if known and known["role"] in ("subexpression", "constant over dt") and used != name:
                visit(used)
        if name not in order:
            order.append(name)

    visit(variable)
    return order


def _first_bad_term(population: Population, fault: Fault) -> str | None:
    records = {v["name"]: v for v in population.model._record["variables"]}
    if fault.variable not in records or not population.model._handle.is_compiled:
        return None
    terms = [
        (name, ast.get_source_segment(records[name]["equation"].strip(), term) or "")
        for name in _needed(records, fault.variable)
        for term in _terms(records[name].get("equation", ""))
    ][:_MOST_TERMS]
    values = _values(population, [text for _, text in terms], fault.entity)
    states = ", ".join(
        f"{name} = {population._core.get(name)[fault.entity]:.6g}"
        for name, record in records.items()
        if record["role"] == "state" and population._core.has(name)
    )
    for (name, text), value in zip(terms, values, strict=True):
        if value is not None and not math.isfinite(value):
            written = records[name].get("written", "").strip()
            start = written.find(text)
            marked = f"\n    | {written}"
            if start >= 0:
                marked += f"\n    | {' ' * start}^{'~' * (len(text) - 1)}"
            return f"  `{text}` is {value} there, with {states} (SI){marked}"
    largest = max((abs(v), t) for v, (_, t) in zip(values, terms, strict=True) if v is not None)
    return (
        f"  every term is finite at the start of that step, with {states} (SI); the largest is "
        f"`{largest[1]}` = {largest[0]:.3g}: the step itself went too far"
    )


def _values(population: Population, texts: list[str], entity: int) -> list[float | None]:
    """Values of terms for one entity; None where a term means nothing alone."""
    found: list[float | None] = []
    for text in texts:
        compiled = _core.compile_expressions(
            population.model._compiled("expressions"), [(text, "<equation>", 1, 1)], True, "guard",
            [],
        )  # fmt: skip
        if not compiled.ok:
            found.append(None)
            continue
        values = population._core.evaluate(compiled, population._seed)[0]
        found.append(float(values[entity]))
    return found
