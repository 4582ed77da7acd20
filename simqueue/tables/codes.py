"""The small integers that stand for words in tables, and their order."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """Kind of lane."""

    STAFFED = 0
    EXPRESS = 1
    SELF_SERVICE = 2
    SCAN_AND_GO = 3
    STATION = 4  # before the tills (weighing, deli, fitting rooms), or a returns desk


class Payment(IntEnum):
    """How the customer pays."""

    CASH = 0
    CARD = 1
    CONTACTLESS = 2
    PHONE = 3


class Instant(IntEnum):
    """What comes first when several things happen at one instant (docs/model.md)."""

    END_OF_SERVICE = 0
    END_OF_GAP = 1
    END_OF_HELP = 2
    CALL_FOR_HELP = 3
    CASHIER_ARRIVES = 4
    ROSTER = 5
    END_OF_STOPPAGE = 6
    STOPPAGE = 7
    END_OF_WALK = 8
    RENEGE = 9
    ARRIVAL = 10


class Event(IntEnum):
    """What the trace records."""

    JOIN = 0
    BALK = 1
    START = 2
    CALL = 3
    HELP = 4
    HELPED = 5
    END = 6
    FREE = 7
    RENEGE = 8
    OPEN = 9
    CLOSING = 10
    CLOSED = 11
    LEAVE = 12
    CALLED = 13
    CAME = 14
    BREAK = 15
    BACK = 16
    BROKE = 17
    REPAIRED = 18
    SENT_ON = 19
    FAILED = 20
    LEFT = 21
    HELD = 22
    NO_CARDS = 23
    CARDS = 24


class Ending(IntEnum):
    """How a customer's visit ended."""

    SERVED = 0
    BALKED = 1
    RENEGED = 2
    UNFINISHED = 3
    FAILED = 4  # at a machine; he pays at a till instead
    NOT_COME = 5  # a further visit that he never made


class Why(IntEnum):
    """Why a customer left without paying."""

    NONE = 0
    NO_OPEN_LANE = 1
    NO_ROOM = 2
    NOBODY_MAY_SERVE = 3
    PATIENCE = 4
    LONG_LINE = 5
    LONG_WAIT = 6
    NO_PAYMENT = 7


class Condition(IntEnum):
    """After which end of one visit the next one is made."""

    ALWAYS = 0
    PAID = 1
    FAILED = 2
