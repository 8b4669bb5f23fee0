# SPDX-License-Identifier: MIT
"""Draws the pictures of networks.md, plasticity.md, cables and the how-to pages from their code.

python docs/pictures/draw.py
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from hodgpy.units import second

HERE = Path(__file__).parent
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_page(name: str) -> dict[str, Any]:
    """The names that a page's code leaves behind."""
    page = HERE.parent / name
    namespace: dict[str, Any] = {"__name__": "page"}
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        line = page.read_text(encoding="utf-8").count("\n", 0, block.start()) + 1
        exec(compile("\n" * line + block[1], str(page), "exec"), namespace)
    return namespace


def save(figure: Any, name: str) -> None:
    figure.savefig(HERE / name, dpi=80)
    plt.close(figure)


def networks() -> None:
    page = run_page("networks.md")
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(7, 4), sharex=True, height_ratios=(3, 1), layout="constrained"
    )
    spikes = page["spikes"]
    shown = spikes.i % 10 == 0
    excitatory = spikes.i < 3200
    for mask, colour in ((shown & excitatory, "C0"), (shown & ~excitatory, "C3")):
        top.plot(spikes.t[mask] * 1e3, spikes.i[mask], ".", color=colour, markersize=1.5)
    top.set(ylabel="neuron (every tenth)", title="COBA, 4000 neurons")
    rate = page["rate"]
    bottom.step(rate.t * 1e3, rate.rate, where="post", color="C0")
    bottom.set(xlabel="time (ms)", ylabel="rate of E (Hz)")
    save(figure, "coba.png")

    response = page["response"]
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(7, 3.2), sharex=True, layout="constrained")
    top.plot(response.t * 1e3, response.I[0] * 1e9, color="C1", drawstyle="steps-post")
    top.set(ylabel="I (nA)")
    bottom.plot(response.t * 1e3, response.v[0] * 1e3, color="k")
    bottom.set(xlabel="time (ms)", ylabel="v (mV)")
    save(figure, "pulses.png")


def plasticity() -> None:
    page = run_page("plasticity.md")
    net, synapses = page["net"], page["S"]
    net.run(98 * second)
    figure, axis = plt.subplots(figsize=(5, 2.8), layout="constrained")
    bins = np.linspace(0, synapses.w[:].max(), 31)
    axis.hist(page["before"], bins=bins, color="0.7", label="at the start")
    axis.hist(synapses.w[:], bins=bins, color="C0", alpha=0.7, label="after 100 s")
    axis.set(xlabel="w", ylabel="synapses")
    axis.legend(frameon=False)
    save(figure, "stdp.png")

    figure, axis = plt.subplots(figsize=(5, 2.8), layout="constrained")
    axis.axhline(0, color="0.8")
    differences, change = np.asarray(page["differences"]) * 1e3, np.asarray(page["change"])
    for side in (differences < 0, differences >= 0):  # the curve jumps at 0
        axis.plot(differences[side], change[side], ".-", color="C0")
    axis.set(xlabel="post after pre (ms)", ylabel="change of w")
    save(figure, "stdp_curve.png")

    trace = page["trace"]
    figure, axis = plt.subplots(figsize=(5, 2.4), layout="constrained")
    axis.plot(trace.t * 1e3, trace.v[0] * 1e3, color="k")
    axis.set(xlabel="time (ms)", ylabel="v (mV)")
    save(figure, "depression.png")


def how_to() -> None:
    """Pages that save their pictures themselves."""
    for page in (
        "phase_plane.md", "stdp_network.md", "branched_cell.md", "cables.md", "reduced_dendrites.md"
    ):  # fmt: skip
        with contextlib.chdir(HERE):
            run_page(page)
        plt.close("all")


if __name__ == "__main__":
    how_to()
    networks()
    plasticity()
