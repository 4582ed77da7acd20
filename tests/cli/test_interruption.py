"""Ctrl-C and failing disks: nothing already written is ever lost."""

from __future__ import annotations

from tests.cli.interrupting import interrupted, meanwhile

IN_A_FINALISER = """
import signal

class Last:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

Last()
"""

MADE_INTO_ANOTHER_ERROR = """
import signal
from pydantic import BaseModel, field_serializer

class Shop(BaseModel):
    tills: int

    @field_serializer("tills")
    def struck(self, tills):
        signal.raise_signal(signal.SIGINT)

Shop(tills=1).model_dump_json()
"""


def test_ctrl_c_keeps_what_is_done_and_leaves_the_earlier_result(simqueue, folder):
    """Ctrl-C ends with 130; the days done are written apart, marked partial."""
    simqueue("run", "shop.yaml", "--out", "a", "--no-report")
    before = {p: p.read_bytes() for p in (folder / "a").iterdir()}
    words = ("run", "shop.yaml", "--out", "a", "--no-report", "-n", "20000", "--fresh")
    done = interrupted(folder, "10 of", *words)
    assert done.returncode == 130
    assert "20000 days" in done.stderr.splitlines()[0]  # the run says when it has begun
    assert "partial" in done.stderr
    assert "simqueue run shop.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert {p: p.read_bytes() for p in (folder / "a").iterdir()} == before
    assert (folder / "a-partial" / "summary.csv").exists()
    assert "PARTIAL" in done.stdout.upper()


def test_ctrl_c_in_a_finaliser_is_not_swallowed(folder):
    """Where Python would go on after telling of an interruption, the command ends with 130."""
    done = meanwhile(IN_A_FINALISER, folder, "3 days", "run", "shop.yaml", "-n", "3", "--fresh")
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert "nterrupted" in done.stderr.splitlines()[-1]
    assert not (folder / "outputs").exists()


def test_ctrl_c_that_a_library_makes_into_another_error_is_still_ctrl_c(folder):
    """An interruption while pydantic writes a scenario ends with 130 and one line."""
    words = ("run", "shop.yaml", "-n", "3", "--fresh")
    done = meanwhile(MADE_INTO_ANOTHER_ERROR, folder, "3 days", *words)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert "nterrupted" in done.stderr.splitlines()[-1]
    assert not (folder / "outputs").exists()


def test_ctrl_c_while_the_choice_is_tested_keeps_the_comparison(simqueue, folder):
    """Exit 130, the whole comparison written; beside an earlier one that was tested to the end."""
    study = (
        "study: One more\nbase: shop.yaml\nreplications: 2\nrobustness: {demand: [10 %, 20 %]}\n"
        "alternatives:\n  - {name: as it is}\n"
        "  - {name: more machines, set: {lanes.self-service.machines: 4}}\n"
    )
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    for out, robust in (("a", False), ("a-partial", True)):
        if robust:
            done = simqueue("compare", "study.yaml", "--out", "a", "--no-report")
            assert (folder / "a" / "robustness.csv").exists(), done.stderr
        words = ("compare", "study.yaml", "--out", "a", "--no-report", "--fresh")
        done = interrupted(folder, "how far", *words)
        assert done.returncode == 130, done.stderr
        assert "how far the choice holds is not known" in done.stderr
        assert "Traceback" not in done.stderr
        assert "'more machines' against 'as it is'" in done.stdout
        assert (folder / out / "comparison.csv").exists()
        assert not (folder / out / "robustness.csv").exists()
    assert (folder / "a" / "robustness.csv").exists()


def test_rerun_of_a_partial_result_is_identical(folder):
    """A run that was stopped after two of three days can be made again, byte for byte."""
    from simqueue import load
    from simqueue.show.publish import publish
    from simqueue.show.rerun import rerun
    from simqueue.study import run

    study = run(load(folder / "shop.yaml"), stop_after=2)
    assert study.partial
    publish(study, folder / "p", keep="1", command="test", report=False)
    assert rerun(folder / "p").identical


def test_output_path_that_is_a_file_is_exit_4(simqueue, folder):
    """An output folder that is really a file ends with one clear line and exit 4."""
    (folder / "taken").write_text("mine")
    done = simqueue("run", "shop.yaml", "--out", "taken", "--no-report")
    assert done.returncode == 4
    assert "taken" in done.stderr
    assert (folder / "taken").read_text() == "mine"
