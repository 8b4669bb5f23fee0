# SPDX-License-Identifier: MIT
"""What a cable population is made from: shapes, equations, a threshold at a place, a scheme."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np

from hodgpy import arguments
from hodgpy.cables.locating import no_place
from hodgpy.cables.morphology import Morphology
from hodgpy.compiling import compile as compile_model
from hodgpy.errors import SimulationError
from hodgpy.model import Model, ModelFile

_METHODS = ("crank_nicolson", "tr_bdf2", "backward_euler", "crank_nicolson_undamped", "cvode")
_AT_PLACE = re.compile(
    r"(?P<path>[A-Za-z_][\w.]*?)(?:\[(?P<index>[^\]]+)\]|\.(?P<dot>\d[^.]*?\*\s*\w+|end|start))\.(?P<name>[A-Za-z_]\w*)"
)
_NAME_AT = re.compile(r"(?P<name>[A-Za-z_]\w*)@(?P<address>[\w.]+(?:\s*\*\s*\w+)?(?:\[[^\]]+\])?)")


def shapes_of(morphology: Any, N: Any) -> tuple[list[Morphology], np.ndarray]:
    """Different shapes, and which one each cell has."""
    if isinstance(morphology, Morphology):
        count = arguments.whole(1 if N is None else N, "the number of cells", 1, 10**7)
        return [morphology], np.zeros(count, np.int64)
    shapes: list[Morphology] = []
    which = []
    for one in morphology:
        if not isinstance(one, Morphology):
            raise SimulationError(f"{arguments.shown(one)} is no morphology")
        at = next((i for i, other in enumerate(shapes) if other is one), len(shapes))
        if at == len(shapes):
            shapes.append(one)
        which.append(at)
    if not which or (N is not None and len(which) != N):
        wanted = "a cell needs one" if N is None else f"there are to be {N} cells"
        raise SimulationError(f"{len(which)} morphologies were given, and {wanted}")
    return shapes, np.array(which)


def split_place(text: Any, what: str) -> tuple[Any, str | None]:
    """``axon[50*um].v > 0*mV`` as a condition on v, and the place; of what is a time, that."""
    if text is None or (what == "refractory" and not isinstance(text, str)):
        return text, None
    places: list[str] = []

    def bare(match: re.Match[str]) -> str:
        parts = match.groupdict()
        if "address" in parts:
            places.append(parts["address"])
        else:
            places.append(f"{parts['path']}.{parts['index'] or parts['dot']}")
        return parts["name"]

    condition = _AT_PLACE.sub(bare, arguments.text(text, what))
    condition = _NAME_AT.sub(bare, condition)
    if len(set(places)) > 1:
        raise no_place(f"{what} looks at one place, not at {', '.join(places)}")
    return condition, places[0] if places else None


def cell_model(model: Any, *, method: str | None, level: int, **parts: Any) -> Model:
    namespace = parts.pop("namespace")
    given = {k: v for k, v in parts.items() if v is not None}
    if method == "cvode" and not isinstance(model, (Model, ModelFile)):
        given["method"] = method  # the only one for which other code is compiled
    if isinstance(model, ModelFile):
        model = _only_cell(model)
    if isinstance(model, Model):
        if given:
            raise SimulationError(
                f"{model.name} is compiled already: give `{next(iter(given))}` to hodgpy.compile, "
                "or write it in the text of the cell"
            )
        return model
    made = compile_model(model, cell=True, namespace=namespace, level=level + 1, **given)
    return _only_cell(made) if isinstance(made, ModelFile) else made


def _only_cell(file: ModelFile) -> Model:
    cells = [m for m in file._models.values() if m._record.get("kind") == "cell"]
    if len(cells) != 1:
        raise SimulationError(f"{file} has {len(cells)} cells; choose one")
    return cells[0]


def parts_of(value: Any, sizes: list[int]) -> list[Any]:
    """One value for all groups, or an array cut into theirs."""
    if isinstance(value, str) or np.ndim(getattr(value, "value", value)) == 0:
        return [value] * len(sizes)
    edges = np.cumsum([0, *sizes])
    if len(value) != edges[-1]:
        raise SimulationError(f"{len(value)} values were given for {edges[-1]} processes")
    return [value[a:b] for a, b in itertools.pairwise(edges)]


def scheme_of(model: Model, method: str | None) -> str:
    """How v is advanced: as asked for here, or as the model says."""
    asked = method if method is not None else model._record["cell"]["method"]
    compiled = model.variables["v"].method
    if method is None and compiled == "cvode":
        return compiled
    name = "crank_nicolson" if asked in ("", "auto", "staggered") else asked
    if name not in _METHODS:
        raise SimulationError(
            f"method is {arguments.shown(asked)}; a cable has {', '.join(_METHODS)}"
        )
    if (name == "cvode") != (compiled == "cvode"):
        raise SimulationError(
            f"{model.name} was compiled for {compiled}, not for {name}: give the method to "
            "hodgpy.compile, or in the text of the cell"
        )
    if name == "cvode" and model.dtype != "float64":
        raise SimulationError(f"cvode needs double precision, and {model.name} is {model.dtype}")
    return name


def tolerances(scheme: str, rtol: Any, atol: Any) -> tuple[float, float] | None:
    """Bounds of the local error of CVODE; none for other schemes."""
    if scheme != "cvode":
        if rtol is not None or atol is not None:
            raise SimulationError(f"rtol and atol are for method cvode, not for {scheme}")
        return None
    given = []
    for name, value in (("rtol", rtol), ("atol", atol)):
        number = 1e-8 if value is None else value
        if not isinstance(number, (int, float, np.floating)) or not 0 < number < 1:
            raise SimulationError(
                f"{name} is {arguments.shown(value)}; it must be a number between 0 and 1"
            )
        given.append(float(number))
    return given[0], given[1]


def material(model: Model, name: str, given: Any) -> Any:
    """Ri or Cm for the lambda rule: what is given, or the model's default."""
    if given is not None and np.ndim(getattr(given, "value", given)) == 0:
        return given
    variable = model.variables.get(name)
    fallback = {"Ri": 1.5, "Cm": 0.01}[name]
    return fallback if variable is None or not variable.default else variable.default
