"""The twins of the benchmark: a comparison is worth something only if all simulate the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import bare_simpy, twins
from benchmarks.models import AT_WORK, GRID_S, MODELS, REFERENCE, TIMES, Model, supermarket_day
from simqueue.engine import derive_log, run
from simqueue.tables import Event, Log, System, Workload, frozen

CUSTOMERS = 400
IN_CIW = [model for model in MODELS if not model.not_in_ciw]


def name_of(model: Model) -> str:
    """How a model is called in the list of tests."""
    return model.name


def log_of(model: Model) -> Log:
    """What the engine makes of the model."""
    workload, system = model.tables(CUSTOMERS)
    return derive_log(workload, system, run(workload, system))


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_bare_simpy_starts_every_service_at_the_same_time(model):
    """Bare SimPy and the engine agree on every start of service, to the last bit."""
    theirs = bare_simpy.starts(*model.tables(CUSTOMERS))
    np.testing.assert_array_equal(log_of(model).start_s, theirs, strict=False)


@pytest.mark.parametrize("model", IN_CIW, ids=name_of)
def test_ciw_starts_every_service_at_the_same_time(model):
    """Ciw and the engine agree on every start of service, to the last bit."""
    pytest.importorskip("ciw", reason="Ciw comes with the extra 'bench'")
    from benchmarks import ciw_twin

    theirs = ciw_twin.starts(*model.tables(CUSTOMERS))
    np.testing.assert_array_equal(log_of(model).start_s, theirs, strict=False)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_there_is_something_to_agree_on(model):
    """In every model many have to wait, and somebody gives up where patience is limited."""
    log = log_of(model)
    assert np.mean(log.wait_s > 0) > 0.2
    assert np.isnan(log.start_s).any() == np.isfinite(model.mean_patience_s)


def test_the_last_model_has_gaps_and_calls_for_help_and_all_three_lanes():
    """The model that only SimPy can express has the mechanics that Ciw lacks, and all are used."""
    _, system = MODELS[-1].tables(CUSTOMERS)
    log = log_of(MODELS[-1])
    assert (system.gap_s > 0).any()
    assert (log.help_s > 0).sum() > 5
    assert set(log.lane) == {0, 1, 2}


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_times_are_whole_multiples_of_the_grid(model):
    """All times lie on the grid on which sums and differences are exact."""
    workload, system = model.tables(CUSTOMERS)
    for times in (workload.arrival_s, *(getattr(system, name) for name in TIMES)):
        ticks = times[np.isfinite(times)] / GRID_S
        np.testing.assert_array_equal(ticks, np.round(ticks))
        assert ticks.max(initial=0.0) < 2.0**53


def twin_starts(twin, workload, system):
    """When the C++ twin begins every service; skips where there is no C++ compiler."""
    if not twins.can_be_built():
        pytest.skip("needs g++")
    return twin(workload, system)()


def day_of(name: str) -> tuple[Workload, System]:
    """A day of the models that only the twins and bare SimPy know, by name."""
    if name == "supermarket":
        return supermarket_day(0)
    return {"reference": REFERENCE, "at work": AT_WORK}[name].tables(2_000)


@pytest.mark.parametrize(
    ("name", "twin"),
    [
        ("reference", twins.plain),
        ("reference", twins.at_work),
        ("at work", twins.at_work),
        ("supermarket", twins.at_work),
    ],
)
def test_a_cpp_twin_starts_every_service_at_the_same_time(name, twin):
    """The hand-written loops and the engine agree on every start of service, to the last bit."""
    workload, system = day_of(name)
    theirs = twin_starts(twin, workload, system)
    ours = derive_log(workload, system, run(workload, system)).start_s
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["reference", "supermarket"])
def test_bare_simpy_follows_the_reference_model_and_a_roster(name):
    """Tills that open and close and attendants by the clock are the same in bare SimPy."""
    workload, system = day_of(name)
    theirs = bare_simpy.starts(workload, system)
    ours = derive_log(workload, system, run(workload, system)).start_s
    np.testing.assert_array_equal(ours, theirs, strict=False)


def test_the_model_at_work_has_everything_in_use():
    """Calls for help, changes of line, calls to tills and tills that close again all happen."""
    workload, system = day_of("at work")
    events = run(workload, system).event.tolist()
    for event in (Event.HELP, Event.LEAVE, Event.CAME, Event.CLOSED, Event.RENEGE):
        assert events.count(event) >= 5, event


def test_a_twin_refuses_what_it_does_not_know():
    """A shop with a till that works at another pace is not simulated as if it had none."""
    workload, system = day_of("reference")
    slow = replace(system, server_pace=frozen(np.full(system.n_servers, 1.3), "f8"))
    with pytest.raises(AssertionError, match="every till works at the same pace"):
        twins.at_work(workload, slow)
