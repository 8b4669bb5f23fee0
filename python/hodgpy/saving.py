# SPDX-License-Identifier: MIT
"""What a saved network holds beside the runtime's state: notes of the Python objects, as data."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import _core
from hodgpy.coded import refuse

if TYPE_CHECKING:
    from hodgpy.network import Network

_OBJECTS = "objects"
_ARRAY = "array of"
_EQUATIONS = "equations"
_MEANT = ("name", "role", "type", "unit", "flags", "equation", "scheme", "method", "order")


def notes_of(objects: Mapping[str, Any]) -> dict[str, bytes]:
    """Notes of every object that has some, by its name."""
    notes: dict[str, bytes] = {}

    def packed(value: Any) -> dict[str, str]:
        key = f"{_ARRAY} {len(notes)}"
        buffer = io.BytesIO()
        np.save(buffer, np.asarray(value), allow_pickle=False)
        notes[key] = buffer.getvalue()
        return {_ARRAY: key}

    state = {
        name: item._notes() | {_EQUATIONS: _equations_of(item)}
        for name, item in objects.items()
        if hasattr(item, "_notes")
    }
    notes[_OBJECTS] = json.dumps(state, default=packed).encode()
    return notes


def _equations_of(item: Any) -> str:
    """A hash of the equations, events and methods of an object's model; empty without one."""
    model = getattr(item, "model", None)
    if model is None:
        return ""
    record = model._record
    text = {
        "variables": [
            {key: variable.get(key) for key in _MEANT} for variable in record.get("variables", [])
        ],
        "rest": {
            key: record.get(key)
            for key in ("kind", "real_size", "events", "refractory", "pathways", "lumped")
        },
    }
    return hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()


def _require_same(name: str, item: Any, notes: dict[str, Any], path: str) -> None:
    if notes.get(_EQUATIONS) != _equations_of(item):
        refuse(
            "HH6064",
            f"`{name}` cannot be restored from `{path}`: its equations or methods are others "
            "there, or were compiled by another version of hodgpy",
            "restore(..., strict=False) takes the values all the same",
        )


def read_notes(saved: _core.SavedNetwork, path: str) -> dict[str, Any]:
    """The same from a file; refuses what is none (HH6063)."""
    notes = saved.notes()
    if _OBJECTS not in notes:
        return {}

    def unpacked(value: dict[str, Any]) -> Any:
        if set(value) != {_ARRAY}:
            return value
        return np.load(io.BytesIO(notes[value[_ARRAY]]), allow_pickle=False)

    try:
        state = json.loads(notes[_OBJECTS], object_hook=unpacked)
        if not isinstance(state, dict) or not all(isinstance(s, dict) for s in state.values()):
            raise ValueError("its notes are no dict of dicts")
    except (ValueError, KeyError, OSError, EOFError) as error:
        refuse("HH6063", f"`{path}` is no saved network: its notes cannot be read: {error}")
    return state


def restore(network: Network, path: str, strict: bool) -> None:
    """Brings a network to what the file holds, or refuses and changes nothing that shows."""
    saved = _core.SavedNetwork(path)
    notes = read_notes(saved, path)
    objects = network._populations | network._others
    known = {name: objects[name] for name in notes if name in objects}
    undo: list[Callable[[], None]] = []
    network._settle()
    try:
        for name, item in known.items():
            undo.append(item._prepare_for(notes[name]))
        network._core.check(saved, strict)
        for name, item in known.items():
            if strict:
                _require_same(name, item, notes[name], path)
        network._core.restore(saved, strict)
        for name, item in known.items():
            item._take_notes(notes[name])
    except Exception as error:
        for step in undo:
            step()
        if isinstance(error, TypeError | ValueError | KeyError):
            refuse("HH6063", f"`{path}` is no saved network: its notes make no sense: {error}")
        raise
