"""Small scenarios as text, for tests that need a whole shop."""

from __future__ import annotations

CORNER_SHOP = """\
scenario: Corner shop
seed: 7
replications: 3
store: {opens: "09:00", closes: "11:00"}
arrivals: {per_hour: {"09:00": 60, "10:00": 90}}
customers:
  - segment: quick trip
    share: 60 %
    items: {half_up_to: 4, nine_in_ten_up_to: 10}
    self_service: 60 %
  - segment: main shop
    share: 40 %
    items: {half_up_to: 15, nine_in_ten_up_to: 40}
lanes:
  - {lane: staffed, kind: staffed, tills: 2, roster: {"09:00": 1, "10:00": 2}}
  - lane: self-service
    kind: self_service
    machines: 2
    attendants: 1
    help: {chance: 20 %, takes: {about: 20 s}}
targets: {wait_p95: 6 min, one_in_front: 85 %, checkout_csat: 75}
economics: {cashier_per_hour: 13, attendant_per_hour: 13}
"""
