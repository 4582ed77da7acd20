"""Stopwatch waits from a CSV file: what is read, and how each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simqueue.fit import cells, read_observed
from simqueue.fit.cells import split
from simqueue.scenario import ScenarioError, loads
from tests.shops import CORNER_SHOP

SHOP = loads(CORNER_SHOP)
THEORY = loads(
    """
scenario: theory
store: {horizon: 10 h, warm_up: 1 h}
arrivals: {constant_per_hour: 30}
customers: [{segment: all, share: 1, items: {fixed: 1}}]
lanes: [{lane: tills, kind: staffed, tills: 1, service: {exponential: {mean: 60 s}}}]
"""
)


@pytest.fixture
def written(tmp_path: Path):
    """Writes the text as waits.csv and reads it for the corner shop."""

    def read(text: str, scenario=SHOP):
        path = tmp_path / "waits.csv"
        path.write_text(text, encoding="utf-8")
        return read_observed(path, scenario)

    return read


def faults(written, text: str, scenario=SHOP) -> list[str]:
    """The lines of the error, without the folder."""
    with pytest.raises(ScenarioError) as error:
        written(text, scenario)
    return [line[line.index("waits.csv") :] for line in str(error.value).splitlines()]


def test_all_columns_are_read_and_days_kept_together(written):
    """Times count from opening, lanes by their number, and rows of a day come together in order."""
    found = written(
        "day,time,lane,wait\n"
        "Sat,09:30,staffed,1:35\n"
        "Sun,09:00,self-service,90 s\n"
        "Sat,10:00:30,Self-Service,0:00\n"
    )
    assert found.wait_s.tolist() == [95.0, 0.0, 90.0]
    assert found.time_s is not None
    assert found.time_s.tolist() == [1800.0, 3630.0, 0.0]
    assert found.lane is not None
    assert found.lane.tolist() == [0, 1, 1]
    assert found.day.tolist() == [0, 0, 1]
    assert found.days == ("Sat", "Sun")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("wait_s\n12.5\n", 12.5),
        ("wait\n1:05:00\n", 3900.0),
        ("wait\n2 min\n", 120.0),
        ("wait\n1:30 min\n", 90.0),
        ("wait_s;lane\n12,5;staffed\n", 12.5),  # as spreadsheets write where the comma is decimal
        ("wait_s\tlane\n7\tstaffed\n", 7.0),
        ('"wait_s"\n"7"\n', 7.0),
        ("\ufeffWAIT_S\r\n\r\n# remark\r\n7\r\n", 7.0),
        ("wait_s,remark\n7,=1+1\n", 7.0),  # what is not a wait is never looked at
    ],
)
def test_ways_to_write_a_wait(written, text, seconds):
    """Seconds, minutes and seconds, durations, semicolons with decimal commas, tabs and quotes."""
    assert written(text).wait_s.tolist() == [seconds]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wait_s\n-3\n", "waits.csv:2:1: wait_s: must not be negative (got '-3')"),
        ("wait_s\nnan\n", "waits.csv:2:1: wait_s: must be a finite number of seconds (got 'nan')"),
        ("wait_s\n1e999\n", "waits.csv:2:1: wait_s: must be a wait of at most 24 h (got '1e999')"),
        ("wait_s\n1e99\n", "waits.csv:2:1: wait_s: must be a wait of at most 24 h (got '1e99')"),
        ("wait_s\n1:35\n", "waits.csv:2:1: wait_s: must be a wait in seconds, as in 95 "
         "(got '1:35'); name the column 'wait' for times such as 1:35 or '90 s'"),
        ("wait\n95\n", "waits.csv:2:1: wait: must be a time with its unit (got '95'); "
         "did you mean '95 s', or 1:35 for minutes and seconds?"),
        ("wait\n1:75\n", "waits.csv:2:1: wait: must be a duration"),
        ("wait_s,lane\n5,stafed\n", "waits.csv:2:3: lane: must be a lane of the scenario "
         "(got 'stafed'); did you mean 'staffed'?"),
        ("wait_s,lane\n5,zzz\n", "waits.csv:2:3: lane: must be a lane of the scenario "
         "(got 'zzz'); one of 'staffed', 'self-service'"),
        ("wait_s, time\n5,  11:01\n",
         "waits.csv:2:5: time: must be within opening hours, 09:00-11:00"),
        ("wait_s,time\n5,8:59\n", "waits.csv:2:3: time: must be within opening hours, 09:00-11:00"),
        ("wait_s,time\n5,noon\n", "waits.csv:2:3: time: must be a time on the clock"),
        ("wait_s,time\n5,\n", "waits.csv:2:3: time: is missing; fill it in every row"),
        ("wait_s,lane\n,staffed\n", "waits.csv:2:1: wait_s: is missing"),
        ("wait_s\n1,5\n", "waits.csv:2:1: must have 1 cells, as the header has (got 2); "
         "write a point, not a comma"),
        ("wait_s,lanes\n5,staffed\n",
         "waits.csv:1:8: unknown column 'lanes'; did you mean 'lane'?"),
        ("wait_s,wait_s\n5,5\n", "waits.csv:1:8: column 'wait_s' is there twice"),
        ("wait_s,wait\n5,0:05\n", "waits.csv:1:1: the header must have a column"),
        ("minutes\n5\n", "waits.csv:1:1: the header must have a column 'wait_s'"),
        ("wait_s\n", "waits.csv: must have at least one wait below its header"),
        ("\n# nothing\n", "waits.csv: must be a CSV file with a header; this one is empty"),
        ("", "waits.csv: must be a CSV file with a header; this one is empty"),
        ("wait_s\n1\0\n", "waits.csv: must be a CSV file; this one is not text"),
    ],
)  # fmt: skip
def test_every_mistake_is_told_with_its_place(written, text, said):
    """Each fault names file, line and column, what was expected, and what was found."""
    assert faults(written, text)[0].startswith(said)


def test_all_faults_come_at_once_but_not_without_end(written):
    """Two faults of one row are both told; of a hundred the first twenty and how many more."""
    assert len(faults(written, "wait_s,lane\n-1,nowhere\n")) == 2
    told = faults(written, "wait_s\n" + "x\n" * 100)
    assert len(told) == 21
    assert "and 80 more" in told[-1]


def test_a_clock_time_means_nothing_without_a_clock(written):
    """A theory scenario takes waits without times and refuses times."""
    assert len(written("wait_s\n5\n", THEORY)) == 1
    assert "no clock" in faults(written, "wait_s,time\n5,01:00\n", THEORY)[0]


def test_unknown_columns_are_kept_apart(written):
    """A column of remarks is not read, and its name is told."""
    assert written("wait_s,who timed\n5,Anna\n").ignored == ("who timed",)


def test_too_large_a_file_is_refused_unread(tmp_path, monkeypatch):
    """A file above the cap, and one with too many rows, are refused."""
    path = tmp_path / "waits.csv"
    path.write_text("wait_s\n" + "5\n" * 50)
    monkeypatch.setattr(cells, "MOST_ROWS", 49)
    with pytest.raises(ScenarioError, match=r"at most 49 rows \(got 50\)"):
        read_observed(path, SHOP)
    monkeypatch.setattr(cells, "MOST_BYTES", 90)
    with pytest.raises(ScenarioError, match="must be a CSV file of at most"):
        read_observed(path, SHOP)


def test_other_encodings_are_told(tmp_path):
    """A file that is not UTF-8 says how to save it."""
    path = tmp_path / "waits.csv"
    path.write_bytes("wait_s,lane\n5,Bäckerei\n".encode("latin-1"))
    with pytest.raises(ScenarioError, match="save it as 'CSV UTF-8'"):
        read_observed(path, SHOP)


@given(st.text(max_size=200))
def test_no_text_whatever_breaks_the_reader(tmp_path_factory, text):
    """Any text is read or refused with a ScenarioError; nothing else is raised."""
    path = tmp_path_factory.mktemp("any") / "waits.csv"
    path.write_bytes(("wait,time,lane\n" + text).encode("utf-8", "surrogatepass"))
    try:
        found = read_observed(path, SHOP)
    except ScenarioError as error:
        said = str(error)
    else:
        said = "read"
        assert bool((found.wait_s >= 0).all())
    assert said


@given(st.lists(st.text(st.characters(exclude_characters='"\r\n\0'), max_size=8), min_size=1))
def test_cells_know_where_they_stand(texts):
    """Quoted cells give back what was written, at the column of their first character."""
    line = ",".join(f'"{text}"' for text in texts)
    found = split(line, 3, ",")
    assert [cell.text for cell in found] == [text.strip() for text in texts]
    assert all(line[cell.column - 1] == '"' and cell.line == 3 for cell in found)
