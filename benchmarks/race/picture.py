# SPDX-License-Identifier: MIT
"""The picture of the race: a panel of bars for each model, and the squid axon over N."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

COMPARED = 1000  # neurons at which every simulator but Jaxley is measured
TITLES = {
    "squid_hh": "squid axon (Hodgkin-Huxley)",
    "traub_miles": "Traub-Miles",
    "ten_channels": "cell with ten channels",
    "lif": "leaky integrate-and-fire",
    "izhikevich": "Izhikevich",
    "adex": "AdEx",
    "fields_24": "24 fields, Euler",
    "fields_40": "40 fields, Euler",
}
# contestant: name in the picture, colour, style of its line; hodgpy's are shades of red
LOOK = {
    "hodgpy": ("hodgpy", "#b2182b", "o-"),
    "hodgpy, fast": ("hodgpy, fast", "#ef8a62", "s-"),
    "hodgpy, approximate": ("hodgpy, approximate", "#fdae61", "^-"),
    "hodgpy, float32": ("hodgpy, float32", "#67001f", "D-"),
    "Brian 2": ("Brian 2", "#1f78b4", "o--"),
    "Brian 2, -O3 -ffast-math -march=native": ("Brian 2, fastest flags", "#1f78b4", "s--"),
    "NEURON, tables": ("NEURON, tables", "#33a02c", "o--"),
    "NEURON, exact rates": ("NEURON, exact rates", "#33a02c", "s--"),
    "Arbor": ("Arbor", "#6a3d9a", "o--"),
    "Jaxley": ("Jaxley", "#00a0a0", "v--"),
    "Numba": ("Numba", "0.35", "o--"),
    "NumPy": ("NumPy", "0.65", "o--"),
}


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """ns per neuron and step: bars at COMPARED neurons, lines over N for the first model."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    bar_rows = (len(models) + 1) // 2
    figure = plt.figure(figsize=(11, 2.5 * bar_rows + 4), layout="constrained")
    grid = figure.add_gridspec(bar_rows + 1, 2, height_ratios=[2.5] * bar_rows + [4])
    for k, model in enumerate(models):
        bars(figure.add_subplot(grid[k // 2, k % 2]), [r for r in rows if r["model"] == model])
    lines(figure.add_subplot(grid[bar_rows, :]), [r for r in rows if r["model"] == models[0]])
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def bars(axis: Any, rows: list[dict[str, Any]]) -> None:
    """A bar for each contestant, hodgpy on top."""
    sizes = sorted({row["n"] for row in rows})
    n = COMPARED if COMPARED in sizes else sizes[-1]
    chosen = [row for row in rows if row["n"] == n][::-1]
    values = [row["median"] for row in chosen]
    low = 0.5 * min(values)  # a logarithmic axis has no 0 for a bar to begin at
    drawn = axis.barh(
        [LOOK[row["contestant"]][0] for row in chosen],
        [value - low for value in values],
        left=low,
        color=[LOOK[row["contestant"]][1] for row in chosen],
    )
    axis.bar_label(drawn, labels=[f"{value:.3g}" for value in values], padding=3, fontsize=8)
    axis.set(xscale="log", xlim=(low, 2 * max(values)), xlabel="ns per neuron and step")
    axis.set_title(f"{TITLES[chosen[0]['model']]}, {n} neurons", fontsize=10)
    axis.xaxis.set_minor_formatter("")  # labels of a decade would overlap
    axis.tick_params(labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)


def lines(axis: Any, rows: list[dict[str, Any]]) -> None:
    """Every contestant over the number of neurons."""
    for contestant, (label, colour, style) in LOOK.items():
        own = [row for row in rows if row["contestant"] == contestant]
        if own:
            x, y = [row["n"] for row in own], [row["median"] for row in own]
            axis.plot(x, y, style, color=colour, label=label, markersize=4, linewidth=1.5)
    axis.set(xscale="log", yscale="log", xlabel="neurons", ylabel="ns per neuron and step")
    axis.set_title(TITLES[rows[0]["model"]], fontsize=10)
    axis.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=4, frameon=False)
    axis.spines[["top", "right"]].set_visible(False)
