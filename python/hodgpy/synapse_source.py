# SPDX-License-Identifier: MIT
"""Brian's Synapses strings, or a ``synapse`` block, as the compiler takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import FrameType
from typing import Any

from hodgpy import arguments, plausible, units
from hodgpy.errors import ModelError
from hodgpy.model import Model
from hodgpy.source_place import find_literal


def synapse_source(
    model: Any,
    on_pre: Any,
    on_post: Any,
    on_event: Any,
    delay: Any,
    order: Any,
    name: str,
    frame: FrameType,
) -> dict[str, Any]:
    """The parts of a synapse model with the places of their texts.

    Raises
    ------
    ModelError
        For what is neither text nor a synapse block, or a delay or event of an unknown pathway.
    """
    source: dict[str, Any] = {"name": name or "synapses"}
    statements = [(n, s, False) for n, s in _pathways(on_pre, "on_pre", "pre").items()]
    statements += [(n, s, True) for n, s in _pathways(on_post, "on_post", "post").items()]
    if isinstance(model, Model):
        if not model._record.get("template", model._record.get("kind") == "synapse"):
            raise ModelError(
                f"{model.name} is a neuron; synapses take a `synapse` block or equations"
            )
        if statements:
            raise ModelError(f"`{model.name}` says itself what happens on pre and post")
        source["block"] = model
        written = {p["name"]: p for p in model._record.get("pathways", [])}
    else:
        if model is not None and hasattr(model, "_models"):
            raise ModelError("synapses need one of the file's models: hp.compile(file).AMPA")
        text = "" if model is None else arguments.text(model, "model", ModelError)
        source["equations"] = (
            (text, *find_literal(text, frame, "equations")) if text else ("", "", 1, 1)
        )
        written = {}
    pathways: dict[str, dict[str, Any]] = {}
    for key, text, on_target in statements:
        literal = arguments.text(text, f"the statements of pathway `{key}`", ModelError)
        if key in pathways:
            raise ModelError(f"two pathways are named `{key}`")
        pathways[key] = {
            "name": key,
            "event": "spike",
            "on_post": on_target,
            "statements": (literal, *find_literal(literal, frame, key)),
        }
    known = [*pathways, *written]

    def of(pathway: str, what: str) -> dict[str, Any]:
        if pathway not in known:
            raise ModelError(
                f"{what} names the pathway `{pathway}`; pathways are {', '.join(known) or 'none'}"
            )
        default = {
            "name": pathway,
            "event": written.get(pathway, {}).get("event", "spike"),
            "on_post": bool(written.get(pathway, {}).get("on_post", False)),
        }
        return pathways.setdefault(pathway, default)

    for key, event in _by_pathway(on_event, known).items():
        of(key, "on_event")["event"] = arguments.text(event, "an event", ModelError)
    for key, value in _by_pathway(order, known, only="pre").items():
        of(key, "order")["order"] = arguments.whole(value, "order", -(2**31), 2**31 - 1, ModelError)
    for key, value in _by_pathway(delay, known, only="pre").items():
        of(key, "delay")
        if isinstance(value, str) and re.search(r"[A-Za-z_]\w*\s*\(|\b[ij]\b", value):
            raise ModelError(
                f"the delay of `{key}` is one time here, not an expression; after connect(...) "
                f"assign it: S.delay = {value!r}"
            )
        plausible.check_time(value, 0.5, f"the delay of `{key}`")
        units.duration(value, f"delay of `{key}`")
    source["pathways"] = list(pathways.values())
    return source


def delays_of(delay: Any, source: Mapping[str, Any]) -> dict[str, float]:
    """Delays in seconds by pathway; one without a name is that of ``pre``."""
    if delay is None:
        return {}
    given = delay if isinstance(delay, Mapping) else {"pre": delay}
    return {k: units.duration(v, f"delay of `{k}`") for k, v in given.items()}


def _pathways(given: Any, what: str, default: str) -> dict[str, Any]:
    if given is None:
        return {}
    if isinstance(given, str):
        return {default: given}
    if not isinstance(given, Mapping):
        raise ModelError(
            f"{what} is {arguments.shown(given)}; it must be text, or a dict of texts by pathway"
        )
    for name in given:
        arguments.identifier(name, f"the name of a pathway of {what}", "potentiate", ModelError)
    return dict(given)


def _by_pathway(given: Any, known: list[str], only: str = "") -> dict[str, Any]:
    """A dict by pathway, or one value for all (or the named one alone)."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(arguments.mapping(given, "an argument by pathway", ModelError))
    return dict.fromkeys([only] if only else known, given)


def texts_of(source: Mapping[str, Any]) -> str:
    """All text, to look for names in it."""
    equations = source.get("equations", ("",))[0]
    return "\n".join([equations, *(p.get("statements", ("",))[0] for p in source["pathways"])])
