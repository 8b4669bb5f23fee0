# SPDX-License-Identifier: MIT
"""Kills a run again and again, as a power cut would, and lets it go on from its checkpoint.

python tests/tools/kill_and_resume.py [KILLS]

The run is killed with SIGKILL at random moments of its computing, also while it writes; it must
lose at most one interval each time, and end with the bits of a run that nobody disturbed.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import hodgpy as hp
from hodgpy.units import ms
from saved_networks import contents, plastic

EVERY = 20 * ms
_INTERVAL = 0.020


def compute(checkpoint: Path, seconds: float) -> hp.Network:
    """The whole run, or what is left of it; tells on stdout how far it is."""
    net = plastic()
    if checkpoint.exists():
        net.restore(checkpoint)
    print(f"at {net.t!r}", flush=True)

    def report(fraction: float, simulated: float, elapsed: float) -> None:
        print(f"at {simulated!r}", flush=True)

    net.run(seconds - net.t, checkpoint=checkpoint, every=EVERY, report=report)
    return net


def start(folder: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "child", str(folder), repr(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def killed(child: subprocess.Popen[str], after: float) -> tuple[float, float, bool]:
    """Where a child began and was last seen, and if it was killed before its end."""
    assert child.stdout is not None
    began = float(child.stdout.readline().split()[1])
    time.sleep(after)
    child.kill()
    lines = child.stdout.read().splitlines()
    child.stdout.close()
    seen = [float(line.split()[1]) for line in lines if line.startswith("at ") and line[-1] != "."]
    code = child.wait()
    assert code in (0, -signal.SIGKILL), f"it ended by itself with {code}"
    return began, max([began, *seen[:-1]]), code != 0


def kill_and_resume(kills: int, seconds: float, longest: float, seed: int = 0) -> dict[str, float]:
    """Kills so often, then lets the run end; how often, and how much was lost.

    Raises
    ------
    AssertionError
        If more than one interval was lost, or the end is another one.
    """
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done, lost, reached = 0, 0.0, 0.0
        while done < kills:
            began, seen, was_killed = killed(start(folder, seconds), chance.uniform(0, longest))
            assert began <= reached + seconds, "it began beyond where anything had been"
            lost = max(lost, reached - began)
            assert lost <= _INTERVAL * (1 + 1e-9), f"{reached - began} s were lost"
            if not was_killed:
                break
            done, reached = done + 1, seen
        child = start(folder, seconds)
        assert child.wait() == 0
        assert child.stdout is not None
        child.stdout.close()
        resumed = np.load(folder / "end.npz")
        undisturbed = plastic()
        undisturbed.run(seconds)
        for key, value in contents(undisturbed).items():
            assert np.array_equal(resumed[key], value, equal_nan=True), f"{key} differs"
        return {"kills": done, "most lost (s)": lost, "reached (s)": reached}


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        place = Path(sys.argv[2])
        np.savez(place / "end.npz", **contents(compute(place / "run.hodg", float(sys.argv[3]))))
    else:
        wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100
        print(kill_and_resume(wanted, seconds=0.2 * wanted, longest=0.1))
