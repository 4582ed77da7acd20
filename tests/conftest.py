"""How Hypothesis looks for counterexamples: the same ones every time, or new ones."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

# a change is judged by what it does, not by luck or by how busy the machine is
settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("searching", deadline=None)  # `make truth`
settings.load_profile("repeatable")

# otherwise constants found in whatever modules happen to be loaded are tried as well
providers.is_local_module_file = lambda path: False
