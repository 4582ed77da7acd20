"""What do my own data say? A scenario against waits measured with a stopwatch."""

from simqueue.fit.check import Check, check
from simqueue.fit.equivalence import Comparison, Margin
from simqueue.fit.observed import Observed, read_observed

__all__ = ["Check", "Comparison", "Margin", "Observed", "check", "read_observed"]
