# SPDX-License-Identifier: MIT
"""Random choices among many lists at once, with work in proportion to what is chosen."""

from __future__ import annotations

import numpy as np


def thinned(
    counts: np.ndarray, p: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Every element of every list with the probability of its list.

    Parameters
    ----------
    counts : array of int, shape (lists,)
        Lengths of the lists.
    p : array, shape (lists,)

    Returns
    -------
    (which, within)
        For each chosen element its list and its position there, in order.
    """
    chosen = random.binomial(counts, p)
    return distinct_of_each(counts, chosen, random)


def distinct_of_each(
    counts: np.ndarray, sizes: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """``sizes[k]`` distinct elements of list k, all subsets alike.

    Parameters
    ----------
    counts, sizes : arrays of int, shape (lists,)
        Lengths of the lists, and how many to choose from each; at most the length.

    Returns
    -------
    (which, within)
        As for :func:`thinned`, positions ascending within a list.
    """
    # Where more than half is wanted, the others are drawn.
    inverted = sizes * 2 > counts
    drawn = np.where(inverted, counts - sizes, sizes)
    which, within = _distinct(counts, drawn, random)
    if not np.any(inverted):
        return which, within
    starts = np.cumsum(counts) - counts
    chosen = np.repeat(inverted, counts)  # all elements of the inverted lists
    positions = starts[which] + within
    chosen[positions] = ~chosen[positions]
    found = np.flatnonzero(chosen)
    which = np.searchsorted(np.cumsum(counts), found, side="right")
    return which, found - starts[which]


def _distinct(
    counts: np.ndarray, sizes: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draws with replacement and draws again what came twice: each set is equally probable."""
    starts = np.cumsum(counts) - counts
    keys = np.empty(0, dtype=np.int64)
    missing = sizes.astype(np.int64)
    while np.any(missing > 0):
        lists = np.repeat(np.arange(len(counts)), missing)
        drawn = starts[lists] + random.integers(0, counts[lists])
        keys = np.unique(np.concatenate([keys, drawn]))
        found = np.searchsorted(np.cumsum(counts), keys, side="right")
        missing = sizes - np.bincount(found, minlength=len(counts))
    which = np.searchsorted(np.cumsum(counts), keys, side="right")
    return which, keys - starts[which]
