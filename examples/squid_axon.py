# SPDX-License-Identifier: MIT
"""The main job: squid axons at 6.3 and 18.5 degrees, from the shipped equations to spikes.

Compiles the Hodgkin-Huxley model on the fly, drives a population with currents from 0 to 40 uA/cm2
at both temperatures, prints the frequencies beside the converged ones, and draws a picture.

    python examples/squid_axon.py [--out squid_axon.svg]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import hodgpy as hp
from hodgpy.units import cm, ms, second, uA

# Frequency (Hz) of a train by current (uA/cm2): converged solutions, 4th order at dt 0.001 ms.
CONVERGED = {6.3: {10: 68.3237, 20: 86.4701}, 18.5: {10: 188.589, 20: 253.978}}
CURRENTS = np.arange(0, 41, 1.0)


def last_frequency(times: np.ndarray) -> float:
    """1/(last interval), 0 for a cell that fell silent."""
    return 1 / (times[-1] - times[-2]) if len(times) > 1 and times[-1] > 0.9 else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="squid_axon.svg", help="picture to write")
    arguments = parser.parse_args()

    start = time.perf_counter()
    cell = hp.compile("neurons.hodgkin_huxley_1952").HodgkinHuxley1952
    axons, recorders = {}, []
    for celsius in CONVERGED:
        axon = hp.Population(cell, len(CURRENTS), name=f"squid axons, {celsius} degC")
        axon.temperature = f"{celsius} degC"
        axon.I = CURRENTS * (uA / cm**2)
        spikes = hp.SpikeRecorder(axon, interpolate=True)
        trace = hp.StateRecorder(axon, ["v", "na.m", "na.h", "k.n"], record=10)
        axons[celsius] = (axon, spikes, trace)
        recorders += [axon, spikes, trace]
    net = hp.Network(*recorders, dt=0.01 * ms)
    net.run(0 * ms)
    ready = time.perf_counter()
    net.run(1 * second)
    done = time.perf_counter()

    print(cell.explain())
    print(f"compiled and ready in {(ready - start) * 1e3:.0f} ms, ran in {done - ready:.2f} s\n")
    print("current      temperature  frequency   converged   difference")
    worst = 0.0
    for celsius, (_, spikes, _) in axons.items():
        trains = spikes.trains()
        for current, expected in CONVERGED[celsius].items():
            found = last_frequency(trains[int(current)])
            worst = max(worst, abs(found / expected - 1))
            print(
                f"{current:3d} uA/cm2   {celsius:5.1f} degC   {found:8.3f} Hz {expected:8.3f} Hz"
                f"   {100 * (found / expected - 1):+.3f} %"
            )
    draw(axons, arguments.out)
    print(f"\nlargest difference {100 * worst:.3f} % (bound: 0.5 %); picture: {arguments.out}")
    if worst > 0.005:
        raise SystemExit("the frequencies are off")


def draw(axons: dict, path: str) -> None:
    """Traces, gates, raster and f-I curves of both temperatures."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(3, 2, figsize=(11, 8), layout="constrained")
    for column, (celsius, (_, spikes, trace)) in enumerate(axons.items()):
        window = trace.t < 0.06
        top, middle, bottom = axes[:, column]
        top.plot(trace.t[window] * 1e3, trace.get("v", "mV")[0][window], color="k", linewidth=1)
        top.set(title=f"{celsius} degC, 10 uA/cm2", ylabel="v (mV)", ylim=(-85, 50))
        for name in ("na.m", "na.h", "k.n"):
            middle.plot(trace.t[window] * 1e3, trace[name][0][window], label=name, linewidth=1)
        middle.set(ylabel="gate", xlabel="time (ms)")
        middle.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1, 0.98))
        rates = [last_frequency(t) for t in spikes.trains().values()]
        bottom.plot(CURRENTS, rates, ".-", color="C3", label="hodgpy")
        known = CONVERGED[celsius]
        bottom.plot(list(known), list(known.values()), "ko", fillstyle="none", label="converged")
        bottom.set(xlabel="current (uA/cm2)", ylabel="frequency (Hz)")
        bottom.legend(frameon=False)
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
