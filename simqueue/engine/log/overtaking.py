"""Counting slips: who came later and was served first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def later_but_earlier(
    group: NDArray[Any], key: NDArray[Any], counts: NDArray[np.bool_]
) -> Integers:
    """For each row, how many later rows of its group have a smaller key; shape (n,).

    Only rows where `counts` is true are counted. Works bit by bit on the ranks of the keys (a
    wavelet tree): n log n steps in all, where comparing every pair would take n * n.

    >>> group, key = np.array([0, 0, 0, 1]), np.array([30, 10, 20, 5])
    >>> later_but_earlier(group, key, np.array([True, True, True, True])).tolist()
    [2, 0, 0, 0]
    """
    n = len(key)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(key, kind="stable")] = np.arange(n)
    rows = np.argsort(group, kind="stable")  # group after group, each in order of arrival
    node = np.unique(group, return_inverse=True)[1].astype(np.int64)[rows]
    count = np.zeros(n, dtype=np.int64)
    for bit in reversed(range(int(n - 1).bit_length() if n else 0)):
        ones = (rank[rows] >> bit) & 1
        smaller_so_far = np.concatenate([[0], np.cumsum((1 - ones) * counts[rows])])
        end_of_node = np.searchsorted(node, node, side="right")
        smaller_after = smaller_so_far[end_of_node] - smaller_so_far[1:]
        count[rows] += np.where(ones == 1, smaller_after, 0)
        node = 2 * node + ones
        order = np.argsort(node, kind="stable")
        rows, node = rows[order], node[order]
    return count
