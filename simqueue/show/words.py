"""Numbers as people read them: minutes and seconds, one in so many, names that fit into a sentence.

Nothing here knows a result; everything returns plain text. A value that is not known (nan) reads
as a dash.
"""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Iterable

DASH = "-"
WIDTH = 80
_LONG_S = 100 * 60.0  # from here on hours and minutes read better than minutes and seconds
_LABELS = {
    "staffed": "tills",
    "express": "tills",
    "self_service": "machines",
    "scan_and_go": "machines",
}
_NOUNS = ("till", "tills", "machine", "machines", "lane", "lanes", "checkout", "checkouts")


def duration(seconds: float) -> str:
    """Minutes and seconds, or hours and minutes when there are many.

    >>> duration(93.4), duration(0.2), duration(7500)
    ('1:33', '0:00', '2 h 05')
    """
    if math.isnan(seconds):
        return DASH
    if round(seconds) >= _LONG_S:
        hours, minutes = divmod(round(seconds / 60.0), 60)
        return f"{hours:,} h {minutes:02d}"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def duration_unit(seconds: float) -> str:
    """The duration with its unit, for a line of its own.

    >>> duration_unit(93.4), duration_unit(7500)
    ('1:33 min', '2 h 05')
    """
    text = duration(seconds)
    return text + " min" if ":" in text else text


def spoken_duration(seconds: float) -> str:
    """The duration in a sentence.

    >>> spoken_duration(300), spoken_duration(60), spoken_duration(90), spoken_duration(45)
    ('5 minutes', '1 minute', '1:30 minutes', '45 seconds')
    """
    if math.isnan(seconds):
        return "an unknown time"
    if seconds < 60:
        return counted(round(seconds), "second")
    if seconds % 60 == 0 and seconds < _LONG_S:
        return counted(int(seconds // 60), "minute")
    text = duration(seconds)
    return text + " minutes" if ":" in text else text


def share(value: float) -> str:
    """A share in per cent: whole ones, except where the first decimal matters.

    >>> share(0.884), share(0.004), share(0.9961), share(0.0002), share(0.99999), share(0.0)
    ('88 %', '0.4 %', '99.6 %', '< 0.1 %', '> 99.9 %', '0 %')
    """
    if math.isnan(value):
        return DASH
    if 0 < value < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= value < 1:
        return "> 99.9 %"
    if 0 < value < 0.02 or 0.98 < value < 1:
        return f"{100 * value:.1f} %"
    return f"{100 * value:.0f} %"


def fine_share(value: float) -> str:
    """A difference of shares, in per cent with one decimal.

    >>> fine_share(0.0294)
    '2.9 %'
    """
    return DASH if math.isnan(value) else f"{100 * value:.1f} %"


def points(value: float) -> str:
    """A score without decimals: the psychology is not known better."""
    return DASH if math.isnan(value) else f"{value:.0f}"


def fine_points(value: float) -> str:
    """A difference of scores, with one decimal."""
    return DASH if math.isnan(value) else f"{value:.1f}"


def hours(value: float) -> str:
    """Hours with at most one decimal.

    >>> hours(101.24), hours(19.0)
    ('101.2 h', '19 h')
    """
    return DASH if math.isnan(value) else f"{value:,.1f}".removesuffix(".0") + " h"


def number(value: float) -> str:
    """A number with about three figures.

    >>> number(5464.0), number(91.84), number(0.12345), number(0.0)
    ('5,464', '91.8', '0.123', '0')
    """
    if math.isnan(value):
        return DASH
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def money(value: float, currency: str) -> str:
    """An amount of money, whole units.

    >>> money(1196.4, "EUR")
    'EUR 1,196'
    """
    return DASH if math.isnan(value) else f"{currency} {value:,.0f}"


def count(value: float) -> str:
    """How many on an average day: whole ones from ten on.

    >>> count(31.4), count(3.25), count(0.052), count(0.0)
    ('31', '3.2', '0.052', '0')
    """
    if math.isnan(value):
        return DASH
    return f"{value:,.0f}" if value >= 9.95 or value == 0 else f"{value:.2g}"


def counted(number_of: int, noun: str) -> str:
    """The number with its noun.

    >>> counted(1, "day"), counted(5464, "customer")
    ('1 day', '5,464 customers')
    """
    return f"{number_of:,} {noun}" + ("" if number_of == 1 else "s")


def one_in(value: float) -> str:
    """A share as a number of customers, for a sentence.

    >>> one_in(0.2), one_in(0.021), one_in(0.62), one_in(0.0), one_in(0.0003), one_in(1.0)
    ('1 in 5', '1 in 50', '6 in 10', 'nobody', 'fewer than 1 in 1,000', 'everybody')
    """
    if value <= 0 or math.isnan(value):
        return "nobody"
    if value < 0.001:
        return "fewer than 1 in 1,000"
    if value < 0.3:
        every = 1 / value
        step = 1 if every < 20 else 5 if every < 50 else 10
        return f"1 in {round(every / step) * step:,}"
    tenths = round(10 * value)
    if value >= 0.995:
        return "everybody"
    return "half" if tenths == 5 else f"{min(tenths, 9)} in 10"


def customers_in(value: float) -> str:
    """The subject of a sentence about a share of customers, with its verb's ending left to `waits`.

    >>> customers_in(0.2), customers_in(0.62), customers_in(0.5)
    ('1 customer in 5', '6 customers in 10', 'half of the customers')
    """
    said = one_in(value)
    if said == "half":
        return "half of the customers"
    if said.startswith("1 in"):
        return said.replace("1 in", "1 customer in")
    if said.startswith("fewer"):
        return "fewer than 1 customer in 1,000"
    return said.replace(" in", " customers in")


def verb(subject: str, singular: str, plural: str) -> str:
    """Which form of a verb follows `customers_in` or `one_in`."""
    many = subject.startswith("half") or (subject[:1].isdigit() and not subject.startswith("1 "))
    return plural if many else singular


def joined(parts: Iterable[str]) -> str:
    """A list in a sentence.

    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    items = list(parts)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def lane_name(name: str, kind: str) -> str:
    """How to speak of a lane's servers.

    >>> lane_name("staffed", "staffed"), lane_name("tills", "staffed"), lane_name("B", "express")
    ('staffed tills', 'tills', 'B tills')
    """
    clean = one_line(name)
    ends_well = clean.lower().split()[-1:] and clean.lower().split()[-1] in _NOUNS
    return clean if ends_well else f"{clean} {_LABELS[kind]}"


def one_line(text: str) -> str:
    """The text without line breaks and without characters that only steer a screen or a font."""
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in text)
    return " ".join(plain.split())


def shortened(text: str, most: int) -> str:
    """The text, cut with an ellipsis where it is longer than `most` characters.

    >>> shortened("self-service", 20), shortened("self-service", 6)
    ('self-service', 'self-…')
    """
    clean = one_line(text)
    return clean if len(clean) <= most else clean[: most - 1].rstrip() + "…"


def wrapped(text: str, width: int = WIDTH, indent: str = "") -> str:
    """The text in lines of at most `width` characters; a longer word keeps its line."""
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
