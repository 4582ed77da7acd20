"""The reference engine: one day as SimPy processes. It draws nothing and knows no psychology.

Letters: i customer, j lane, l line, s server.
"""

from simqueue.engine.reference.day import simulate

__all__ = ["simulate"]
