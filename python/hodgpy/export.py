# SPDX-License-Identifier: MIT
"""Recordings for pandas and neo (the extras ``pandas`` and ``neo``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hodgpy import units
from hodgpy.errors import HodgError

if TYPE_CHECKING:
    from hodgpy.recorders import EventRecorder, RateRecorder, StateRecorder
    from hodgpy.sweep import Sweep


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise HodgError("this needs pandas: pip install 'hodgpy[pandas]'") from error
    return pandas


def _neo() -> tuple[Any, Any]:
    try:
        import neo
        import quantities
    except ImportError as error:
        raise HodgError("this needs neo: pip install 'hodgpy[neo]'") from error
    return neo, quantities


def events_to_pandas(recorder: EventRecorder) -> Any:
    """Columns t (seconds), i and the variables."""
    return _pandas().DataFrame(recorder.data())


def states_to_pandas(recorder: StateRecorder) -> Any:
    """Rows are times in seconds, columns (variable, neuron)."""
    pandas = _pandas()
    columns = pandas.MultiIndex.from_product(
        [recorder.variables, recorder.indices], names=["variable", "neuron"]
    )
    values = [recorder[name] for name in recorder.variables]
    index = pandas.Index(recorder.t, name="t")
    return pandas.DataFrame(np.concatenate(values).T, index=index, columns=columns)


def rate_to_pandas(recorder: RateRecorder) -> Any:
    """A series of Hz over the start of each bin."""
    index = _pandas().Index(recorder.t, name="t")
    return _pandas().Series(recorder.rate, index=index, name="rate")


def events_to_neo(recorder: EventRecorder) -> list[Any]:
    """One train per neuron, annotated with population and neuron, each spike with its values."""
    neo, quantities = _neo()
    values = {name: recorder.values(name) for name in recorder.variables}
    units_of = {name: _unit(quantities, recorder._dimensions[name]) for name in recorder.variables}
    end = max(recorder.end, float(recorder.t[-1]) if len(recorder) else 0.0)
    return [
        neo.SpikeTrain(
            times * quantities.s,
            t_stop=end * quantities.s,
            name=f"{recorder.population.name}[{neuron}]",
            population=recorder.population.name,
            neuron=neuron,
            array_annotations={
                name: quantities.Quantity(values[name][neuron], units_of[name]) for name in values
            },
        )
        for neuron, times in recorder.trains().items()
    ]


def states_to_neo(recorder: StateRecorder) -> list[Any]:
    """One signal per variable, a channel per neuron."""
    neo, quantities = _neo()
    signals = []
    for name in recorder.variables:
        signals.append(
            neo.AnalogSignal(
                recorder[name].T,
                units=_unit(quantities, recorder._dimensions[name]),
                t_start=recorder.t[0] * quantities.s,
                sampling_period=_period(recorder.t) * quantities.s,
                name=name,
                population=recorder.population.name,
                neurons=recorder.indices,
            )
        )
    return signals


def rate_to_neo(recorder: RateRecorder) -> Any:
    """The rate as a signal of one channel."""
    neo, quantities = _neo()
    return neo.AnalogSignal(
        recorder.rate[:, None],
        units=quantities.Hz,
        t_start=recorder.t[0] * quantities.s,
        sampling_period=_period(recorder.t) * quantities.s,
        name="rate",
        population=recorder.population.name,
    )


def sweep_to_pandas(sweep: Sweep) -> Any:
    """One row a run; results that are dicts have a column per key."""
    rows = [
        run.parameters | (run.result if isinstance(run.result, dict) else {"result": run.result})
        for run in sweep
    ]
    return _pandas().DataFrame(rows)


def _unit(quantities: Any, dimension: units.Exponents) -> Any:
    """The SI unit as the package quantities writes it."""
    unit = units.describe(dimension)
    if unit == "1":
        return quantities.dimensionless
    return quantities.CompoundUnit(unit) if any(c in unit for c in "*/ ") else unit


def _period(times: np.ndarray) -> float:
    if len(times) < 2:
        raise HodgError("a signal of neo needs at least two samples")
    return float((times[-1] - times[0]) / (len(times) - 1))
