"""The command `scorecard`."""

from __future__ import annotations

from typing import Annotated

import typer

from alliancesim.cli import screen
from alliancesim.cli.commands import Json, RunFolder, app, examples, whole


@app.command(
    epilog=examples(
        "scorecard results/runs/japan-2025-08-seed0-n1000-*",
        "scorecard RUN --fy 2030 --json",
    )
)
def scorecard(
    folder: RunFolder,
    fy: Annotated[
        int | None, typer.Option("--fy", metavar="FY", parser=whole, help="Fiscal year; default: that of the as-of date.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Grade a run by area: median grade, score with its 80 % band, trend, and the share of replications by grade."""
    from alliancesim.study.runs.run import open_run
    from alliancesim.study.scorecard import scorecard as grade
    from alliancesim.study.summary import heading

    opened = open_run(folder)
    card = grade(opened, fy)
    if as_json:
        return screen.put_json(card.plain())
    screen.put(heading(opened))
    screen.put_sheets(card.sheets())
