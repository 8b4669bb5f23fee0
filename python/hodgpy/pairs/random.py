# SPDX-License-Identifier: MIT
"""Random numbers for connections; numpy.random, 7 MB with OpenSSL, is imported at the first."""

from __future__ import annotations

from functools import cached_property

import numpy as np


class Random:
    """A generator that is made when it is first used.

    Parameters
    ----------
    *seeds : int
        The seed, or several that are mixed to one.
    """

    def __init__(self, *seeds: int) -> None:
        self._seeds = seeds

    @cached_property
    def seed(self) -> int:
        if len(self._seeds) == 1:
            return self._seeds[0]
        return int(np.random.SeedSequence(self._seeds).generate_state(1, np.uint64)[0])

    @cached_property
    def generator(self) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(self.seed))
