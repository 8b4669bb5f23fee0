# SPDX-License-Identifier: MIT
"""Pages and pictures of the published networks of examples/networks, for `scripts/model_pages`."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import hodgpy as hp
from hodgpy import latex

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "networks"
# The network whose equations and numbers the page gives; reduced where the full one is large.
SMALL: dict[str, Callable[[Any], Any]] = {
    "brunel_2000": lambda m: m.build(5.0, 2.0, n=500),
    "coba": lambda m: m.build(),
    "cobahh": lambda m: m.build(),
    "cuba": lambda m: m.build(),
    "diesmann_1999": lambda m: m.build(85),
    "izhikevich_2003": lambda m: m.build(),
    "potjans_diesmann_2014": lambda m: m.build(0.01),
    "rubin_terman_2004": lambda m: m.build(m.HEALTHY, 130.0),
    "vogels_2011": lambda m: m.build(),
    "wang_buzsaki_1996": lambda m: m.build(),
}
SCALED = {"(0.001*volt)": "mV", "(0.001*second)": "ms", "(1e-12*farad)": "pF"}
PREFIXES = [(1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p")]


def names() -> list[str]:
    return sorted(SMALL)


def load(name: str) -> Any:
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    return importlib.import_module(name)


def documentation(name: str) -> str:
    return ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))) or ""


def title(name: str) -> str:
    return documentation(name).split("\n\n")[0].rstrip(".").replace("\n", " ")


def page(name: str, linked: Callable[[str], str]) -> str:
    """The text of the page."""
    whole = re.sub(r"\n\n    python .*", "", documentation(name))
    summary, _, body = whole.partition("\n\n")
    out = [f"# {name}", "", summary.replace("\n", " "), "", linked(body), ""]
    out += [f"![{name}]({name}.png)", ""]
    out += [
        f"Run it with `python examples/networks/{name}.py`; `build()` of the script returns the "
        "network and its recorders. What tests hold: [published networks]"
        "(../../published_networks.md).",
        "",
    ]
    built = SMALL[name](load(name))
    network = next(part for part in built if isinstance(part, hp.Network))
    parts = network._objects
    populations = [p for p in parts if type(p) is hp.Population]
    total = sum(p.N for p in populations)
    out += ["## Cells", "", f"Numbers below are those of a network of {total} cells.", ""]
    out += _populations(populations)
    out += ["## Synapses", ""]
    out += _synapses([s for s in parts if isinstance(s, hp.Synapses)])
    others = [
        p for p in parts if isinstance(p, hp.PoissonInput | hp.PulseTrain | hp.SpikeGenerator)
    ]
    if others:
        kinds = sorted({type(p).__name__ for p in others})
        out += [f"Stimuli: {', '.join(f'`{kind}`' for kind in kinds)}; see the script.", ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).rstrip() + "\n"


def _readable(record: dict[str, Any]) -> dict[str, Any]:
    own = dict(record)
    if "equation" in own:
        for scaled, unit in SCALED.items():
            own["equation"] = own["equation"].replace(scaled, unit)
    return own


def _equations(rows: list[dict[str, Any]]) -> str:
    readable = [_readable(r) for r in rows]
    record = {"variables": readable}
    lines = [latex.equation_latex(r) for r in readable if latex._is_shown(r, record)]
    body = " \\\\\n".join(lines)
    return f"```math\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n```\n" if lines else ""


def _value(value: float, unit: str) -> str:
    if unit in ("1", ""):
        return f"{value:.4g}"
    if not unit.isalpha() or value == 0:
        return f"{value:.4g} {unit}"
    scale, prefix = next(
        ((s, p) for s, p in PREFIXES if abs(value) >= 0.999 * s), PREFIXES[-1]
    )  # fmt: skip
    short = {"volt": "V", "second": "s", "amp": "A", "siemens": "S", "farad": "F", "hertz": "Hz"}
    return f"{value / scale:.4g} {prefix}{short.get(unit, unit)}"


def _numbers(part: Any) -> dict[str, str]:
    """Values of the parameters of a population or of synapses, ranges where they differ."""
    result = {}
    for row in part.model._record["variables"]:
        if row["role"] not in ("shared parameter", "parameter") or row["name"] in (
            "i",
            "j",
            "lastupdate",
        ):
            continue
        values = np.asarray(
            part.get(row["name"]) if hasattr(part, "get") else part[row["name"]], float
        )
        values = values / row["unit_scale"]
        low, high = float(values.min()), float(values.max())
        unit = row["unit"]
        shown = _value(low, unit) if low == high else f"{_value(low, unit)} to {_value(high, unit)}"
        result[row["name"]] = shown
    return result


def _populations(populations: list[hp.Population]) -> list[str]:
    out, seen = [], set()
    for population in populations:
        record = population.model._record
        text = _equations(record["variables"])
        if text not in seen:
            seen.add(text)
            out += [text]
            for event in record["events"]:
                condition, statements = event["condition"], "; ".join(event["statements"])
                for scaled, unit in SCALED.items():
                    condition, statements = (
                        condition.replace(scaled, unit),
                        statements.replace(scaled, unit),
                    )
                then = f", then `{statements}`" if statements else ""
                out += [f"`{event['name']}` when `{condition}`{then}.", ""]
    out += ["| population | cells | parameters |", "|---|---|---|"]
    for population in populations:
        values = ", ".join(f"`{n}` = {v}" for n, v in _numbers(population).items())
        out += [f"| {population.name} | {population.N} | {values} |"]
    return [*out, ""]


def _synapses(synapses: list[hp.Synapses]) -> list[str]:
    out, seen = [], set()
    rows = ["| from | to | statement at a spike | parameters |", "|---|---|---|---|"]
    for S in synapses:
        record = S.model._record
        summed = [
            {
                "name": f"{r['target']}_{r['side']}",
                "role": "subexpression",
                "equation": r["equation"],
            }
            for r in record["summed"]
        ]
        own = [v for v in record["variables"] if v.get("role") != "of a population"]
        text = _equations([*own, *summed])
        if text and text not in seen:
            seen.add(text)
            out += [text]
        on = "; ".join(s for p in record["pathways"] for s in p["statements"])
        values = ", ".join(f"`{n}` = {v}" for n, v in _numbers(S).items())
        names_ = [getattr(end, "name", "") or "spikes" for end in (S.source, S.target)]
        rows += [f"| {names_[0]} | {names_[1]} | {f'`{on}`' if on else ''} | {values} |"]
    return [*out, *rows, ""]


# -- figures ---------------------------------------------------------------------------------------


def _raster(
    axis: Any, spikes: hp.SpikeRecorder, split: int, every: int, window: tuple[float, float]
) -> None:
    """Every so many cells; excitatory ones blue, inhibitory ones red."""
    shown = (spikes.i % every == 0) & (spikes.t >= window[0]) & (spikes.t < window[1])
    for mask, colour in ((spikes.i < split, "C0"), (spikes.i >= split, "C3")):
        chosen = shown & mask
        axis.plot(spikes.t[chosen] * 1e3, spikes.i[chosen], ".", color=colour, markersize=1.2)
    axis.set_xlim(window[0] * 1e3, window[1] * 1e3)


def _raster_and_rate(name: str, seconds: float) -> Any:
    import matplotlib.pyplot as plt

    module = load(name)
    network, spikes = module.build()
    network.run(seconds)
    rate, cv = load("common").rate_and_cv(spikes, 0.2, seconds)
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(7, 3.8), sharex=True, height_ratios=(3, 1), layout="constrained"
    )
    _raster(top, spikes, 3200, 8, (0.0, seconds))
    top.set(ylabel="cell (every eighth)", title=f"4000 cells: {rate:.1f} Hz, CV {cv:.2f}")
    counts, edges = np.histogram(spikes.t, np.arange(0, seconds + 1e-9, 5e-3))
    bottom.step(edges[:-1] * 1e3, counts / 5e-3 / 4000, where="post")
    bottom.set(xlabel="t (ms)", ylabel="rate (Hz)", xlim=(0, seconds * 1e3))
    return figure


def _brunel(_: str) -> Any:
    import matplotlib.pyplot as plt

    module = load("brunel_2000")
    windows = {"synchronous regular": (0.15, 0.2), "slow oscillation": (0.4, 0.6)}
    figure, axes = plt.subplots(2, 4, figsize=(11, 4), height_ratios=(2, 1), layout="constrained")
    for column, (name, (g, eta)) in zip(axes.T, module.REGIMES.items(), strict=True):
        start, end = windows.get(name, (0.3, 0.4))
        network, spikes = module.build(g, eta)
        network.run(end)
        _raster(column[0], spikes, 12500, 125, (start, end))
        rate = np.sum(spikes.t >= start) / 12500 / (end - start)
        column[0].set_title(f"{name}\ng {g:g}, eta {eta:g}: {rate:.1f} Hz", fontsize=8)
        counts, edges = np.histogram(spikes.t, np.arange(start, end + 1e-9, 5e-4))
        column[1].step(edges[:-1] * 1e3, counts / 5e-4 / 12500, where="post", lw=0.8)
        column[1].set(xlabel="t (ms)", xlim=(start * 1e3, end * 1e3), ylim=(0, None))
    axes[0, 0].set_ylabel("cell (one in 125)")
    axes[1, 0].set_ylabel("rate (Hz)")
    return figure


def _microcircuit(_: str) -> Any:
    import matplotlib.pyplot as plt

    module = load("potjans_diesmann_2014")
    network, spikes = module.build(0.1)
    network.run(1.2)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9, 4), width_ratios=(3, 1), layout="constrained"
    )
    base, middles = 0, []
    for name, recorder in spikes.items():
        chosen = (recorder.t > 0.8) & (recorder.i % 4 == 0)
        n = int(module.SIZES[list(spikes).index(name)] * 0.1)
        colour = "C0" if name.endswith("E") else "C3"
        left.plot(recorder.t[chosen] * 1e3, base + recorder.i[chosen], ".", color=colour, ms=1.2)
        middles.append(base + n / 2)
        base += n
    left.set(
        yticks=middles, yticklabels=list(spikes), xlabel="t (ms)", xlim=(800, 1200), ylim=(base, 0)
    )
    left.set_title("a tenth of the cells and of their inputs; every fourth shown", fontsize=8)
    rates = [hp.trains.rates(s, 1.0, start=0.2).mean() for s in spikes.values()]
    at = np.arange(8)
    right.barh(at - 0.2, rates, 0.4, label="here")
    right.barh(at + 0.2, module.RATES, 0.4, label="full size, NEST", color="0.7")
    right.set(yticks=at, yticklabels=list(spikes), ylim=(7.6, -0.6), xlabel="rate (Hz)")
    right.legend(fontsize=7, frameon=False)
    return figure


def draw(name: str) -> Any:
    """The picture, for those that the scripts do not draw themselves; else None."""
    made: dict[str, Callable[[str], Any]] = {
        "cuba": lambda n: _raster_and_rate(n, 1.0),
        "coba": lambda n: _raster_and_rate(n, 1.0),
        "cobahh": lambda n: _raster_and_rate(n, 1.0),
        "brunel_2000": _brunel,
        "potjans_diesmann_2014": _microcircuit,
    }
    return made[name](name) if name in made else None
