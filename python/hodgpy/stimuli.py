# SPDX-License-Identifier: MIT
"""Given drives: current clamps, pulse trains, deep brain stimulation, noise.

A drive acts on one variable of a population or subgroup: an ``input`` (it gets the drive beside
what synapses add) or a parameter (its value plus the drive). Its numbers may change between runs.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from hodgpy import _core as core
from hodgpy import arguments, units
from hodgpy.coded import refuse
from hodgpy.copying import rebuild_stimulus
from hodgpy.errors import SimulationError
from hodgpy.keywords import Keywords
from hodgpy.subgroup import split

_AHEAD = 1.0  # irregular pulses are laid out at least so many seconds at a time


class Stimulus(Keywords, ABC):
    """What all drives share; use one of its kinds."""

    target: Any
    variable: str
    name: str
    _settings: ClassVar[tuple[str, ...]] = ()
    _core: core.Stimulus
    _dimension: units.Exponents
    _unit: str
    _until: float  # how far the edges are laid out, seconds
    _network: Any

    def __init__(self, target: Any, variable: str, name: str) -> None:
        population, chosen = split(target, "a stimulus")
        self._keep("target", target)
        self._keep("variable", arguments.text(variable, "variable"))
        self._keep("name", arguments.text(name, "name"))
        record = population._variable(variable)
        self._keep("_dimension", units.exponents(record["dimension"]))
        self._keep("_unit", record["unit"])
        indices = np.ascontiguousarray(population._entities(chosen))
        self._keep("_core", core.Stimulus(population._core, variable, indices))
        self._keep("_until", -math.inf)
        self._keep("_network", None)

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "name" or name.startswith("_"):
            self._keep(name, value)
            return
        if name not in self._settings:
            refuse(
                "HH6056", f"a {type(self).__name__} has no setting `{name}`",
                f"settings: {', '.join(self._settings)}",
            )  # fmt: skip
        old = getattr(self, name)
        self._keep(name, self._checked(name, value))
        try:
            self._check()
        except Exception:
            self._keep(name, old)
            raise
        self._keep("_until", -math.inf)

    @abstractmethod
    def _checked(self, name: str, value: Any) -> Any:
        """The setting in SI, or an error that says what it must be."""

    @abstractmethod
    def _check(self) -> None:
        """Refuses settings that do not go together."""

    @abstractmethod
    def _edges(
        self, dt: float, begin: float, end: float
    ) -> tuple[np.ndarray, np.ndarray, int, int]:
        """Steps, values, onset and period of the drive from ``begin`` to ``end``."""

    def _notes(self) -> dict[str, Any]:
        """What a saved network says of this object beside the edges that the runtime keeps."""
        return {name: getattr(self, name) for name in self._settings}

    def _prepare_for(self, notes: dict[str, Any]) -> Callable[[], None]:
        """Nothing to do: a stimulus has no model."""
        return lambda: None

    def _take_notes(self, notes: dict[str, Any]) -> None:
        for name in self._settings:
            self._keep(name, notes[name])
        self._keep("_until", -math.inf)

    def __reduce__(self) -> Any:
        settings = {name: getattr(self, name) for name in self._settings}
        return rebuild_stimulus, (type(self), self.target, self.variable, self.name, settings)

    def _before_run(self, dt: float, time: float, duration: float) -> None:
        """Lays out what the run needs, if it is not there yet."""
        if self._until >= time + duration:
            return
        end = time + max(duration, _AHEAD)
        steps, values, onset, period = self._edges(dt, time, end)
        self._core.set(steps.astype(np.int64), np.asarray(values, dtype=float), onset, period)
        self._keep("_until", math.inf if self._is_regular() else end)

    def _is_regular(self) -> bool:
        """Whether its edges hold for all times."""
        return True

    def _amount(self, value: Any, what: str) -> float:
        si = units.to_si(value, self._dimension, what, self._unit)
        if not isinstance(si, float) or not math.isfinite(si):
            refuse("HH6056", f"{what} is {arguments.shown(value)}; it must be one finite value")
        return si

    def _default_name(self) -> str:
        return f"{self.target.name}_{type(self).__name__.lower()}"

    def _shown(self, name: str) -> str:
        """A setting as one would write it, with its unit."""
        value = getattr(self, name)
        if name in ("biphasic", "seed"):
            return str(value)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if name == "frequency":
            return f"{value:.8g} Hz"
        return repr(units.Quantity(value, self._dimension if name == "amplitude" else units.SECOND))

    def __repr__(self) -> str:
        told = [n for n in self._settings if n == "amplitude" or getattr(self, n)]
        shown = ", ".join(f"{n} {self._shown(n)}" for n in told)
        return f"<{type(self).__name__} of {self.variable} of {self.target.name}: {shown}>"


def _steps(seconds: float, dt: float) -> int:
    return round(seconds / dt)


class CurrentClamp(Stimulus):
    """A step of a drive, or a series of steps.

    Parameters
    ----------
    target : Population or Subgroup
    variable : str
        An input or parameter of the target, as ``"I"``.
    amplitude : Quantity, or list of them
        In the unit of the variable.
    onset : Quantity, or list of them
        When each amplitude begins; default 0.
    duration : Quantity, optional
        How long the last one lasts; default for ever.
    name : str, optional

    Raises
    ------
    SimulationError
        HH6056 for lists of different lengths, times that do not ascend, or no finite value.

    Examples
    --------
    >>> clamp = hp.CurrentClamp(P, "I", 0.5*nA, onset=20*ms, duration=100*ms)
    >>> clamp.amplitude = 1*nA          # between runs
    """

    _settings = ("amplitude", "onset", "duration")
    amplitude: Any
    onset: Any
    duration: Any

    def __init__(
        self,
        target: Any,
        variable: str,
        amplitude: Any,
        *,
        onset: Any = 0.0,
        duration: Any = None,
        name: str = "",
    ) -> None:
        super().__init__(target, variable, name)
        given = {"amplitude": amplitude, "onset": onset, "duration": duration}
        for key, value in given.items():
            self._keep(key, self._checked(key, value))
        self._check()

    def _checked(self, name: str, value: Any) -> Any:
        if name == "duration":
            return None if value is None else units.duration(value, "duration")
        several = isinstance(value, (list, tuple, np.ndarray, units.Quantity)) and np.ndim(
            getattr(value, "value", value)
        )
        items = list(value) if several else [value]
        if name == "onset":
            return [units.duration(v, "onset") for v in items]
        return [self._amount(v, "amplitude") for v in items]

    def _check(self) -> None:
        if len(self.amplitude) != len(self.onset):
            refuse(
                "HH6056",
                f"{len(self.amplitude)} amplitudes begin at {len(self.onset)} times",
                "one onset for each amplitude",
            )
        if np.any(np.diff(self.onset) <= 0):
            refuse("HH6056", "the onsets of a clamp must ascend")
        if self.duration is not None and self.duration < 0:
            refuse("HH6056", f"duration is {self.duration} s; it cannot be negative")

    def _edges(
        self, dt: float, begin: float, end: float
    ) -> tuple[np.ndarray, np.ndarray, int, int]:
        steps = [_steps(t, dt) for t in self.onset]
        values = list(self.amplitude)
        if self.duration is not None:
            steps.append(steps[-1] + _steps(self.duration, dt))
            values.append(0.0)
        keep = [k for k in range(len(steps)) if k + 1 == len(steps) or steps[k + 1] > steps[k]]
        return np.array(steps)[keep], np.array(values)[keep], 0, 0


class PulseTrain(Stimulus):
    """Rectangular pulses: regular, jittered, or in a pattern.

    Parameters
    ----------
    target : Population or Subgroup
    variable : str
        An input or parameter of the target.
    amplitude : Quantity
        Of the (first) phase, in the unit of the variable.
    frequency : Quantity
        Of regular pulses. The period is the nearest number of steps; ``actual_frequency`` tells.
    width : Quantity
        Of a pulse (of its first phase): the nearest number of steps, at least one.
    biphasic : bool
        Add a second phase of opposite sign and equal charge.
    recharge : Quantity, optional
        Width of the second phase; its amplitude is ``amplitude*width/recharge``. Default ``width``.
    gap : Quantity
        Time between the phases.
    onset : Quantity
        When the first pulse begins; it may be negative, and pulses before 0 do not exist.
    offset : Quantity, optional
        No pulse begins at or after this time.
    intervals : list of Quantity, optional
        Times from pulse to pulse, repeated for ever, instead of a frequency: a patterned train.
    jitter : Quantity
        Standard deviation of a normal shift of every pulse.
    seed : int
        Of the jitter. The n-th pulse is shifted alike however the time is cut into runs.
    name : str, optional

    Raises
    ------
    SimulationError
        HH6056 for a pulse longer than the period, widths below 0, no frequency and no intervals.

    Notes
    -----
    A pulse acts on round(width/dt) steps, from the step that starts at its onset.

    Examples
    --------
    >>> dbs = hp.PulseTrain(STN, "I_dbs", 300*uA/cm2, frequency=130*Hz, width=0.3*ms)
    >>> dbs.frequency = 20*Hz           # between runs
    """

    _settings = (
        "amplitude", "frequency", "width", "biphasic", "recharge", "gap", "onset", "offset",
        "intervals", "jitter", "seed",
    )  # fmt: skip
    amplitude: Any
    frequency: Any
    width: Any
    biphasic: Any
    recharge: Any
    gap: Any
    onset: Any
    offset: Any
    intervals: Any
    jitter: Any
    seed: Any

    def __init__(
        self,
        target: Any,
        variable: str,
        amplitude: Any,
        *,
        width: Any,
        frequency: Any = None,
        biphasic: bool = False,
        recharge: Any = None,
        gap: Any = 0.0,
        onset: Any = 0.0,
        offset: Any = None,
        intervals: Sequence[Any] | None = None,
        jitter: Any = 0.0,
        seed: int = 0,
        name: str = "",
    ) -> None:
        super().__init__(target, variable, name)
        given = {
            "amplitude": amplitude, "frequency": frequency, "width": width, "biphasic": biphasic,
            "recharge": recharge, "gap": gap, "onset": onset, "offset": offset,
            "intervals": intervals, "jitter": jitter, "seed": seed,
        }  # fmt: skip
        for key, value in given.items():
            self._keep(key, self._checked(key, value))
        self._check()

    @property
    def actual_frequency(self) -> float:
        """Frequency in Hz with the period rounded to steps; known once it is in a network."""
        if self._network is None:
            raise SimulationError("the time step is not known yet: add the train to a network")
        period = self._period(self._network.dt)
        return 0.0 if period == 0 else 1.0 / (period * float(self._network.dt))

    def _checked(self, name: str, value: Any) -> Any:
        if name == "amplitude":
            return self._amount(value, "amplitude")
        if name == "seed":
            return arguments.whole(value, "seed", 0, 2**64 - 1)
        if name == "biphasic":
            return arguments.flag(value, "biphasic")
        if name == "frequency" and value is not None:
            hertz = units.to_si(value, units.HERTZ, "frequency", "Hz")
            return self._finite(hertz, "frequency")
        if name == "intervals" and value is not None:
            return [units.duration(v, "an interval") for v in value]
        return None if value is None else units.duration(value, name)

    @staticmethod
    def _finite(value: Any, what: str) -> float:
        if not isinstance(value, float) or not math.isfinite(value):
            refuse("HH6056", f"{what} is {arguments.shown(value)}; it must be one finite value")
        return value

    def _check(self) -> None:
        if (self.frequency is None) == (self.intervals is None):
            refuse("HH6056", "a pulse train has a frequency or a list of intervals; give one")
        if self.frequency is not None and self.frequency < 0:
            refuse("HH6056", f"frequency is {self.frequency} Hz; it cannot be negative")
        if self.intervals is not None and (not self.intervals or min(self.intervals) <= 0):
            refuse("HH6056", "intervals between pulses must be positive, and at least one")
        for name in ("width", "gap", "jitter", "recharge"):
            value = getattr(self, name)
            if value is not None and value < 0:
                refuse("HH6056", f"{name} is {value} s; it cannot be negative")
        if self.width == 0:
            refuse("HH6056", "width is 0; a pulse has a width")
        if self.recharge == 0:
            refuse("HH6056", "recharge is 0; the second phase has a width")
        shortest = min(self.intervals) if self.intervals else math.inf
        if self.frequency:
            shortest = 1 / self.frequency
        if self._length() > shortest * (1 + 1e-9):
            refuse(
                "HH6056",
                f"a pulse of {self._length() * 1e3:g} ms does not fit between pulses that come "
                f"every {shortest * 1e3:g} ms",
            )

    def _length(self) -> float:
        second = self.width if self.recharge is None else self.recharge
        return float(self.width + (self.gap + second if self.biphasic else 0.0))

    def _is_regular(self) -> bool:
        return self.jitter == 0 and self.intervals is None and self.offset is None

    def _period(self, dt: float) -> int:
        return 0 if not self.frequency else max(1, _steps(1 / self.frequency, dt))

    def _pulse(self, dt: float) -> tuple[list[int], list[float]]:
        """Edges of one pulse that begins at step 0."""
        width = max(1, _steps(self.width, dt))
        if not self.biphasic:
            return [0, width], [self.amplitude, 0.0]
        second = width if self.recharge is None else max(1, _steps(self.recharge, dt))
        gap = _steps(self.gap, dt)
        opposite = -self.amplitude * width / second  # equal charge, as the steps are
        if gap == 0:
            return [0, width, width + second], [self.amplitude, opposite, 0.0]
        return (
            [0, width, width + gap, width + gap + second],
            [self.amplitude, 0.0, opposite, 0.0],
        )

    def _edges(
        self, dt: float, begin: float, end: float
    ) -> tuple[np.ndarray, np.ndarray, int, int]:
        steps, values = self._pulse(dt)
        if self.frequency == 0 or self.amplitude == 0:
            return np.empty(0, dtype=np.int64), np.empty(0), 0, 0
        if self._is_regular():
            period = self._period(dt)
            inside = [k for k, step in enumerate(steps) if step < period]
            return (
                np.array(steps)[inside], np.array(values)[inside],
                _steps(self.onset, dt), period,
            )  # fmt: skip
        starts = self._starts(dt, begin, end)
        return self._laid_out(starts, steps, values)

    def _starts(self, dt: float, begin: float, end: float) -> np.ndarray:
        """First steps of the pulses up to ``end``, and of those that may still act at ``begin``."""
        if self.intervals is None:
            period = self._period(dt)
            count = max(0, math.ceil((end - self.onset) / (period * dt)) + 1)
            steps = _steps(self.onset, dt) + period * np.arange(count)
        else:
            cycle = np.cumsum(self.intervals)
            count = max(0, math.ceil((end - self.onset) / cycle[-1]) + 1)
            times = (np.arange(count)[:, None] * cycle[-1] + np.r_[0.0, cycle[:-1]]).ravel()
            steps = np.rint((self.onset + times) / dt).astype(np.int64)
        if self.jitter > 0 and len(steps):
            draws = np.random.Generator(np.random.Philox(self.seed)).standard_normal(len(steps))
            steps = steps + np.rint(self.jitter * draws / dt).astype(np.int64)
        if self.offset is not None:
            steps = steps[steps < _steps(self.offset, dt)]
        earliest = _steps(begin - self._length(), dt) - 2
        near: np.ndarray = np.sort(steps[steps >= earliest])
        return near

    @staticmethod
    def _laid_out(
        starts: np.ndarray, steps: list[int], values: list[float]
    ) -> tuple[np.ndarray, np.ndarray, int, int]:
        """Edges of all pulses; one that begins before the last one ended cuts it short."""
        limits = np.r_[starts[1:], np.iinfo(np.int64).max]
        every = starts[:, None] + np.array(steps)
        keep = every < limits[:, None]
        amounts = np.broadcast_to(np.array(values), every.shape)
        return every[keep], amounts[keep], 0, 0


class DBS(PulseTrain):
    """Deep brain stimulation: a pulse train with the names and defaults of the clinic.

    Parameters
    ----------
    target, variable, amplitude
        As for :class:`PulseTrain`.
    frequency : Quantity
        Default 130 Hz.
    width : Quantity
        Default 60 us.
    **others
        As for :class:`PulseTrain`: biphasic (charge-balanced pulses), recharge, gap, onset, offset,
        intervals, jitter, seed, name.

    Examples
    --------
    >>> dbs = hp.DBS(STN, "I_dbs", 300*uA/cm2, frequency=130*Hz, width=0.3*ms)
    """

    def __init__(
        self,
        target: Any,
        variable: str,
        amplitude: Any,
        *,
        frequency: Any = 130.0,
        width: Any = 60e-6,
        **others: Any,
    ) -> None:
        if others.get("intervals") is not None:
            frequency = None
        super().__init__(target, variable, amplitude, frequency=frequency, width=width, **others)
