#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks every #include line against rooms.toml: who may include whom.

python3 tests/architecture/check_rooms.py
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def check_line(side: str, room: str, quoted: bool, target: str, rules: dict) -> str | None:
    """What is wrong with one include, or None."""
    here = f"{side}/{room}"
    for library, homes in rules["libraries"].items():
        if re.match(rf"{library}(-runtime)?[./]", target) and here not in homes:
            return f"{library} may only be included in {', '.join(homes)}"
    if not quoted:
        return None
    folder = target.split("/")[0] if "/" in target else room
    if folder in rules["libraries"]:
        return None
    allowed = {room, *rules[side]["floor"], *rules[side]["rooms"][room]}
    if folder not in allowed:
        return f"{here} may not include {folder} (allowed: {', '.join(sorted(allowed))})"
    return None


def check_file(path: Path, side: str, room: str, rules: dict) -> list[str]:
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            problem = check_line(side, room, match[1] == '"', match[2], rules)
            if problem:
                problems.append(f"{path.relative_to(ROOT)}:{number}: {problem}")
    return problems


def check(root: Path = ROOT) -> list[str]:
    rules = tomllib.loads((ROOT / "tests/architecture/rooms.toml").read_text(encoding="utf-8"))
    problems = []
    for side in ("compiler", "runtime", "python"):
        for path in sorted((root / side).rglob("*")):
            if path.suffix not in {".h", ".cpp", ".def"}:
                continue
            room = path.relative_to(root / side).parts[0]
            if room not in rules[side]["rooms"]:
                problems.append(f"{path.relative_to(root)}: {side}/{room} is not in rooms.toml")
            else:
                problems += check_file(path, side, room, rules)
    return problems


if __name__ == "__main__":
    found = check()
    print("\n".join(found) if found else "check_rooms: every include is allowed")
    sys.exit(1 if found else 0)
