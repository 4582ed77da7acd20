"""The theory scenarios that come with the package: what their last comment says is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from simqueue import theory
from tests.theory.harness import agree, measure
from tests.theory.test_several_lines import waits_of_two_lines, whole_line

FOLDER = Path(__file__).parents[2] / "scenarios" / "theory"
MEAN_S = 60.0


def erlang_a():
    """Five tills at 120 %, patience of 2.5 minutes."""
    found = theory.erlang_a(5, 6 / MEAN_S, MEAN_S, 150.0)
    return {"reneged_share": found.reneged, "wait_mean_s": found.wait_mean}


def mmc(servers):
    """`servers` tills at 80 %."""
    rate = servers * 0.8 / MEAN_S
    wait = theory.mmc_wait(servers, rate, MEAN_S)
    return {"wait_mean_s": wait, "waited_share": theory.erlang_c(servers, 0.8 * servers)}


def two_lines():
    """Two tills at 80 % with shortest queue."""
    wait, waited, *_ = waits_of_two_lines(1.6 / MEAN_S, (1 / MEAN_S, 1 / MEAN_S), whole_line)
    return {"wait_mean_s": wait, "waited_share": waited}


TRUTHS = {
    "mm1": lambda: mmc(1),
    "mmc": lambda: mmc(5),
    "erlang_a": erlang_a,
    "two_lines_shortest_queue": two_lines,
}
SHORTER = {"mm1": 85, "mmc": 35, "erlang_a": 13, "two_lines_shortest_queue": 50}  # hours


def read(name):
    """The text of a scenario file."""
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def test_every_theory_scenario_is_proved():
    """Each file in scenarios/theory has its truth on this page."""
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(TRUTHS)


@pytest.mark.parametrize("name", TRUTHS)
def test_the_last_comment_states_the_formula(name):
    """The figures in the last line of the file are those of the formula, to their digits."""
    lines = read(name).strip().splitlines()
    assert lines[0].startswith("# ")
    stated = dict(re.findall(r"(\w+) = ([\d.]+)", lines[-1]))
    truths = TRUTHS[name]()
    assert set(stated) == set(truths)
    for measure_, digits in stated.items():
        places = len(digits.partition(".")[2])
        assert float(digits) == pytest.approx(truths[measure_], abs=0.51 * 10**-places)


@pytest.mark.parametrize("name", TRUTHS)
def test_a_shorter_run_already_shows_it(name):
    """With a shorter horizon the files give what their last line says, within 15 %."""
    shorter = yaml.safe_load(read(name))
    shorter["store"]["horizon"] = f"{SHORTER[name]} h"
    truths = TRUTHS[name]()
    for measure_, found in measure(shorter, 30, 81, truths).items():
        agree(found, truths[measure_], within=0.15)


@pytest.mark.truth
@pytest.mark.parametrize("name", TRUTHS)
def test_the_file_as_it_stands_shows_it_closely(name):
    """As written, with its own replications, each file is within 3 % of its last line."""
    text = read(name)
    truths = TRUTHS[name]()
    for measure_, found in measure(text, 20, 1, truths).items():
        agree(found, truths[measure_], within=0.03)
