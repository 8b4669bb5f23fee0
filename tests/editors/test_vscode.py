# SPDX-License-Identifier: MIT
"""The VS Code extension, driven by a stand-in for VS Code and answered by the real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HHC = Path(os.environ.get("HHC", ROOT / "build" / "release" / "bin" / "hhc")).resolve()
EXTENSION = ROOT / "editors" / "vscode"
MODEL = """
neuron A {
    param tau=10 ms
    dv/dt = -v/tau : volt
}
"""


def test_its_files_are_there() -> None:
    package = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    assert package["version"] == (ROOT / "VERSION").read_text().strip()
    contributes = package["contributes"]
    named = [contributes["languages"][0]["configuration"], contributes["grammars"][0]["path"]]
    for name in (package["main"], *named):
        assert (EXTENSION / name).is_file(), name
    assert "dependencies" not in package
    rules = json.loads((EXTENSION / "language-configuration.json").read_text("utf-8"))
    assert re.match(rules["indentationRules"]["increaseIndentPattern"], "neuron A {")
    assert re.match(rules["indentationRules"]["decreaseIndentPattern"], "    }")
    path = contributes["configuration"]["properties"]["hodgpy.path"]
    assert path["scope"] == "machine", "a folder must not choose the program"


def test_everything_is_asked_and_shown(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    model = tmp_path / "model.hhm"
    model.write_text(MODEL, encoding="utf-8")
    script = Path(__file__).with_name("stand_in.js")
    done = subprocess.run(
        [node, script, EXTENSION, HHC, model],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["opened"] == []
    assert "value: `10 ms`" in found["hover"]["contents"]["value"]
    assert "tau" in [item["label"] for item in found["completion"]]
    assert found["definition"]["range"]["start"] == {"line": 2, "character": 10}
    assert len(found["references"]) == 2
    assert len(found["highlight"]) == 2
    assert found["prepared"]["end"] == {"line": 2, "character": 13}
    assert [edit[2] for edit in found["rename"]["list"]] == ["tau_m", "tau_m"]
    assert [child["name"] for child in found["symbols"][0]["children"]] == ["tau", "v"]
    assert "param tau = 10 ms" in found["formatting"][0]["newText"]
    assert found["changed"][0]["code"] == "HH1014"
    assert found["changed"][0]["severity"] == 0, "VS Code counts from 0"
    assert found["actions"][0]["edit"]["list"][0][2] == " {"
    assert found["restarted"] == []
    assert found["shownBefore"] == []
    assert "does not run" in found["shown"][0]
