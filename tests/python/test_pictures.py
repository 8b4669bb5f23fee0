# SPDX-License-Identifier: MIT
"""LaTeX and HTML of models, plots of recordings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from html.parser import HTMLParser

import numpy as np
import pytest

import hodgpy as hp
from hodgpy.latex import expression_latex, name_latex
from hodgpy.units import cm, ms, uA


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("tau_m", r"\tau_{m}"),
        ("m_inf", r"m_{\infty}"),
        ("d_1.inf", r"d_{1,\infty}"),
        ("d_1.tau", r"\tau_{d_{1}}"),
        ("g_Na", r"g_{\mathrm{Na}}"),
        ("na.I", r"I^{\mathrm{na}}"),
        ("na.m.alpha", r"\alpha_{m}^{\mathrm{na}}"),
        ("n.inf", r"n_{\infty}"),
        ("_x_", r"\mathrm{\_x\_}"),
    ],
)
def test_names(text: str, latex: str) -> None:
    assert name_latex(text) == latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a + b*c", r"a + b\,c"),
        ("(a + b)*c", r"\left(a + b\right)\,c"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("a/b/c*d", r"\frac{a\,d}{b\,c}"),
        ("-a**2", r"-a^{2}"),
        ("(-a)**2", r"\left(-a\right)^{2}"),
        ("-(v + 0.04*volt)/(0.01*volt)", r"-\frac{v + 40\,\mathrm{mV}}{10\,\mathrm{mV}}"),
        ("a - b/c", r"a - \frac{b}{c}"),
        ("a + -b*c", r"a + \left(-b\,c\right)"),
        ("1/a", r"\frac{1}{a}"),
        ("sqrt(2)", r"\sqrt{2}"),
        ("exp(-x)", "e^{-x}"),
        ("1e-9", r"10^{-9}"),
    ],
)
def test_expressions(text: str, latex: str) -> None:
    assert expression_latex(text) == latex


def first(name: str) -> hp.Model:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.ModelWarning)
        return next(iter(hp.compile(name)))


@pytest.mark.parametrize("name", [n for n in hp.models() if n.startswith("neurons.")])
def test_models_as_latex_can_be_typeset(name: str) -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    text = first(name)._repr_latex_()
    assert text.startswith(r"$$\begin{aligned}")
    body = text[2:-2].removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    # mathtext knows no environment: the rows of a case distinction stand for themselves
    for environment in (r"\begin{cases}", r"\end{cases}"):
        body = body.replace(environment, "")
    for line in re.split(r" *\\\\ *", body):
        mathtext.MathTextParser("path").parse(f"${line.replace('&', '').strip()}$")


class Tags(HTMLParser):
    """Checks that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_model_as_html() -> None:
    text = first("neurons.hodgkin_huxley_1952")._repr_html_()
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert "<td>na.g</td><td style='text-align:right'>120</td><td>mS/cm**2</td>" in text


def test_pictures_of_recordings() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    cells = hp.Population(first("neurons.hodgkin_huxley_1952"), 20, name="axons")
    cells.I = np.linspace(0, 30, 20) * (uA / cm**2)
    spikes = hp.SpikeRecorder(cells)
    trace = hp.StateRecorder(cells, ["v", "na.m", "na.I + k.I"], record=[5, 19])
    rates = hp.RateRecorder(cells, bin=2 * ms)
    hp.Network(cells, spikes, trace, rates, dt=0.01 * ms).run(30 * ms)
    raster = spikes.plot()
    assert len(raster.collections[0].get_offsets()) == len(spikes)
    panels = trace.plot()
    assert [len(panel.lines) for panel in panels] == [2, 2, 2]
    assert panels[0].get_ylabel() == "v (mV)"
    np.testing.assert_allclose(panels[0].lines[1].get_ydata(), trace.get("v", "mV")[1])
    np.testing.assert_allclose(rates.plot(color="red").patches[0].get_data().values, rates.rate)
    for panel in (raster, *panels):
        panel.figure.canvas.draw()
    pyplot.close("all")


def test_import_is_light() -> None:
    code = "import sys, json, hodgpy; print(json.dumps(sorted(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    modules = set(json.loads(output.stdout))
    assert not modules & {
        "matplotlib",
        "scipy",
        "pandas",
        "tqdm",
        "hodgpy.latex",
        "hodgpy.analysis",
    }
