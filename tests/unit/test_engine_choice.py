"""Which engine `auto` takes: the one with which nobody waits longer."""

from __future__ import annotations

import pytest

from simqueue.engine import choice, compiled
from simqueue.engine.choice import COMPILES_S, LOADS_S, SAVED_S, chosen, pays
from simqueue.scenario import loads
from simqueue.study.engine import engine_for, expected_visits
from tests.shops import CORNER_SHOP

WARM = LOADS_S / SAVED_S  # visits at which both take the same time
COLD = COMPILES_S / SAVED_S


@pytest.fixture
def machine(monkeypatch):
    """A machine on which nothing is really compiled; says what it has and what was done."""
    state = {"on disk": False, "loaded": False, "why not": "", "began": 0}

    def begin() -> str:
        state["began"] += 1
        return str(state["why not"])

    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(compiled, "is_cached", lambda: state["on disk"])
    monkeypatch.setattr(compiled, "is_loaded", lambda: state["loaded"])
    monkeypatch.setattr(compiled, "why_not", begin)
    monkeypatch.setattr(compiled, "_said", set())
    return state


@pytest.mark.parametrize(
    ("on_disk", "loaded", "visits", "engine"),
    [
        (False, False, 0.9 * COLD, "simpy"),
        (False, False, 1.1 * COLD, "compiled"),
        (True, False, 0.9 * WARM, "simpy"),
        (True, False, 1.1 * WARM, "compiled"),
        (True, True, 1, "compiled"),  # it costs nothing any more
    ],
)
def test_auto_takes_what_is_done_first(machine, on_disk, loaded, visits, engine):
    """The compiled engine runs once it saves more than it takes to begin, and not before."""
    machine |= {"on disk": on_disk, "loaded": loaded}
    assert chosen("auto", visits) == engine
    assert machine["began"] == (engine == "compiled")


def test_what_was_asked_for_is_taken(machine):
    """Whoever names an engine gets it, however much there is to do."""
    assert chosen("simpy", 1e9) == "simpy"
    assert machine["began"] == 0
    assert chosen("compiled", 1) == "compiled"
    assert machine["began"] == 1


@pytest.mark.parametrize(("on_disk", "lines"), [(True, 0), (False, 1)])
def test_compiling_is_said(machine, capsys, on_disk, lines):
    """A line on stderr says that something is compiled, and how long it takes; none otherwise."""
    machine["on disk"] = on_disk
    chosen("compiled", 1)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == lines
    if lines:
        assert "compiling the engine for this machine, once: about" in told.err


def test_simpy_takes_over_where_nothing_can_be_compiled(machine, capsys):
    """Then one line says why, once, and SimPy it is."""
    machine |= {"on disk": True, "why not": "no Numba"}
    assert [chosen("compiled", 1), chosen("auto", 1e9)] == ["simpy", "simpy"]
    line = "compiled engine: no Numba; simulating with SimPy instead\n"
    assert capsys.readouterr().err == line


def test_with_the_compiler_off_auto_is_simpy(machine, monkeypatch):
    """NUMBA_DISABLE_JIT makes the compiled engine plain Python: never quicker."""
    machine["on disk"] = True
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert not pays(1e9)


def test_no_such_engine():
    """An engine that does not exist is refused with what there is."""
    with pytest.raises(ValueError, match="must be one of auto, simpy, compiled"):
        chosen("warp", 1)


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        ("{constant_per_hour: 60}", 60 * 2),
        ('{per_hour: {"00:00": 30, "09:00": 90}}', 30 + 90),
        ("{customers_per_day: 500, shape: {constant_per_hour: 60}}", 500),
        ("{trace: {arrival_s: [0, 5, 9]}}", 3),
    ],
)
def test_visits_are_estimated_from_the_scenario(arrivals, expected):
    """Customers of a day come from its rate, its total or its list, here over two hours."""
    text = f"""
scenario: two hours
store: {{opens: "08:00", closes: "10:00"}}
arrivals: {arrivals}
customers: [{{segment: all, share: 1, items: {{fixed: 1}}}}]
lanes: [{{lane: tills, kind: staffed, tills: 1, service: {{fixed: 20 s}}}}]
"""
    assert expected_visits(loads(text)) == pytest.approx(expected)


def test_stations_are_visits_too(monkeypatch):
    """Who passes by a station is served twice; days and workers count as they should."""
    seen = []
    monkeypatch.setattr("simqueue.study.engine.chosen", lambda _, visits: seen.append(visits))
    scenario = loads(CORNER_SHOP)
    people = expected_visits(scenario)
    engine_for("auto", [scenario, scenario], 10, workers=4)
    assert seen == [pytest.approx(people * 2 * 10 / 4)]
    assert choice.SIMPY == "simpy"
