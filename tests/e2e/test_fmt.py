# SPDX-License-Identifier: MIT
"""`hhc fmt`: files in place, checks, differences, a filter; what cannot be read stays as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HHC = Path(os.environ.get("HHC", ROOT / "build" / "release" / "bin" / "hhc")).resolve()
UGLY = "neuron A{ # a cell\nparam  tau=10ms\n\n\n  dv/dt=- v/tau:volt\n}"
GOOD = "neuron A {  # a cell\n    param tau = 10 ms\n\n    dv/dt = -v/tau : volt\n}\n"
BROKEN = "neuron A{\nv : volt\n  w = (1 : 1\n}"


def hhc(*words: str | Path, text: str | None = None) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    done = subprocess.run(
        [HHC, *words], capture_output=True, text=True, timeout=60, check=False, input=text or ""
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.hhm"
    path.write_text(UGLY, encoding="utf-8")
    return path


def test_formats_in_place_and_then_has_nothing_to_say(model: Path) -> None:
    status, out, err = hhc("fmt", model)
    assert (status, out, err) == (0, "", f"{model} formatted\n")
    assert model.read_text() == GOOD
    assert hhc("fmt", model) == (0, "", "")


def test_check_changes_nothing_and_tells_by_its_exit_code(model: Path) -> None:
    status, _, err = hhc("fmt", "--check", model)
    assert status == 1
    assert err == f"{model} is not formatted\n"
    assert model.read_text() == UGLY
    model.write_text(GOOD)
    assert hhc("fmt", "--check", model) == (0, "", "")


@pytest.mark.parametrize("seed", range(5))
def test_the_difference_is_a_patch(tmp_path: Path, seed: int) -> None:
    patch = shutil.which("patch")
    if patch is None:
        pytest.skip("the program `patch` is not here")
    good = [f"    param p{i} = {i} mV" for i in range(40)]
    ugly = [
        line.replace(" = ", "=") if (i * 7 + seed) % 11 < 2 else line for i, line in enumerate(good)
    ]
    path = tmp_path / "model.hhm"
    path.write_text("neuron A {\n" + "\n".join(ugly) + "\n}")
    status, difference, _ = hhc("fmt", "--diff", path)
    assert status == 0
    assert len(difference.splitlines()) < 70, "lines that stay are not all shown"
    subprocess.run([patch, "-s", path], input=difference, text=True, check=True, timeout=60)
    assert path.read_text() == "neuron A {\n" + "\n".join(good) + "\n}\n"
    assert hhc("fmt", "--diff", path) == (0, "", "")


def test_is_a_filter(model: Path) -> None:
    assert hhc("fmt", "-", text=UGLY) == (0, GOOD, "")
    assert hhc("fmt", "--check", "-", text=UGLY)[0] == 1


def test_what_cannot_be_read_stays_and_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "broken.hhm"
    path.write_text(BROKEN)
    status, out, err = hhc("fmt", path)
    assert status == 1
    assert out == ""
    assert "HH1010" in err
    assert "1 error" in err
    assert path.read_text() == BROKEN
    status, out, err = hhc("fmt", "-", text=BROKEN)
    assert (status, out) == (1, BROKEN)


def test_a_mistake_that_is_none_of_syntax_does_not_matter() -> None:
    assert hhc("fmt", "-", text="neuron A{v=x:volt}") == (0, "neuron A { v = x : volt }\n", "")


def test_a_folder_stands_for_its_models(tmp_path: Path) -> None:
    for name in ("b.hhm", "a.hhm", "words.txt", "deep/c.hhm", ".hidden/d.hhm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(UGLY)
    _, _, err = hhc("fmt", tmp_path)
    said = [line.removesuffix(" formatted") for line in err.splitlines()]
    assert said == [str(tmp_path / name) for name in ("a.hhm", "b.hhm", "deep/c.hhm")]
    assert (tmp_path / "words.txt").read_text() == UGLY


def test_the_shelf_is_formatted() -> None:
    assert hhc("fmt", "--check", ROOT / "stdlib_models", ROOT / "examples") == (0, "", "")
