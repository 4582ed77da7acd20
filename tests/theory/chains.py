"""Continuous-time Markov chains written down as moves from a state, solved with linear algebra.

Nothing here knows the package: these are the truths that simulations are compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
from scipy.linalg import expm
from scipy.sparse import csc_array
from scipy.sparse.linalg import spsolve

State = Hashable
Moves = Callable[..., Iterable[tuple[State, float]]]


class Chain:
    """All states reachable from `start` and their rates; `moves(*state)` lists (state, rate).

    Moves to the state itself are ignored; what bounds the state space is written in `moves`.
    """

    def __init__(self, start: tuple[int, ...], moves: Moves) -> None:
        self.index = {start: 0}
        self.states = [start]
        rows, columns, rates = [], [], []
        for i, state in enumerate(self.states):  # grows while we walk through it
            for there, rate in moves(*state):
                if rate <= 0 or there == state:
                    continue
                if there not in self.index:
                    self.index[there] = len(self.states)
                    self.states.append(there)
                j = self.index[there]
                rows += [i, i]
                columns += [j, i]
                rates += [rate, -rate]
        n = len(self.states)
        self.generator = csc_array((rates, (rows, columns)), shape=(n, n))

    def long_run(self) -> np.ndarray:
        """Share of time in each state in the long run; balance checked to 1e-10."""
        n = len(self.states)
        balance = self.generator.T.tolil()
        balance[0, :] = 1.0  # one balance equation is redundant; the shares add up to 1 instead
        shares = spsolve(csc_array(balance), np.eye(1, n)[0])
        assert abs(self.generator.T @ shares).max() < 1e-10
        assert shares.min() > -1e-12
        return shares

    def transition(self, time: float) -> np.ndarray:
        """Dense matrix of the chances to be in each state after a time, by state at its start."""
        return expm(self.generator.toarray() * time)

    def values(self, function: Callable[..., float]) -> np.ndarray:
        """A function of the state, for each state."""
        return np.array([function(*state) for state in self.states], dtype=float)


def simpson(values: np.ndarray, width: float) -> np.ndarray:
    """Integral along the first axis of an odd number of equally spaced values over a width."""
    n = len(values)
    assert n % 2 == 1
    weights = np.full(n, 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    return np.tensordot(weights, values, axes=1) * (width / (n - 1) / 3.0)
