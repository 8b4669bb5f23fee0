# SPDX-License-Identifier: MIT
"""From equations or a file to a model: ``compile``, ``check`` and ``load``."""

from __future__ import annotations

import difflib
import math
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from hodgpy import _core, arguments, plausible, units
from hodgpy.errors import Diagnostic, ModelError, ModelWarning, Note
from hodgpy.keywords import keywords
from hodgpy.library import library_folder, models
from hodgpy.model import Model, ModelFile
from hodgpy.source_place import find_literal
from hodgpy.timed_array import TimedArray
from hodgpy.units import Quantity

_BLOCK = re.compile(
    r"^[ \t]*(hhm[ \t]+\d+|(neuron|channel|synapse|cell|import|function)\b)", re.MULTILINE
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEFINED = re.compile(r"^[ \t]*(?:d(\w+)/dt\s*=|(\w+)\s*[=:])", re.MULTILINE)
_MISSING = re.compile(
    r"`(?P<variable>\w+)` is not defined|there is no function `(?P<function>\w+)`"
)
_HOW_NAMES_GET_VALUES = (
    "note: a name gets its value from your script or from `namespace`; or declare `name : unit` in "
    "the equations and assign it to the population"
)
_DTYPES = {"float64": 8, "float32": 4}
_TARGETS = ("native", "x86-64-v2", "x86-64-v3", "x86-64-v4", "aarch64", "interpreter")


@keywords
def compile(
    source: str | PathLike[str],
    *,
    threshold: str | None = None,
    reset: str | None = None,
    refractory: Any = None,
    events: Mapping[str, str] | None = None,
    on: Mapping[str, str] | None = None,
    init: Mapping[str, str] | None = None,
    regularly: Mapping[Any, str] | None = None,
    method: str | None = None,
    interpretation: str | None = None,
    namespace: Mapping[str, Any] | None = None,
    name: str | None = None,
    dtype: str = "float64",
    freeze: Sequence[str] | Mapping[str, Any] = (),
    per_entity: Sequence[str] = (),
    target: str = "native",
    precision: str = "full",
    approximate: float = 0.0,
    strict: bool = False,
    cell: bool = False,
    level: int = 0,
) -> Any:
    """Compile equations or a ``.hhm`` file; errors are reported at once, code is made when needed.

    Parameters
    ----------
    source : str or path
        Equations (Brian's syntax), the text of a ``.hhm`` file, the path of one, or the name of a
        model of the standard library (``"neurons.hodgkin_huxley_1952"``, see ``hodgpy.models``).
    threshold, reset : str, optional
        Condition of a spike and statements after it. Only with equations, as all to ``regularly``.
    refractory : str or Quantity, optional
        A time, an expression of one, or a condition that keeps the neuron refractory.
    events, on : dict, optional
        Named events: conditions and statements by name.
    init : dict, optional
        Initial values by variable, as expressions.
    regularly : dict, optional
        Statements that run at 0 and at every multiple of an interval (in whole steps), by it:
        ``{10*ms: "x = rand()"}`` (Brian's ``run_regularly``).
    method : str, optional
        exact, staggered, exponential_euler, euler, rk2, rk4, heun, milstein, backward_euler, cvode,
        or ``brian`` for Brian 2's order of choice; cells with a shape also have crank_nicolson and
        tr_bdf2. Default (``auto``): chosen by the compiler, see ``model.explain()``.
    interpretation : {"stratonovich", "ito"}, optional
        The sense of noise that a state multiplies (``dx/dt = ... + x*xi``); for additive noise both
        are the same. Default: what the model says, or Stratonovich, as in Brian 2.
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
    precision : {"full", "fast"}
        Of exp and its kin: about 1 ulp, or 4e-13 without special values.
    approximate : float
        Above 0 (at least 1e-12, at most 1e-3): gates that depend on the membrane potential,
        parameters and dt alone may be off by so much, absolute, in their steady state and in their
        decay factor of a step. They are read from polynomials with a proven bound, which
        ``model.explain()`` reports; outside -105 to 55 mV they are computed. In float64, in
        memory (not for libraries); it pays with AVX-512.
    strict : bool
        Leave out the passes that change roundings (fused multiply-add and the like).
    cell : bool
        The equations are those of the membrane of a cable, with ``Im`` or ``Icable``; see
        :class:`hodgpy.CablePopulation`.
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
    options["interpretation"] = _interpretation(interpretation)
    options["approximate"] = _approximate(approximate)
    frame = sys._getframe(level + 1)
    if method is not None:
        options["method_place"] = (method, *find_literal(method, frame, "method"))
    parts = {
        "threshold": threshold,
        "reset": reset,
        "refractory": refractory,
        "events": events,
        "on": on,
        "init": init,
        "regularly": regularly,
    }
    source, file = _source(source)
    call: tuple[str, Any]
    if file is not None or _BLOCK.search(source):
        given = [k for k, v in parts.items() if v is not None and v is not False]
        if given:
            raise ModelError(
                f"`{given[0]}` is for equations; in a .hhm text write it into the neuron"
            )
        if file is not None:
            call = ("compile_file", str(Path(file).resolve()))
            result = _core.compile_file(file, options)
        else:
            call = ("compile_text", (source, *find_literal(source, frame)))
            result = _core.compile_text(call[1], options)
        tables = {
            k: v
            for k, v in arguments.mapping(namespace, "namespace", ModelError).items()
            if isinstance(v, TimedArray)
        }
    else:
        pieces = _pieces(source, name, frame, **parts) | {
            "is_cell": arguments.flag(cell, "cell", ModelError)
        }
        externals, tables = collect_externals(_texts(pieces), namespace, frame)
        options["externals"] = externals
        call = ("compile_equations", pieces)
        result = _core.compile_equations(pieces, options)
    _report(result, level, [namespace or {}, frame.f_locals, frame.f_globals])
    models = [Model(handle, tables, (*call, options, handle.name)) for handle in result.models]
    _check_parameters(models, [*options["freeze"], *options["per_entity"]])
    for model in models:
        model._check_names()
    if file is None and not _BLOCK.search(source):
        return models[0]
    return ModelFile(Path(file).stem if file else name or "text", models)


def compile_block(
    text: str, shown_name: str, first_line: int, name: str, level: int, **choices: Any
) -> ModelFile:
    """A ``.hhm`` text that stands somewhere else than in a file or a call: a cell of a notebook.

    Parameters
    ----------
    text : str
    shown_name : str
        What diagnostics call the place; ``first_line`` is the line of its first character.
    name : str
        Of the result.
    level : int
        Frames between this function and the one to which warnings point.
    **choices
        ``dtype``, ``target`` and ``method`` as for :func:`compile`.

    Raises
    ------
    ModelError
    """
    usual = {"dtype": "float64", "target": "native", "precision": "full", "strict": False}
    rest: dict[str, Any] = {"method": None, "freeze": (), "per_entity": ()}
    options = _options(**{**usual, **rest, **choices})
    place = (text, shown_name, first_line, 1)
    result = _core.compile_text(place, options)
    _report(result, level)
    made = [Model(h, {}, ("compile_text", place, options, h.name)) for h in result.models]
    for model in made:
        model._check_names()
    return ModelFile(name, made)


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
        Empty if all is well. No mistake of the text raises.

    Raises
    ------
    ModelError
        If ``source`` is neither text nor the name of a file or model.
    """
    options: dict[str, Any] = {"library_folder": str(library_folder()), "free_names": free_names}
    frame = sys._getframe(1)
    source, file = _source(source)
    if file is not None:
        result = _core.compile_file(file, options)
    elif _BLOCK.search(source):
        result = _core.compile_text((source, *find_literal(source, frame)), options)
    else:
        result = _core.compile_equations(_pieces(source, None, frame), options)
    return _diagnostics(result)


def load(path: str | PathLike[str]) -> ModelFile:
    """Load the models of a shared library made by ``hhc model.hhm -o model.so`` or ``Model.write``.

    Raises
    ------
    SimulationError
        If the file is no such library, or was made for another ABI or CPU.
    """
    file = arguments.path(path, "path")
    handles = _core.load_library(file)
    recipes = [("load_library", file, None, handle.name) for handle in handles]
    return ModelFile(
        Path(file).stem, [Model(h, {}, r) for h, r in zip(handles, recipes, strict=True)]
    )


def collect_externals(
    text: str, namespace: Mapping[str, Any] | None, frame: FrameType | None
) -> tuple[list[dict[str, Any]], dict[str, TimedArray]]:
    """Names of ``text`` that the namespace, or else the calling frame, defines."""
    given = arguments.mapping(namespace, "namespace", ModelError)
    scopes: list[Mapping[str, Any]] = [given]
    if frame is not None:
        scopes += [frame.f_locals, frame.f_globals]
    externals: list[dict[str, Any]] = []
    tables: dict[str, TimedArray] = {}
    text = re.sub(r"#.*", "", text)
    defined = {state or other for state, other in _DEFINED.findall(text)}
    defined |= {f"d{state}" for state in defined}
    for name in dict.fromkeys(_NAME.findall(text)):
        found = next((scope[name] for scope in scopes if name in scope), None)
        external = _external(name, found)
        if external is None and name in given and name not in defined:
            raise ModelError(
                f"`{name}` of the namespace is {arguments.shown(found)}; it must be one number, a "
                "quantity or a timed array"
            )
        if external is None or (units.is_unit(name) and name not in given):
            continue
        if math.isnan(external["value"]):
            if name in given:
                raise ModelError(
                    f"`{name}` of the namespace is {arguments.shown(found)}, no number"
                )
            continue  # of the script: the equations may define it themselves
        externals.append(external)
        if isinstance(found, TimedArray):
            tables[name] = found
    return externals, tables


def _external(name: str, value: Any) -> dict[str, Any] | None:
    """What the compiler needs to know of a value; None for what equations cannot use."""
    if isinstance(value, TimedArray):
        kind, number, unit = "table", 0.0, value.unit
    elif isinstance(value, Quantity) and isinstance(value.value, float):
        kind, number, unit = "number", value.value, value.unit
    elif isinstance(value, (bool, np.bool_)):
        kind, number, unit = "boolean", float(value), "1"
    elif isinstance(value, (int, np.integer)):
        kind, number, unit = "integer", float(value), "1"
    elif isinstance(value, (float, np.floating)):
        kind, number, unit = "number", float(value), "1"
    else:
        return None
    external = {"name": name, "kind": kind, "value": number, "unit": unit}
    return external | ({"per_entity": value.per_entity} if kind == "table" else {})


def _source(source: Any) -> tuple[str, str | None]:
    """The text of equations, or the file that is meant: (text, file)."""
    if not isinstance(source, str):
        return "", arguments.path(source, "the source of a model", ModelError)
    if not source.strip():
        return "# no equations\n", None  # neurons that only stand there, as sources or targets
    if any(sign in source for sign in "\n=:"):
        return source, None
    if source.endswith(".hhm"):
        return "", source
    shipped = library_folder() / (source.strip().replace(".", "/") + ".hhm")
    if shipped.is_file():
        return "", str(shipped)
    near = difflib.get_close_matches(source, models(), n=1, cutoff=0.4)
    raise ModelError(
        f"`{source}` is no equation (x = ... : unit), no .hhm file, and no shipped model"
        + (f"; did you mean `{near[0]}`?" if near else "; hodgpy.models() lists those")
    )


def _pieces(
    equations: str,
    name: str | None,
    frame: FrameType | None,
    *,
    refractory: Any = None,
    events: Any = None,
    on: Any = None,
    init: Any = None,
    regularly: Any = None,
    **statements: Any,
) -> dict[str, Any]:
    """The parts of a model with the places of their texts."""

    def placed(text: Any, what: str) -> tuple[str, str, int, int]:
        literal = arguments.text(text, what, ModelError)
        return (literal, *find_literal(literal, frame, what.replace("`", "")))

    pieces: dict[str, Any] = {
        "name": "equations"
        if name is None
        else arguments.identifier(name, "name", "AdaptiveCell", ModelError),
        "equations": placed(equations, "equations"),
    }
    if refractory is not None and refractory is not False and not isinstance(refractory, str):
        plausible.check_time(refractory, 0.5, "refractory")
        seconds = units.duration(refractory, "refractory")
        if seconds < 0:
            raise ModelError(
                f"refractory is {arguments.shown(refractory)}; it must not be negative"
            )
        refractory = f"{seconds!r}*second"
    for key, text in {**statements, "refractory": refractory}.items():
        if text is not None and text is not False:
            pieces[key] = placed(text, key)
    groups = {
        "events": (events, "events"),
        "event_handlers": (on, "on"),
        "initial_values": (init, "init"),
    }
    for key, (group, what) in groups.items():
        given = arguments.mapping(group, what, ModelError)
        for n in given if what == "events" else ():
            arguments.identifier(n, "the name of an event", "burst", ModelError)
        pieces[key] = [(n, placed(text, f"`{n}` of {what}")) for n, text in given.items()]
    pieces["regularly"] = [
        (every, placed(text, f"what runs every {every}"))
        for every, text in _by_interval(regularly).items()
    ]
    return pieces


def _by_interval(regularly: Any) -> dict[str, Any]:
    """Statements by interval as the compiler reads it; intervals that are text are its to judge."""
    given = arguments.any_mapping(regularly, "regularly", ModelError)
    what = "an interval of regularly"
    for k in given:
        plausible.check_time(k, 1.0, what)
    return {
        k if isinstance(k, str) else f"{units.duration(k, what)!r}*second": v
        for k, v in given.items()
    }


def _texts(pieces: dict[str, Any]) -> str:
    """All text of the pieces, to look for names in it."""
    single = [piece[0] for piece in pieces.values() if isinstance(piece, tuple)]
    listed = [p[0] for group in pieces.values() if isinstance(group, list) for _, p in group]
    return "\n".join(single + listed)


def _approximate(bound: Any) -> float:
    if isinstance(bound, bool) or not isinstance(bound, (int, float)):
        raise ModelError(f"approximate is {bound!r}; it must be a number such as 1e-9")
    if bound != 0 and not 1e-12 <= bound <= 1e-3:
        raise ModelError(f"approximate is {bound!r}; it must be 0, or between 1e-12 and 1e-3")
    return float(bound)


def _options(
    dtype: Any,
    target: Any,
    precision: Any,
    strict: Any,
    method: Any,
    freeze: Any,
    per_entity: Any,
) -> dict[str, Any]:
    _one_of(dtype, "dtype", _DTYPES)
    _one_of(precision, "precision", ("full", "fast"))
    _one_of(target, "target", _TARGETS)
    if method is not None and not arguments.text(method, "method", ModelError):
        raise ModelError("method is ''; leave it out to have one chosen, or name one: \"euler\"")
    if isinstance(freeze, Mapping):
        frozen = {k: None if v is None else _frozen(k, v) for k, v in freeze.items()}
    else:
        frozen = dict.fromkeys(arguments.names(freeze, "freeze", ModelError))
    return {
        "library_folder": str(library_folder()),
        "real_size": _DTYPES[dtype],
        "target": target,
        "fast_math": precision == "fast",
        "strict": arguments.flag(strict, "strict", ModelError),
        "method": method or "",
        "per_entity": arguments.names(per_entity, "per_entity", ModelError),
        "freeze": frozen,
    }


def _interpretation(given: Any) -> str:
    if given is None:
        return ""
    _one_of(given, "interpretation", ("stratonovich", "ito"))
    return str(given)


def _frozen(name: str, value: Any) -> float:
    """The value to fold into the code, in SI."""
    quantity = units.parse(value) if isinstance(value, str) else units.as_quantity(value)
    if quantity is None or not isinstance(quantity.value, float):
        raise ModelError(f"`{name}` of freeze is {arguments.shown(value)}; it must be one number")
    return quantity.value


def _one_of(value: Any, what: str, choices: Iterable[str]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise ModelError(
            f"{what} is {arguments.shown(value)}; it must be one of {', '.join(choices)}"
        )


def _check_parameters(models: list[Model], names: list[str]) -> None:
    """Refuses names to freeze, or to have per entity, that no model has."""
    for name in names:
        if not any(name in model._names for model in models):
            known = ", ".join(p for model in models for p in model.parameters)
            raise ModelError(f"there is no parameter `{name}`; there are: {known}")


def _diagnostics(result: _core.Compilation) -> list[Diagnostic]:
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


def _report(
    result: _core.Compilation, level: int, scopes: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Raises for errors; warns for warnings, at the line that called ``compile``."""
    if not result.ok:
        found = _diagnostics(result)
        hints = dict.fromkeys(hint for d in found for hint in _script_hint(d, scopes))
        raise ModelError("\n" + "\n".join([result.render().rstrip(), *hints]), found)
    if any(d["severity"] == "warning" for d in result.diagnostics):
        warnings.warn("\n" + result.render().rstrip(), ModelWarning, stacklevel=3 + level)


def _script_hint(diagnostic: Diagnostic, scopes: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the script has under, or near, a name that the equations do not know."""
    missing = _MISSING.fullmatch(diagnostic.message)
    if missing is None or not scopes:
        return []
    name = missing["variable"] or missing["function"]
    value = next((scope[name] for scope in scopes if name in scope), None)
    if missing["function"]:
        tables = [n for scope in scopes for n, v in scope.items() if isinstance(v, TimedArray)]
        near = difflib.get_close_matches(name, tables, n=1)
        return [f"note: there is the timed array `{near[0]}`; did you mean that?"] if near else []
    if value is not None:
        return [
            f"note: `{name}` of your script is {arguments.shown(value)}, no single number or "
            f"quantity: declare `{name} : unit` and assign it to the population"
        ]
    usable = [n for scope in scopes for n, v in scope.items() if _external(n, v) is not None]
    near = difflib.get_close_matches(name, [n for n in usable if not units.is_unit(n)], n=1)
    if near:
        return [f"note: your script has `{near[0]}`; did you mean that?"]
    corrected = any(note.replacement is not None for note in diagnostic.notes)
    return [] if corrected else [_HOW_NAMES_GET_VALUES]
