"""In which order faults are told."""

from __future__ import annotations

from simqueue.scenario.faults import Fault, ScenarioError


def test_lines_of_a_table_come_by_number():
    """Line 2 of a file comes before line 10, though not in the alphabet."""
    texts = [f"line {k} of a.csv: must be text" for k in (10, 2, 1, 11)]
    faults = [Fault(3, 1, "arrivals", text, "shop.yaml") for text in texts]
    told = [fault.text.split()[1] for fault in ScenarioError(faults).faults]
    assert told == ["1", "2", "10", "11"]


def test_faults_come_by_place():
    """By line, column and key first, whatever their texts say."""
    faults = [
        Fault(2, 1, "a", "z 9", "f"),
        Fault(1, 5, "b", "x 10", "f"),
        Fault(1, 2, "c", "x", "f"),
    ]
    assert [fault.where for fault in ScenarioError(faults).faults] == ["c", "b", "a"]
