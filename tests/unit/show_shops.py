"""Small shops that were really simulated, once for all tests that only look at what is shown."""

from __future__ import annotations

from functools import cache

from simqueue.scenario.load import loads
from simqueue.study import run
from simqueue.study.study import Study
from tests.shops import CORNER_SHOP

HOSTILE = "<script>window.hacked=1</script> $x$ 🧺 😀 =cmd & 'quotes' \\\"and\\\" more {{ 7*7 }}"
_FROM_LANES = CORNER_SHOP.index("lanes:")
_FROM_TARGETS = CORNER_SHOP.index("targets:")
BEHAVIOUR = """\
behaviour:
  balk: {longer_than: 4}
  renege: {patience: {half_up_to: 4 min, nine_in_ten_up_to: 9 min}}
  jockey: {shorter_by: 2, walk: 5 s, willing: 50 %}
staffing:
  on_demand: {lane: staffed, call_above: 2, walk: 60 s, stay: 15 min, spare: 1}
"""
AROUND = """\
  - {lane: scan, kind: scan_and_go, machines: 2, attendants: 1, rechecks: {chance: 30 %}}
stations: [{station: deli, servers: 1, service: {about: 80 s}, patience: {about: 6 min}}]
returns_desk: {servers: 1, service: {about: 4 min}, arrivals: {constant_per_hour: 14}}
outages:
  - {at: "09:30", lasts: 10 min}
  - {at: "10:30", lasts: 8 min, what: cards, without_card: leaves, explained: yes}
"""


def lanes(*entries: str) -> str:
    """The corner shop with other lanes."""
    listed = "".join(f"  - {entry}\n" for entry in entries)
    return f"{CORNER_SHOP[:_FROM_LANES]}lanes:\n{listed}{CORNER_SHOP[_FROM_TARGETS:]}"


def busier(text: str, times: float) -> str:
    """The same with so many times the customers."""
    rates = (f'{{"09:00": {60 * times}, "10:00": {90 * times}}}', '{"09:00": 60, "10:00": 90}')
    assert rates[1] in text
    return text.replace(rates[1], rates[0])


def eighth(k: int) -> str:
    """A segment with an eighth of the customers."""
    return f"  - {{segment: kind {k}, share: 0.125, items: {{fixed: {k}}}}}\n"


TEXTS = {
    "corner": CORNER_SHOP,
    "quiet": busier(CORNER_SHOP, 0.01),
    "empty": busier(CORNER_SHOP, 1e-9),
    "overloaded": busier(CORNER_SHOP, 2.5),
    "people move": busier(CORNER_SHOP, 2.0) + BEHAVIOUR,
    "one lane": lanes("{lane: till, kind: staffed, tills: 1}"),
    "machines only": lanes("{lane: machines, kind: self_service, machines: 3, attendants: 1}")
    .replace("self_service: 60 %", "self_service: 100 %"),
    "twelve lanes": busier(
        lanes(*(f"{{lane: till {k}, kind: staffed, tills: 1}}" for k in range(1, 13))), 3.0
    ),
    "eight segments": CORNER_SHOP.replace(
        CORNER_SHOP[CORNER_SHOP.index("customers:") : _FROM_LANES],
        "customers:\n" + "".join(map(eighth, range(1, 9))),
    ),
    "no targets": CORNER_SHOP[:_FROM_TARGETS],
    "one day": CORNER_SHOP.replace("replications: 3", "replications: 1"),
    "hostile": CORNER_SHOP.replace("quick trip", f'"{HOSTILE}"')
    .replace("lane: staffed", f'lane: "{HOSTILE} lane"')
    .replace("scenario: Corner shop", f'scenario: "{HOSTILE} shop"\nabout: "{HOSTILE}"')
    .replace("cashier_per_hour", 'currency: "<b>=cmd</b> crowns", cashier_per_hour'),
    "long day": busier(CORNER_SHOP, 0.5)
    .replace('opens: "09:00", closes: "11:00"', 'opens: "00:00", closes: "24:00"')
    .replace('roster: {"09:00": 1, "10:00": 2}', 'roster: {"00:00": 1, "10:00": 2}')
    .replace('{"09:00": 30.0', '{"00:00": 2, "09:00": 30.0'),
    "around the tills": busier(CORNER_SHOP, 2.0)
    .replace("self_service: 60 %", "self_service: 60 %\n    scan_and_go: 20 %\n"
             "    visits: {deli: 60 %}\n    pays: {card: 100 %}")
    .replace("    help: {", "    sends_failed_to: {lane: staffed, chance: 10 %}\n    help: {")
    .replace('"10:00": 2}}', '"10:00": 2}, price_checks: {chance: 10 %}, breakdowns: '
             "{time_between: {exponential: {mean: 2 h}}, repair: {about: 8 min}}}")
    .replace("targets:", AROUND + "targets:"),
    "hostile station": CORNER_SHOP.replace(
        "self_service: 60 %", f'self_service: 60 %\n    visits: {{"{HOSTILE}": 60 %}}'
    ).replace("targets:", f'stations: [{{station: "{HOSTILE}", servers: 1, service: '
              "{about: 3 min}, balk: {longer_than: 3}}]\ntargets:"),
    "theory": """\
scenario: M/M/1 at 50 %
replications: 3
store: {horizon: 20 h, warm_up: 1 h}
arrivals: {constant_per_hour: 30}
customers: [{segment: all, share: 1, items: {fixed: 1}}]
lanes: [{lane: till, kind: staffed, tills: 1, service: {exponential: {mean: 60 s}}}]
""",
}  # fmt: skip


@cache
def simulated(name: str) -> Study:
    """The study of one of the shops."""
    return run(loads(TEXTS[name]), keep=0)
