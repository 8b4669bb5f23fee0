# SPDX-License-Identifier: MIT
"""A patch of membrane with one channel under voltage clamp."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

import hodgpy as hp
from hodgpy.library import library_folder
from hodgpy.units import ms

DT = 0.5  # ms: at a constant potential every scheme of the library is solved exactly, or is slow


def channel_text(name: str) -> str:
    """The file of `traub_2003.NaT`."""
    return (library_folder() / "channels" / f"{name.split('.')[0]}.hhm").read_text("utf-8")


def patch(folder: Path, text: str, channel: str, **options: Any) -> hp.Model:
    """The channel of a text in a neuron whose potential is a constant of each cell."""
    block = re.search(rf"^channel {channel} \{{.*?^\}}", text, re.MULTILINE | re.DOTALL)
    assert block is not None, channel
    need = re.search(r"needs (\w+ : \w+)", block[0])
    lines = [text, "neuron Patch {", f"use {channel} as x", "v : mV (constant)"]
    if "temperature" in text or "q10" in text:
        lines.append("temperature = 20 degC")
    if need:
        lines.append(need[1] + " (constant)")
    lines += ["outward = -x.I : amp/meter**2", "}"]
    path = folder / "patch.hhm"
    path.write_text("\n".join(lines), "utf-8")
    return hp.compile(path, **options).Patch


def currents(
    model: hp.Model,
    steps: list[list[float]],
    times: list[float],
    celsius: float,
    calcium: tuple[float, float] | None = None,
    **values: float,
) -> np.ndarray:
    """Outward currents in mA/cm2, one row per step of the potential (mV), a column per time (ms).

    Gates relax in closed form; kinetic schemes are run, and have no value at times below DT.
    """
    before, after = np.array(steps).T * 1e-3
    cells = hp.Population(model, len(steps), **values)
    if "temperature" in model.variables:
        cells.set("temperature", celsius + 273.15)
    need = next((n for n in ("ca_i", "ca") if n in model.variables), None)

    def put(potentials: np.ndarray, which: int) -> None:
        cells.v = potentials
        if need and calcium:
            cells.set(need, calcium[which])

    gates = [name for name in model.states if f"{name}.tau" in model.variables]
    put(before, 0)
    if len(gates) < len(model.states):
        net = hp.Network(cells, dt=DT * ms)
        net.run(DT * ms)
        put(after, 1)
        return _run(net, cells, times)
    start = {gate: np.array(cells.get(f"{gate}.inf")) for gate in gates}
    put(after, 1)
    ends = {gate: np.array(cells.get(f"{gate}.inf")) for gate in gates}
    taus = {gate: np.array(cells.get(f"{gate}.tau")) * 1e3 for gate in gates}
    found = []
    for time in times:
        for gate in gates:
            cells.set(gate, ends[gate] + (start[gate] - ends[gate]) * np.exp(-time / taus[gate]))
        found.append(np.array(cells.get("outward")) * 0.1)
    return np.transpose(found)


def _run(net: hp.Network, cells: hp.Population, times: list[float]) -> np.ndarray:
    found = []
    elapsed = 0.0
    for time in times:
        if time < DT:
            found.append(np.full(len(cells), np.nan))
            continue
        net.run((time - elapsed) * ms)
        elapsed = time
        found.append(np.array(cells.get("outward")) * 0.1)
    return np.transpose(found)
