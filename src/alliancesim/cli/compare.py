"""The command `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alliancesim.cli import screen
from alliancesim.cli.commands import Engine, Json, Workers, app, examples, refuse_ignored, whole


@app.command(
    epilog=examples(
        "compare scenarios/japan-2025-08.yaml scenarios/yen-180.yaml -n 200",
        "compare RUN_A RUN_B RUN_C --csv > differences.csv",
        "compare scenarios/japan-2025-08.yaml scenarios/yen-180.yaml -n 200 --drivers --of programs.kc46.slip_months.P80",
        "compare RUN_A RUN_B --drivers --group 'currencies,shocks' --group 'programs.*.lots'",
    )
)
def compare(
    given: Annotated[list[Path], typer.Argument(metavar="A B [C ...]", help="Scenario files or run folders, in any mix.")],
    n: Annotated[
        int | None, typer.Option("-n", "--replications", metavar="N", parser=whole, help="Replications (default 1000).")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="S", parser=whole, help="Seed (default 0).")] = None,
    workers: Workers = 1,
    engine: Engine = None,
    every: Annotated[bool, typer.Option("--all", help="All outcomes and inputs, not only the most material ones.")] = False,
    drivers: Annotated[bool, typer.Option("--drivers", help="Share differences out among the changed inputs.")] = False,
    of: Annotated[
        list[str] | None, typer.Option("--of", metavar="OUTCOME", help="With --drivers: an outcome, or OUTCOME.P80. Repeatable.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="PATTERN", help="With --drivers: inputs that count as one. Repeatable.")
    ] = None,
    orders: Annotated[
        int | None,
        typer.Option("--orders", metavar="M", parser=whole, help="With --drivers: orders sampled for more than 10 groups (64)."),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: differences, or shares with --drivers.")] = False,
    as_json: Json = False,
) -> None:
    """Compare scenarios with the first one on common draws: what the others change, replication by replication.

    Runs that are missing are made.
    """
    from alliancesim.study.differences.compare import check_drivers, explain_differences
    from alliancesim.study.differences.compare import compare as compare_all

    refuse_ignored(
        ("--of", bool(of), drivers),
        ("--group", bool(group), drivers),
        ("--orders", orders is not None, drivers),
        ("--csv", as_csv, not as_json),
    )
    check_drivers(given, of or (), orders)
    with screen.progress_bar("compare") as progress:
        comparison = compare_all(*given, n=n, seed=seed, workers=workers, progress=progress, engine=engine, say=screen.say)
    if drivers:
        with screen.progress_bar("drivers") as progress:
            explain_differences(comparison, of or (), group or (), workers, progress, engine, orders)
    if as_json:
        return screen.put_json(comparison.plain())
    if as_csv:
        return screen.put_csv(*(comparison.shares() if drivers else comparison.rows()))
    for pair in comparison.pairs:
        screen.put("\n".join([pair.heading(), *pair.sentences(), ""]))
        screen.put_sheets(pair.sheets(every=every))
