# SPDX-License-Identifier: MIT
"""A closed loop: brain stimulation that is switched by the beta power of the pallidum.

The parkinsonian network of examples/basal_ganglia.py (Kumaravelu et al. 2016). Every 100 ms the
controller looks at the GPi spikes of the last 400 ms; pulses of 130 Hz into STN are on while their
power from 7 to 35 Hz lies above a bound, as in the amplitude-responsive stimulation of Little S et
al. (2013) Ann Neurol 74:449-457, doi:10.1002/ana.23951.

    python examples/closed_loop.py --duration 5000
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path

import basal_ganglia
import numpy as np

import hodgpy as hp
from hodgpy.units import Hz, cm, ms, uA

EVERY, WINDOW = 100 * ms, 400 * ms
BAND = (7.0, 35.0)  # Hz


@dataclass
class Controller:
    """Switches stimulation by the power of what it hears, and remembers both."""

    heard: hp.SpikeRecorder
    stimulus: hp.PulseTrain
    bound: float  # spikes**2/s2
    power: list[float] = field(default_factory=list)
    on: list[bool] = field(default_factory=list)

    def decide(self, now: float) -> None:
        """Power of the last window, and the amplitude until the next decision."""
        start = now - WINDOW.value
        late = [t[t >= start] for t in self.heard.trains().values()]
        frequencies, power = hp.trains.spectrum(late, low=BAND[0], high=BAND[1], sampling=2000)
        self.power.append(hp.trains.band_power(frequencies, power, *BAND))
        self.on.append(self.power[-1] > self.bound)
        self.stimulus.amplitude = (300 if self.on[-1] else 0) * uA / cm**2


def build(bound: float, seed: int = 1, n: int = 10) -> tuple[basal_ganglia.Model, Controller]:
    """The parkinsonian network, and what listens to GPi and stimulates STN."""
    model = basal_ganglia.build(basal_ganglia.draw(n, seed), pd=1)
    stimulus = hp.DBS(
        model.populations["STN"], "I", 0 * uA / cm**2, frequency=130 * Hz, width=0.3 * ms
    )
    model.network.add(stimulus)
    return model, Controller(model.spikes["GPi"], stimulus, bound)


def run(model: basal_ganglia.Model, controller: Controller, duration: float) -> None:
    """So many seconds, with a decision after every 100 ms."""
    for _ in range(round(duration / EVERY.value)):
        model.network.run(EVERY)
        controller.decide(model.network.t)


def draw_picture(model: basal_ganglia.Model, controller: Controller, path: Path) -> None:
    """Spikes of GPi, the power that the controller heard, and when it stimulated."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(8, 4.5), sharex=True, height_ratios=(3, 2), layout="constrained"
    )
    spikes = controller.heard
    top.plot(spikes.t, spikes.i, "|", color="k", markersize=4, markeredgewidth=0.6)
    top.set(ylabel="GPi cell", title="stimulation (shaded) follows the beta power of GPi")
    step = EVERY.value
    times = step * np.arange(1, len(controller.power) + 1)
    for start, on in zip(times, controller.on, strict=True):
        if on:
            for axis in (top, bottom):
                axis.axvspan(start, start + step, color="C1", alpha=0.25, lw=0)
    bottom.plot(times, controller.power, ".-", lw=0.8)
    bottom.axhline(controller.bound, color="C3", lw=0.8, ls="--")
    bottom.set(xlabel="time (s)", ylabel="power, 7 to 35 Hz", xlim=(0, times[-1]))
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--duration", type=float, default=5000, metavar="MS")
    parser.add_argument("--bound", type=float, default=400, help="of the power, spikes**2/s2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("closed_loop.png"))
    a = parser.parse_args()
    model, controller = build(a.bound, a.seed)
    begun = time.perf_counter()
    run(model, controller, a.duration / 1000)
    done = time.perf_counter()
    share = np.mean(controller.on)
    print(f"stimulated {100 * share:.0f} % of the time, mean power {np.mean(controller.power):.0f}")
    print(f"{a.duration:g} ms in {done - begun:.2f} s")
    draw_picture(model, controller, a.out)
    print(a.out)


if __name__ == "__main__":
    main()
