"""The seeds of all columns of a day at once: what NumPy's SeedSequence says for each, in one go.

NumPy promises never to change how a SeedSequence mixes its words (NEP 19). The seed and the day are
the same for all columns, so that only the last word, the column's checksum, is mixed in here.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate, repeat
from operator import index
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

Words = NDArray[np.uint32]
POOL = 4  # words of a pool
WORD = 2**32
# the constants of O'Neill's seed_seq_fe, as in numpy/random/bit_generator.pyx
FIRST_IN, NEXT_IN = 0x43B0D7E5, 0x931E8875
FIRST_OUT, NEXT_OUT = 0x8B51F9DD, 0x58F38DED
MIX_OLD, MIX_NEW = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
HALF = np.uint32(16)  # bits


@lru_cache(maxsize=64)  # every day asks for the same
def _multipliers(first: int, factor: int, n: int) -> Words:
    """The first n of a sequence in which each is `factor` times the one before, modulo 2**32."""
    found = accumulate(repeat(factor, n - 1), lambda a, b: a * b % WORD, initial=first)
    return np.array(list(found), dtype=np.uint32)


OUT = _multipliers(FIRST_OUT, NEXT_OUT, 2 * POOL + 1)


class Seed(ISeedSequence):
    """The four words that a PCG64 begins with."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self.words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> NDArray[np.uint64]:  # noqa: ANN401 - NumPy's own signature
        """The words, as PCG64 asks for them."""
        return self.words


def states(seed: int, key: int, last: Words) -> NDArray[np.uint64]:
    """What `SeedSequence(seed, spawn_key=(key, word))` tells a PCG64, by word of `last`; (n, 4)."""
    begun = np.random.SeedSequence(seed, spawn_key=(key,))
    mixed_in = POOL * (max(POOL, _n_words(seed)) + _n_words(key))  # by then, each with every word
    first = FIRST_IN * pow(NEXT_IN, mixed_in, WORD) % WORD
    given = _hashed(last[:, None], _multipliers(first, NEXT_IN, POOL + 1))
    pool = MIX_OLD * begun.pool - MIX_NEW * given
    pool ^= pool >> HALF
    state = _hashed(np.concatenate([pool, pool], axis=1), OUT)
    return state.astype("<u4").view("<u8").astype(np.uint64)


def _hashed(words: Words, multipliers: Words) -> Words:
    """Words after a step of the hash with each of k + 1 multipliers but the last; shape (n, k)."""
    hashed: Words = (words ^ multipliers[:-1]) * multipliers[1:]
    hashed ^= hashed >> HALF
    return hashed


def _n_words(number: int) -> int:
    """How many words of 32 bits a whole number takes, one of NumPy's too."""
    return max(1, -(-index(number).bit_length() // 32))
