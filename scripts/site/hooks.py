# SPDX-License-Identifier: MIT
"""What MkDocs is told while it builds the site: pages made elsewhere, formulas, notebooks."""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path
from typing import Any

import latex2mathml.converter
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(Path(__file__).parent))

import notebooks  # noqa: E402  (beside this file)

# Pages that live outside of docs/: their address on the site, their file.
ELSEWHERE = {"changelog.md": "CHANGELOG.md"} | {
    str(path.relative_to(ROOT)): str(path.relative_to(ROOT))
    for path in sorted((ROOT / "benchmarks").rglob("*"))
    if path.name == "RESULTS.md" or path.suffix in (".svg", ".png")
}
MATH = re.compile(r"^```math\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<=\]\()([^)#:\s]+)(#[^)\s]*)?(?=\))")


def on_config(config: Any) -> Any:
    """A folder in the navigation stands for its pages."""
    config["nav"] = [_listed(entry) for entry in config["nav"]]
    return config


def on_files(files: Files, config: Any) -> Files:
    for address, source in ELSEWHERE.items():
        files.append(File.generated(config, address, content=(ROOT / source).read_bytes()))
    for page in notebooks.TUTORIALS:
        for address, text in notebooks.programs(ROOT / "docs" / page).items():
            files.append(File.generated(config, address, content=text))
    return files


def on_page_markdown(text: str, page: Page, config: Any, files: Files) -> str:
    text = MATH.sub(lambda match: _mathml(match[1]), text)
    text = LINK.sub(lambda match: _address(match, page.file.src_uri), text)
    if page.file.src_uri in notebooks.TUTORIALS:
        stem = Path(page.file.src_uri).stem
        places = f"[notebook](notebooks/{stem}.ipynb) · [script](notebooks/{stem}.py)"
        text = text.replace("\n", f"\n\n*This page as a {places}*\n{{ .programs }}\n", 1)
    return text


def _listed(entry: Any) -> Any:
    if isinstance(entry, dict):
        return {title: _listed(value) for title, value in entry.items()}
    if isinstance(entry, list):
        return [_listed(value) for value in entry]
    if entry.endswith("/"):
        return _folder(entry.rstrip("/"))
    return entry


def _folder(name: str) -> list[Any]:
    folder = ROOT / "docs" / name
    pages: list[Any] = [
        f"{name}/{path.name}" for path in sorted(folder.glob("*.md"), key=_readme_first)
    ]
    for below in sorted(path for path in folder.iterdir() if path.is_dir()):
        pages.append({below.name.capitalize(): _folder(f"{name}/{below.name}")})
    return pages


def _readme_first(path: Path) -> tuple[bool, str]:
    return path.name != "README.md", path.name


def _mathml(latex: str) -> str:
    """A formula that the browser draws by itself."""
    latex = latex.replace("{aligned}", "{align*}")  # the name under which the converter knows it
    return (
        '<div class="formula">' + latex2mathml.converter.convert(latex, display="block") + "</div>"
    )


def _address(match: re.Match[str], page: str) -> str:
    """A link to a file of the repository, as a link of the site where the site has that file."""
    target, anchor = match[1], match[2] or ""
    source = next((file for address, file in ELSEWHERE.items() if address == page), f"docs/{page}")
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    for address, file in ELSEWHERE.items():
        if file == wanted:
            return posixpath.relpath(address, posixpath.dirname(page) or ".") + anchor
    return match[0]
