"""The twins of the benchmark: a comparison is worth something only if all simulate the same."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import bare_simpy
from benchmarks.models import GRID_S, MODELS, TIMES, Model
from simqueue.engine import derive_log, run
from simqueue.tables import Log

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
