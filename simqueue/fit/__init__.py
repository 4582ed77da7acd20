"""What do my own data say? A scenario against waits measured with a stopwatch."""

from simqueue.fit.check import Check, DaysError, check
from simqueue.fit.equivalence import Comparison, Margin
from simqueue.fit.observed import Observed, read_observed

__all__ = ["Check", "Comparison", "DaysError", "Margin", "Observed", "check", "read_observed"]
