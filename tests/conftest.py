# SPDX-License-Identifier: MIT
"""`validated`: a comparison with a published or independent number that is also written down.

`pytest -m validation --validation FILE` writes the comparisons of a run as JSON; from it
`scripts/validation_report` makes docs/validation.md.

A job in the background of a shell's script is started with Ctrl+C ignored, and some tests are about
it: they begin with Python's own handler.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from validated import Validated

ROWS = pytest.StashKey[list[dict[str, object]]]()


@pytest.fixture
def validated(request: pytest.FixtureRequest) -> Validated:
    return Validated(request.node.nodeid, request.config.stash[ROWS])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--validation", metavar="FILE", help="write what was validated as JSON")


def pytest_configure(config: pytest.Config) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[ROWS] = []
    config.addinivalue_line("markers", "validation: compares with a published number (automatic)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "validated" in getattr(item, "fixturenames", ()):
            item.add_marker("validation")


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    path = session.config.getoption("--validation")
    if path:
        Path(path).write_text(json.dumps(session.config.stash[ROWS], indent=1) + "\n")
    yield
