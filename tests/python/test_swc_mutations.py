# SPDX-License-Identifier: MIT
"""SWC files changed at random: each is read, or refused with its code; nothing else happens."""

from __future__ import annotations

import random
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


@pytest.mark.parametrize("seed", range(10))
def test_any_file_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    random_ = random.Random(seed)
    path = tmp_path / "cell.swc"
    read = 0
    refused = []
    for _ in range(60):
        path.write_bytes(mutated(random_))
        soma = random_.choice(["as given", "sphere", "cylinder"])
        try:
            shape = hp.Morphology.from_swc(path, soma=soma)
        except hp.SimulationError as error:
            refused.append(error.code)
        else:
            read += 1
            assert repr(shape)
    assert read > 0, "some mutations do no harm"
    assert set(refused) == {"HH6072"}
