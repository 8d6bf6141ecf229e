"""The command `sensitivity`: which inputs matter."""

from __future__ import annotations

from typing import Annotated

import typer

from alliancesim.cli import screen
from alliancesim.cli.commands import Json, Scenario, Seed, Settings, Workers, app, examples, parsed_settings

Of = Annotated[list[str] | None, typer.Option("--of", metavar="OUTCOME", help="TABLE.ENTRY.COLUMN; default: the last burden.")]
Spread = Annotated[float, typer.Option("--spread", metavar="SHARE", help="Range of a number that has no distribution.")]
RANGE = "PATH=LOW..HIGH, for example linkage.support.mean_share=0.4..0.6"
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
    method: Annotated[str, typer.Option("--method", metavar="M", help="morris screens many, sobol shares out variance.")] = "morris",
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", metavar="PATTERN", help="A dotted path; * matches any. Repeatable.")
    ] = None,
    ranges: Annotated[
        list[str] | None, typer.Option("--range", metavar="PATH=LOW..HIGH", help="Vary a number over this. Repeatable.")
    ] = None,
    spread: Spread = 0.2,
    n: Annotated[
        int | None, typer.Option("-n", metavar="N", help="Trajectories (default 20), or base samples of Sobol (1024).")
    ] = None,
    seed: Seed = 0,
    workers: Workers = 1,
    settings: Settings = None,
    as_csv: Csv = False,
    as_json: Json = False,
) -> None:
    """Say which numbers an outcome depends on, and how much of it is chance.

    An evaluation is one replication with some numbers changed. Numbers are varied over the distributions the scenario gives them,
    over --range, or over +-20 % of themselves within the bounds of their key (--spread), and the table says which.
    """
    from alliancesim.study.sensitivity import sensitivity as analyze

    with screen.progress_bar("sensitivity") as progress:
        found = analyze(
            scenario, of or (), method, n, seed, workers, parameter or (), parsed_settings(ranges, "--range", RANGE), spread,
            parsed_settings(settings), progress,
        )  # fmt: skip
    screen.say(found.took())
    if as_json:
        return screen.put_json(found.plain())
    if as_csv:
        return screen.put_csv(found.columns(), found.rows())
    screen.put(found.heading())
    screen.put_sheets(found.sheets())
