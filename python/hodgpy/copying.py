# SPDX-License-Identifier: MIT
"""Copies of networks: within a process they share compiled code, another process compiles anew
(from the cache, where it is shared). What was assigned is copied; times and recordings are not.
"""

from __future__ import annotations

from typing import Any

from hodgpy import _core
from hodgpy.errors import SimulationError
from hodgpy.model import Model
from hodgpy.timed_array import TimedArray


def rebuild_model(recipe: tuple[Any, ...], tables: dict[str, TimedArray]) -> Model:
    """A model from the call that made it."""
    kind, source, options, name, *per_entity = recipe
    if kind == "load_library":
        handles = _core.load_library(source)
    else:
        result = getattr(_core, kind)(source, options)
        if not result.ok:
            raise SimulationError(f"{name} cannot be made again:\n{result.render()}")
        handles = result.models
    handle = next(h for h in handles if h.name == name)
    model = Model(handle, tables, (kind, source, options, name))
    for variable in per_entity:
        model = model._with_per_entity(variable)
    return model


def rebuild_population(kind: type, model: Model, count: int, name: str, seed: int) -> Any:
    """A population without values; ``__setstate__`` brings those."""
    from hodgpy.population import Population

    population: Any = object.__new__(kind)
    Population.__init__(population, model, count, name=name, seed=seed)
    return population


def rebuild_cable(kind: type, *made: Any) -> Any:
    """A cable population without values; ``__setstate__`` brings those."""
    population: Any = object.__new__(kind)
    population._build(*made)
    return population


def rebuild_processes(kind: type, model: Model, count: int, name: str, current: str) -> Any:
    """Point processes; ``__setstate__`` brings their cable, places and values."""
    processes: Any = object.__new__(kind)
    processes._build(model, count, name, current)
    return processes


def rebuild_recorder(kind: type, positional: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """A recorder from the arguments that made it; it holds nothing yet."""
    return kind(*positional, **named)


def rebuild_network(kind: type, options: dict[str, Any], objects: list[Any]) -> Any:
    """A network at time 0 from its objects."""
    return kind(*objects, **options)


def rebuild_synapses(kind: type, *made: Any) -> Any:
    """Synapses without connections; ``__setstate__`` brings those and the values."""
    synapses: Any = object.__new__(kind)
    synapses._build(*made)
    return synapses


def rebuild_stimulus(
    kind: type, target: Any, variable: str, name: str, settings: dict[str, Any]
) -> Any:
    """A stimulus from its settings."""
    return kind(target, variable, name=name, **settings)
