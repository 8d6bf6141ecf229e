"""The command `sensitivity`: which inputs matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alliancesim.cli import screen
from alliancesim.cli.commands import (
    Json,
    Scenario,
    Seed,
    Settings,
    Workers,
    app,
    examples,
    number,
    parsed_settings,
    refuse_ignored,
    whole,
)

if TYPE_CHECKING:
    from alliancesim.study.sensitivity.evidence import EvidenceMap
    from alliancesim.study.sensitivity.sensitivity import Sensitivity

Of = Annotated[list[str] | None, typer.Option("--of", metavar="OUTCOME", help="TABLE.ENTRY.COLUMN; default: last burden_bn.")]
Spread = Annotated[
    float, typer.Option("--spread", metavar="SHARE", parser=number, help="Range of a number that has no distribution.")
]
RANGE = "PATH=LOW..HIGH, for example linkage.support.mean_share=0.4..0.6"
All = Annotated[bool, typer.Option("--all", help="Also what has no effect.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV instead of tables.")]


@app.command(
    epilog=examples(
        "sensitivity scenarios/tutorial.yaml --of programs.missile.slip_months",
        "sensitivity scenarios/tutorial.yaml --of programs.missile.slip_months --method sobol -n 256 \\\n"
        "      --parameter 'channels.fms.*.duration_months' --range currencies.USD.process.volatility_per_month=0.01..0.04",
    )
)
def sensitivity(
    scenario: Scenario,
    of: Of = None,
    method: Annotated[str, typer.Option("--method", metavar="M", help="morris screens, sobol shares out variance.")] = "morris",
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", metavar="PATTERN", help="A dotted path; * matches any. Repeatable.")
    ] = None,
    ranges: Annotated[
        list[str] | None, typer.Option("--range", metavar="PATH=LOW..HIGH", help="Vary a number over this. Repeatable.")
    ] = None,
    spread: Spread = 0.2,
    n: Annotated[
        int | None,
        typer.Option("-n", metavar="N", parser=whole, help="Trajectories (default 20), or base samples of Sobol (1024)."),
    ] = None,
    seed: Seed = 0,
    workers: Workers = 1,
    settings: Settings = None,
    every: All = False,
    as_csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Say which numbers an outcome depends on, and how much of it is chance.

    An evaluation is one replication with some numbers changed. Numbers are varied over the distributions the scenario gives them,
    over --range, or over +-20 % of themselves within the bounds of their key (--spread), and the table says which.
    """
    from alliancesim.study.sensitivity.sensitivity import sensitivity as analyze

    refuse_ignored(("--csv", as_csv, not as_json))
    with screen.progress_bar("sensitivity") as progress:
        found = analyze(
            scenario, of or (), method, n, seed, workers, parameter or (), parsed_settings(ranges, "--range", RANGE), spread,
            parsed_settings(settings), progress,
        )  # fmt: skip
    _put(found, every=every, as_csv=as_csv, as_json=as_json)


@app.command(
    epilog=examples(
        "evidence scenarios/tutorial.yaml --of programs.missile.slip_months",
        "evidence scenarios/japan-2025-08.yaml --of fiscal_years.2030.burden_bn --workers 2 --csv",
    )
)
def evidence(
    scenario: Scenario,
    of: Annotated[str | None, typer.Option("--of", metavar="OUTCOME", help="As of `sensitivity`; one.")] = None,
    spread: Spread = 0.2,
    n: Annotated[int, typer.Option("-n", metavar="N", parser=whole, help="Base samples of Sobol, a power of 2.")] = 512,
    trajectories: Annotated[int, typer.Option("--trajectories", metavar="N", parser=whole, help="Trajectories of Morris.")] = 20,
    top: Annotated[int, typer.Option("--top", metavar="K", parser=whole, help="Groups that are told apart.")] = 8,
    seed: Seed = 0,
    workers: Workers = 1,
    settings: Settings = None,
    every: All = False,
    as_csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Rank recalled and assumed numbers by the variance of an outcome they carry: where the next hour of research pays.

    Numbers are grouped by block and by what they rest on. Morris screens all groups, Sobol shares out the variance among the
    first of them, and Morris names the numbers inside.
    """
    from alliancesim.study.sensitivity.evidence import evidence as rank

    refuse_ignored(("--csv", as_csv, not as_json))
    with screen.progress_bar("evidence") as progress:
        found = rank(scenario, of, seed, workers, spread, n, trajectories, top, parsed_settings(settings), progress)
    _put(found, every=every, as_csv=as_csv, as_json=as_json)


def _put(found: Sensitivity | EvidenceMap, *, every: bool, as_csv: bool, as_json: bool) -> None:
    screen.say(found.took())
    if as_json:
        return screen.put_json(found.plain())
    if as_csv:
        return screen.put_csv(found.columns(), found.rows())
    screen.put(found.heading())
    screen.put_sheets(found.sheets(every=every))
