# SPDX-License-Identifier: MIT
"""Sources of spikes without a membrane: Poisson groups and inputs, given spikes; noise currents."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from hodgpy import _core, arguments, units
from hodgpy.coded import refuse
from hodgpy.compiling import compile as compile_model
from hodgpy.errors import ModelWarning
from hodgpy.keywords import Keywords
from hodgpy.population import Population
from hodgpy.subgroup import split
from hodgpy.synapses import Synapses


class PoissonGroup(Population):
    """Neurons that fire independently at given rates.

    Parameters
    ----------
    N : int
        Number of neurons.
    rates : Quantity, array or str
        In Hz: one value, one per neuron, or an expression over ``t``, ``i`` and external names,
        which holds at every step (``"10*Hz*(1 + cos(2*pi*t*5*Hz))"``, ``"stimulus(t, i)"``).
    namespace : dict, optional
        External names of the expression; default the calling scope.
    name, seed
        As for a population.

    Raises
    ------
    SimulationError
        HH6057 at a run, for a rate below 0 or above one spike a step.

    Notes
    -----
    In every step a neuron fires with probability rate*dt. ``G.rates = 20*Hz`` changes rates between
    runs, if they are no expression.
    """

    def __init__(
        self,
        N: int,
        rates: Any,
        *,
        namespace: Mapping[str, Any] | None = None,
        name: str = "",
        seed: int = 0,
        level: int = 0,
    ) -> None:
        text = f"rates = {rates} : Hz" if isinstance(rates, str) else "rates : Hz"
        with warnings.catch_warnings():  # a source has no reset, and needs none
            warnings.simplefilter("ignore", ModelWarning)
            model = compile_model(
                text,
                threshold="rand() < rates*dt",
                namespace=namespace,
                name="PoissonGroup",
                level=level + 1,
            )
        super().__init__(model, N, name=name, seed=seed)
        if not isinstance(rates, str):
            self.set("rates", rates)

    def __repr__(self) -> str:
        low, high = np.min(self.get("rates")), np.max(self.get("rates"))
        rates = f"{low:.8g}" if low == high else f"{low:.8g} to {high:.8g}"
        return f"<PoissonGroup {self.name or '(no name yet)'}: {self.N} neurons, {rates} Hz>"

    def _before_run(self, dt: float, time: float, duration: float) -> None:
        """Refuses rates that are no probability in a step."""
        rates = np.atleast_1d(self.get("rates"))
        low, high = float(rates.min()), float(rates.max())
        if not (low >= 0 and high * dt <= 1):
            refuse(
                "HH6057",
                f"rates of `{self.name}` are {low:g} to {high:g} Hz; they must be within 0 and "
                f"{1 / dt:g} Hz, one spike a step",
                "take several neurons for more",
            )
        if high * dt > 0.1 and not self.__dict__.get("_warned"):
            self._keep("_warned", True)
            warnings.warn(
                f"`{self.name}` fires with probability {high * dt:.2g} in a step: above 0.1 its "
                "spikes are clearly more regular than a Poisson process; take a shorter step",
                ModelWarning,
                stacklevel=4,
            )


class SpikeGenerator(Population):
    """Neurons that fire when they are told to.

    Parameters
    ----------
    N : int
        Number of neurons.
    indices : array of int
        Which neuron fires, one per spike.
    times : Quantity or array
        When, one per spike; in seconds if they have no unit. A spike belongs to the step that it
        lies in.
    period : Quantity, optional
        Repeat all of it with this period.
    name : str, optional

    Raises
    ------
    SimulationError
        HH6016 for an index out of range, HH6058 for wrong times, HH6047 at a run for two spikes of
        one neuron in one step.

    Examples
    --------
    >>> G = hp.SpikeGenerator(3, [0, 1, 2, 0], [1, 2, 2, 5]*ms)
    >>> G.set_spikes([2], [30]*ms)       # other ones, between runs
    """

    def __init__(
        self, N: int, indices: Any, times: Any, *, period: Any = None, name: str = ""
    ) -> None:
        count = arguments.whole(N, "the number of neurons", 1, 2**31 - 1, code="HH6025")
        generator = _core.SpikeGenerator(count, arguments.text(name, "name"))
        self._keep("_generator", generator)
        self._keep("_core", generator.population)
        self._keep("model", None)
        self._keep("_seed", 0)
        self._keep("_subgroups", {})
        self.set_spikes(indices, times, period=period)

    @classmethod
    def from_file(
        cls,
        path: str | PathLike[str],
        N: int | None = None,
        *,
        unit: str = "second",
        name: str = "",
    ) -> SpikeGenerator:
        """Spikes from a file.

        Parameters
        ----------
        path : str or path
            ``.npz`` with the arrays ``t`` and ``i``; ``.npy`` with the columns time and neuron; or
            text with those columns, separated by blanks or commas.
        N : int, optional
            Number of neurons; default one more than the highest index.
        unit : str
            Of the times.

        Raises
        ------
        SimulationError
            HH6058 if the file cannot be read or is none of these.
        """
        file = Path(arguments.path(path, "path"))
        scale = units.parse(f"1 {unit}", unit_only=True)
        units.require(scale.dimension, units.SECOND, f"unit is {unit}; it must be one of time")
        try:
            t, i = _read_spikes(file)
        except (OSError, ValueError, KeyError, IndexError) as error:
            refuse("HH6058", f"`{file}` holds no spikes: {error}", "columns time and neuron")
        count = int(i.max(initial=0)) + 1 if N is None else N
        return cls(count, i, t * float(scale.value), name=name)

    def set_spikes(self, indices: Any, times: Any, *, period: Any = None) -> None:
        """Other spikes from now on; those of steps that are past have no effect."""
        i = np.atleast_1d(np.asarray(indices))
        t = np.atleast_1d(np.asarray(units.to_si(times, units.SECOND, "times"), dtype=float))
        if i.size == 0 or (i.dtype.kind == "f" and np.all(i == np.floor(i))):
            i = i.astype(np.int64)
        if i.dtype.kind not in "iu":
            refuse(
                "HH6058", f"indices of spikes must be whole numbers, not {arguments.shown(indices)}"
            )
        if i.ndim != 1 or t.ndim != 1 or len(i) != len(t):
            refuse(
                "HH6058", f"{t.size} times for {i.size} indices; one index and one time per spike"
            )
        if not np.all(np.isfinite(t)) or np.any(t < 0):
            refuse("HH6058", "times of spikes must be finite and not negative")
        if len(i) and not (i.min() >= 0 and i.max() < self.N):
            bad = i[(i < 0) | (i >= self.N)][0]
            refuse("HH6016", f"neuron {bad} is to fire, but there are {self.N}")
        length = None if period is None else units.duration(period, "period")
        if length is not None and (length <= 0 or np.any(t >= length)):
            refuse("HH6058", f"period is {length} s; all times must lie before it")
        self._keep("_spikes", (i.astype(np.int64), t, length))
        self._keep("_until", -math.inf)
        if length is None:
            self._generator.set(t, i.astype(np.int64))

    def _before_run(self, dt: float, time: float, duration: float) -> None:
        """Lays out the periods that the run needs."""
        i, t, length = self._spikes
        if length is None or self._until >= time + duration or len(t) == 0:
            return
        first = math.floor(time / length)
        last = math.ceil((time + max(duration, 1.0)) / length)
        starts = length * np.arange(first, last)
        every = (starts[:, None] + t).ravel()
        self._generator.set(every, np.tile(i, len(starts)))
        self._keep("_until", last * length)

    def _names(self) -> tuple[str, ...]:
        return ()

    def _notes(self) -> dict[str, Any]:
        i, t, length = self._spikes
        return {"i": i, "t": t, "period": length, "until": self._until}

    def _prepare_for(self, notes: dict[str, Any]) -> Callable[[], None]:
        """It has no model."""
        return lambda: None

    def _take_notes(self, notes: dict[str, Any]) -> None:
        i, t, length = notes["i"], notes["t"], notes["period"]
        self._keep("_spikes", (i.astype(np.int64), t.astype(float), length))
        self._keep("_until", float(notes["until"]))

    def __reduce__(self) -> Any:
        i, t, length = self._spikes
        return _rebuild_generator, (self.N, i, t, length, self.name)

    def __repr__(self) -> str:
        return f"<SpikeGenerator {self.name}: {self.N} neurons, {len(self._spikes[0])} spikes>"


class PoissonInput(Synapses):
    """Many independent Poisson spike trains onto every neuron, without a neuron for each.

    Parameters
    ----------
    target : Population or Subgroup
    variable : str
        What each spike adds to: ``"v"``, ``"ge"``.
    N : int
        Number of trains onto each neuron.
    rate : Quantity
        Of one train.
    weight : Quantity
        What one spike adds, in the unit of the variable.
    name, seed
        As for synapses.

    Notes
    -----
    Every step and neuron draws the exact number of spikes, Poisson with mean N*rate*dt. What
    arrives at a refractory neuron is dropped, if the variable is ``unless refractory``. ``rate``
    and ``weight`` are variables of it and change between runs, also per neuron.
    """

    def __init__(
        self,
        target: Any,
        variable: str,
        N: int,
        rate: Any,
        weight: Any,
        *,
        name: str = "",
        seed: int = 0,
    ) -> None:
        population, _ = split(target, "PoissonInput")
        record = population._variable(variable)
        count = arguments.whole(N, "N", 0, 2**31 - 1)
        unit = units.describe(units.exponents(record["dimension"]))
        super().__init__(
            target,
            target,
            f"weight : {unit} (shared)\nrate : Hz (shared)\ntrains : 1 (shared)",
            on_post={"arrive": f"{variable}_post += weight*poisson(trains*rate*dt)"},
            on_event={"arrive": ""},
            order={"arrive": 0},
            name=name,
            seed=seed,
        )
        self.connect(rule="one_to_one")
        self.set("weight", weight)
        self.set("rate", rate)
        self.set("trains", float(count))


class NoiseCurrent(Keywords):
    """A fluctuating drive of each neuron: an Ornstein-Uhlenbeck process, exact for any time step.

    Parameters
    ----------
    target : Population or Subgroup
    variable : str
        An input or parameter of the target.
    mean, sd : Quantity
        Of the stationary process, in the unit of the variable.
    tau : Quantity
        Correlation time.
    name : str, optional
        Of the process; it identifies the random numbers.

    Notes
    -----
    dx = (mean - x)/tau dt + sd*sqrt(2/tau) dW, advanced with its exact transition (Gillespie 1996,
    doi:10.1103/PhysRevE.54.2084); it starts in its stationary state. ``noise.process`` is a
    population: its ``mean``, ``sd``, ``tau`` and ``x`` may be set and recorded. In every step x
    takes the place of the parameter, or adds to the ``input``.
    """

    def __init__(
        self, target: Any, variable: str, *, mean: Any = 0.0, sd: Any, tau: Any, name: str = ""
    ) -> None:
        population, _ = split(target, "a noise current")
        record = population._variable(variable)
        unit = units.describe(units.exponents(record["dimension"]))
        model = compile_model(
            _PROCESS.format(unit=unit, zero="0" if unit == "1" else f"0*{unit}"), name="noise"
        )
        self.target = target
        self.variable = variable
        self.process = Population(next(iter(model)), target.N, name=name, mean=mean, sd=sd, tau=tau)
        self.process.set("x", "mean + sd*randn()")
        self._links = Synapses(
            self.process, target, f"{variable}_post = x_pre : {unit} (summed)",
            name=f"{name}_drive" if name else "",
        )  # fmt: skip
        self._links.connect(rule="one_to_one")

    def __repr__(self) -> str:
        told = ", ".join(repr(self.process[n]).replace(" = ", " ") for n in ("mean", "sd", "tau"))
        return f"<NoiseCurrent of {self.variable} of {self.target.name}: {told}>"


_PROCESS = """
neuron noise {{
    param mean = {zero} : {unit}
    param sd = {zero} : {unit}
    param tau = 1 ms
    x : {unit}
    update {{ x = mean + (x - mean)*exp(-dt/tau) + sd*sqrt(-expm1(-2*dt/tau))*randn() }}
}}
"""


def _rebuild_generator(
    count: int, i: np.ndarray, t: np.ndarray, period: float | None, name: str
) -> SpikeGenerator:
    return SpikeGenerator(count, i, t, period=period, name=name)


def _read_spikes(file: Path) -> tuple[np.ndarray, np.ndarray]:
    """Times and neurons as they stand in the file."""
    if file.suffix == ".npz":
        with np.load(file) as arrays:
            return np.asarray(arrays["t"], dtype=float), np.asarray(arrays["i"]).astype(np.int64)
    if file.suffix == ".npy":
        table = np.load(file)
    else:
        text = file.read_text(encoding="utf-8").replace(",", " ")
        table = np.loadtxt(text.splitlines(), ndmin=2)
    if table.ndim != 2 or table.shape[1] != 2:
        raise ValueError(f"its shape is {table.shape}")
    neurons = table[:, 1].astype(np.int64)
    if np.any(neurons != table[:, 1]):
        raise ValueError("the second column holds no whole numbers")
    return table[:, 0].astype(float), neurons
