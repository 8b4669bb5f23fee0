# SPDX-License-Identifier: MIT
"""Equations as LaTeX and HTML, for notebooks and model pages.

The language's expressions have Python's precedence, so Python's own parser reads them once
quantities (``10 mV``) are written with a star.
"""

from __future__ import annotations

import ast
import html
import re
from typing import Any

_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Phi",
    "Psi",
    "Omega",
]
_FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max"}
_PRECEDENCE: dict[type, int] = {
    ast.Add: 1,
    ast.Sub: 1,
    ast.Mult: 2,
    ast.Div: 2,
    ast.FloorDiv: 2,
    ast.Mod: 2,
    ast.Pow: 4,
}
_COMPARE = {
    ast.Lt: "<",
    ast.LtE: r"\le",
    ast.Gt: ">",
    ast.GtE: r"\ge",
    ast.Eq: "=",
    ast.NotEq: r"\ne",
}


def name_latex(name: str) -> str:
    """``tau_m`` as tau with index m, ``na.I`` as I with index na."""
    if "." in name:
        part, _, variable = name.rpartition(".")
        return rf"{name_latex(variable)}^{{\mathrm{{{part}}}}}"
    head, _, tail = name.partition("_")
    symbol = rf"\{head}" if head in _GREEK else head if len(head) == 1 else rf"\mathrm{{{head}}}"
    if not tail:
        return symbol
    index = ",".join(rf"\{t}" if t in _GREEK else rf"\mathrm{{{t}}}" for t in tail.split("_"))
    return f"{symbol}_{{{index}}}"


def expression_latex(text: str) -> str:
    """One expression of the language as LaTeX; text that is none comes back in typewriter type."""
    source = re.sub(r"(?<=[0-9.])[ \t]+(?=[A-Za-z])(?!(?:if|else|and|or|crosses)\b)", "*", text)
    source = re.sub(r"\bcrosses\b", ">", " ".join(source.split()))
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError:
        return rf"\texttt{{{text}}}"
    return _latex(tree)


def _latex(node: ast.expr, outer: int = 0) -> str:
    match node:
        case ast.Constant():
            return _number(node.value)
        case ast.Name():
            return name_latex(node.id)
        case ast.Attribute():
            return name_latex(ast.unparse(node))
        case ast.BinOp():
            return _binary(node, outer)
        case ast.UnaryOp():
            sign = {ast.USub: "-", ast.UAdd: "+", ast.Not: r"\neg "}.get(type(node.op), "")
            inner = sign + _latex(node.operand, 3)
            return rf"\left({inner}\right)" if outer > 1 else inner
        case ast.Compare():
            return (
                f"{_latex(node.left)} {_COMPARE[type(node.ops[0])]} {_latex(node.comparators[0])}"
            )
        case ast.BoolOp():
            word = r" \land " if isinstance(node.op, ast.And) else r" \lor "
            return word.join(_latex(v) for v in node.values)
        case ast.IfExp():
            return (
                r"\begin{cases}"
                + f"{_latex(node.body)} & {_latex(node.test)}"
                + r" \\ "
                + _latex(node.orelse)
                + r" & \text{otherwise}\end{cases}"
            )
        case ast.Call():
            return _call(node)
    return rf"\texttt{{{ast.unparse(node)}}}"


def _binary(node: ast.BinOp, outer: int) -> str:
    operator = type(node.op)
    level = _PRECEDENCE[operator]
    if operator is ast.Div:
        return rf"\frac{{{_latex(node.left)}}}{{{_latex(node.right)}}}"
    if operator is ast.Pow:
        base = _latex(node.left, 5)
        if not isinstance(node.left, (ast.Name, ast.Attribute, ast.Constant)):
            base = rf"\left({_latex(node.left)}\right)"
        elif "^" in base or "_" in base:
            base = f"{{{base}}}"
        return f"{base}^{{{_latex(node.right)}}}"
    sign = {
        ast.Add: " + ",
        ast.Sub: " - ",
        ast.Mult: r"\,",
        ast.FloorDiv: r" \mathbin{/\!/} ",
        ast.Mod: r" \bmod ",
    }[operator]
    if operator is ast.Mult and _is_number(node.left) and _is_number(node.right):
        sign = r"\cdot "
    right_level = level + 1 if operator in (ast.Sub, ast.Mod, ast.FloorDiv) else level
    text = _latex(node.left, level) + sign + _latex(node.right, right_level)
    return rf"\left({text}\right)" if level < outer else text


def _call(node: ast.Call) -> str:
    function = ast.unparse(node.func)
    arguments = ", ".join(_latex(a) for a in node.args)
    if function == "sqrt":
        return rf"\sqrt{{{arguments}}}"
    if function == "abs":
        return rf"\left|{arguments}\right|"
    if function == "exp" and not _is_tall(node.args[0]):
        return f"e^{{{arguments}}}"
    head = rf"\{function}" if function in _FUNCTIONS else rf"\mathrm{{{function}}}"
    return rf"{head}\left({arguments}\right)"


def _is_tall(node: ast.expr) -> bool:
    return any(isinstance(n, ast.Div) for n in ast.walk(node))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _number(value: Any) -> str:
    text = repr(value)
    if "e" in text and isinstance(value, float):
        mantissa, _, exponent = text.partition("e")
        factor = "" if mantissa == "1" else rf"{mantissa}\cdot "
        return rf"{factor}10^{{{int(exponent)}}}"
    return text


def _unit_latex(unit: str) -> str:
    text = re.sub(r"\*\*(-?\d+)", r"^{\1}", unit).replace("*", r"\,")
    return rf"\mathrm{{{text}}}" if unit != "1" else "1"


def equation_latex(record: dict[str, Any]) -> str:
    """The defining equation of one variable record."""
    left = name_latex(record["name"])
    if record["role"] == "state":
        left = rf"\frac{{\mathrm{{d}}{left}}}{{\mathrm{{d}}t}}"
    return f"{left} &= {expression_latex(record['equation'])}"


def model_latex(record: dict[str, Any]) -> str:
    """All equations of a model as one aligned block."""
    lines = [equation_latex(v) for v in record["variables"] if v.get("equation")]
    body = r" \\ ".join(lines)
    return rf"$$\begin{{aligned}} {body} \end{{aligned}}$$"


def model_html(record: dict[str, Any]) -> str:
    """Equations and a table of the parameters."""
    rows = "".join(
        "<tr><td>{}</td><td style='text-align:right'>{}</td><td>{}</td><td>{}</td></tr>".format(
            html.escape(v["name"]),
            "" if v.get("default") is None else f"{v['default'] / v.get('unit_scale', 1.0):.6g}",
            html.escape("" if v["unit"] == "1" else v["unit"]),
            html.escape(v.get("documentation", "")),
        )
        for v in record["variables"]
        if v["role"] in ("parameter", "shared parameter")
    )
    documentation = html.escape(record.get("documentation", "")).replace("\n", "<br>")
    return (
        f"<b>{html.escape(record['name'])}</b><br>{documentation}<br>{model_latex(record)}"
        f"<table><tr><th>parameter</th><th>value</th><th>unit</th><th></th></tr>{rows}</table>"
    )
