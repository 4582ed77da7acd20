"""The command that compares lay-outs on the same customers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simqueue.cli.options import (
    DaysOption,
    EngineOption,
    FreshOption,
    JsonOption,
    NoReportOption,
    SeedOption,
    SetOption,
    WorkersOption,
)
from simqueue.cli.shared import (
    INTERRUPTED,
    MISSED,
    DaysProgress,
    command_line,
    known_engine,
    no_worker_lost,
    tell,
    usage,
)

if TYPE_CHECKING:
    from simqueue.scenario.study_load import Alternative, StudyPlan
    from simqueue.study.compare import Comparison
    from simqueue.study.record import DayRecord
    from simqueue.study.robustness import Robustness
    from simqueue.study.study import Study
    from simqueue.study.together import Aims

CompareFiles = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", readable=False,
                   help="A study, or two and more scenarios; the first is what the others are"
                   " compared with."),
]  # fmt: skip


def compare_command(
    files: CompareFiles,
    set_: SetOption = None,
    replications: DaysOption = None,
    seed: SeedOption = None,
    engine: EngineOption = "auto",
    workers: WorkersOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; else outputs/<study>-compared.")
    ] = None,
    as_json: JsonOption = False,
    no_report: NoReportOption = False,
    fresh: FreshOption = False,
) -> None:
    """Compare lay-outs: which is better, by how much, how sure, who gains and who loses.

    All of them meet the same customers on the same days. Days that an earlier comparison left in
    the folder are not simulated again. Exit code 3 when the precision that a study asks for was
    not reached, or the self-audit failed.
    """
    from simqueue.show.compare_checked import stored_check
    from simqueue.show.compare_publish import publish_comparison
    from simqueue.study.together import run_together

    known_engine(engine)
    changes: list[Any] = [*(set_ or []), *([("seed", seed)] if seed is not None else [])]
    plan, found = _alternatives(files, changes)
    aims = _aims(plan) if replications is None else None
    days = replications or (plan.file.replications if plan else None)
    days = days or found[0].scenario.replications
    folder = out or Path("outputs") / _folder(plan, found)
    scenarios = [each.scenario for each in found]
    known = [()] * len(found) if fresh else _stored(folder, found, days, aims)
    to_do = sum(max(0, days - len(records)) for records in known)
    with no_worker_lost(), DaysProgress(_title(plan, found), 0 if aims else to_do) as progress:
        studies = run_together(
            scenarios, days, engine=engine, progress=progress.update, aims=aims, known=known,
            workers=workers,
        )  # fmt: skip
    comparison = _compared(plan, found, studies)
    held, cut_short = _robustness(comparison, plan, engine)
    loses = cut_short and (folder / "robustness.csv").exists()
    if studies[0].partial or loses:  # an earlier, complete result stays as it is
        folder = folder.with_name(folder.name + "-partial")
    written = publish_comparison(
        comparison,
        folder,
        command=command_line(),
        checked=stored_check(found[0].scenario),
        report=not no_report,
        source=files[0].read_text(encoding="utf-8-sig") if plan else "",
        robustness=held,
        circumstances=plan.file.robustness if plan else None,
        known=known,
    )
    tell(written.screen, written.plain, as_json)
    _leave(comparison, files, aims, cut_short)


def _compared(
    plan: StudyPlan | None, found: tuple[Alternative, ...], studies: list[Study]
) -> Comparison:
    """The alternatives' studies held against the first, by what the study file says matters."""
    from simqueue.study.compare import compare

    return compare(
        studies,
        [each.name for each in found],
        matters=plan.file.matters if plan else None,
        on_purpose=[each.changes for each in found],
        changes=[each.changes for each in found],
        title=_title(plan, found),
    )


def _stored(
    folder: Path, found: tuple[Alternative, ...], days: int, aims: Aims | None
) -> list[tuple[DayRecord, ...]]:
    """What is kept of each alternative's days, with a line about those that are not used."""
    from simqueue.study.stored import file_of, stored_days

    wanted = days if aims is None else aims.most
    stored = [stored_days(folder, each.scenario, 0, wanted, file_of(each.scenario))
              for each in found]  # fmt: skip
    for told in dict.fromkeys(each.said for each in stored if each.said):
        typer.echo(f"simqueue: {told}", err=True)
    counts = {each.name: len(days) for each, days in zip(found, stored, strict=True)}
    if any(counts.values()):
        told = ", ".join(f"{name!r} {n}" for name, n in counts.items() if n)
        typer.echo(f"begins with stored days: {told}", err=True)
    return [each.records for each in stored]


def _robustness(
    comparison: Comparison, plan: StudyPlan | None, engine: str
) -> tuple[Robustness | None, bool]:
    """How far the choice holds, where the study asks for it, and whether somebody interrupted."""
    from simqueue.scenario.variations import variations
    from simqueue.study.robustness import robustness

    if plan is None or comparison.reference.partial or not any(variations(plan.file.robustness)):
        return None, False
    try:
        typer.echo("how far the choice holds: a few days under each circumstance", err=True)
        return robustness(comparison, plan.file.robustness, engine=engine), False
    except KeyboardInterrupt:  # the comparison itself is complete, and worth keeping
        return None, True


def _aims(plan: StudyPlan | None) -> Aims | None:
    """The precision that a study asks for; None where it names a number of days."""
    from simqueue.study.together import Aims

    if plan is None or not plan.file.precision:
        return None
    return Aims(plan.file.precision, plan.file.most_replications)


def _alternatives(
    files: list[Path], changes: list[Any]
) -> tuple[StudyPlan | None, tuple[Alternative, ...]]:
    """What is compared, from a study or from scenarios."""
    from simqueue.scenario.study_load import is_study, load_files, load_study

    studies = [file for file in files if is_study(file)]
    if studies and len(files) > 1:
        usage(f"compare: {studies[0]} is a study; compare it alone, or give scenarios only")
    if studies:
        plan = load_study(files[0], changes, try_values=False)
        if len(plan.alternatives) < 2:
            usage(f"{files[0]}: alternatives: must be at least two, the first is the reference")
        return plan, plan.alternatives
    if len(files) < 2:
        usage("compare: needs a study, or at least two scenarios")
    return None, load_files(files, changes)


def _title(plan: StudyPlan | None, found: tuple[Alternative, ...]) -> str:
    return plan.file.study if plan else " or ".join(each.name for each in found)


def _folder(plan: StudyPlan | None, found: tuple[Alternative, ...]) -> str:
    return f"{plan.file.slug if plan else found[0].scenario.slug}-compared"


def _leave(comparison: Comparison, files: list[Path], aims: Aims | None, cut_short: bool) -> None:
    """End with the code that says how it went."""
    again = " ".join(map(str, files))
    if cut_short:
        typer.echo("Interrupted: the comparison is written, how far the choice holds is not known."
                   f" For that, too: simqueue compare {again}", err=True)  # fmt: skip
        raise typer.Exit(INTERRUPTED)
    if any(study.partial for study in comparison.studies):
        typer.echo(f"Interrupted after {comparison.days} days, written and marked partial."
                   f" Whole comparison: simqueue compare {again}", err=True)  # fmt: skip
        raise typer.Exit(INTERRUPTED)
    tallies = [study.day for study in comparison.studies]
    missed = aims.missed(tallies) if aims else []
    if aims and missed:
        more = aims.more_days(tallies)
        needed = "" if more is None else f" to about {comparison.days + more}"
        typer.echo(f"simqueue: after {comparison.days} days the precision asked for is not reached:"
                   f" {', '.join(missed)}; raise most_replications{needed}", err=True)  # fmt: skip
        raise typer.Exit(MISSED)
    bad = [study.audit for study in comparison.studies if not study.audit.ok]
    if bad:
        typer.echo(f"simqueue: {bad[0].line()}", err=True)
        raise typer.Exit(MISSED)
