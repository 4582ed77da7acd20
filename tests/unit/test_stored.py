"""Days on disk: exact, extended, and left aside when they are not whole or of something else."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from simqueue.scenario import loads
from simqueue.show.publish import publish
from simqueue.study import psychology
from simqueue.study.record import DayRecord
from simqueue.study.run import KEEP_ALL, STORED, run
from simqueue.study.stored import FILE, enough, load_days, stored_days
from simqueue.study.tables import tables
from tests.shops import CORNER_SHOP

SHOP = loads(CORNER_SHOP)


def put(folder: Path, days: int, keep: int = 1) -> list[DayRecord]:
    """Write the result of so many days into the folder."""
    study = run(SHOP, days, keep=keep, engine="simpy")
    publish(study, folder, keep=str(keep), command="a test", report=False)
    return study.records


def same_bits(one: DayRecord, two: DayRecord) -> bool:
    """Whether two records agree in every bit."""
    entries = zip(one.entries, two.entries, strict=True)
    arrays = [pair for a, b in entries for pair in zip(a[3:], b[3:], strict=True)]
    arrays += [(one.wait_s, two.wait_s), (one.quarter, two.quarter), (one.lane, two.lane)]
    return (
        [e[:3] for e in one.entries] == [e[:3] for e in two.entries]
        and all((a is None and b is None) or a.tobytes() == b.tobytes() for a, b in arrays)
        and one.sample.equals(two.sample)
        and (one.sample.asked, one.sample.occupied) == (two.sample.asked, two.sample.occupied)
        and (one.audit, one.to_pay, one.replication) == (two.audit, two.to_pay, two.replication)
    )


def test_days_come_back_bit_for_bit(tmp_path: Path) -> None:
    """Every number that a study keeps of a day is read back as it was, customers included."""
    made = put(tmp_path, 2)
    found, engine = load_days(tmp_path, SHOP)
    assert engine == "simpy"
    assert len(found) == 2
    assert all(same_bits(a, b) for a, b in zip(made, found, strict=True))
    assert made[0].customers is not None
    assert found[0].customers is not None
    assert found[0].customers.equals(made[0].customers)
    assert found[1].customers is None


def test_an_extended_run_is_the_run_of_all_days_at_once(tmp_path: Path) -> None:
    """2 stored days and 3 more give byte for byte the files of 5 days, all customers kept."""
    put(tmp_path, 2, KEEP_ALL)
    stored = stored_days(tmp_path, SHOP, KEEP_ALL, 5)
    assert (len(stored), stored.said) == (2, "")
    extended = run(SHOP, 5, keep=KEEP_ALL, known=stored.records, engine="simpy")
    assert tables(extended, "") == tables(run(SHOP, 5, keep=KEEP_ALL, engine="simpy"), "")


def test_stored_days_are_not_simulated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all days are stored, nothing is simulated, and the study says so."""
    put(tmp_path, 2)
    monkeypatch.setattr(import_module("simqueue.study.run"), "simulate_day", None)
    study = run(SHOP, 2, known=stored_days(tmp_path, SHOP, 1, 2).records)
    assert (study.replications, study.engine) == (2, STORED)
    assert stored_days(tmp_path, SHOP, 1, 2).engine == "simpy"


@pytest.mark.parametrize("changed", [("seed", 8), ("lanes.staffed.tills", 3)])
def test_days_of_another_scenario_are_left_aside(tmp_path: Path, changed) -> None:
    """Another seed or lay-out has other days; the line says so."""
    put(tmp_path, 2)
    found = stored_days(tmp_path, SHOP.replaced(dict([changed])), 1, 2)
    assert len(found) == 0
    assert found.said.endswith("they are of another scenario or seed")


def test_another_number_of_days_is_the_same_scenario(tmp_path: Path) -> None:
    """The number of days does not tell scenarios apart."""
    put(tmp_path, 2)
    assert len(stored_days(tmp_path, SHOP.replaced({"replications": 9}), 1, 9)) == 2


def test_days_of_another_program_are_left_aside(tmp_path: Path, monkeypatch) -> None:
    """Days of another version would not be those that this one makes."""
    put(tmp_path, 2)
    monkeypatch.setattr("simqueue.study.sweep.edition.edition", lambda: "0.0.0+other")
    assert "another version" in stored_days(tmp_path, SHOP, 1, 2).said


@pytest.mark.parametrize("name", [FILE, "customers.parquet"])
def test_damaged_files_are_left_aside(tmp_path: Path, name: str) -> None:
    """One byte changed, or the end missing: the checksum of the provenance does not match."""
    put(tmp_path, 2)
    whole = (tmp_path / name).read_bytes()
    for broken in (whole[:100] + bytes([whole[100] ^ 1]) + whole[101:], whole[:-50], b""):
        (tmp_path / name).write_bytes(broken)
        found = stored_days(tmp_path, SHOP, 1, 2)
        assert len(found) == 0
        assert f"{name} is damaged or was changed" in found.said


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"sha256": 3}', b"\xff"])
def test_without_a_sound_provenance_days_are_left_aside(tmp_path: Path, content: bytes) -> None:
    """Nobody vouches for days beside a provenance that cannot be read."""
    put(tmp_path, 1)
    (tmp_path / "provenance.json").write_bytes(content)
    found = stored_days(tmp_path, SHOP, 1, 1)
    assert len(found) == 0
    assert "not used" in found.said


def test_a_foreign_file_is_left_aside_even_if_its_checksum_is_right(tmp_path: Path) -> None:
    """Bytes that are no Arrow stream, or one of something else, end in a line and not a crash."""
    import pyarrow as pa

    from simqueue.study.provenance import checksum

    put(tmp_path, 1)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, pa.schema([("a", pa.int64())])) as writer:
        writer.write_table(pa.table({"a": [1]}))
    origin = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    for data in (b"no Arrow", sink.getvalue().to_pybytes()):
        (tmp_path / FILE).write_bytes(data)
        origin["sha256"][FILE] = checksum(data)
        (tmp_path / "provenance.json").write_text(json.dumps(origin), encoding="utf-8")
        assert "no days of simqueue" in stored_days(tmp_path, SHOP, 1, 1).said


def test_customers_that_were_not_kept_are_simulated(tmp_path: Path) -> None:
    """Days without the customers that are asked for now cannot stand in the run."""
    put(tmp_path, 2, keep=1)
    assert len(stored_days(tmp_path, SHOP, 1, 3)) == 2
    assert "too few customers" in stored_days(tmp_path, SHOP, KEEP_ALL, 3).said


def test_an_interrupted_run_is_extended(tmp_path: Path) -> None:
    """The days of the folder marked partial are taken where they are more."""
    put(tmp_path / "shop-partial", 2)
    assert len(stored_days(tmp_path / "shop", SHOP, 1, 3)) == 2
    put(tmp_path / "shop", 1)
    assert len(stored_days(tmp_path / "shop", SHOP, 1, 3)) == 2


def test_a_smaller_sample_is_the_beginning_of_a_larger_one() -> None:
    """Whatever the number of customers, and the sample is spread evenly over the day."""
    for n in (1, 7, 500):
        whole = psychology.sampled(n, n)
        assert sorted(whole.tolist()) == list(range(n))
        for size in (1, 5, 100):
            assert psychology.sampled(n, size).tolist() == whole[:size].tolist()
    tenths = np.bincount(psychology.sampled(5000, 200) // 500, minlength=10)
    assert tenths.min() >= 18  # 20 each if it were perfectly even
    assert tenths.max() <= 22


def test_a_shorter_run_needs_larger_samples() -> None:
    """Days that keep 200 customers each do for runs of 20 days and more, not for fewer."""
    study = run(SHOP.replaced({"arrivals.per_hour": {"09:00": 600}, "lanes.staffed.tills": 12,
                               "lanes.staffed.roster": "all"}), 1, keep=0)  # fmt: skip
    (record,) = study.records
    assert record.to_pay > 400
    from dataclasses import replace

    cut = replace(record, sample=psychology.cut(record.sample, 200))
    assert enough([cut], 20, 0)
    assert not enough([cut], 10, 0)
