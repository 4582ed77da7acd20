"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

# whether a file can be read is found out by reading it: typer would end with another exit code
ScenarioFile = Annotated[
    Path, typer.Argument(help="A scenario, e.g. scenarios/supermarket.yaml.", readable=False)
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change the scenario, e.g. "
                 "lanes.self-service.machines=10 or lanes.staffed.roster@12:00=10. Repeatable."),
]  # fmt: skip
SeedOption = Annotated[int | None, typer.Option("--seed", help="Another seed: other customers.")]
DaysOption = Annotated[
    int | None, typer.Option("--replications", "-n", min=1, help="Days to simulate.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Folder for the results [outputs/<scenario>].")
]
KeepOption = Annotated[
    str,
    typer.Option("--keep", help="Days whose customers are kept: a number, all, none."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
NoReportOption = Annotated[
    bool, typer.Option("--no-report", help="Write numbers only: no figures, no report.")
]
PrecisionOption = Annotated[
    str | None,
    typer.Option(
        "--precision",
        metavar="MEASURE=WIDTH,...",
        help="Simulate until the +- is no more than this, e.g. wait_mean=2%,checkout_csat=0.5.",
    ),
]
MostDaysOption = Annotated[
    int | None,
    typer.Option("--most-days", min=1, help="With --precision: give up after these [1000]."),
]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Simulate every day, also those stored by earlier runs.")
]
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="[auto|simpy|compiled]",
        help="What runs the days; auto takes the quicker one. The results are the same.",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Processes that share the days [1, or all cores where that is quicker]. The results "
        "are the same.",
    ),
]
