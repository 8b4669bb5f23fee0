#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that every code of the two codes.def is unique and named by some test.

python3 tests/architecture/check_codes_tested.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r'^\s*HHC_CODE\(\s*(\w+),\s*"(HH\d{4})"', re.MULTILINE)

# Codes that no input can bring about, with the reason.
EXEMPT = {
    "HH9001": "a broken invariant of ours: the input that would show one is a bug to be fixed",
}


def check() -> list[str]:
    tables = ("compiler/diag/codes.def", "runtime/include/hodg/codes.def")
    rows = [row for table in tables for row in ROW.findall((ROOT / table).read_text("utf-8"))]
    codes = [code for _, code in rows]
    problems = [f"{code} stands twice" for code in set(codes) if codes.count(code) > 1]
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in sorted((ROOT / "tests").rglob("*"))
        if path.is_file() and "architecture" not in path.parts and "__pycache__" not in path.parts
    ]
    for name, code in rows:
        named = re.compile(rf"\b({code}|Code::{name})\b")
        if code not in EXEMPT and not any(named.search(text) for text in texts):
            problems.append(f"{code} ({name}) is named by no test")
    return sorted(problems)


if __name__ == "__main__":
    found = check()
    print("\n".join(found) if found else "check_codes_tested: every code has a test")
    sys.exit(1 if found else 0)
