# SPDX-License-Identifier: MIT
"""From equations or a file to a model: ``compile``, ``check`` and ``load``."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from types import FrameType
from typing import Any

from hodgpy import _core, units
from hodgpy.errors import Diagnostic, ModelError, ModelWarning, Note
from hodgpy.library import library_folder
from hodgpy.model import Model, ModelFile
from hodgpy.source_place import find_literal
from hodgpy.timed_array import TimedArray
from hodgpy.units import Quantity

_BLOCK = re.compile(r"^\s*(hhm\s+\d+|(neuron|channel|synapse|cell|import|function)\b)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DTYPES = {"float64": 8, "float32": 4}


def compile(  # noqa: A001 - the name that scripts rely on
    source: str | PathLike[str],
    *,
    threshold: str | None = None,
    reset: str | None = None,
    refractory: Any = None,
    events: Mapping[str, str] | None = None,
    on: Mapping[str, str] | None = None,
    init: Mapping[str, str] | None = None,
    method: str | None = None,
    namespace: Mapping[str, Any] | None = None,
    name: str | None = None,
    dtype: str = "float64",
    freeze: Sequence[str] | Mapping[str, Any] = (),
    per_entity: Sequence[str] = (),
    target: str = "native",
    precision: str = "default",
    strict: bool = False,
    level: int = 0,
) -> Any:
    """Compile equations or a ``.hhm`` file; errors are reported at once, code is made when needed.

    Parameters
    ----------
    source : str or path
        Equations (Brian's syntax), the text of a ``.hhm`` file, the path of one, or the name of a
        model of the standard library (``"neurons.hodgkin_huxley_1952"``, see ``hodgpy.models``).
    threshold, reset : str, optional
        Condition of a spike and statements after it. Only with equations, as all up to ``init``.
    refractory : str or Quantity, optional
        A time, an expression of one, or a condition that keeps the neuron refractory.
    events, on : dict, optional
        Named events: conditions and statements by name.
    init : dict, optional
        Initial values by variable, as expressions.
    method : str, optional
        exact, staggered, exponential_euler, euler, rk2, rk4, heun, milstein, or ``brian`` for
        Brian 2's order of choice. Default: chosen by the compiler, see ``model.explain()``.
    namespace : dict, optional
        Values of the external names of the equations: numbers, quantities, timed arrays. Names that
        are not in it are looked up where ``compile`` is called.
    name : str, optional
        Name of the model.
    dtype : {"float64", "float32"}
    freeze : list of names or dict, optional
        Parameters to fold into the code, at their default or at the given value.
    per_entity : list of names, optional
        Parameters that have one value per entity from the start (assigning an array does it too).
    target : str
        native, x86-64-v2, x86-64-v3, x86-64-v4, aarch64 (ahead of time only), or interpreter.
    precision : {"default", "fast"}
        Of exp and its kin: about 1 ulp, or 4e-13 without special values.
    strict : bool
        Leave out the passes that change roundings (fused multiply-add and the like).
    level : int
        How many more frames up the caller's names are, for functions that wrap this one.

    Returns
    -------
    Model or ModelFile
        A model for equations; for a file its models by name (``file.TraubMiles``).

    Raises
    ------
    ModelError
        With every mistake found, each with its place, what was found and what was expected.
    """
    options = _options(dtype, target, precision, strict, method, freeze, per_entity)
    frame = sys._getframe(level + 1)
    file = _file_of(source)
    if file is not None:
        result = _core.compile_file(file, options)
        return _finish_file(result, Path(file).stem, {}, namespace)
    text = str(source)
    if _BLOCK.search(text):
        place = find_literal(text, frame)
        result = _core.compile_text((text, *place), options)
        return _finish_file(result, name or "text", {}, namespace)
    pieces: dict[str, Any] = {"equations": text, "threshold": threshold, "reset": reset}
    if isinstance(refractory, str):
        pieces["refractory"] = refractory
    elif refractory is not None and refractory is not False:
        pieces["refractory"] = f"{units.duration(refractory, 'refractory')!r}*second"
    texts = {k: (v, *find_literal(v, frame)) for k, v in pieces.items() if v is not None}
    groups = {"events": events, "event_handlers": on, "initial_values": init}
    listed = {
        k: [(n, (str(t), *find_literal(str(t), frame))) for n, t in (v or {}).items()]
        for k, v in groups.items()
    }
    used = " ".join([str(v) for v in pieces.values()] + [str(t[1][0]) for v in listed.values() for t in v])
    externals, tables = collect_externals(used, namespace, frame)
    options["externals"] = externals
    result = _core.compile_equations({"name": name or "equations", **texts, **listed}, options)
    _report(result)
    return Model(result.models[0], tables, {})


def check(source: str | PathLike[str], *, free_names: bool = True) -> list[Diagnostic]:
    """Check syntax, names, flags and units of equations or a file without compiling them.

    Parameters
    ----------
    source : str or path
        As for ``compile``.
    free_names : bool
        Accept unknown names as externals; their units are inferred, and contradictions reported.

    Returns
    -------
    list of Diagnostic
        Empty if all is well. Nothing is raised.
    """
    options: dict[str, Any] = {"library_folder": str(library_folder()), "free_names": free_names}
    file = _file_of(source)
    if file is not None:
        result = _core.compile_file(file, options)
    elif _BLOCK.search(str(source)):
        result = _core.compile_text((str(source), "<string>", 1), options)
    else:
        pieces = {"name": "equations", "equations": (str(source), "<string>", 1)}
        result = _core.compile_equations(pieces, options)
    return _diagnostics(result)


def load(path: str | PathLike[str]) -> ModelFile:
    """Load the models of a shared library made by ``hhc model.hhm -o model.so`` or ``Model.write``.

    Raises
    ------
    SimulationError
        If the file is no such library, or was made for another ABI or CPU.
    """
    handles = _core.load_library(fspath(path))
    return ModelFile(Path(path).stem, [Model(h, {}, {}) for h in handles])


def collect_externals(
    text: str, namespace: Mapping[str, Any] | None, frame: FrameType | None
) -> tuple[list[dict[str, Any]], dict[str, TimedArray]]:
    """Names of ``text`` that the namespace, or else the calling frame, defines."""
    scopes: list[Mapping[str, Any]] = [namespace or {}]
    if frame is not None:
        scopes += [frame.f_locals, frame.f_globals]
    externals: list[dict[str, Any]] = []
    tables: dict[str, TimedArray] = {}
    for name in dict.fromkeys(_NAME.findall(re.sub(r"#.*", "", text))):
        found = next((scope[name] for scope in scopes if name in scope), None)
        external = _external(name, found)
        if external is None or (name in units._TABLE and (namespace is None or name not in namespace)):
            continue
        externals.append(external)
        if isinstance(found, TimedArray):
            tables[name] = found
    return externals, tables


def _external(name: str, value: Any) -> dict[str, Any] | None:
    if isinstance(value, TimedArray):
        return {
            "name": name,
            "kind": "table",
            "unit": value.unit,
            "per_entity": value.per_entity,
            "value": 0.0,
        }
    if isinstance(value, Quantity) and isinstance(value.value, float):
        return {"name": name, "kind": "number", "value": value.value, "unit": value.unit}
    if isinstance(value, bool):
        return {"name": name, "kind": "boolean", "value": float(value), "unit": "1"}
    if isinstance(value, int) or type(value).__name__.startswith(("int", "uint")):
        return {"name": name, "kind": "integer", "value": float(value), "unit": "1"}
    if isinstance(value, float) or type(value).__name__.startswith("float"):
        return {"name": name, "kind": "number", "value": float(value), "unit": "1"}
    return None


def _file_of(source: str | PathLike[str]) -> str | None:
    if not isinstance(source, str):
        return fspath(source)
    if "\n" in source or "=" in source or ":" in source:
        return None
    if source.endswith(".hhm"):
        return source
    shipped = library_folder() / (source.replace(".", "/") + ".hhm")
    return str(shipped) if shipped.is_file() else None


def _options(
    dtype: str,
    target: str,
    precision: str,
    strict: bool,
    method: str | None,
    freeze: Sequence[str] | Mapping[str, Any],
    per_entity: Sequence[str],
) -> dict[str, Any]:
    if dtype not in _DTYPES:
        raise ModelError(f"dtype is {dtype!r}; it must be one of {', '.join(_DTYPES)}")
    if precision not in ("default", "fast"):
        raise ModelError(f"precision is {precision!r}; it must be 'default' or 'fast'")
    frozen = freeze if isinstance(freeze, Mapping) else dict.fromkeys(freeze)
    return {
        "library_folder": str(library_folder()),
        "real_size": _DTYPES[dtype],
        "target": target,
        "fast_math": precision == "fast",
        "strict": strict,
        "method": method or "",
        "per_entity": list(per_entity),
        "freeze": {
            k: None if v is None else float(v.value if isinstance(v, Quantity) else v)
            for k, v in frozen.items()
        },
    }


def _finish_file(
    result: Any,
    name: str,
    tables: dict[str, TimedArray],
    namespace: Mapping[str, Any] | None,
) -> ModelFile:
    _report(result)
    tables = {k: v for k, v in (namespace or {}).items() if isinstance(v, TimedArray)} | tables
    return ModelFile(name, [Model(h, tables, {}) for h in result.models])


def _diagnostics(result: Any) -> list[Diagnostic]:
    return [
        Diagnostic(
            code=d["code"],
            severity=d["severity"],
            message=d["message"],
            file=d["file"],
            line=d["line"],
            column=d["column"],
            notes=tuple(Note(**n) for n in d["notes"]),
        )
        for d in result.diagnostics
    ]


def _report(result: Any) -> None:
    """Raise for errors; warn for warnings."""
    if not result.ok:
        raise ModelError("\n" + result.render(False), _diagnostics(result))
    if any(d["severity"] == "warning" for d in result.diagnostics):
        warnings.warn("\n" + result.render(False), ModelWarning, stacklevel=4)
