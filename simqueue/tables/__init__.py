"""Tables: what is passed from room to room. Columns carry dtype, unit and meaning."""

from simqueue.tables.codes import Condition, Ending, Event, Instant, Kind, Payment, Why
from simqueue.tables.log import Log
from simqueue.tables.system import Choice, Demand, Jockey, NoCards, Stoppages, System, frozen
from simqueue.tables.table import Column, Table, column, settled
from simqueue.tables.trace import Trace
from simqueue.tables.workload import Visits, Workload

__all__ = [
    "Choice",
    "Column",
    "Condition",
    "Demand",
    "Ending",
    "Event",
    "Instant",
    "Jockey",
    "Kind",
    "Log",
    "NoCards",
    "Payment",
    "Stoppages",
    "System",
    "Table",
    "Trace",
    "Visits",
    "Why",
    "Workload",
    "column",
    "frozen",
    "settled",
]
