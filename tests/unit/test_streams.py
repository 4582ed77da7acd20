"""Raw draws by name: which stream a column comes from, and what never moves it."""

from __future__ import annotations

from statistics import NormalDist
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simqueue.chance import COLUMNS, Draws
from simqueue.chance.seeding import states


@pytest.mark.parametrize("column", [*COLUMNS, "perception:0", "perception:17"])
@pytest.mark.parametrize(("seed", "replication"), [(0, 0), (2026, 3), (2**40, 199)])
def test_a_column_is_the_stream_the_model_page_names(column, seed, replication):
    """Every column is what NumPy draws from SeedSequence(seed, (replication, crc32 of name))."""
    sequence = np.random.SeedSequence(seed, spawn_key=(replication, crc32(column.encode())))
    expected = np.random.default_rng(sequence).random(50)
    assert Draws(seed, replication).uniform(column, 50).tobytes() == expected.tobytes()


@pytest.mark.parametrize("ending", ["", ":", ":at deli", ":again", ":1:to returns"])
def test_columns_of_one_ending_have_a_stream_each(ending):
    """Asked for one after the other, they are what each is when it is asked for alone."""
    draws = Draws(2026, 3)
    for column in COLUMNS:
        key = (3, crc32((column + ending).encode()))
        alone = np.random.default_rng(np.random.SeedSequence(2026, spawn_key=key))
        assert draws.uniform(column + ending, 4).tolist() == alone.random(4).tolist()


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 2**200),
    st.integers(0, 2**70),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5),
)
def test_streams_seeded_together_begin_as_each_would_alone(seed, key, last):
    """The states of many streams, mixed in one go, are those of a SeedSequence for each."""
    together = states(seed, key, np.array(last, np.uint32))
    for state, word in zip(together, last, strict=True):
        alone = np.random.SeedSequence(seed, spawn_key=(key, word))
        assert state.tolist() == alone.generate_state(4, np.uint64).tolist()


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.int32])
def test_a_seed_may_be_a_number_of_numpy(kind):
    """Whoever counts with NumPy gets the people of the same plain number, of any ending."""
    plain, counted = Draws(5, 3), Draws(kind(5), kind(3))
    for column in ("arrival", "patience:at deli", "choice:at deli"):
        assert counted.uniform(column, 9).tobytes() == plain.uniform(column, 9).tobytes()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=2, max_size=6), st.sampled_from(sorted(COLUMNS)))
def test_asking_for_more_keeps_what_was_there(lengths, column):
    """However often and in whatever order a column is asked for, customer k keeps his number."""
    draws, longest = Draws(7, 1), Draws(7, 1).uniform(column, 300)
    for n in lengths:
        found = draws.uniform(column, n)
        assert len(found) == n
        assert found.tobytes() == longest[:n].tobytes()


def test_columns_replications_and_seeds_differ():
    """Another column, replication or seed gives numbers that have nothing in common."""
    seen = [
        Draws(seed, replication).uniform(column, 5).tobytes()
        for seed in (1, 2)
        for replication in (0, 1, 2)
        for column in (*COLUMNS, "perception:0", "perception:1")
    ]
    assert len(set(seen)) == len(seen)


def test_no_two_columns_share_a_stream():
    """No two names that the program can ask for have the same checksum."""
    kinds = ("staffed", "express", "self_service")
    names = [*COLUMNS, *(f"perception:{line}" for line in range(1000))]
    names += [f"cashier_pace:{kind}" for kind in kinds]
    assert len({crc32(name.encode()) for name in names}) == len(names)


def test_a_raw_zero_is_lifted_to_the_smallest_quantile(monkeypatch):
    """A uniform of exactly 0, which has no quantile, becomes a positive number below 2**-53."""

    class OnlyZeros:
        def __init__(self, _):
            pass

        def random(self, n):
            return np.zeros(n)

    monkeypatch.setattr(np.random, "Generator", OnlyZeros)
    found = Draws(1, 0).uniform("items", 3)
    assert np.all((found > 0) & (found < 2.0**-53))


def test_normal_values_are_the_quantiles_of_the_same_column():
    """The normal form of a column is the normal quantile of its uniforms."""
    draws = Draws(5, 2)
    expected = [NormalDist().inv_cdf(u) for u in draws.uniform("felt_person", 200)]
    assert np.allclose(draws.normal("felt_person", 200), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["", "item", "lane:express", "Items", ":0"])
def test_a_column_that_does_not_exist_is_refused_by_name(name):
    """A misspelt column is a KeyError that names it, not a new stream."""
    with pytest.raises(KeyError, match=repr(name)):
        Draws(1, 0).uniform(name, 3)


def test_columns_cannot_be_written_to():
    """What was drawn is read-only, so that nobody changes it for others."""
    with pytest.raises(ValueError, match="read-only"):
        Draws(1, 0).uniform("items", 3)[0] = 0.5


def test_given_columns_replace_drawn_ones_and_no_others():
    """A given column is used as it stands; every other column is drawn as ever."""
    u = np.array([0.1, 0.2, 0.3])
    draws = Draws(1, 0, given={"items": u})
    assert draws.uniform("items", 2).tolist() == [0.1, 0.2]
    assert draws.uniform("alone", 9).tobytes() == Draws(1, 0).uniform("alone", 9).tobytes()
