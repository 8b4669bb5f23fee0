# SPDX-License-Identifier: MIT
"""The source distribution: it brings the generated parser, so that building it needs no Java."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution."""
    if not (ROOT / ".git").exists() or not (ROOT / ".venv").exists():
        pytest.skip("needs a clone and the environment of scripts/setup")
    folder = tmp_path_factory.mktemp("sdist")
    subprocess.run([ROOT / "scripts" / "sdist", folder], check=True, capture_output=True)
    (archive,) = folder.glob("hodgpy-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder)
    return folder / archive.name.removesuffix(".tar.gz")


def test_holds_what_a_build_reads(sources: Path) -> None:
    for name in (
        "CMakeLists.txt",
        "VERSION",
        "LICENSE",
        "grammar/HhmParser.g4",
        "grammar/generated/grammar/HhmParser.cpp",
        "stdlib_models/neurons/hodgkin_huxley_1952.hhm",
        "python/hodgpy/__init__.py",
    ):
        assert (sources / name).is_file(), name
    assert not (ROOT / "grammar" / "generated").exists(), "left behind in the clone"


def test_configures_without_antlr(sources: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    options = ["-DHODGPY_JIT=OFF", "-DHODGPY_TESTS=OFF"]
    cmake = shutil.which("cmake")
    assert cmake is not None
    command = [cmake, "-S", sources, "-B", build, "-G", "Ninja", *options]
    subprocess.run(command, check=True, capture_output=True)
    assert "ANTLR4:" not in (build / "CMakeCache.txt").read_text()
    assert "HhmParser.cpp" in (build / "build.ninja").read_text()
