"""Small studies and whole folders for tests of sweeps."""

from __future__ import annotations

from pathlib import Path

SHOP = """\
scenario: Kiosk
seed: 7
replications: 2
store: {opens: "09:00", closes: "09:30"}
arrivals: {per_hour: {"09:00": 90}}
customers:
  - {segment: all, share: 1, items: {half_up_to: 4, nine_in_ten_up_to: 10}}
lanes:
  - {lane: staffed, kind: staffed, tills: 3}
  - {lane: machines, kind: self_service, machines: 2, help: {chance: 20 %, takes: {about: 20 s}}}
experience: {expected_wait: 4 min}
"""
STUDY = """\
study: Tills or machines?
base: shop.yaml
vary:
  lanes.staffed.roster: [1, 3]
  lanes.machines.machines: {from: 1, to: 3}
"""
POINTS = 6  # of STUDY


def study_in(folder: Path, study: str = STUDY) -> Path:
    """A folder that holds the shop and a study of it; the study's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.yaml").write_text(SHOP, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(study, encoding="utf-8")
    return path


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a sweep whose bytes are promised, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in files}
    return {
        n: p.read_bytes() for n, p in named.items() if n not in ("provenance.json", "points/.lock")
    }
