# SPDX-License-Identifier: MIT
"""What one asks of spike trains: rates, intervals, correlations, spectra.

Every function takes the trains of a group of neurons as a recorder, a mapping from neuron to times,
or a sequence of arrays of times. Times are plain numbers in seconds; durations may be quantities.

>>> import numpy as np
>>> from hodgpy import trains
>>> clock = [np.arange(0.05, 2, 0.1)]
>>> trains.rates(clock, 2.0)
array([10.])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from hodgpy import arguments, units
from hodgpy.errors import HodgError, SimulationError


class HasTrains(Protocol):
    """A recorder of events."""

    def trains(self) -> dict[int, np.ndarray]: ...


Trains: TypeAlias = HasTrains | Mapping[Any, Any] | Sequence[Any]


def listed(trains: Trains) -> list[np.ndarray]:
    """Sorted times of each neuron, in seconds.

    Raises
    ------
    SimulationError
        For what is no group of trains, and for times that are not finite numbers.
    """
    if hasattr(trains, "trains"):
        trains = trains.trains()
    values = list(trains.values()) if isinstance(trains, Mapping) else trains
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype != object:
        raise SimulationError("one array of times was given; trains are one array per neuron")
    try:
        found = [np.sort(np.asarray(train, dtype=float).ravel()) for train in values]
    except (TypeError, ValueError):
        raise SimulationError(
            f"{arguments.shown(trains)} holds no spike trains: give one array of times per neuron"
        ) from None
    if not all(np.all(np.isfinite(train)) for train in found):
        raise SimulationError("a spike train holds a time that is not a finite number")
    return found


def rates(trains: Trains, duration: Any, *, start: Any = 0.0) -> np.ndarray:
    """Mean firing rate of each neuron.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays
    duration : Quantity or number
        Length of the window, from ``start`` on, in seconds if it has no unit.
    start : Quantity or number
        Where the window begins.

    Returns
    -------
    array of shape (neurons,)
        In Hz.

    Raises
    ------
    SimulationError
        If ``duration`` is not positive.
    """
    length, begin = _positive(duration, "duration"), units.duration(start, "start")
    return np.array([np.sum((t >= begin) & (t < begin + length)) / length for t in listed(trains)])


def intervals(trains: Trains) -> list[np.ndarray]:
    """Interspike intervals of each neuron.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays

    Returns
    -------
    list of arrays
        One per neuron, in seconds, of one element less than it has spikes.
    """
    return [np.diff(train) for train in listed(trains)]


def cv(trains: Trains) -> np.ndarray:
    """Coefficient of variation of the intervals: standard deviation over mean.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays

    Returns
    -------
    array of shape (neurons,)
        0 for a clock, 1 for a Poisson process; NaN for neurons with fewer than three spikes.
    """
    few = 2  # intervals
    return np.array([d.std() / d.mean() if len(d) >= few else np.nan for d in intervals(trains)])


def cv2(trains: Trains) -> np.ndarray:
    """Mean over adjacent intervals of 2 |a - b|/(a + b), blind to slow changes of the rate.

    Holt GR, Softky WR, Koch C, Douglas RJ (1996) J Neurophysiol 75:1806-1814,
    doi:10.1152/jn.1996.75.5.1806.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays

    Returns
    -------
    array of shape (neurons,)
        0 for a clock, 1 for a Poisson process; NaN for neurons with fewer than three spikes.
    """
    few = 2
    return np.array(
        [
            np.mean(2 * np.abs(np.diff(d)) / (d[1:] + d[:-1])) if len(d) >= few else np.nan
            for d in intervals(trains)
        ]
    )


def counts(trains: Trains, duration: Any, bin: Any, *, start: Any = 0.0) -> np.ndarray:
    """Numbers of spikes in bins.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays
    duration, bin, start : Quantity or number
        The window and the width of a bin; a last piece shorter than a bin is left out.

    Returns
    -------
    array of shape (neurons, bins)
        Integers.

    Raises
    ------
    SimulationError
        If a bin is not positive or longer than the window.
    """
    length, width = _positive(duration, "duration"), _positive(bin, "bin")
    number = int(np.floor(length / width + 1e-9))
    if number == 0:
        raise SimulationError(f"a bin of {width} s does not fit into {length} s")
    edges = units.duration(start, "start") + width * np.arange(number + 1)
    found = [np.histogram(t[t < edges[-1]], edges)[0] for t in listed(trains)]
    return np.array(found, dtype=np.int64).reshape(len(found), number)


def synchrony(trains: Trains, duration: Any, bin: Any, *, start: Any = 0.0) -> float:
    """How much of the neurons' variance is common: sqrt(var(mean count)/mean(var(count))).

    Golomb D (2007) Neuronal synchrony measures. Scholarpedia 2(1):1347,
    doi:10.4249/scholarpedia.1347; here of spike counts in bins.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays
    duration, bin, start : Quantity or number
        The window and the width of a bin, as for :func:`counts`.

    Returns
    -------
    float
        1 if all neurons fire together, near 1/sqrt(neurons) if they are independent; NaN if
        no count varies.
    """
    found = counts(trains, duration, bin, start=start)
    apart = found.var(axis=1).mean() if len(found) else 0.0
    return float(np.sqrt(found.mean(axis=0).var() / apart)) if apart > 0 else float("nan")


def correlation(trains: Trains, duration: Any, bin: Any, *, start: Any = 0.0) -> float:
    """Mean correlation coefficient of the spike counts of all pairs of neurons that fire.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays
    duration, bin, start : Quantity or number
        The window and the width of a bin, as for :func:`counts`.

    Returns
    -------
    float
        NaN if fewer than two neurons have counts that vary.
    """
    found = counts(trains, duration, bin, start=start).astype(float)
    varying = found[found.var(axis=1) > 0]
    n = len(varying)
    if n < 2:
        return float("nan")
    z = (varying - varying.mean(axis=1, keepdims=True)) / varying.std(axis=1, keepdims=True)
    # The mean over all pairs of the matrix z z'/bins, without the matrix.
    return float((np.mean(z.sum(axis=0) ** 2) - n) / (n * (n - 1)))


def cross_correlogram(
    first: Any, second: Any, window: Any, bin: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of the lags from each spike of one train to those of another.

    Parameters
    ----------
    first, second : array of times, in seconds
        One train each; the same for an autocorrelogram, which then leaves out each spike itself.
    window : Quantity or number
        Lags from -window to +window.
    bin : Quantity or number
        Width of a bin; one bin is centred on lag 0.

    Returns
    -------
    lags, counts : arrays of shape (bins,)
        Centres of the bins in seconds, positive where ``second`` follows; whole numbers.

    Raises
    ------
    SimulationError
        If a bin is not positive or wider than the window.
    """
    a, b = listed([first])[0], listed([second])[0]
    reach, width = _positive(window, "window"), _positive(bin, "bin")
    half = int(np.floor(reach / width + 1e-9))
    if half == 0:
        raise SimulationError(f"a bin of {width} s does not fit into a window of {reach} s")
    edges = width * (np.arange(-half, half + 2) - 0.5)
    low, high = np.searchsorted(b, a + edges[0]), np.searchsorted(b, a + edges[-1])
    which = np.repeat(np.arange(len(a)), high - low)
    within = np.arange(len(which)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    partner = np.repeat(low, high - low) + within
    lags = b[partner] - a[which]
    if len(a) == len(b) and np.array_equal(a, b):
        lags = lags[partner != which]
    return width * np.arange(-half, half + 1), np.histogram(lags, edges)[0]


def spectrum(
    trains: Trains,
    *,
    low: float = 1.0,
    high: float = 100.0,
    bandwidth: float = 3.0,
    tapers: int = 5,
    sampling: float = 1e5,
) -> tuple[np.ndarray, np.ndarray]:
    """Multitaper power spectrum of point processes, averaged over the neurons.

    Percival DB, Walden AT (1993) Spectral Analysis for Physical Applications, chapter 7; for point
    processes Jarvis MR, Mitra PP (2001) Neural Comput 13:717-749, doi:10.1162/089976601300014312,
    with the conventions of Chronux (Bokil H et al. 2010, J Neurosci Methods 192:146-151,
    doi:10.1016/j.jneumeth.2010.06.020). Needs scipy.

    Parameters
    ----------
    trains : recorder, mapping or sequence of arrays
        A silent neuron counts with power zero.
    low, high : float
        Range of frequencies, in Hz.
    bandwidth : float
        Half bandwidth times duration of the Slepian tapers.
    tapers : int
        Number of tapers, at most ``2*bandwidth - 1`` for good ones.
    sampling : float
        Grid on which the tapers are evaluated, in Hz; spikes may fall between its points.

    Returns
    -------
    frequencies, power : arrays of shape (frequencies,)
        In Hz, and in spikes**2/s: a Poisson process of rate r has power r.

    Raises
    ------
    SimulationError
        Without spikes, and for ranges and tapers that are impossible.
    """
    found = listed(trains)
    if not 0 <= low < high <= sampling / 2:
        raise SimulationError(f"frequencies from {low} to {high} Hz at a sampling of {sampling} Hz")
    if not any(len(train) for train in found):
        raise SimulationError("there are no spikes to take a spectrum of")
    spikes = np.concatenate(found)
    origin = spikes.min() - 1 / sampling
    points = int(np.floor((spikes.max() + 1 / sampling - origin) * sampling + 1e-6)) + 1
    if not 1 <= tapers < points or not 0 < bandwidth < points / 2:
        raise SimulationError(
            f"{tapers} tapers of bandwidth {bandwidth} do not fit into {points} points"
        )
    windows = _slepian(points, bandwidth, tapers) * np.sqrt(sampling)
    length = 1 << (points - 1).bit_length()
    frequencies = np.arange(length // 2 + 1) * sampling / length
    kept = (frequencies >= low) & (frequencies <= high)
    frequencies = frequencies[kept]
    mean_part = np.array([np.fft.rfft(window, length)[kept] for window in windows])
    grid = origin + np.arange(points) / sampling
    power = np.zeros(len(frequencies))
    for train in found:
        at_spikes = np.array([np.interp(train, grid, window) for window in windows])
        waves = np.exp(-2j * np.pi * np.outer(train - origin, frequencies))
        transformed = at_spikes @ waves - len(train) / points * mean_part
        power += np.mean(np.abs(transformed) ** 2, axis=0)
    return frequencies, power / len(found)


def band_power(frequencies: np.ndarray, power: np.ndarray, low: float, high: float) -> float:
    """Area under a spectrum between two frequencies, both excluded, by the trapezoidal rule.

    Parameters
    ----------
    frequencies, power : arrays of shape (frequencies,)
        From :func:`spectrum`.
    low, high : float
        In Hz; 7 to 35 Hz is the alpha-beta band of Kumaravelu et al. 2016.

    Returns
    -------
    float
        In the unit of the power times Hz; 0 where fewer than two frequencies lie inside.
    """
    inside = (frequencies > low) & (frequencies < high)
    f, s = frequencies[inside], power[inside]
    return float(np.sum(np.diff(f) * (s[1:] + s[:-1]) / 2))


def _slepian(points: int, bandwidth: float, tapers: int) -> np.ndarray:
    """Discrete prolate spheroidal sequences of unit energy, shape (tapers, points)."""
    try:
        from scipy.signal.windows import dpss
    except ImportError as error:
        raise HodgError("spectra need scipy: pip install 'hodgpy[analysis]'") from error
    return np.asarray(dpss(points, bandwidth, tapers))


def _positive(value: Any, what: str) -> float:
    found = units.duration(value, what)
    if found <= 0:
        raise SimulationError(f"{what} is {found} s; it must be positive")
    return found
