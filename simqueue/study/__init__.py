"""Studies: how sure is a result? Replications, measures, intervals, files."""

from simqueue.study.interval import Estimate, interval, ratio_interval
from simqueue.study.run import KEEP_ALL, run
from simqueue.study.study import Study

__all__ = ["KEEP_ALL", "Estimate", "Study", "interval", "ratio_interval", "run"]
