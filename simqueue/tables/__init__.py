"""Tables: what is passed from room to room. Columns carry dtype, unit and meaning."""

from simqueue.tables.codes import Ending, Event, Instant, Kind, Payment, Why
from simqueue.tables.log import Log
from simqueue.tables.system import Choice, Demand, Jockey, System, frozen
from simqueue.tables.table import Column, Table, column
from simqueue.tables.trace import Trace
from simqueue.tables.workload import Workload

__all__ = [
    "Choice",
    "Column",
    "Demand",
    "Ending",
    "Event",
    "Instant",
    "Jockey",
    "Kind",
    "Log",
    "Payment",
    "System",
    "Table",
    "Trace",
    "Why",
    "Workload",
    "column",
    "frozen",
]
