# SPDX-License-Identifier: MIT
"""The source distribution: all that git knows, and the generated parser, so that building it needs
no Java."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def git_files() -> list[str]:
    """What git knows and the folder still has."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).exists()]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution."""
    if not (ROOT / ".git").exists() or shutil.which("antlr4") is None:
        pytest.skip("needs a clone and the packages of scripts/setup")
    if importlib.util.find_spec("build") is None:
        pytest.skip("needs the extra `dev`")
    folder = tmp_path_factory.mktemp("sdist")
    environment = os.environ | {"PYTHON": sys.executable}
    done = subprocess.run(
        [ROOT / "scripts" / "sdist", folder], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (archive,) = folder.glob("hodgpy-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder)
    return folder / archive.name.removesuffix(".tar.gz")


def test_holds_every_file_of_the_clone(sources: Path) -> None:
    wanted = [name for name in git_files() if not name.startswith(".ci/")]
    assert len(wanted) > 500
    missing = [name for name in wanted if not (sources / name).is_file()]
    assert not missing, missing


def test_brings_the_generated_parser(sources: Path) -> None:
    assert (sources / "grammar/generated/grammar/HhmParser.cpp").is_file()
    assert not (ROOT / "grammar" / "generated").exists(), "left behind in the clone"


def test_has_the_version_of_the_file_version(sources: Path) -> None:
    version = (ROOT / "VERSION").read_text().strip()
    assert sources.name == f"hodgpy-{version}"
    assert f"\nVersion: {version}\n" in (sources / "PKG-INFO").read_text()


def test_configures_without_antlr(sources: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    options = ["-DHODGPY_JIT=OFF", "-DHODGPY_TESTS=OFF"]
    cmake = shutil.which("cmake")
    assert cmake is not None
    command = [cmake, "-S", sources, "-B", build, "-G", "Ninja", *options]
    subprocess.run(command, check=True, capture_output=True)
    assert "ANTLR4:" not in (build / "CMakeCache.txt").read_text()
    assert "HhmParser.cpp" in (build / "build.ninja").read_text()
