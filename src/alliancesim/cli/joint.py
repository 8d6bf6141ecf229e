"""The command `joint`."""

from __future__ import annotations

from typing import Annotated

import typer

from alliancesim.cli import screen
from alliancesim.cli.commands import Json, RunFolder, app, examples, number


@app.command(
    epilog=examples(
        "joint RUN --program tomahawk --program jassm_er --by 2029-03 --ceiling 400",
        "joint RUN --pillar iamd --by 2033-03 --level 0.8 --json",
    )
)
def joint(
    folder: RunFolder,
    programs: Annotated[list[str] | None, typer.Option("--program", metavar="P", help="A program. Repeatable.")] = None,
    pillars: Annotated[list[str] | None, typer.Option("--pillar", metavar="X", help="Its named programs. Repeatable.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="DATE", help="To the end of YYYY-MM or YYYY-MM-DD.")] = None,
    ceiling: Annotated[
        float | None, typer.Option("--ceiling", metavar="BN", parser=number, help="Of their summed cost at signature.")
    ] = None,
    level: Annotated[
        float, typer.Option("--level", metavar="P", parser=number, help="What the frontier of dates and ceilings is for.")
    ] = 0.7,
    ready: Annotated[str, typer.Option("--ready", metavar="R", help="operational, delivered or complete.")] = "operational",
    as_json: Json = False,
) -> None:
    """Joint confidence: the probability that programs are operational by a date and within a ceiling.

    Without --program and --pillar all named programs are meant, without --by the horizon, without --ceiling any cost.
    """
    from alliancesim.study.joint import joint as ask
    from alliancesim.study.runs.run import open_run
    from alliancesim.study.summary import heading

    found = ask(open_run(folder), programs or (), pillars or (), by, ceiling, level, ready)
    if as_json:
        return screen.put_json(found.plain())
    screen.put(heading(found.run))
    screen.put_sheets(found.sheets())
