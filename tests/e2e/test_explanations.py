# SPDX-License-Identifier: MIT
"""What `hhc explain HHdddd` prints is true: the wrong model earns the code, the right one not."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HHC = Path(os.environ.get("HHC", ROOT / "build" / "release" / "bin" / "hhc")).resolve()
TABLES = ("compiler/diag/codes.def", "runtime/include/hodg/codes.def")
ROW = re.compile(r'^HHC_CODE\(\w+,\s*"(HH\d{4})"', re.MULTILINE)
CODES = sorted(code for table in TABLES for code in ROW.findall((ROOT / table).read_text("utf-8")))


def hhc(*words: str | Path) -> tuple[int, str]:
    """Exit code and everything that was said."""
    done = subprocess.run(
        [HHC, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


def example(page: str, heading: str) -> str | None:
    """The model below `Wrong:` or `Right:`, or None."""
    _, found, rest = page.partition(f"\n{heading}:\n\n")
    if not found:
        return None
    lines = []
    for line in rest.splitlines():
        if line and not line.startswith("    "):
            break
        lines.append(line[4:])
    return "\n".join(lines).strip("\n") + "\n"


@pytest.mark.parametrize("code", CODES)
def test_page_is_true(code: str, tmp_path: Path) -> None:
    status, page = hhc("explain", code)
    assert status == 0
    assert page.startswith(f"{code} (")
    assert len(page.splitlines()) > 2, "headline only"
    for heading in ("Wrong", "Right"):
        text = example(page, heading)
        if text is None:
            continue
        model = tmp_path / f"{heading.lower()}.hhm"
        model.write_text(text, encoding="utf-8")
        _, said = hhc("check", model)
        assert (f"[{code}]" in said) == (heading == "Wrong"), said


def test_an_unknown_code_is_no_code() -> None:
    assert "is no code of this compiler" in hhc("explain", "HH6999")[1]
