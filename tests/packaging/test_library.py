# SPDX-License-Identifier: MIT
"""What the built library and command need from the system and show to it: a wheel carries them to
machines without LLVM, and into processes that have another one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import hodgpy

ROOT = Path(__file__).resolve().parents[2]
# Of every Linux, or of a bare Debian 12.
SYSTEM = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"} | {
    "ld-linux-x86-64.so.2"
}
# What auditwheel copies into the wheel (scripts/wheel): 2 MB together.
GRAFTED = {"libantlr4-runtime.so.4.9", "libfmt.so.9", "libzstd.so.1"}


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"needs {name}")
    return path


def needed(path: Path) -> set[str]:
    """Sonames that the file asks the loader for."""
    text = subprocess.run([tool("readelf"), "-d", path], check=True, capture_output=True, text=True)
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", text.stdout))


@pytest.fixture(scope="module")
def library() -> Path:
    """The libhodgpy.so of this process."""
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "/libhodgpy.so" in line}
    (path,) = paths
    return Path(path)


@pytest.fixture(scope="module")
def toolchain(library: Path) -> Path:
    """The library with Clang and LLVM that belongs to it."""
    return library.with_name("libhodgpy_llvm.so")


@pytest.fixture(scope="module")
def command() -> Path:
    path = os.environ.get("HHC") or shutil.which("hhc")
    if path is None:
        pytest.skip("no hhc")
    return Path(path)


def test_libraries_need_what_a_wheel_can_bring(library: Path, toolchain: Path) -> None:
    assert needed(library) <= SYSTEM | GRAFTED
    assert needed(toolchain) <= SYSTEM | GRAFTED


def test_clang_and_llvm_are_not_in_the_library_of_every_process(
    library: Path, toolchain: Path
) -> None:
    assert 2 * library.stat().st_size < toolchain.stat().st_size


def test_a_lost_toolchain_is_missed_by_what_is_compiled_anew(
    library: Path, command: Path, tmp_path: Path
) -> None:
    shutil.copy(library, tmp_path)
    model = ROOT / "stdlib_models" / "neurons" / "izhikevich_2003.hhm"
    done = subprocess.run(
        [command, model, "--emit", "obj", "--no-cache", "-o", tmp_path / "model.o"],
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "HH9006" in done.stderr
    assert "libhodgpy_llvm.so" in done.stderr


def test_command_needs_the_library_and_the_system(command: Path) -> None:
    assert needed(command) <= SYSTEM | {"libhodgpy.so"}
    assert "libhodgpy.so" in needed(command)


def test_extension_needs_the_library_and_the_system() -> None:
    assert needed(Path(hodgpy._core.__file__)) <= SYSTEM | {"libhodgpy.so"}


def test_library_shows_its_own_names_only(library: Path) -> None:
    text = subprocess.run(
        [tool("nm"), "-D", "--defined-only", library], check=True, capture_output=True, text=True
    )
    names = [line.split()[-1] for line in text.stdout.splitlines()]
    ours = re.compile(r"(hodg_|hhc_|_Z(T[ISV])?N?K?(3hhc|4hodg)|_ZT[ISV]N(3hhc|4hodg))")
    assert len(names) > 100
    assert not [name for name in names if not ours.match(name)]


def test_toolchain_shows_one_function(toolchain: Path) -> None:
    text = subprocess.run(
        [tool("nm"), "-D", "--defined-only", toolchain], check=True, capture_output=True, text=True
    )
    assert [line.split()[-1] for line in text.stdout.splitlines()] == ["hhc_toolchain"]


def test_one_version(command: Path) -> None:
    version = (ROOT / "VERSION").read_text().strip()
    assert hodgpy.__version__ == version
    shown = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == ["hhc", version]
