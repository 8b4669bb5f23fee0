# SPDX-License-Identifier: MIT
"""Every channel of the library under voltage clamp, against the mechanisms of the papers in NEURON.

`voltage_clamp.toml` says where its numbers come from. They have five digits; constants such as F/R
are rounded in some of the authors' files, hence the bound of 0.3 %.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
from clamp import channel_text, currents, patch
from hodgpy.library import library_folder
from literals import HHM_HIDDEN, blanked, literals, with_off

TABLE: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "voltage_clamp.toml").read_text("utf-8")
)
STEPS, TIMES = TABLE["steps"], TABLE["times"]
CHANNELS = [name for name in TABLE if "." in name]
BOUND = 3e-3


def deviation(model: hp.Model, expected: dict[str, Any]) -> float:
    """Largest relative error of the table of one channel."""
    values = {"x.E": expected["E"] * 1e-3} if "E" in expected else {}
    celsius = expected["celsius"]
    same = (expected["ca"], expected["ca"]) if "ca" in expected else None
    worst = error(currents(model, STEPS, TIMES, celsius, same, **values), expected["after"])
    if "ca_step" in expected:
        v, step = expected["ca_v"], expected["ca_step"]
        times = expected.get("ca_times", TIMES)
        found = currents(model, [[v, v]], times, celsius, tuple(step), **values)
        worst = max(worst, error(found, [expected["ca_after"]]))
    return worst


def error(found: np.ndarray, wanted: Any) -> float:
    """Largest relative difference; currents below 1e-4 of the largest one of a row count less."""
    size = np.abs(np.asarray(wanted))
    floor = 1e-4 * size.max(axis=-1, keepdims=True) + 1e-12
    known = ~np.isnan(found) if np.isnan(found[:, 1:]).sum() == 0 else np.ones(found.shape, bool)
    relative = np.nan_to_num(np.abs(found - wanted) / (size + floor), nan=np.inf)
    return float(relative[known].max())


@pytest.mark.parametrize("name", CHANNELS)
def test_currents_are_those_of_the_published_mechanism(name: str, tmp_path: Path) -> None:
    model = patch(tmp_path, channel_text(name), name.split(".")[1])
    assert deviation(model, TABLE[name]) < BOUND


LARGE = "1 beside an exponential of some thousand"
MEETING = "where two branches meet: no potential of the table lies between"
WITHOUT_EFFECT = {  # on any current, at 5 %, and why
    "(v - 1.33 mV)/(200 mV)": "K2: a summand of some 0.6 ms beside 60 ms",
    "1 in tau = max(exp(0.39*zeta": "a shift of the potential by 1 mV",
    "0.2 in tau = max(exp(0.00756": "the shortest time constant, reached above 60 mV",
    " in tau = 1/(-2.88e-6/mV": "NaP inactivates within seconds, the table ends after 0.4 s",
    "1 in alpha = 0.00643/mV": LARGE,
    "1 in a_m = 15.69/mV": LARGE,
    "1 in a_m = 0.1967/mV": LARGE,
    "1 in a_m = 0.2/mV": LARGE,
    "10 in alpha = 2/37.95/ms": MEETING,
    "10 in beta = 2/ms*exp": MEETING,
    "50 in tau = 1.25 ms": MEETING,
    "81 in tau = 0.333 ms": MEETING,
    "40 in tau = 0.025 ms": MEETING,
    "30 in tau = 0.025 ms": MEETING,
}


def mutants(name: str) -> list[tuple[str, str]]:
    """The text with one number of the channel, or of the constants and functions that it uses, 5 %
    larger; and where that is."""
    text, channel = channel_text(name), name.split(".")[1]
    own = re.sub(
        rf"^channel (?!{channel} )\w+ \{{.*?^\}}", "", text, flags=re.MULTILINE | re.DOTALL
    )
    own = re.sub(
        r"^(?:const|function) (\w+)(?:.*\n  +.*|.*)",
        lambda m: m[0] if own.count(m[1]) > 1 else "",
        own,
        flags=re.MULTILINE,
    )
    given = re.compile(r"param E = .*" if "E" in TABLE[name] else r"(?!)")
    return [(x.place, with_off(own, x)) for x in literals(blanked(own, given), HHM_HIDDEN)]


@pytest.mark.parametrize("name", CHANNELS)
def test_a_number_that_is_5_percent_off_is_noticed(name: str, tmp_path: Path) -> None:
    channel = name.split(".")[1]
    silent = []
    for where, text in mutants(name):
        model = patch(tmp_path, text, channel, target="interpreter")
        try:
            if deviation(model, TABLE[name]) < BOUND:
                silent.append(where)
        except hp.SimulationError:  # not a number: noticed
            pass
    assert not [one for one in silent if not any(part in one for part in WITHOUT_EFFECT)]


def test_every_channel_of_the_folder_has_its_table() -> None:
    found = set()
    for path in (library_folder() / "channels").glob("*.hhm"):
        found |= {
            f"{path.stem}.{name}"
            for name in re.findall(r"^channel (\w+)", path.read_text("utf-8"), re.MULTILINE)
        }
    assert found - set(CHANNELS) == {
        "huguenard_mccormick_1992.CaT",  # in closed form below
        "huguenard_mccormick_1992.KA",
        "huguenard_mccormick_1992.Ih",
        "pospischil_2008.Leak",
    }


def test_huguenard_and_mccormick_1992_by_hand(tmp_path: Path) -> None:
    """The formulas of the paper's table, written out a second time; 35.5 degC, 12 K above."""
    text = channel_text("huguenard_mccormick_1992")
    v = np.array([-95.0, -70.0, -62.0, -45.0, -10.0])
    warm = 3**1.2

    def found(channel: str, names: list[str], **values: Any) -> list[np.ndarray]:
        model = patch(tmp_path, text, channel, target="interpreter")
        cells = hp.Population(model, len(v), **values)
        cells.v = v * 1e-3
        if "temperature" in model.variables:
            cells.set("temperature", 308.65)
        return [np.array(cells.get(f"x.{name}")) for name in names]

    gates = ["m.inf", "m.tau", "h.inf", "h.tau"]
    m, tau_m, h, tau_h = found("CaT", gates, ca_i=2.4e-4)
    np.testing.assert_allclose(m, 1 / (1 + np.exp(-(v + 57) / 6.2)))
    np.testing.assert_allclose(h, 1 / (1 + np.exp((v + 81) / 4)))
    fast = 0.612 + 1 / (np.exp(-(v + 132) / 16.7) + np.exp((v + 16.8) / 18.2))
    np.testing.assert_allclose(tau_m * 1e3, fast / warm)
    slow = np.where(v < -80, np.exp((v + 467) / 66.6), 28 + np.exp(-(v + 22) / 10.5))
    np.testing.assert_allclose(tau_h * 1e3, slow / warm)
    xi = 2 * 96485.33212 * v * 1e-3 / (8.314462618 * 308.65)
    drive = 2 * 96485.33212 * xi * (2.4e-4 - 2 * np.exp(-xi)) / (1 - np.exp(-xi))
    cells = hp.Population(patch(tmp_path, text, "CaT", target="interpreter"), len(v), ca_i=2.4e-4)
    cells.v = v * 1e-3
    cells.set("temperature", 308.65)
    np.testing.assert_allclose(cells.get("outward"), 50e-6 * m**2 * h * drive, rtol=1e-9)

    m, tau_m, h, tau_h = found("KA", gates)
    np.testing.assert_allclose(m, 1 / (1 + np.exp(-(v + 60) / 8.5)))
    np.testing.assert_allclose(h, 1 / (1 + np.exp((v + 78) / 6)))
    fast = 0.37 + 1 / (np.exp((v + 35.82) / 19.697) + np.exp(-(v + 79.69) / 12.7))
    np.testing.assert_allclose(tau_m * 1e3, fast / warm)
    slow = 1 / (np.exp((v + 46.05) / 5) + np.exp(-(v + 238.4) / 37.45))
    np.testing.assert_allclose(tau_h * 1e3, np.where(v < -63, slow, 19) / warm)
    (current,) = found("KA", ["I"])
    np.testing.assert_allclose(current, 34.5 * m**4 * h * (-0.105 - v * 1e-3))

    m, tau_m = found("Ih", ["m.inf", "m.tau"])
    np.testing.assert_allclose(m, 1 / (1 + np.exp((v + 75) / 5.5)))
    np.testing.assert_allclose(
        tau_m * 1e3, 1 / (np.exp(-14.59 - 0.086 * v) + np.exp(-1.87 + 0.0701 * v))
    )
    (current,) = found("Ih", ["I"])
    np.testing.assert_allclose(current, 0.2 * m * (-0.043 - v * 1e-3))
