# SPDX-License-Identifier: MIT
"""hodgpy compiles neuron models: equations as a paper prints them become vector machine code.

>>> import hodgpy as hp
>>> from hodgpy.units import mV, ms
>>> cell = hp.compile("dv/dt = (-70*mV - v)/(20*ms) : volt", threshold="v > -50*mV",
...                   reset="v = -70*mV")
>>> P = hp.Population(cell, 100)
>>> net = hp.Network(P, dt=0.1*ms)
>>> net.run(100*ms)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from hodgpy import errors, units
from hodgpy._core import __version__
from hodgpy.compiling import check, compile, load
from hodgpy.errors import (
    HodgError,
    InternalError,
    ModelError,
    ModelWarning,
    NetworkWarning,
    SimulationError,
    UnitError,
    UnitWarning,
    UserError,
)
from hodgpy.library import models
from hodgpy.model import Model, ModelFile
from hodgpy.network import Network
from hodgpy.population import Population
from hodgpy.recorders import EventRecorder, RateRecorder, SpikeRecorder, StateRecorder
from hodgpy.sources import NoiseCurrent, PoissonGroup, PoissonInput, SpikeGenerator
from hodgpy.stimuli import DBS, CurrentClamp, PulseTrain
from hodgpy.subgroup import Subgroup
from hodgpy.synapses import Synapses
from hodgpy.timed_array import TimedArray

if TYPE_CHECKING:
    from hodgpy import (
        geometry,
        growth,
        inference,
        places,
        plotting,
        published_shapes,
        testset,
        trains,
    )
    from hodgpy.cables.conduction import conduction_velocity
    from hodgpy.cables.morphology import Cylinder, Morphology, Section, Soma
    from hodgpy.cables.population import CablePopulation, Cell
    from hodgpy.geometry import Box, GeometricGraph, Positions, place
    from hodgpy.imaging import CalciumImaging

# What a network of points does without is imported when it is first used.
_HOME = {
    **dict.fromkeys(("Box", "GeometricGraph", "Positions", "place"), "geometry"),
    **dict.fromkeys(("CablePopulation", "Cell"), "cables.population"),
    **dict.fromkeys(("Cylinder", "Morphology", "Section", "Soma"), "cables.morphology"),
    "CalciumImaging": "imaging",
    "conduction_velocity": "cables.conduction",
}
_MODULES = (
    "geometry",
    "growth",
    "inference",
    "places",
    "plotting",
    "published_shapes",
    "testset",
    "trains",
)


def load_ipython_extension(shell: object) -> None:
    """``%load_ext hodgpy``: the cell magic ``%%hhm``, see :mod:`hodgpy.notebook`."""
    from hodgpy.notebook import load

    load(shell)


__all__ = [
    "DBS",
    "Box",
    "CablePopulation",
    "CalciumImaging",
    "Cell",
    "CurrentClamp",
    "Cylinder",
    "EventRecorder",
    "GeometricGraph",
    "HodgError",
    "InternalError",
    "Model",
    "ModelError",
    "ModelFile",
    "ModelWarning",
    "Morphology",
    "Network",
    "NetworkWarning",
    "NoiseCurrent",
    "PoissonGroup",
    "PoissonInput",
    "Population",
    "Positions",
    "PulseTrain",
    "RateRecorder",
    "Section",
    "SimulationError",
    "Soma",
    "SpikeGenerator",
    "SpikeRecorder",
    "StateRecorder",
    "Subgroup",
    "Synapses",
    "TimedArray",
    "UnitError",
    "UnitWarning",
    "UserError",
    "__version__",
    "check",
    "compile",
    "conduction_velocity",
    "errors",
    "geometry",
    "growth",
    "inference",
    "load",
    "models",
    "place",
    "places",
    "plotting",
    "published_shapes",
    "testset",
    "trains",
    "units",
]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # for checkers of types an unknown name stays unknown

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            return import_module(f"hodgpy.{name}")
        if name in _HOME:
            found = getattr(import_module(f"hodgpy.{_HOME[name]}"), name)
            globals()[name] = found  # the next time without a detour
            return found
        from hodgpy.other_names import no_such_name

        raise AttributeError(no_such_name(name, __all__))
