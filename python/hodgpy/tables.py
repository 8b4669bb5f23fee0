# SPDX-License-Identifier: MIT
"""Objects as tables, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy.units import Quantity

if TYPE_CHECKING:
    from hodgpy.network import Network
    from hodgpy.population import Population
    from hodgpy.synapse_values import SynapseValues

_MOST_ROWS = 40
_HEAD = "<tr><th style='text-align:left'>{}</th>" + "<th>{}</th>" * 4 + "</tr>"
_ROW = (
    "<tr><td style='text-align:left'>{}</td>" + "<td style='text-align:right'>{}</td>" * 3
    + "<td style='text-align:left'>{}</td></tr>"
)  # fmt: skip


def values_html(group: Population | SynapseValues) -> str:
    """What an object is, and the range of each of its variables in the unit people write."""
    names = [n for n in group.model.variables if group._core.has(n)]
    rows = [_row(group, name) for name in names[:_MOST_ROWS]]
    if len(names) > _MOST_ROWS:
        rows.append(f"<tr><td colspan='5'>and {len(names) - _MOST_ROWS} more</td></tr>")
    head = _HEAD.format("variable", "lowest", "mean", "highest", "unit")
    return f"<b>{escape(repr(group)[1:-1])}</b><table>{head}{''.join(rows)}</table>"


def network_html(network: Network) -> str:
    """The clock, and every object of a network by name."""
    rows = "".join(
        f"<tr><td style='text-align:left'>{escape(name)}</td>"
        f"<td style='text-align:left'>{escape(repr(item)[1:-1])}</td></tr>"
        for name, item in network._named().items()
    )
    clock = f"t = {network.t * 1e3:g} ms, dt = {network.dt * 1e3:g} ms"
    return f"<b>Network</b>, {clock}<table>{rows}</table>"


def _row(group: Any, name: str) -> str:
    variable = group.model.variables[name]
    quantity = Quantity(group.get(name), group.model._dimension_of(name))
    unit, scale = quantity.display_unit()
    if variable.unit not in ("1", variable.dimension):  # declared in a scaled unit
        unit, scale = (
            variable.unit,
            1 / float(Quantity(1.0, quantity.dimension).in_unit(variable.unit)),
        )
    values = np.atleast_1d(quantity.value) / scale
    if values.size == 0:
        return _ROW.format(escape(name), "", "", "", escape(unit))
    low, middle, high = (f"{x:.5g}" for x in (values.min(), values.mean(), values.max()))
    if low == high:
        low = high = ""
    return _ROW.format(escape(name), low, middle, high, "" if unit == "1" else escape(unit))
