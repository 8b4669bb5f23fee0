# SPDX-License-Identifier: MIT
"""What to write for names that users of Brian 2 look for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from hodgpy import units

_INSTEAD = {
    "NeuronGroup": "`Population(compile(equations, threshold=..., reset=...), N)`",
    "SpatialNeuron": "`Cell(morphology, equations)`, or `CablePopulation` for many",
    "SpikeMonitor": '`SpikeRecorder(P)`, with values at the spikes `SpikeRecorder(P, "v")`',
    "StateMonitor": '`StateRecorder(P, "v")`',
    "PopulationRateMonitor": "`RateRecorder(P)`",
    "EventMonitor": "`EventRecorder(P, event)`",
    "SpikeGeneratorGroup": "`SpikeGenerator(N, indices, times)`",
    "run": "`Network(...).run(duration)`",
    "network_operation": "`@net.every(dt)` of a network",
    "run_at": "`@net.at(time)` of a network",
    "defaultclock": "`Network(..., dt=...)`",
    "Clock": "`Network(..., dt=...)`; recorders have a `dt` of their own",
    "seed": "`Network(..., seed=...)`",
    "store": "`net.save(file)`",
    "restore": "`net.restore(file)`",
    "start_scope": "nothing: a network has just the objects that it is given",
    "set_device": "nothing: every model is compiled",
}


def no_such_name(name: str, there: Iterable[str]) -> str:
    """What to say of a name that the package does not have."""
    if name in _INSTEAD:
        return f"hodgpy has no `{name}`; write {_INSTEAD[name]}"
    if units.is_unit(name):
        return f"`{name}` is a unit: `from hodgpy.units import {name}`"
    near = difflib.get_close_matches(name, list(there), n=1)
    return f"hodgpy has no `{name}`" + (f"; did you mean `{near[0]}`?" if near else "")
