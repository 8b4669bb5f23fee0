# SPDX-License-Identifier: MIT
"""What `hhc explain HHdddd` prints is true: the wrong model earns the code, the right one not."""

from __future__ import annotations

import os
import re
import subprocess
import warnings
from pathlib import Path

import pytest

import hodgpy as hp

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


# Codes without a pair of examples, and why.
_C_PLUS_PLUS = "earned in C++ alone; the package does it right or says it otherwise"
_OF_THE_MACHINE = "depends on the machine"
_OUR_MISTAKE = "a mistake of the compiler"
WITHOUT_EXAMPLES = dict.fromkeys(
    ("HH6014", "HH6026", "HH6030", "HH6043", "HH6044", "HH6045", "HH6046", "HH6048", "HH8001"),
    _C_PLUS_PLUS,
) | dict.fromkeys(
    ("HH6029", "HH6085", "HH8002", "HH8005", "HH8504", "HH8505", "HH8506"), _OF_THE_MACHINE
) | dict.fromkeys(
    ("HH9001", "HH9002", "HH9003", "HH9004", "HH9005", "HH9006"), _OUR_MISTAKE
) | dict.fromkeys(
    ("HH5802", "HH5803", "HH8008"), "options of the compiler"
)  # fmt: skip


def said_by_python(text: str) -> str:
    """Error and warnings of a script."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(text, "<example>", "exec"), {"__name__": "example"})
            said = ""
        except hp.HodgError as error:
            said = f"{getattr(error, 'code', None)} {error}"
    return said + "".join(str(each.message) for each in caught)


def said(text: str, file: str) -> str:
    if text.startswith("import hodgpy as hp\n"):
        return said_by_python(text)
    Path(file).write_text(text, encoding="utf-8")
    return hhc("check", file)[1]


@pytest.mark.parametrize("code", CODES)
def test_page_is_true(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = hp._core.explain_code(code)
    assert page.startswith(f"{code} (")
    assert len(page.splitlines()) > 2, "headline only"
    wrong, right = (example(page, heading) for heading in ("Wrong", "Right"))
    if code in WITHOUT_EXAMPLES:
        assert (wrong, right) == (None, None)
        return
    assert wrong is not None
    assert right is not None
    assert code in said(wrong, "wrong.hhm")
    answer = said(right, "right.hhm")
    assert code not in answer, answer
    assert "rror" not in answer, answer


def test_the_command_prints_the_page() -> None:
    assert hhc("explain", "HH3001") == (0, hp._core.explain_code("HH3001"))


def test_an_unknown_code_is_no_code() -> None:
    assert "is no code of this compiler" in hhc("explain", "HH6999")[1]
