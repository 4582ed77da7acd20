"""The scenarios and templates that come with the package: sound, and told in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import scenario_table
from simqueue.chance import Distribution
from simqueue.fields import ByClock, Spec
from simqueue.scenario import Scenario, load, resolve, to_mapping
from simqueue.scenario import init as init_room
from simqueue.scenario.study_load import is_study
from simqueue.study import run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TEMPLATES = Path(init_room.__file__).parent / "templates"
SHIPPED = [*sorted(SCENARIOS.glob("*.yaml")), *sorted(TEMPLATES.rglob("*.yaml"))]
FILES = [path for path in SHIPPED if not is_study(path)]
PLANNERS = {"half_up_to", "about", "bands"}  # the distributions that a planner knows
VARIANTS = ("two-express-lanes", "self-service-first", "single-line", "holiday-eve")
MOST_CUSTOMERS = 120_000  # in a run: about 10 s of CPU on a slow machine


def name_of(path: Path) -> str:
    """How a file is called in the list of tests."""
    return f"{path.parent.name}/{path.stem}"


def expected_customers(scenario: Scenario) -> float:
    """Customers of a whole run, expected."""
    arrivals = scenario.arrivals
    per_day = arrivals.customers_per_day
    if per_day is None:
        assert arrivals.constant_per_hour is not None
        per_day = arrivals.constant_per_hour * scenario.length_s / 3600.0
    return per_day * scenario.replications


def distributions(value: object) -> set[str]:
    """The names of all distributions below a part of a scenario."""
    if isinstance(value, Distribution):
        return {value.name}
    if isinstance(value, Spec):
        return set().union(*(distributions(getattr(value, k)) for k in type(value).model_fields))
    if isinstance(value, ByClock):
        return set().union(*map(distributions, value.values()))
    if isinstance(value, tuple):
        return set().union(*map(distributions, value))
    return distributions(getattr(value, "parameters", None)) if value is not None else set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_shipped_file_tells_its_story_first_and_what_to_look_for_last(path: Path) -> None:
    """The first line is a sentence, the last paragraph a remark on the result; no line is long."""
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert re.fullmatch(r"# [A-Z].{20,}[.?]", first)
    last = text.rstrip().rpartition("\n\n")[2].splitlines()
    assert last[0].startswith("# What to look for: ")
    assert all(line.startswith("# ") for line in last)
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_shipped_file_resolves_to_itself(path: Path) -> None:
    """The complete scenario written out and read again is the same scenario."""
    scenario = load(path)
    assert resolve(to_mapping(scenario)) == scenario


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_day_of_a_shipped_file_passes_its_audit(path: Path) -> None:
    """One simulated day of each keeps its own books, and customers come and are served."""
    study = run(load(path), 1, keep=0)
    assert study.audit.ok, study.audit.line()
    assert study.metrics["served"].mean > 100


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_planners_get_only_distributions_they_know(path: Path) -> None:
    """Outside the theory template baskets, patience, help and noise need no statistics to write."""
    found = distributions(load(path))
    assert (found <= PLANNERS) == (path.stem != "theory")


@pytest.mark.parametrize("path", [p for p in FILES if TEMPLATES in p.parents], ids=name_of)
def test_a_template_is_small_enough_to_run_in_seconds(path: Path) -> None:
    """A template's whole run has at most 120,000 customers."""
    assert 10_000 < expected_customers(load(path)) < MOST_CUSTOMERS


def test_the_planners_test_would_notice_a_statistician() -> None:
    """The search for distributions finds them in baskets by clock, patience, service and noise."""
    found = distributions(load(TEMPLATES / "theory.yaml"))
    assert found == {"fixed", "exponential"}
    assert distributions(load(SCENARIOS / "small-shop.yaml")) == PLANNERS


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_of_the_saturday_share_its_customers(name: str) -> None:
    """Same people, same baskets, same hours as supermarket.yaml; the holiday has 30 % more."""
    base, variant = load(SCENARIOS / "supermarket.yaml"), load(SCENARIOS / f"{name}.yaml")
    assert variant.customers == base.customers
    assert variant.arrivals.rate_points() == base.arrivals.rate_points()
    assert variant.store == base.store
    assert (variant.seed, variant.experience) == (base.seed, base.experience)
    if name == "holiday-eve":
        assert variant.lanes == base.lanes
        assert variant.arrivals.customers_per_day == pytest.approx(1.3 * 5464, abs=0.5)
    else:
        assert variant.arrivals.customers_per_day == base.arrivals.customers_per_day == 5464
        assert variant.arrivals.day_to_day_cv == base.arrivals.day_to_day_cv
        assert variant.behaviour == base.behaviour


def test_two_express_lanes_have_the_cashiers_of_the_saturday() -> None:
    """At any time of the day as many tills are open as in supermarket.yaml."""
    base, variant = load(SCENARIOS / "supermarket.yaml"), load(SCENARIOS / "two-express-lanes.yaml")
    for quarter in range(7 * 4, 22 * 4):
        open_tills = [
            sum(lane.roster_or_all.at(quarter * 900) for lane in s.lanes if lane.tills)
            for s in (base, variant)
        ]
        assert open_tills[0] == open_tills[1], quarter / 4


@pytest.mark.parametrize("name", ["small-shop", "discounter", "us-store"])
def test_a_shop_that_is_also_a_template_is_the_same_file(name: str) -> None:
    """`simqueue init --template NAME` gives the scenario of that name, byte for byte."""
    shop, template = ((home / f"{name}.yaml").read_bytes() for home in (SCENARIOS, TEMPLATES))
    assert shop == template


def test_the_table_has_every_scenario_once() -> None:
    """The page that shows them side by side leaves none out and invents none."""
    listed = [*scenario_table.SATURDAYS, *scenario_table.OTHERS]
    assert sorted(listed) == sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
    rows = [line for line in page_lines() if line.startswith("| ")][1:]
    titles = [line.split(" | ")[0].removeprefix("| ") for line in rows]
    assert titles == [load(SCENARIOS / f"{name}.yaml").scenario for name in listed]
    assert all(load(SCENARIOS / f"{name}.yaml").replications == 20 for name in listed)


def test_the_page_quotes_the_files_as_they_are() -> None:
    """With the rows it holds, the page is what the command would write from the files of today."""
    lines = page_lines()
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert scenario_table.page(rows).splitlines() == lines


def test_the_command_reproduces_the_committed_row_of_the_small_shop() -> None:
    """Running the small shop again gives its row of docs/scenarios.md, to the last digit."""
    assert scenario_table.row("small-shop") in page_lines()


def page_lines() -> list[str]:
    """The lines of docs/scenarios.md."""
    return scenario_table.PAGE.read_text(encoding="utf-8").splitlines()
