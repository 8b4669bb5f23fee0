# SPDX-License-Identifier: MIT
"""Every number of the published networks matters: 5 % off, and the beginning of the run differs.

Networks fire chaotically, so what is pinned is a short beginning of a reduced network: potentials
of its cells after some milliseconds, and the number of spikes. Each literal of the script that is
part of the model is changed in the script's text, which then runs: 5 % off, or the next whole
number. Scripts that use cells and synapses of the shelf leave those to tests/stdlib.
`python tests/examples/test_network_sensitivity.py` writes `pins.toml` anew.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hodgpy as hp
import pins
from literals import OFF, Literal, literals, with_off

FOLDER = Path(__file__).parents[2] / "examples" / "networks"
# Not of the model: texts for people, steps of time, seeds, what is imported, indices, units.
HIDDEN = re.compile(
    r'\A#[^\n]*\n"""[\s\S]*?"""|^    """[\s\S]*?"""|#.*|\bdt(?:: float)? ?= ?[\d.]+(?: ?\* ?ms)?'
    r"|seed(?:: int = | ?\+ ?)\d|scale: float = [\d.]+|^ *(?:from|import) .*|: 1$|_rng\(.*\)"
    r"|build\(\)\[\d\]|(?<![\w.])(?:ms|second|cm)\*\*[\d.]+|\[[01]\]",
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


def _constants(module: Any) -> Found:
    """Sizes that are defaults of a function, and what the regimes are: the reduced networks have
    others."""
    defaults = [
        float(parameter.default)
        for parameter in inspect.signature(module.build).parameters.values()
        if isinstance(parameter.default, int | float)
    ]
    regimes = [x for pair in getattr(module, "REGIMES", {}).values() for x in pair]
    return {"defaults": np.array(defaults), "regimes": np.array(regimes or [0.0])}


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
    "potjans_diesmann_2014": {
        "0.1 in S.delay": "one step in place of 1.05: both are one step",
        "20 in S.delay": "beyond 20 ms are 24 standard deviations",
        "2 in S.w": "beyond twice the mean are 10 standard deviations",
    },
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


def changes(text: str, literal: Literal) -> Iterator[str]:
    """The text with this number 5 % off and, where it must be whole, with the next that is."""
    yield with_off(text, literal)
    if literal.number.isdigit():
        number = int(literal.number)
        other = max(number + 1, round(number * (1 + OFF)))
        yield f"{text[: literal.at]}{other}{text[literal.end :]}"


def numbers(text: str) -> list[Literal]:
    """The literals of the model, which the script has before what runs and shows it."""
    model = re.split(
        r"^def (?:main|error_index|volleys|coherence|rate_and_cv)|^if __name",
        text,
        flags=re.MULTILINE,
    )[0]
    return literals(model, HIDDEN)


def result(name: str, texts: dict[str, str], is_table: bool = False) -> Found:
    """The figures of a script's text, with the text of what it imports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        for part, text in texts.items():
            module = types.ModuleType(part)
            module.__file__ = str(FOLDER / f"{part}.py")
            patch.setitem(sys.modules, part, module)
            exec(compile(text, module.__file__, "exec"), module.__dict__)
        found = _constants(module)
        if name.startswith("potjans"):
            found |= _potjans_tables(module)
        if is_table:
            return found
        make, time = PLANS[name]
        network = make(module)
        network.run(time * 1e-3)
    recorders = 0
    for item in network._objects:
        if type(item) is hp.Population and "v" in item.model.variables:
            found[f"{item.name}.v"] = np.asarray(item.v, dtype=float)[:30]
        elif isinstance(item, hp.SpikeRecorder):
            found[f"spikes {recorders}"] = np.array([len(item), 0.0])
            recorders += 1
    return found


def variants(name: str, texts: dict[str, str]) -> Iterator[tuple[str, Found | None]]:
    """Place and figures of the script with each number changed; none where it is refused."""
    for part, text in texts.items():
        tables = [m.span() for m in TABLES.finditer(text)] if part.startswith("potjans") else []
        for literal in numbers(text):
            is_table = any(a <= literal.at < b for a, b in tables)
            found = None
            for changed in changes(text, literal):
                try:
                    found = result(name, texts | {part: changed}, is_table)
                    break
                except (hp.HodgError, TypeError, ValueError, IndexError):
                    pass  # 5.25 of 5 cells, a delay that is no multiple of dt: noticed
            yield literal.place, found


def figures(name: str) -> pins.Figures:
    parts = ["common", name] if name == "cuba" else [name]  # whose numbers are looked at
    texts = {part: (FOLDER / f"{part}.py").read_text("utf-8") for part in parts}
    rows = [result(name, texts)]
    places = ["nothing"]
    for place, found in variants(name, texts):
        places.append(place)
        row = {} if found is None else rows[0] | found
        rows.append(
            {
                what: row[what]
                if what in row and row[what].shape == values.shape
                else np.full_like(values, np.inf)
                for what, values in rows[0].items()
            }
        )
    samples = {what: np.array([row[what] for row in rows]) for what in rows[0]}
    return pins.Figures(places, pins.Record(samples))


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
