"""Sweeps: one scenario at many points, on all cores or a Dask cluster, resumed where it ended."""

from simqueue.study.sweep.api import sweep
from simqueue.study.sweep.result import Sweep

__all__ = ["Sweep", "sweep"]
