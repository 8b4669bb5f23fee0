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

from hodgpy import units

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
_OF_A_GATE = ("alpha", "beta", "inf", "tau", "rate_factor")
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
    ast.LtE: r"\leq",
    ast.Gt: ">",
    ast.GtE: r"\geq",
    ast.Eq: "=",
    ast.NotEq: r"\ne",
}


def name_latex(name: str) -> str:
    """``tau_m`` as tau with index m, ``na.I`` as I of na, ``na.m.inf`` as m of na at infinity."""
    parts = name.split(".")
    above = ""
    if len(parts) > (2 if parts[-1] in _OF_A_GATE else 1):
        above = rf"^{{\mathrm{{{parts[0]}}}}}"
        parts = parts[1:]
    if len(parts) == 2:
        gate, own = parts
        head, _, number = gate.partition("_")
        gate = f"{head}_{{{number}}}" if number else gate
        endless = rf"{number},\infty" if number else r"\infty"
        known = {"inf": (head, endless), "rate_factor": (r"\phi", gate)}
        symbol, index = known.get(own, (_symbol(own), gate))
        return f"{symbol}_{{{index}}}{above}"
    head, _, tail = parts[0].partition("_")
    if not head:
        return _plain(name)
    index = ",".join(t if len(t) == 1 and t.isdigit() else _symbol(t) for t in tail.split("_") if t)
    return _symbol(head) + (f"_{{{index}}}" if index else "") + above


def _symbol(word: str) -> str:
    if word in _GREEK:
        return rf"\{word}"
    if word == "inf":
        return r"\infty"
    return word if len(word) == 1 else rf"\mathrm{{{word}}}"


def _plain(text: str) -> str:
    escaped = text.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"


def expression_latex(text: str) -> str:
    """One expression of the language as LaTeX; text that is none comes back in typewriter type."""
    source = re.sub(r"(?<=[0-9.])[ \t]+(?=[A-Za-z])(?!(?:if|else|and|or|crosses)\b)", "*", text)
    source = re.sub(r"\bcrosses\b", ">", " ".join(source.split()))
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError:
        return _plain(text)
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
            return _quantity(node) or _binary(node, outer)
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
    return _plain(ast.unparse(node))


def _binary(node: ast.BinOp, outer: int) -> str:
    operator = type(node.op)
    level = _PRECEDENCE[operator]
    if operator is ast.Pow:
        base = _latex(node.left, 5)
        if not isinstance(node.left, (ast.Name, ast.Attribute, ast.Constant)):
            base = rf"\left({_latex(node.left)}\right)"
        elif "^" in base or "_" in base:
            base = f"{{{base}}}"
        return f"{base}^{{{_latex(node.right)}}}"
    if operator in (ast.Mult, ast.Div):
        text = _product(node)
        return rf"\left({text}\right)" if outer > 2 or (text.startswith("-") and outer) else text
    sign = {
        ast.Add: " + ",
        ast.Sub: " - ",
        ast.FloorDiv: r" \mathbin{/\!/} ",
        ast.Mod: r" \bmod ",
    }[operator]
    right_level = level if operator is ast.Add else level + 1
    text = _latex(node.left, 0 if level == 1 else level) + sign + _latex(node.right, right_level)
    return rf"\left({text}\right)" if level < outer else text


def _product(node: ast.BinOp) -> str:
    """A chain of products and quotients as one fraction."""
    above: list[ast.expr] = []
    below: list[ast.expr] = []
    negative = _factors(node, above, below, False)
    if not below:
        text = _factor_text(above)
    else:
        text = rf"\frac{{{_factor_text(above, alone=True)}}}{{{_factor_text(below, alone=True)}}}"
    return "-" + text if negative else text


def _factors(node: ast.expr, above: list[ast.expr], below: list[ast.expr], negative: bool) -> bool:
    """Takes a chain apart; returns whether its sign is negative."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _factors(node.operand, above, below, not negative)
    if isinstance(node, ast.BinOp) and _quantity(node) is None:
        if isinstance(node.op, ast.Mult):
            negative = _factors(node.left, above, below, negative)
            return _factors(node.right, above, below, negative)
        if isinstance(node.op, ast.Div):
            negative = _factors(node.left, above, below, negative)
            return _factors(node.right, below, above, negative)
    above.append(node)
    return negative


def _factor_text(factors: list[ast.expr], alone: bool = False) -> str:
    """Factors side by side; numbers and units that are one are left out."""
    if len(factors) == 1 and alone:
        return _latex(factors[0])
    shown = [f for f in factors if not (isinstance(f, ast.Constant) and f.value == 1)]
    if not shown:
        return "1"
    return r"\,".join(_latex(f, 3) for f in shown)


def _quantity(node: ast.expr) -> str | None:
    """A number times a unit as people write it: 0.04*volt is 40 mV."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)):
        return None
    number, unit = node.left, node.right
    if not (isinstance(number, ast.Constant) and isinstance(unit, ast.Name)):
        return None
    if not units.is_unit(unit.id) or not isinstance(number.value, (int, float)):
        return None
    quantity = number.value * getattr(units, unit.id)
    text, scale = quantity.display_unit()
    value = f"{quantity.value / scale:.12g}"
    return _unit_latex(text) if value == "1" else rf"{value}\,{_unit_latex(text)}"


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


def _is_shown(variable: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether an equation says something: what is derived from the rates of a gate does not."""
    gate, _, own = variable["name"].rpartition(".")
    equation = next((v.get("equation", "") for v in record["variables"] if v["name"] == gate), "")
    derived = ("inf", "tau") if f"{gate}.alpha" in equation else ("alpha", "beta")
    return bool(variable.get("equation")) and not (equation and own in derived)


def model_latex(record: dict[str, Any]) -> str:
    """All equations of a model as one aligned block; a model without any shows its name."""
    lines = [equation_latex(v) for v in record["variables"] if _is_shown(v, record)]
    lines = lines or [r"\mathrm{" + record["name"].replace("_", r"\_") + "}"]
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
