"""Which line does a customer join? A rule scores one line; the lowest score wins.

Only + - * / % and comparisons: these give the same last bit in every engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from simqueue.registry import register
from simqueue.tables import Choice, Kind


class LineView(NamedTuple):
    """What a rule sees of a line: its open servers, and the people in it.

    Items are counted only for rules that declare `sees="items"`, the two times (whole
    microseconds) only for `sees="times"`; elsewhere they are 0.
    """

    n_waiting: int
    n_serving: int
    n_servers: int
    items_waiting: int
    items_serving: int
    work_waiting_us: int
    rest_us: int
    mean_us: int
    number: int
    kind: int
    position_m: float


class Chooser(NamedTuple):
    """What a rule sees of the customer who chooses, and of the one who joined a line before him.

    The last two are known only to rules that declare `sees="kinds"`; elsewhere they are 0.
    """

    items: int
    position_m: float
    line_of_last: int
    n_lines: int
    n_tills: int = 0  # open lines he may join that lead to a cashier
    u_kind: float = 0.0  # a uniform of his own: tills or machines?


Score = Callable[[LineView, Chooser, Choice], float]
Sees = Literal["people", "items", "times", "kinds"]


def lane_choice(
    sees: Sees = "people", source: str = "", ties_random: bool = False
) -> Callable[[Score], Score]:
    """Register a lane-choice rule under its function's name.

    `sees` says what it needs to know; `ties_random` that it means nothing without a lot among
    equals, whatever the scenario says about ties.
    """
    return register("lane_choice", source=source, sees=sees, ties_random=ties_random)


def _people(line: LineView, p: Choice) -> int:
    return line.n_waiting + line.n_serving if p.count_in_service else line.n_waiting


def _shared_out(load: float, line: LineView, p: Choice) -> float:
    return load / line.n_servers if p.per_server else load


def length(line: LineView, p: Choice) -> float:
    """Length of a line as customers count it: people, per open till of the line."""
    return _shared_out(_people(line, p), line, p)


@lane_choice(ties_random=True)
def random(line: LineView, customer: Chooser, p: Choice) -> float:
    """Any open line, all alike."""
    return 0.0


@lane_choice(
    sees="kinds", source="Antczak, Weron, Zabawa 2020, the authors' program", ties_random=True
)
def random_till(line: LineView, customer: Chooser, p: Choice) -> float:
    """A till at random; among n tills, the machines instead one time in n."""
    if line.kind == Kind.STAFFED or line.kind == Kind.EXPRESS:
        return 0.0
    return -1.0 if customer.u_kind * customer.n_tills < 1.0 else 1.0


@lane_choice(source="Antczak, Weron, Zabawa 2020, rule 'fewest customers'")
def shortest_queue(line: LineView, customer: Chooser, p: Choice) -> float:
    """Fewest people, per open till of the line."""
    return length(line, p)


@lane_choice(sees="items", source="Antczak, Weron, Zabawa 2020, rule 'fewest items'")
def fewest_items(line: LineView, customer: Chooser, p: Choice) -> float:
    """Fewest articles in the baskets ahead, per open till of the line."""
    items = line.items_waiting + line.items_serving if p.count_in_service else line.items_waiting
    return _shared_out(items, line, p)


@lane_choice(source="Antczak, Weron, Zabawa 2020, rule 3")
def expected_wait_mean(line: LineView, customer: Chooser, p: Choice) -> float:
    """Shortest expected wait, judged by the lane's mean service time for everybody ahead."""
    return _shared_out(_people(line, p) * line.mean_us, line, p)


@lane_choice(sees="times", source="Antczak, Weron, Zabawa 2020, rule 4")
def expected_wait_items(line: LineView, customer: Chooser, p: Choice) -> float:
    """Shortest expected wait, judged by the baskets ahead and the rest of the service going on."""
    return line.rest_us


@lane_choice()
def nearest(line: LineView, customer: Chooser, p: Choice) -> float:
    """The line nearest to where the customer comes from."""
    distance = line.position_m - customer.position_m
    return distance if distance >= 0 else -distance


@lane_choice()
def alternate(line: LineView, customer: Chooser, p: Choice) -> float:
    """The next line after the one the last customer joined, round and round."""
    return (line.number - customer.line_of_last - 1) % customer.n_lines
