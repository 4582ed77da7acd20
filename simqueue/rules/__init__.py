"""Rules: what is decided during a run. Small pure functions, called by every engine."""

from simqueue.rules import balk, jockey
from simqueue.rules.lane_choice import Chooser, LineView, lane_choice

__all__ = ["Chooser", "LineView", "balk", "jockey", "lane_choice"]
