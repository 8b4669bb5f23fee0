# SPDX-License-Identifier: MIT
"""cmake/lay_out_library.cmake with tools that only pretend: the library is changed and keeps its
date, or it stays as it was and the build goes on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "cmake" / "lay_out_library.cmake"
OLD = "as linked\n"
NEW = "laid out\n"
# Copies the library to what follows -o, or leaves a profile's counts behind as the copy would.
BOLT = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
while [ $# -gt 0 ]; do
    [ "$1" = -o ] && out=$2
    shift
done
printf 'laid out\\n' > "$out"
"""
MERGE = """#!/bin/sh
while [ $# -gt 0 ]; do
    [ "$1" = -o ] && cp "$last" "$2"
    last=$1
    shift
done
"""
HHC = """#!/bin/sh
case "$LD_LIBRARY_PATH" in
*/counting) touch "$(dirname "$LD_LIBRARY_PATH")/profile.fdata.$$.fdata" ;;
esac
echo v
"""
VALGRIND = """#!/bin/sh
for argument; do
    case "$argument" in
    --callgrind-out-file=*) printf 'fn=(1) _ZN4llvm3runEv\\nfn=(2) _ZN4hodg3runEv\\n' \\
        > "${argument#*=}" ;;
    esac
done
"""


def lay_out(folder: Path, **tools: str) -> tuple[str, str]:
    """What is in the library afterwards, and what was said."""
    texts = {"llvm-bolt": BOLT, "merge-fdata": MERGE, "hhc": HHC, "valgrind": VALGRIND}
    for name, text in {**texts, **{k.replace("_", "-"): v for k, v in tools.items()}}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    library = folder / "lib" / "libhodgpy_llvm.so"
    library.parent.mkdir(exist_ok=True)
    library.write_text(OLD)
    os.utime(library, (1e9, 1e9))
    made = subprocess.run(
        ["cmake", f"-DLIBRARY={library}", f"-DHHC={folder / 'hhc'}", f"-DTOOLS={folder}",
         f"-DVALGRIND={folder / 'valgrind'}", f"-DFOLDER={folder / 'layout'}",
         f"-DMODELS={folder}", "-P", str(SCRIPT)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (folder / "layout" / "done").exists()
    assert not (folder / "layout" / "new").exists()
    assert library.stat().st_mtime == 1e9
    return library.read_text(), made.stderr


def test_takes_the_place_of_the_library_with_its_date(tmp_path: Path) -> None:
    assert lay_out(tmp_path) == (NEW, "")
    assert (tmp_path / "layout" / "functions").read_text() == "_ZN4llvm3runEv/1\n"
    first = (tmp_path / "calls").read_text()
    assert first.count("-instrument ") == 1
    assert lay_out(tmp_path) == (NEW, "")  # counted once
    assert (tmp_path / "calls").read_text().count("-instrument ") == 1


@pytest.mark.parametrize(
    ("tool", "text", "reason"),
    [
        ("valgrind", "#!/bin/sh\nexit 3\n", "valgrind fails"),
        ("llvm_bolt", "#!/bin/sh\nexit 3\n", "no counting copy"),
        ("merge_fdata", "#!/bin/sh\nexit 3\n", "cannot be merged"),
        ("hhc", "#!/bin/sh\nexit 3\n", "does not run"),
        ("hhc", HHC + "grep 'laid out' $LD_LIBRARY_PATH/libhodgpy_llvm.so\n:\n", "something else"),
    ],
)
def test_stays_where_something_fails(tmp_path: Path, tool: str, text: str, reason: str) -> None:
    library, said = lay_out(tmp_path, **{tool: text})
    assert library == OLD
    assert "stays as the linker laid it out" in said
    assert reason in " ".join(said.split())
