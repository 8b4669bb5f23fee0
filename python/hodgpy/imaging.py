# SPDX-License-Identifier: MIT
"""A camera that sees the calcium of cells through a fluorescent indicator.

From spikes, from a calcium current or from a calcium variable of the cells to frames: the indicator
is a population of its own, one entity per cell, that integrates what falls onto the chip; a frame
is a difference of that integral.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from hodgpy import arguments, units
from hodgpy.coded import refuse
from hodgpy.compiling import compile as compile_model
from hodgpy.population import Population
from hodgpy.recorders import Recorder, StateRecorder
from hodgpy.subgroup import Subgroup
from hodgpy.synapses import Synapses
from hodgpy.units import Quantity

_MOLAR = units.parse("1 mmolar").dimension
_FINEST_SHUTTER = 16  # the shutter is open for so many parts of a frame at most

_INDICATOR = """
neuron Indicator {{
    {calcium}
    {signal}
    dlight/dt = s : second*{unit}
    dexposed/dt = c : second*mmolar
}}
"""
_POOL = "param rest = 50 nM\n    param tau = 500 ms\n    "
_HALF = "param K = 1 mmolar\n    "
_CALCIUM = {
    "spikes": _POOL + "dc/dt = (rest - c)/tau : mmolar",
    "influx": _POOL + "input influx : mmolar/second\n    dc/dt = (rest - c)/tau + influx : mmolar",
    "calcium": "input seen : mmolar\n    c = seen : mmolar",
}
_SIGNAL = {
    "linear": "s = c : mmolar",
    "hill": _HALF + "s = c**{n!r}/(c**{n!r} + K**{n!r}) : 1",
    "kinetic": _HALF + "param tau_off = 1 second\n    "
    "db/dt = ((c/K)**{n!r}*(1 - b) - b)/tau_off : 1\n    s = b : 1\n    "
    "method exponential_euler",  # binding is fast where there is much calcium
}


class CalciumImaging(Recorder):
    """Frames of a camera: mean fluorescence of every cell while the shutter was open.

    Calcium decays to rest, and each spike adds to it; or a current brings it; or the cells have a
    calcium variable of their own. Fluorescence is ``gain*s*f + offset`` with normal noise of each
    frame, where s is the calcium itself (in mmolar), or the share of an indicator that is bound,
    and f what bleaching has left. Vogelstein et al. 2009, doi:10.1016/j.bpj.2008.08.005; Buibas
    & Silva 2011, doi:10.1162/NECO_a_00065, section 3.3.

    Parameters
    ----------
    population : Population or Subgroup
    rate : Quantity
        Frames per second. A frame is a whole number of time steps, the nearest one.
    exposure : Quantity, optional
        How long the shutter is open, from the start of the frame; default the whole frame. Taken
        as the nearest multiple of up to a 16th of the frame.
    per_spike : Quantity
        Calcium that a spike adds.
    tau, rest : Quantity
        Time constant of the decay, and the calcium to which it decays.
    influx : str, optional
        Instead of spikes: rate at which calcium comes in, an expression over the cell's variables
        in mmolar/second, each with ``_pre``: ``"I_Ca_pre*k_pre"``.
    calcium : str, optional
        Instead of spikes: the cell's own calcium, such an expression in mmolar: ``"ca_i_pre"``.
    K : Quantity, optional
        Half saturation of the indicator; without it fluorescence is linear in calcium.
    hill : float
        Hill coefficient of the binding.
    tau_off : Quantity, optional
        Time constant of the dissociation; without it binding is instantaneous.
    gain, offset, noise : float
        Of fluorescence, in arbitrary units: with ``K`` the gain is the fluorescence of the
        saturated indicator, without it the gain is per mmolar (or a Quantity: ``1/(100*nM)``).
        ``noise`` is the standard deviation of each frame.
    bleaching : Quantity, optional
        Time constant of bleaching, counted while the shutter is open.
    seed : int
        Of the noise.
    name : str, optional
        By which the network knows it; default the population's name and ``_calcium_imaging``.

    Raises
    ------
    SimulationError
        HH6084 for a frame rate above the rate of the time steps, a shutter longer than a frame, and
        constants that are not positive.

    Examples
    --------
    >>> camera = hp.CalciumImaging(P, rate=20*Hz, tau=500*ms, noise=0.1, gain=1/(100*nM))
    >>> net = hp.Network(P, camera); net.run(10*second)
    >>> camera.fluorescence                           # shape (cells, frames)
    """

    def __init__(
        self,
        population: Population | Subgroup,
        rate: Any,
        *,
        exposure: Any = None,
        per_spike: Any = 100e-6,
        tau: Any = 0.5,
        rest: Any = 50e-6,
        influx: str | None = None,
        calcium: str | None = None,
        K: Any = None,
        hill: float = 1,
        tau_off: Any = None,
        gain: Any = 1.0,
        offset: float = 0.0,
        noise: float = 0.0,
        bleaching: Any = None,
        seed: int = 0,
        name: str = "",
    ) -> None:
        self.population = population
        self.name = arguments.text(name, "name")
        self._call = (
            CalciumImaging, (population, rate), {
                "exposure": exposure, "per_spike": per_spike, "tau": tau, "rest": rest,
                "influx": influx, "calcium": calcium, "K": K, "hill": hill, "tau_off": tau_off,
                "gain": gain, "offset": offset, "noise": noise, "bleaching": bleaching,
                "seed": seed,
            },
        )  # fmt: skip
        self._frame = 1 / _positive(rate, "rate", units.HERTZ)
        self._shutter = Fraction(1) if exposure is None else self._share(exposure)
        self.offset = _number(offset, "offset")
        self.noise = _number(noise, "noise", low=0.0)
        self._bleaching = None if bleaching is None else _time(bleaching, "bleaching")
        self._seed = arguments.whole(seed, "seed", 0, 2**64 - 1)
        self._is_linear = K is None
        self.gain = self._gain(gain)
        if influx is not None and calcium is not None:
            refuse("HH6084", "the camera was given `influx` and `calcium`", "give one, or neither")
        source = "influx" if influx is not None else "calcium" if calcium is not None else "spikes"
        self._indicator = self._make_indicator(source, K, hill, tau_off, tau, rest)
        self._feed = self._make_feed(source, influx or calcium or "", per_spike)
        self._log: StateRecorder | None = None
        self._steps = 0  # of a frame

    def _share(self, exposure: Any) -> Fraction:
        share = _time(exposure, "exposure") / self._frame
        if share > 1 + 1e-9:
            refuse("HH6084", f"the shutter is open for {share:g} frames", "a shorter exposure")
        parts = Fraction(share).limit_denominator(_FINEST_SHUTTER)
        return max(parts, Fraction(1, _FINEST_SHUTTER))

    def _gain(self, gain: Any) -> float:
        """In SI: per mole/meter**3 where fluorescence is linear in calcium."""
        if isinstance(gain, Quantity) and self._is_linear:
            return _positive(gain, "gain", units.parse("1/mmolar").dimension)
        return _number(gain, "gain", low=0.0)

    def _make_indicator(
        self, source: str, K: Any, hill: Any, tau_off: Any, tau: Any, rest: Any
    ) -> Population:
        n = _number(hill, "hill", low=0.0)
        kind = "linear" if K is None else "hill" if tau_off is None else "kinetic"
        text = _INDICATOR.format(
            calcium=_CALCIUM[source],
            signal=_SIGNAL[kind].format(n=int(n) if n == int(n) else n),
            unit="mmolar" if K is None else "1",
        )
        made: Any = compile_model(text)
        indicator = Population(made.Indicator, len(self.population))
        level, decay = _positive(rest, "rest", _MOLAR, zero=True), _time(tau, "tau")
        if source != "calcium":
            for variable, value in (("rest", level), ("tau", decay), ("c", level)):
                indicator.set(variable, value)
        if K is not None:
            half = _positive(K, "K", _MOLAR)
            indicator.set("K", half)
            if tau_off is not None:
                indicator.set("tau_off", _time(tau_off, "tau_off"))
                indicator.set("b", level**n / (level**n + half**n))
        return indicator

    def _make_feed(self, source: str, text: str, per_spike: Any) -> Synapses:
        """What brings spikes, or a variable, of the cells to the indicator."""
        arguments.text(text, source)
        if source == "spikes":
            added = _positive(per_spike, "per_spike", _MOLAR, zero=True)
            feed = Synapses(self.population, self._indicator, on_pre=f"c_post += {added!r}*mmolar")
        elif source == "influx":
            equation = f"influx_post = {text} : mmolar/second (summed)"
            feed = Synapses(self.population, self._indicator, equation)
        else:
            equation = f"seen_post = {text} : mmolar (summed)"
            feed = Synapses(self.population, self._indicator, equation)
        feed.connect(rule="one_to_one")
        return feed

    # -- in a network ----------------------------------------------------------------------------

    def _join(self, network: Any, name: str) -> None:
        """Adds the indicator to a network, whose step decides what a frame is exactly."""
        self._network = network
        steps = self._frame / network.dt
        if steps < 1 - 1e-9:
            refuse(
                "HH6084",
                f"{1 / self._frame:g} frames a second are more than the network's "
                f"{1 / network.dt:g} steps a second",
                "a lower rate, or a smaller dt",
            )
        self._parts, self._open = self._shutter.denominator, self._shutter.numerator
        self._steps = self._parts * max(1, round(steps / self._parts))
        network._core.add_population(self._indicator._core)
        self._feed._settle()
        network._core.add_synapses(self._feed._core)
        interval = self._steps // self._parts * network.dt
        self._log = StateRecorder(self._indicator, ["light", "exposed"], dt=interval)
        network._core.add_recorder(self._log._core, name)
        self._log._network = network

    def _before_run(self, dt: float, time: float, duration: float) -> None:
        self._feed._settle()

    def _default_name(self) -> str:
        return f"{self.population.name}_calcium_imaging"

    # -- reading ---------------------------------------------------------------------------------

    @property
    def rate(self) -> float:
        """Frames per second, in Hz, as the steps of the network allow."""
        return 1 / (self._steps * self._network.dt if self._steps else self._frame)

    @property
    def exposure(self) -> float:
        """How long the shutter is open in each frame, in seconds."""
        return float(self._shutter) / self.rate

    @property
    def t(self) -> np.ndarray:
        """Start of each frame in seconds, shape (frames,)."""
        first, count, _ = self._frames("light")
        return (first + np.arange(count)) / self.rate

    @property
    def fluorescence(self) -> np.ndarray:
        """Frames in arbitrary units, shape (cells, frames)."""
        first, count, signal = self._frames("light")
        numbers = first + np.arange(count)
        found = self.gain * signal * self._left(numbers) + self.offset
        return found + self.noise * self._noise(numbers) if self.noise else found

    @property
    def calcium(self) -> np.ndarray:
        """Mean calcium in each frame in mole/meter**3 (mmolar), shape (cells, frames)."""
        return self._frames("exposed")[2]

    def get(self, name: str, unit: str = "") -> np.ndarray:
        """``"calcium"`` in a unit (``"nM"``), or ``"fluorescence"``; shape (cells, frames)."""
        if name == "fluorescence" and unit in ("", "1"):
            return self.fluorescence
        if name != "calcium":
            refuse("HH6010", f"the camera has `calcium` and `fluorescence`, not `{name}` {unit}")
        shown: np.ndarray = Quantity(self.calcium, _MOLAR).in_unit(unit or "mmolar")
        return shown

    def relative(self, percentile: float = 20) -> np.ndarray:
        """(F - F0)/F0, where F0 is a percentile of each cell's frames; shape (cells, frames)."""
        F = self.fluorescence
        if F.shape[1] == 0:
            return F
        rest = np.percentile(F, percentile, axis=1, keepdims=True)
        if np.any(rest <= 0):
            refuse(
                "HH6084", "the fluorescence at rest is not positive", "an offset above the noise"
            )
        return np.asarray((F - rest) / rest)

    def data(self) -> dict[str, np.ndarray]:
        """``t`` in seconds, ``fluorescence`` and ``calcium`` (mmolar) as plain arrays."""
        return {"t": self.t, "fluorescence": self.fluorescence, "calcium": self.calcium}

    def clear(self) -> None:
        """Forget the frames taken so far."""
        if self._log is not None:
            self._log.clear()

    def plot(self, ax: Any = None, **style: Any) -> Any:
        """Fluorescence as an image, cells upward and time to the right; returns the axes."""
        from hodgpy.plotting import frames

        return frames(self, ax, **style)

    def __len__(self) -> int:
        """Number of frames."""
        return self._frames("light")[1]

    def __repr__(self) -> str:
        return (
            f"<CalciumImaging of {self.population.name}: {len(self.population)} cells, {len(self)} "
            f"frames at {self.rate:.4g} Hz>"
        )

    def _frames(self, integral: str) -> tuple[int, int, np.ndarray]:
        """Number of the first frame, how many are complete, and means while they were exposed."""
        cells = len(self.population)
        if self._log is None:
            return 0, 0, np.empty((cells, 0))
        interval = self._steps // self._parts * self._network.dt
        values, times = self._log[integral], self._log.t
        numbers = np.rint(times / interval).astype(np.int64)
        if len(numbers) and abs(self._network.t - (numbers[-1] + 1) * interval) < 0.5e-6 * interval:
            # The run ended with a part of a frame, which the recorder will see when it goes on.
            values = np.column_stack([values, self._indicator.get(integral)])
            numbers = np.append(numbers, numbers[-1] + 1)
        starts = np.flatnonzero(numbers % self._parts == 0)
        starts = starts[starts + self._open < len(numbers)]
        if len(starts) == 0:
            return 0, 0, np.empty((cells, 0))
        means = (values[:, starts + self._open] - values[:, starts]) / (self._open * interval)
        return int(numbers[starts[0]]) // self._parts, len(starts), means

    def _left(self, numbers: np.ndarray) -> np.ndarray | float:
        """Mean share of the indicator that is not bleached, for each frame."""
        if self._bleaching is None:
            return 1.0
        tau, lit = self._bleaching, self.exposure
        return np.asarray(np.exp(-numbers * lit / tau) * (-np.expm1(-lit / tau) * tau / lit))

    def _noise(self, numbers: np.ndarray) -> np.ndarray:
        """Standard normal numbers that depend on seed, name, frame and cell alone."""
        key = np.random.SeedSequence([self._seed, *self.name.encode()]).generate_state(2, np.uint64)
        cells = len(self.population)
        drawn = np.empty((cells, len(numbers)))
        for column, frame in enumerate(numbers.tolist()):
            stream = np.random.Philox(key=key, counter=[0, 0, frame, 0])
            drawn[:, column] = np.random.Generator(stream).standard_normal(cells)
        return drawn


def _number(value: Any, what: str, *, low: float = -math.inf) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        refuse("HH6084", f"{what} is {arguments.shown(value)}; it must be a number")
    if not math.isfinite(value) or value < low:
        refuse("HH6084", f"{what} is {value}; it must be finite and not below {low:g}")
    return float(value)


def _positive(value: Any, what: str, dimension: units.Exponents, *, zero: bool = False) -> float:
    found = units.to_si(value, dimension, what)
    if not isinstance(found, float) or not (0 < found < math.inf or (zero and found == 0)):
        refuse("HH6084", f"{what} is {arguments.shown(value)}; it must be positive and finite")
    return found


def _time(value: Any, what: str) -> float:
    return _positive(value, what, units.SECOND)
