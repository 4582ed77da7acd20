"""The registered rules, compiled: each family behind one function that takes the rule's number."""

from __future__ import annotations

from simqueue.engine.compiled.kernel.pointers import compiled_rule, inlined, jit
from simqueue.registry import dispatch

score = inlined(dispatch("lane_choice", "line, customer, p", compiled_rule))
turns_away = jit(dispatch("balk", "line, seen, tolerance, p", compiled_rule))
gain = jit(dispatch("jockey", "ahead, servers, ahead_there, servers_there, p", compiled_rule))
