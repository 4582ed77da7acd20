"""Days in several processes: the same results in the same order, whoever made them."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from functools import partial

import pytest

from simqueue import registry
from simqueue.scenario import Scenario, resolve
from simqueue.study.run import run
from simqueue.study.tables import tables
from simqueue.study.workers import (
    MOST_DAYS_AT_ONCE,
    WorkerLostError,
    in_order,
    pieces,
    workers_for,
)

DAYS = 5


def shop(**changes: object) -> Scenario:
    """Half an hour of a small shop with a till and two machines."""
    written: dict[str, object] = {
        "scenario": "small",
        "seed": 7,
        "replications": DAYS,
        "store": {"opens": "08:00", "closes": "08:30"},
        "arrivals": {"constant_per_hour": 120},
        "customers": [{"segment": "all", "share": 1, "items": {"about": 8}}],
        "lanes": [
            {"lane": "tills", "kind": "staffed", "tills": 2, "service": "antczak2020_staffed"},
            {
                "lane": "machines",
                "kind": "self_service",
                "machines": 2,
                "attendants": 1,
                "service": "antczak2020_self_service",
            },
        ],
    }
    return resolve(written | changes)


# work that any process knows: the square of a day, and squares for which there are only three days
SQUARE = partial(pow, exp=2)
THREE = (0, 1, 4).__getitem__
ELSEWHERE = """
import os, signal, time

MUCH = 300_000

def who(day):
    time.sleep(0.001)
    return os.getpid()

def much(day):
    time.sleep(0.01)
    return bytes(MUCH + day)

def deadly(day):
    time.sleep(0.001)
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)

def faulty(day):
    time.sleep(0.001)
    if os.getpid() != HERE:
        raise OverflowError("elsewhere")

class Odd:
    def __reduce__(self):
        return opened_here, ()

def opened_here():
    if os.getpid() == HERE:
        raise FileNotFoundError("not here")
    return Odd()

def odd(day):
    time.sleep(0.001)
    return opened_here() if os.getpid() != HERE else None
"""


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_days(workers):
    """Whichever process is quicker, day follows day, each exactly once."""
    assert list(in_order(SQUARE, range(3, 40), workers)) == [k * k for k in range(3, 40)]


def test_no_day_gives_no_result():
    """Without days nothing is done, whatever the number of processes."""
    assert list(in_order(SQUARE, range(0), 2)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_day_raises_is_raised_here(workers):
    """The exception of a day comes to the caller as it was, after the days before it."""
    days = in_order(THREE, range(6), workers)
    assert [next(days) for _ in range(2)] == [0, 1]
    with pytest.raises(IndexError, match="out of range"):
        list(days)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A module that other processes can import, with work that tells where it was done."""
    (tmp_path / "work_elsewhere.py").write_text(ELSEWHERE.replace("HERE", str(os.getpid())))
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("work_elsewhere", None)
    return importlib.import_module("work_elsewhere")


def test_this_process_works_and_so_do_the_others(elsewhere):
    """Three workers are this process and two others; each of them does some days."""
    found = in_order(elsewhere.who, range(1_000_000), 3)
    seen: set[int] = set()
    while len(seen) < 3:
        seen.add(next(found))
    assert os.getpid() in seen
    found.close()


@pytest.mark.parametrize("workers", [2, 3])
def test_an_answer_larger_than_any_pipe_arrives(elsewhere, workers):
    """Results of megabytes come whole, however many wait for their turn."""
    sizes = [len(found) for found in in_order(elsewhere.much, range(200), workers)]
    assert sizes == [elsewhere.MUCH + day for day in range(200)]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal on this system")
def test_a_process_that_is_killed_is_told_in_one_line(elsewhere):
    """A killed process ends the work with what happened and what to try."""
    with pytest.raises(WorkerLostError, match=r"killed by signal 9.*--workers 1"):
        list(in_order(elsewhere.deadly, range(100_000), 2))


def test_what_a_day_raises_elsewhere_is_raised_here(elsewhere):
    """The exception of a day in another process comes as it was, after all days before it."""
    done = []
    with pytest.raises(OverflowError, match="elsewhere"):
        done.extend(in_order(elsewhere.faulty, range(100_000), 2))


def test_an_answer_that_means_nothing_here_is_told(elsewhere):
    """A result that cannot be taken out of its pickle here raises the reason, whatever it is."""
    with pytest.raises(FileNotFoundError, match="not here"):
        list(in_order(elsewhere.odd, range(100_000), 2))


def test_a_process_that_talks_nonsense_is_told(elsewhere, tmp_path, monkeypatch):
    """What is no answer at all ends the work, though the process that says it would go on."""
    (tmp_path / "sitecustomize.py").write_text("import os\nos.write(1, b'hello\\n')\n")
    with pytest.raises(WorkerLostError, match="a worker process"):
        list(in_order(elsewhere.who, range(100_000), 2))


def test_a_process_that_cannot_begin_is_told(elsewhere, monkeypatch):
    """Where another process finds no Python that works, the end is a clear error, not silence."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WorkerLostError, match="exit code 1"):
        list(in_order(elsewhere.who, range(100_000), 2))


@pytest.mark.parametrize(("days", "workers"), [(1, 2), (7, 2), (20, 2), (1_000, 4), (20_000, 16)])
def test_pieces_are_all_days_once_and_get_smaller(days, workers):
    """Every day lies in one piece, in order; the last pieces are single days."""
    found = pieces(range(days), workers)
    assert [day for piece in found for day in piece] == list(range(days))
    sizes = [len(piece) for piece in found]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] <= MOST_DAYS_AT_ONCE
    assert sizes[-1] == 1


def test_days_may_be_left_undone():
    """Who has seen enough closes the iterator; the processes end without having done the rest."""
    days = in_order(SQUARE, range(10_000), 2)
    assert next(days) == 0
    days.close()
    assert list(days) == []


def test_rules_of_the_script_itself_cannot_go_to_other_processes(monkeypatch):
    """A rule that only the caller's script knows is refused with what to do about it."""
    mine = registry.Entry("lane_choice", "mine", lambda: None, "mine")
    mine.function.__module__ = "__main__"
    family = registry.choices("lane_choice")
    monkeypatch.setitem(registry._entries, "lane_choice", family | {"mine": mine})
    with pytest.raises(ValueError, match="rules registered in the script itself"):
        list(in_order(SQUARE, range(4), 2))
    assert workers_for(None, 1_000, 1e6) == 1


@pytest.mark.parametrize(
    ("asked", "days", "seconds", "expected"),
    [(1, 100, 1e6, 1), (3, 100, 0.1, 3), (3, 2, 0.1, 2), (None, 100, 1.0, 1), (None, 1, 1e6, 1)],
)
def test_how_many_processes(asked, days, seconds, expected):
    """As many as are asked for, never more than days; chosen, one for work that is soon done."""
    assert workers_for(asked, days, seconds) == expected


def test_long_work_is_shared_by_all_cores(monkeypatch):
    """Work of a minute and more goes to every core there is."""
    monkeypatch.setattr("simqueue.study.workers.cores", lambda: 4)
    assert workers_for(None, 1_000, 60.0) == 4


def test_fewer_than_one_process_is_refused():
    """None at all is an error with the number that was given."""
    with pytest.raises(ValueError, match=r"workers: must be at least 1 \(got 0\)"):
        workers_for(0, 10, 1.0)


ONE_PROCESS = (("compiled", 1),)
SEVERAL = (("compiled", 1), ("compiled", 2), ("simpy", 3))
RENEGE = {"renege": {"patience": {"exponential": {"mean": "2 min"}}}}


@pytest.mark.parametrize(
    ("changes", "ways"),
    [
        ({}, SEVERAL),
        ({"behaviour": RENEGE}, ONE_PROCESS),
        ({"arrivals": {"constant_per_hour": 1}}, ONE_PROCESS),
    ],
    ids=["plain", "impatient", "hardly anybody"],
)
def test_no_byte_depends_on_the_engine_or_on_the_number_of_processes(changes, ways):
    """Every file of numbers is the same for both engines and for one, two and three processes."""
    scenario = shop(**changes)
    base = tables(run(scenario, engine="simpy"), "out")
    for engine, workers in ways:
        found = tables(run(scenario, engine=engine, workers=workers), "out")
        assert found.keys() == base.keys()
        for name, content in found.items():
            if name == "summary.json":
                told, expected = json.loads(content), json.loads(base[name])
                assert told.pop("engine") == engine
                assert expected.pop("engine") == "simpy"
                assert told == expected
            else:
                assert content == base[name], (name, engine, workers)
