# SPDX-License-Identifier: MIT
"""What recorders are asked to keep: variables, subexpressions and expressions of a model."""

from __future__ import annotations

from types import FrameType
from typing import Any, NamedTuple

from hodgpy import _core as core
from hodgpy import units
from hodgpy.coded import refuse
from hodgpy.compiling import collect_externals
from hodgpy.errors import ModelError
from hodgpy.source_place import find_literal
from hodgpy.synapse_values import SynapseValues


class RecordedValues(NamedTuple):
    """As the core takes them."""

    variables: list[str]  # stored by the model
    outputs: list[str]  # computed; "": computed on the way
    expressions: core.Expressions | None  # that compute them; None: the model does
    externals: list[dict[str, Any]]  # what names of the caller meant
    dimensions: dict[str, units.Exponents]


def recorded_values(
    group: Any,
    whole: Any,
    names: list[str],
    externals: list[dict[str, Any]] | None,
    frame: FrameType,
) -> RecordedValues:
    """Finds variables of a population, subgroup or synapses, and compiles what is none.

    Parameters
    ----------
    externals : list, optional
        Known from an earlier call; else names are looked up in ``frame``.
    """
    stored = [n for n in names if whole._core.has(n)]
    computed = [n for n in names if n not in stored]
    if externals is None:
        externals = collect_externals("\n".join(computed), None, frame)[0]
    if computed and isinstance(group, SynapseValues):
        refuse(
            "HH6010", f"`{computed[0]}` is no variable of these synapses",
            "recorders of synapses take variables, not expressions",
        )  # fmt: skip
    dimensions = {n: units.exponents(whole._core.variable(n)["dimension"]) for n in stored}
    if not computed:
        return RecordedValues(stored, [], None, externals, dimensions)
    own = not whole.model._handle.is_compiled and whole.model._record["observe"]
    if own and all(n in own for n in computed):
        dimensions |= {n: whole.model._dimension_of(n) for n in computed}
        return RecordedValues(stored, whole.model._observed(computed), None, externals, dimensions)
    expressions = _compiled(group, computed, externals, frame)
    found = map(units.exponents, expressions.dimensions)
    dimensions |= dict(zip(computed, found, strict=True))
    return RecordedValues(stored, computed, expressions, externals, dimensions)


def _compiled(
    group: Any, texts: list[str], externals: list[dict[str, Any]], frame: FrameType
) -> core.Expressions:
    known = set(group._names())
    expressions = core.compile_expressions(
        group.model._handle,
        [(text, *find_literal(text, frame)) for text in map(group.model._derivative, texts)],
        False,
        "recorder",
        [e for e in externals if e["name"] not in known and e["kind"] != "table"],
    )
    if not expressions.ok:
        raise ModelError("\n" + expressions.render().rstrip())
    return expressions
