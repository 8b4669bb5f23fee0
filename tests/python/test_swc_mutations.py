# SPDX-License-Identifier: MIT
"""SWC files changed at random: each is read, or refused with its code; nothing else happens.

``python tests/python/test_swc_mutations.py SECONDS`` goes on with new ones for so much processor
time, and prints the seed of what breaks the reader.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pytest

import hodgpy as hp

GOOD = b"""# a neuron
1 1 0 0 0 8 -1
2 1 0 8 0 8 1
3 1 0 -8 0 8 1
4 3 10 0 0 1 1
5 3 60 0 0 0.8 4
6 3 90 30 0 0.5 5
7 3 90 -30 0 0.5 5
8 2 0 -10 0 1 3
9 2 0 -200 5 0.4 8
"""
PIECES = [
    *(b"-1", b"0", b"1e400", b"nan", b"-inf", b"1e-320", b"999999999999999999999", b"#", b"\n\n"),
    *(b"\0", b"\xff\xfe", b" ", b"\t", b"1 1 0 0 0 1 -1\n", b"5 3 0 0 0 1 5\n", b"0x10", b"1_0"),
]


def mutated(random_: random.Random) -> bytes:
    text = bytearray(GOOD)
    for _ in range(random_.randrange(1, 5)):
        at = random_.randrange(len(text) + 1)
        match random_.randrange(4):
            case 0:
                text[at:at] = random_.choice(PIECES)
            case 1:
                del text[at : at + random_.randrange(1, 20)]
            case 2:
                lines = bytes(text).split(b"\n")
                random_.shuffle(lines)
                text = bytearray(b"\n".join(lines))
            case _:
                text[at : at + 1] = bytes([random_.randrange(256)])
    return bytes(text)


def outcome(text: bytes, soma: str, path: Path) -> str:
    """The code of a refusal, or "" if the file was read."""
    path.write_bytes(text)
    try:
        shape = hp.Morphology.from_swc(path, soma=soma)
    except hp.SimulationError as error:
        return error.code
    assert repr(shape)
    return ""


def outcomes(seed: int, path: Path) -> list[str]:
    """Of 60 files."""
    random_ = random.Random(seed)
    return [
        outcome(mutated(random_), random_.choice(["as given", "sphere", "cylinder"]), path)
        for _ in range(60)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_any_file_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    found = outcomes(seed, tmp_path / "cell.swc")
    assert "" in found, "some mutations do no harm"
    assert set(found) == {"", "HH6072"}


def main(seconds: float) -> int:
    warnings.simplefilter("ignore", hp.UnitWarning)
    seed = 1000
    with tempfile.TemporaryDirectory() as folder:
        while time.process_time() < seconds:
            try:
                found = outcomes(seed, Path(folder) / "cell.swc")
                wrong = set(found) - {"", "HH6072"}
            except Exception as error:  # what must never come out of the reader
                wrong = {repr(error)}
            if wrong:
                print(f"seed {seed}: {', '.join(wrong)}")
                return 1
            seed += 1
    print(f"{(seed - 1000) * 60} files, {time.process_time():.0f} s of processor: nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
