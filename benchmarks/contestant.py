# SPDX-License-Identifier: MIT
"""A program that takes part in a race: in a process of its own, with one thread; it prints JSON."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Any

SINGLE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SINGLE_THREAD["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
SINGLE_THREAD["JAX_PLATFORMS"] = "cpu"


def outcome(label: str, command: Sequence[str]) -> Any:
    """What it printed last as JSON, or None where it failed (the reason goes to stderr)."""
    environment = {**os.environ, **SINGLE_THREAD}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        print(f"{label}: failed\n{done.stderr[-2000:]}", file=sys.stderr)
        return None
    return json.loads(lines[-1])


def median_and_best(times: Iterable[float]) -> dict[str, float]:
    """Of the repeats of a run, for its row."""
    all_times = list(times)
    return {"median": statistics.median(all_times), "best": min(all_times)}
