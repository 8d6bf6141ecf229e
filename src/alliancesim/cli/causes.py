"""What `show --causes` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliancesim.cli import screen

if TYPE_CHECKING:
    from alliancesim.study.runs.run import Run


def show_causes(run: Run, program: str | None, weighting: str | None, *, as_json: bool, as_csv: bool) -> None:
    """Print why a run is late and dear: tables, JSON, or CSV."""
    from alliancesim.study.causes import CSV_COLUMNS, causes
    from alliancesim.study.ledgers import BY_VALUE
    from alliancesim.study.summary import heading

    found = causes(run, program, weighting or BY_VALUE)
    if as_json:
        return screen.put_json(found.plain())
    if as_csv:
        return screen.put_csv(CSV_COLUMNS, found.rows())
    screen.put(heading(run))
    screen.put_sheets(found.sheets())
