# SPDX-License-Identifier: MIT
"""Every number of the published networks matters: 5 % off, and the beginning of the run differs.

Networks fire chaotically, so what is pinned is a short beginning of a reduced network: potentials
of its cells after some milliseconds, and the number of spikes. Each literal of the script that is
part of the model (in equations, with a unit, or with a fraction) is changed in the script's text,
which then runs; scripts that use cells and synapses of the shelf leave those to tests/stdlib.
`python tests/examples/test_network_sensitivity.py` writes `pins.toml` anew.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
import pins

FOLDER = Path(__file__).parents[2] / "examples" / "networks"
UNITS = r"m?V|m?s|second|[npu]A|[npmu]S|usiemens|pF|Hz|ohm|[cmu]m|density|mS_cm2|mM"
# A number with a unit, or with a fraction, or in an equation of the text CELL.
WITH_UNIT = re.compile(rf"(?<![\w.*])(\d+\.?\d*(?:e-?\d+)?)(?= ?\*? ?\(?(?:{UNITS})\b)")
FRACTION = re.compile(r"(?<![\w.*])(\d+\.\d*(?:e-?\d+)?)(?![\w.])")
ANY = re.compile(r"(?<![\w.*])(\d+\.?\d*)(?![\w.])")
# Not of the model: steps of time, what draws or seeds, texts for people.
HIDDEN = re.compile(
    r'\A#[^\n]*\n"""[\s\S]*?"""|^    """[\s\S]*?"""|#.*|\bdt(?:: float)? ?= ?[\d.]+(?: ?\* ?ms)?'
    r"|scale: float = [\d.]+|REGIMES = \{[\s\S]*?\}|\*\*-?[\d.]+"
    r"|^ *(?:from|import) .*|: 1$|(?<![\w.])1(?! ?\*? ?[mnpu])(?![\w.])",
    re.MULTILINE,
)
TABLES = re.compile(r"np\.array\(\[[\s\S]*?\]\)")
Found = dict[str, np.ndarray]


def _potjans_tables(module: Any) -> Found:
    w = np.where(np.arange(8) % 2, -4.0, 1.0) * module.current_of(0.15) * np.ones((8, 1))
    return {
        "numbers": np.log1p(module.full_numbers().ravel()),
        "constant": module.compensation(0.1, w),
        "start": module.START.ravel(),
        "external": module.EXTERNAL.astype(float),
    }


# How to build the reduced network, and for how long it runs (ms).
PLANS: dict[str, tuple[Callable[[Any], Any], float]] = {
    "brunel_2000": (lambda m: m.build(5.0, 2.0, n=500)[0], 15),
    "coba": (lambda m: m.build(400)[0], 10),
    "cobahh": (lambda m: m.build(400)[0], 10),
    "cuba": (lambda m: m.build(400)[0], 10),
    "diesmann_1999": (lambda m: m.build(85)[0], 62),
    "izhikevich_2003": (lambda m: m.build()[0], 20),
    "potjans_diesmann_2014": (lambda m: _few(m).build(0.02)[0], 8),
    "rubin_terman_2004": (lambda m: m.build(m.HEALTHY, 130.0)[0], 105),
    "vogels_2011": (lambda m: _learning(m.build(400)), 60),
    "wang_buzsaki_1996": (lambda m: m.build(n=20)[0], 20),
}
MOVES_NOTHING: dict[str, dict[str, str]] = {
    "diesmann_1999": {"1 in cell = ": "a refractory time of 10.5 steps is one of 10 steps"},
    "potjans_diesmann_2014": {"0.1 in S.delay": "one step in place of 1.05: both are one step"},
    "izhikevich_2003": {"30 in threshold": "v explodes: no cell is between 30 and 31.5"},
}


def _few(module: Any) -> Any:
    """Three projections for sixty; the numbers of all are pinned as a table."""
    kept = np.zeros_like(module.PROBABILITY)
    kept[0, :3] = module.PROBABILITY[0, :3]
    module.PROBABILITY = kept
    return module


def _learning(built: Any) -> hp.Network:
    network, plastic, _ = built
    plastic.eta = 0.2
    found: hp.Network = network
    return found


def numbers(text: str) -> list[tuple[int, str, str]]:
    """Where the literals of the model begin, they themselves, and their lines."""
    model = re.split(
        r"^def (?:main|error_index|volleys|coherence)|^if __name", text, flags=re.MULTILINE
    )[0]
    visible = HIDDEN.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), model)
    found = {
        m.start(): m[1] for pattern in (WITH_UNIT, FRACTION) for m in pattern.finditer(visible)
    }
    for block in re.finditer(r'CELL = """.*?"""', visible, re.DOTALL):
        found |= {block.start() + m.start(): m[1] for m in ANY.finditer(block[0])}
    lines = text.splitlines()
    return [
        (at, number, lines[text[:at].count("\n")].strip())
        for at, number in sorted(found.items())
        if float(number) != 0
    ]


def result(name: str, text: str, is_table: bool = False) -> Found:
    """The figures of a script's text."""
    module = types.ModuleType(name)
    module.__file__ = str(FOLDER / f"{name}.py")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        patch.setitem(sys.modules, name, module)
        exec(compile(text, module.__file__, "exec"), module.__dict__)
        found = _potjans_tables(module) if name.startswith("potjans") else {}
        if is_table:
            return found
        make, time = PLANS[name]
        network = make(module)
        network.run(time * 1e-3)
    for part in network._objects:
        if type(part) is hp.Population and "v" in part.model.variables:
            found[f"{part.name}.v"] = np.asarray(part.v, dtype=float)[:30]
        elif isinstance(part, hp.SpikeRecorder):
            found[f"spikes {len(found)}"] = np.array([len(part), 0.0])
    return found


def figures(name: str) -> pins.Figures:
    text = (FOLDER / f"{name}.py").read_text("utf-8")
    is_potjans = name.startswith("potjans")
    tables = [m.span() for m in TABLES.finditer(text)] if is_potjans else []
    rows = [result(name, text)]
    places = ["nothing"]
    for at, number, line in numbers(text):
        places.append(f"{number} in {line}")
        changed = text[:at] + f"{float(number) * 1.05:.12g}" + text[at + len(number) :]
        try:
            found = result(name, changed, any(a <= at < b for a, b in tables))
        except hp.HodgError:  # a delay that is no multiple of dt, say: noticed
            found = {what: np.full_like(values, np.inf) for what, values in rows[0].items()}
        rows.append(rows[0] | found)
    samples = {what: np.array([row[what] for row in rows]) for what in rows[0]}
    return pins.Figures(places, samples)


@pytest.mark.filterwarnings("ignore::hodgpy.errors.ModelWarning")
@pytest.mark.parametrize("name", PLANS)
def test_each_number_of_a_network_moves_its_beginning(name: str) -> None:
    pins.check(f"networks.{name}", figures(name), MOVES_NOTHING.get(name, {}))


def test_every_network_is_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - {"common"} == set(PLANS)


def write(names: list[str]) -> None:
    chosen = [f"networks.{n}" for n in names or PLANS]
    pins.write(chosen, lambda name: figures(name.removeprefix("networks.")))


if __name__ == "__main__":
    write(sys.argv[1:])
