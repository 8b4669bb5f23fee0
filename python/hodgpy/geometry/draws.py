# SPDX-License-Identifier: MIT
"""Random draws that are the same bits on every machine and with every version of numpy.

Only raw 64-bit numbers of the counter-based generator Philox are used (Salmon JK et al. 2011,
doi:10.1145/2063384.2063405), made into integers and fractions by exact arithmetic.
"""

from __future__ import annotations

import hashlib

import numpy as np

_TWO_TO_64 = 2**64


class Draws:
    """A stream of random numbers, identified by a seed and by what it is for.

    Parameters
    ----------
    seed : int
    purpose : str
        Streams of one seed for different purposes are independent.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        digest = hashlib.sha256(f"{purpose}:{seed}".encode()).digest()
        key = np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)
        self._raw = np.random.Philox(key=key)

    def below(self, bound: int, count: int) -> np.ndarray:
        """Whole numbers 0 ... bound - 1, all equally likely, shape (count,)."""
        found = np.empty(0, dtype=np.int64)
        limit = np.uint64(_TWO_TO_64 // bound * bound - 1)  # above it a remainder would be favoured
        while len(found) < count:
            raw = self._raw.random_raw(count - len(found))
            kept = raw[raw <= limit] % np.uint64(bound)
            found = np.concatenate([found, kept.astype(np.int64)])
        return found

    def order(self, count: int) -> np.ndarray:
        """A random order of 0 ... count - 1."""
        return np.argsort(self._raw.random_raw(count), kind="stable")

    def distinct(self, bound: int, count: int) -> np.ndarray:
        """``count`` different whole numbers below ``bound``, ascending, all sets alike."""
        if 2 * count > bound:
            left_out = self.distinct(bound, bound - count)
            return np.setdiff1d(np.arange(bound, dtype=np.int64), left_out, assume_unique=True)
        found = np.empty(0, dtype=np.int64)
        while len(found) < count:
            drawn = np.concatenate([found, self.below(bound, count - len(found))])
            first = np.sort(np.unique(drawn, return_index=True)[1])
            found = drawn[first]
        return np.sort(found)
