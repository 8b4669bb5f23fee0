# SPDX-License-Identifier: MIT
"""The rat cortex-basal ganglia-thalamus network: healthy, parkinsonian, with brain stimulation.

Kumaravelu K, Brocker DT, Grill WM (2016) A biophysical model of the cortex-basal ganglia-thalamus
network in the 6-OHDA lesioned rat model of Parkinson's disease. J Comput Neurosci 40:207-229,
doi:10.1007/s10827-016-0593-9; the authors' script is ModelDB 206232. Eight populations of n
neurons; the cells are the shelf's, neurons.kumaravelu_2016, the synapses in
basal_ganglia/synapses.hhm.

    python examples/basal_ganglia.py --pd 1 --dbs 130 --out spikes.npz

The file holds spikes (neuron and step of 0.01 ms), rates, the spectrum of GPi and its area from 7
to 35 Hz; pictures stand beside it. The random draws (--draws, or --seed) decide all: there is no
noise.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import hodgpy as hp
from hodgpy.units import cm, mS, ms, mV, uA

FOLDER = Path(__file__).parent / "basal_ganglia"
DT = 0.01 * ms
CELLS = {
    "TH": "Thalamic",
    "STN": "Subthalamic",
    "GPe": "Pallidal",
    "GPi": "Pallidal",
    "D2": "Striatal",
    "D1": "Striatal",
    "CTX_E": "Cortical",
    "CTX_I": "Cortical",
}
# Cells that differ in nothing but their place are halves of one population.
HALVES = {
    "GPe": ("pallidal", 0),
    "GPi": ("pallidal", 1),
    "D2": ("striatal", 0),
    "D1": ("striatal", 1),
}
STRIATAL_INPUTS = 10  # of each pallidal cell, whatever n is
ALPHA_BETA = (7.0, 35.0)  # the band whose power marks the disease, Hz


def draw(n: int, seed: int) -> dict[str, np.ndarray]:
    """Random numbers of one network, in the order and format of the published script's draws."""
    random = np.random.default_rng(seed)
    draws = {f"draw_z_v_{name}": random.normal(size=n) for name in list(CELLS)[:6]}
    for letter in "abcdefghijklmno":
        draws[f"draw_perm_{letter}"] = 1 + random.permutation(n)
    for name in ("gcorsna", "gcorsnn", "gcordrstr", "ggege"):
        draws[f"draw_u_{name}"] = random.uniform(size=n)
    for name in ("gsngen", "gsngea"):
        draws[f"draw_idx_{name}"] = 1 + random.permutation(n)[: n // 5]
        draws[f"draw_u_{name}"] = random.uniform(size=n // 5)
    draws["draw_idx_gsngi"] = 1 + random.permutation(n)[: n // 2]
    return draws


class Connection(NamedTuple):
    """One row of the table of connections."""

    source: str
    target: str
    synapse: str
    w: Any  # mS/cm2: one value, or one per target
    sources: list[np.ndarray]  # each: the source of every target
    constants: Mapping[str, Any]  # of the synapse
    delay: float | None = None  # ms


def connections(draws: Mapping[str, np.ndarray], pd: int) -> list[Connection]:
    """All connections; neighbours are counted in a ring of n neurons."""
    n = len(draws["draw_z_v_TH"])
    j = np.arange(n)

    def permuted(letters: str) -> list[np.ndarray]:
        return [draws[f"draw_perm_{letter}"].astype(int) - 1 for letter in letters]

    def chosen(name: str, value: Any) -> np.ndarray:
        w = np.zeros(n)
        w[draws[f"draw_idx_{name}"].astype(int) - 1] = value
        return w

    def uniform(name: str) -> np.ndarray:
        return np.asarray(draws[f"draw_u_{name}"])

    gaba = {"E": -85 * mV, "peak": 0.3}
    gaba_stn = {**gaba, "tau_d": 7.7 * ms, "tau_r": 0.4 * ms}
    stn_nmda = {"tau_d": 67 * ms, "tau_r": 2 * ms}
    ctx_ampa = {"tau_d": 2.49 * ms, "tau_r": 0.5 * ms}
    ctx_nmda = {"tau_d": 90 * ms, "tau_r": 2 * ms}
    cortical = {"E": -85 * mV}
    next_one, last_one, pallidal = [j, j + 1], [j, j - 1], [j + 1, j - 2]
    striatal = [j + q for q in range(STRIATAL_INPUTS)]
    w_d1 = (0.07 - 0.044 * pd) + 0.001 * uniform("gcordrstr")
    w_gpe = 0.25 * (1 + 3 * pd) * uniform("ggege")
    w_ampa = chosen("gsngea", 0.3 * uniform("gsngea"))
    w_nmda = chosen("gsngen", 0.002 * uniform("gsngen"))
    return [
        Connection("GPi", "TH", "Alpha", 0.112, [j], gaba, 5),
        Connection("TH", "CTX_E", "Alpha", 0.15, [j], {}, 5),
        Connection("CTX_I", "CTX_E", "Graded", 0.2 * 0.43, permuted("efgh"), cortical),
        Connection("CTX_E", "CTX_I", "Graded", 0.1 * 0.43, permuted("ijkl"), {"E": 0 * mV}),
        Connection("CTX_E", "D2", "Alpha", 0.07, [j], {}, 5.1),
        Connection("CTX_E", "D1", "Alpha", w_d1, [j], {}, 5.1),
        Connection("D2", "D2", "Graded", 0.1 / 4, permuted("abcd"), {}),
        Connection("D1", "D1", "Graded", 0.1 / 3, permuted("mno"), {}),
        Connection(
            "CTX_E", "STN", "BiExponential", 0.3 * uniform("gcorsna"), next_one, ctx_ampa, 5.9
        ),
        Connection(
            "CTX_E", "STN", "BiExponential", 0.003 * uniform("gcorsnn"), next_one, ctx_nmda, 5.9
        ),
        Connection("GPe", "STN", "BiExponential", 0.5, next_one, gaba_stn, 4),
        Connection("STN", "GPe", "BiExponential", w_ampa, last_one, {}, 2),
        Connection("STN", "GPe", "BiExponential", w_nmda, last_one, stn_nmda, 2),
        Connection("GPe", "GPe", "Alpha", w_gpe, pallidal, gaba, 1),
        Connection("D2", "GPe", "Alpha", 0.5, striatal, gaba, 5),
        Connection("STN", "GPi", "Alpha", chosen("gsngi", 0.15), last_one, {}, 1.5),
        Connection("GPe", "GPi", "Alpha", 0.5, pallidal, gaba, 3),
        Connection("D1", "GPi", "Alpha", 0.5, striatal, gaba, 4),
    ]


def place(name: str) -> tuple[str, int]:
    """The population that holds these cells, and which part of it they are."""
    return HALVES.get(name, (name, 0))


def pathways(table: list[Connection]) -> list[list[Connection]]:
    """Rows that one object can hold: between the same populations, with the same constants."""
    rows: dict[tuple[str, ...], list[Connection]] = {}
    for c in table:
        key = (place(c.source)[0], place(c.target)[0], c.synapse, repr(c.constants))
        rows.setdefault(key, []).append(c)
    return list(rows.values())


def ends(c: Connection, n: int) -> tuple[np.ndarray, ...]:
    """Sources, targets, w and delays of the synapses of one row."""
    w = np.broadcast_to(c.w, n)
    used = np.flatnonzero(w)
    source, target = (place(name)[1] * n for name in (c.source, c.target))
    i = source + np.concatenate([sources[used] % n for sources in c.sources])
    j = target + np.tile(used, len(c.sources))
    return i, j, np.tile(w[used], len(c.sources)), np.full(len(i), c.delay or 0.0)


@dataclass
class Model:
    """The network, its populations and the recorders of their spikes, by name."""

    network: hp.Network
    populations: dict[str, hp.Population | hp.Subgroup]
    spikes: dict[str, hp.SpikeRecorder]


def build(draws: Mapping[str, np.ndarray], pd: int = 0, cs: int = 0) -> Model:
    """The network of these draws; pd: lesioned, cs: prepared for the cortical stimulus."""
    cells, kinds = hp.compile("neurons.kumaravelu_2016"), hp.compile(FOLDER / "synapses.hhm")
    n = len(draws["draw_z_v_TH"])
    kind_of = {place(name)[0]: kind for name, kind in CELLS.items()}
    parts = Counter(place(name)[0] for name in CELLS)
    whole = {
        name: hp.Population(getattr(cells, kind), parts[name] * n, name=name)
        for name, kind in kind_of.items()
    }
    P = {
        name: whole[at][k * n : (k + 1) * n] if parts[at] > 1 else whole[at]
        for name in CELLS
        for at, k in [place(name)]
    }
    for name in list(CELLS)[:6]:
        mean = -63.8 if CELLS[name] == "Striatal" else -62
        P[name].v = (mean + 5 * draws[f"draw_z_v_{name}"]) * mV
    P["CTX_I"].a, P["CTX_I"].d = 0.1 / ms, 2 * mV / ms
    whole["striatal"].g_M = (2.6 - 1.1 * pd) * mS / cm**2
    if cs and not pd:
        P["GPe"].I_bias = 1 * uA / cm**2
    synapses = []
    for rows in pathways(connections(draws, pd)):
        c = rows[0]
        pathway = {} if c.delay is None else {"delay": c.delay * ms, "on_event": {"pre": "release"}}
        source, target = whole[place(c.source)[0]], whole[place(c.target)[0]]
        S = hp.Synapses(source, target, getattr(kinds, c.synapse), **pathway)
        i, j, w, delay = map(np.concatenate, zip(*(ends(row, n) for row in rows), strict=True))
        S.connect(i=i, j=j)
        if np.ptp(delay) > 0:
            S.delay = delay * ms
        S.w = w * mS / cm**2
        for name, value in c.constants.items():
            setattr(S, name, value)
        synapses.append(S)
    spikes = {name: hp.SpikeRecorder(population) for name, population in P.items()}
    return Model(hp.Network(*whole.values(), *synapses, *spikes.values(), dt=DT), P, spikes)


def stimulate(model: Model, dbs: float, target: str, cs: int) -> list[Any]:
    """Pulses of 0.3 ms at ``dbs`` Hz into STN or GPi; one pulse into the cortex at 1 s.

    The first sample of the script's waveforms is never used, so all begin one step early.
    """
    stimuli: list[Any] = []
    if dbs > 0:
        where, amplitude = model.populations[target], 300 * uA / cm**2
        pulse = {"frequency": dbs, "width": 0.3 * ms, "onset": -DT}
        stimuli.append(hp.PulseTrain(where, "I", amplitude, **pulse))
    for name in ("CTX_E", "CTX_I") if cs else ():
        where, amplitude = model.populations[name], 350 * uA / cm**2
        pulse = {"onset": 999.98 * ms, "duration": 0.31 * ms}
        stimuli.append(hp.CurrentClamp(where, "I", amplitude, **pulse))
    model.network.add(*stimuli)
    return stimuli


def results(model: Model, seconds: float) -> dict[str, np.ndarray]:
    """Spikes ordered by neuron, then time; rates; spectrum of GPi and its area."""
    found = {}
    for name, recorder in model.spikes.items():
        order = np.argsort(recorder.i, kind="stable")
        found[f"spike_index_{name}"] = recorder.i[order]
        found[f"spike_step_{name}"] = recorder.steps[order]
        found[f"rate_{name}"] = hp.trains.rates(recorder, seconds)
    if len(model.spikes["GPi"]):
        frequencies, power = hp.trains.spectrum(model.spikes["GPi"])
        area = hp.trains.band_power(frequencies, power, *ALPHA_BETA)
        found |= {"gpi_frequency": frequencies, "gpi_power": power, "gpi_area": np.array(area)}
    return found


def report(found: Mapping[str, np.ndarray]) -> None:
    print("population   spikes      Hz")
    for name in CELLS:
        print(
            f"{name:10s} {len(found[f'spike_step_{name}']):8d} {found[f'rate_{name}'].mean():7.2f}"
        )
    if "gpi_area" in found:
        print(
            f"GPi, {ALPHA_BETA[0]:g} to {ALPHA_BETA[1]:g} Hz: {found['gpi_area']:.2f} spikes**2/s2"
        )


def draw_pictures(
    model: Model, found: Mapping[str, np.ndarray], seconds: float, path: Path
) -> None:
    """Raster of the last second, population rates, spectrum of GPi."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(11, 6.5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(3, 2))
    window = (max(0, seconds - 1), seconds)
    colours = {name: f"C{number}" for number, name in enumerate(model.spikes)}
    hp.plotting.rasters(model.spikes, window, left.subplots(), colours=colours)
    top, bottom = right.subplots(2)
    basal = {name: model.spikes[name] for name in ("STN", "GPe", "GPi")}
    hp.plotting.population_rates(basal, seconds, min(0.02, seconds), top, colours)
    top.set_xlim(*window)
    top.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1, 0.97))
    if "gpi_power" in found:
        curve = (found["gpi_frequency"], found["gpi_power"])
        hp.plotting.spectra({"GPi": curve}, ALPHA_BETA, bottom, colours)
        bottom.set_title(f"GPi, 7 to 35 Hz: {found['gpi_area']:.1f}", fontsize="medium")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=Path, help="random draws, .npz (arrays draw_*)")
    parser.add_argument("--seed", type=int, default=1, help="of own draws, without --draws")
    parser.add_argument("--n", type=int, default=10, help="neurons in each population")
    parser.add_argument("--pd", type=int, choices=(0, 1), default=0, help="1: parkinsonian")
    parser.add_argument("--cs", type=int, choices=(0, 1), default=0, help="1: cortical stimulus")
    parser.add_argument("--dbs", type=float, default=0, metavar="HZ")
    parser.add_argument("--dbs-target", choices=("STN", "GPi"), default="STN")
    parser.add_argument("--duration", type=float, default=2000, metavar="MS")
    parser.add_argument("--out", type=Path, default=Path("spikes.npz"))
    a = parser.parse_args()
    draws = np.load(a.draws) if a.draws else draw(a.n, a.seed)
    start = time.perf_counter()
    model = build(draws, a.pd, a.cs)
    stimulate(model, a.dbs, a.dbs_target, a.cs)
    model.network.run(0 * ms)
    ready = time.perf_counter()
    model.network.run(a.duration * ms)
    done = time.perf_counter()
    found = results(model, a.duration / 1000)
    np.savez(a.out, **found)
    picture = a.out.with_suffix(".png")
    draw_pictures(model, found, a.duration / 1000, picture)
    report(found)
    print(f"ready in {ready - start:.2f} s, {a.duration:g} ms in {done - ready:.2f} s")
    print(f"{a.out}, {picture}")


if __name__ == "__main__":
    main()
