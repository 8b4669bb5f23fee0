# SPDX-License-Identifier: MIT
"""A compiled model: what it consists of, why it is integrated as it is, and its pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hodgpy import _core
from hodgpy.latex import model_html, model_latex
from hodgpy.timed_array import TimedArray


@dataclass(frozen=True)
class Variable:
    """What a model knows of one variable.

    ``role`` is one of state, subexpression, constant over dt, parameter, shared parameter, frozen,
    input, linked; ``unit`` is the display unit of the declaration and ``default`` is in SI.
    """

    name: str
    role: str
    type: str
    unit: str
    dimension: str
    default: float | None
    method: str
    equation: str
    documentation: str
    flags: tuple[str, ...]


class Model:
    """One compiled cell model; make populations of it with :class:`hodgpy.Population`.

    Models are immutable and may be shared by any number of populations and networks. Parameters
    belong to the population: changing one never recompiles.
    """

    def __init__(self, handle: _core.Model, tables: dict[str, TimedArray], values: dict[str, float]) -> None:
        self._handle = handle
        self._tables = tables
        self._values = values
        self._record: dict[str, Any] = json.loads(handle.description)

    # -- what it is ------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the neuron block, or the name given to ``compile``."""
        return str(self._handle.name)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return str(self._record.get("documentation", ""))

    @property
    def variables(self) -> dict[str, Variable]:
        """Every variable by its dotted name, in the order of the text."""
        return {
            v["name"]: Variable(
                name=v["name"],
                role=v["role"],
                type=v["type"],
                unit=v["unit"],
                dimension=v["dimension"],
                default=v.get("default"),
                method=v.get("method", ""),
                equation=v.get("equation", ""),
                documentation=v.get("documentation", ""),
                flags=tuple(v.get("flags", ())),
            )
            for v in self._record["variables"]
        }

    @property
    def states(self) -> list[str]:
        """Names of the variables with a differential equation."""
        return [n for n, v in self.variables.items() if v.role == "state"]

    @property
    def parameters(self) -> list[str]:
        """Names of what may be set: one value per population, or one per entity."""
        return [n for n, v in self.variables.items() if v.role in ("parameter", "shared parameter")]

    # -- how it runs -----------------------------------------------------------------------------

    def explain(self) -> str:
        """Which method each state got and why, and what the compiler rewrote."""
        return str(self._handle.explain())

    def emit(self, stage: str) -> str | bytes:
        """A stage of the compilation as text.

        Parameters
        ----------
        stage : str
            tokens, ast, model, ir, ir-opt, cpp, llvm, asm, header, or obj (bytes).
        """
        data: bytes = self._handle.emit(stage)
        return data if stage == "obj" else data.decode()

    def times(self) -> dict[str, float]:
        """Seconds that each stage of the compilation took."""
        return dict(self._handle.times())

    def write(self, path: str) -> None:
        """Ahead of time: writes a ``.so``, ``.o`` or C header, by the suffix of ``path``."""
        _core.write_library([self._handle], str(path))

    # -- how it looks ----------------------------------------------------------------------------

    def __repr__(self) -> str:
        return (
            f"<Model {self.name}: {len(self.states)} states ({', '.join(self.states)}), "
            f"{len(self.parameters)} parameters, code {self._record.get('code_hash', '')[:8]}>"
        )

    def _repr_latex_(self) -> str:
        return model_latex(self._record)

    def _repr_html_(self) -> str:
        return model_html(self._record)


class ModelFile:
    """The models of one ``.hhm`` file: ``file.HodgkinHuxley1952``, ``file["HodgkinHuxley1952"]``."""

    def __init__(self, name: str, models: list[Model]) -> None:
        self._name = name
        self._models = {m.name: m for m in models}

    def __getattr__(self, name: str) -> Model:
        try:
            return self._models[name]
        except KeyError:
            raise AttributeError(
                f"{self._name} has no model `{name}`; it has {', '.join(self._models)}"
            ) from None

    __getitem__ = __getattr__

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def __len__(self) -> int:
        return len(self._models)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._models]

    def __repr__(self) -> str:
        return f"<{self._name}: {', '.join(self._models)}>"
