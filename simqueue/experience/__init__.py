"""What did it feel like? From actual waits to felt waits, and from these to satisfaction."""

from simqueue.experience.case import Case, joined_cases, prepare
from simqueue.experience.display import displayed_wait_s
from simqueue.experience.forms import form_named
from simqueue.experience.judgement import LOST_TERMS, Judgement
from simqueue.experience.judging import Experience, judge, judge_case
from simqueue.experience.measures import MEASURES, SCORES
from simqueue.experience.outcome import CONTENT_FROM, Outcome, nps_half_width
from simqueue.experience.parameter_table import TABLE, Parameter
from simqueue.experience.parameters import Parameters, draw_parameters, loss_gain_ratio
from simqueue.experience.patience import clock_patience_s, patience_from_acceptable_wait
from simqueue.experience.perception import PARTS, Perception
from simqueue.experience.spec import ExperienceSpec
from simqueue.experience.uncertainty import (
    SAMPLE,
    PsychologyRange,
    psychology_range,
    range_of_cases,
)

__all__ = [
    "CONTENT_FROM",
    "LOST_TERMS",
    "MEASURES",
    "PARTS",
    "SAMPLE",
    "SCORES",
    "TABLE",
    "Case",
    "Experience",
    "ExperienceSpec",
    "Judgement",
    "Outcome",
    "Parameter",
    "Parameters",
    "Perception",
    "PsychologyRange",
    "clock_patience_s",
    "displayed_wait_s",
    "draw_parameters",
    "form_named",
    "joined_cases",
    "judge",
    "judge_case",
    "loss_gain_ratio",
    "nps_half_width",
    "patience_from_acceptable_wait",
    "prepare",
    "psychology_range",
    "range_of_cases",
]
