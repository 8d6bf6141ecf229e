"""The command `check`: outcomes against what was accepted, and against what scenarios expect."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alliancesim.cli import screen
from alliancesim.cli.commands import Engine, Json, Workers, app, examples, refuse_ignored, whole
from alliancesim.errors import AllianceSimError

if TYPE_CHECKING:
    from alliancesim.study.gate.check import CheckResult


class Format(StrEnum):
    """How results are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@app.command(
    epilog=examples(
        "check",
        "check results/reference/japan-2025-08.json --settle --format github",
        "check scenarios/tutorial.yaml   # the ranges it expects of itself",
        'check results/reference/tutorial.json --accept "first" --scenario scenarios/tutorial.yaml',
        'check results/reference/japan-2025-08.json --accept "half a month is nothing" --margin programs.jsm.slip_months.P80=0.5',
        "check --trace before.json --scenario scenarios/tutorial.yaml   # before.json: explain --json of another version",
    )
)
def check(
    expectation: Annotated[
        Path | None, typer.Argument(metavar="EXPECTATION", help="An expectation or a scenario; default: results/reference/*.")
    ] = None,
    settle: Annotated[bool, typer.Option("--settle", help="Simulate on where a verdict is inconclusive.")] = False,
    exact: Annotated[bool, typer.Option("--exact", help="Of expectations: pass only if every bit is what was accepted.")] = False,
    accept: Annotated[str | None, typer.Option("--accept", metavar="REASON", help="Store today's outcomes, and why.")] = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="FILE", help="With --accept: for a new one. With --trace: which.")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("-n", "--replications", metavar="N", parser=whole, help="With --accept or a scenario: replications (200)."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="S", parser=whole, help="With --accept or a scenario: seed (7).")
    ] = None,
    margin: Annotated[
        list[str] | None,
        typer.Option("--margin", metavar="NAME=NUMBER", help="With --accept: what counts as equal of a statistic. Repeatable."),
    ] = None,
    judged: Annotated[
        int | None,
        typer.Option("--judged", metavar="N", parser=whole, help="With --accept: replications kept to judge by (1000)."),
    ] = None,
    trace: Annotated[
        Path | None, typer.Option("--trace", metavar="FILE", help="Name the first event that differs from this explain --json.")
    ] = None,
    workers: Workers = 1,
    engine: Engine = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="text (the default), json, or github: workflow annotations.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Simulate again and judge: identical, equivalent, changed or inconclusive; exit status 1 for the last two.

    Bits are compared first. Where any moved, each judged outcome is held to its margin by tests on paired replications; the
    ranges that a scenario expects of itself are checked too. A missing expectation fails and is never made without --accept.
    """
    from alliancesim.study.gate.acceptance import accept as store
    from alliancesim.study.gate.check import CheckResult, demand
    from alliancesim.study.gate.check import check as compare_all
    from alliancesim.study.gate.expectation import REFERENCE, SCENARIO_SUFFIXES
    from alliancesim.study.statistics.statistic import named_numbers

    alone, of_scenario = accept is None and trace is None, expectation is not None and expectation.suffix in SCENARIO_SUFFIXES
    refuse_ignored(
        ("--margin", bool(margin), accept is not None),
        ("--judged", judged is not None, accept is not None),
        ("--scenario", scenario is not None, not alone),
        ("-n", n is not None, accept is not None or of_scenario),
        ("--seed", seed is not None, accept is not None or of_scenario),
        ("--settle", settle, alone),
        ("--exact", exact, alone and not of_scenario),
        ("--trace", trace is not None, accept is None and expectation is None),
        ("--workers", workers != 1, trace is None),
        ("--engine", engine is not None, trace is None),
        ("--json", as_json, accept is None),
        ("--format", form is not None, accept is None and not as_json and (trace is None or form is not Format.GITHUB)),
    )
    form = Format.JSON if as_json else form
    if trace is not None:
        return _show_trace(trace, scenario, form)
    with screen.progress_bar("check") as progress:
        if accept is not None:
            margins = named_numbers(margin or (), "--margin")
            path = store(expectation, accept, scenario, n, seed, workers, progress, engine, margins, judged)
            return screen.say(f"{path}: stored")
        try:
            results = compare_all(expectation, workers, progress, engine, settle=settle, exact=exact, n=n, seed=seed)
        except AllianceSimError as error:
            if form in (Format.JSON, Format.GITHUB):  # who reads these reads nothing else
                _put([CheckResult.unjudged(expectation or REFERENCE, error)], form)
            raise
    _put(results, form)
    for result in results:
        screen.say(result.verdict())
    demand(results)


def _put(results: list[CheckResult], form: Format | None) -> None:
    from alliancesim.study.gate.github import workflow_commands

    with screen.before_a_verdict():
        if form is Format.JSON:
            screen.put_json([result.plain() for result in results])
        elif form is Format.GITHUB:
            for line in workflow_commands(results):
                screen.put(line)
        else:
            screen.put_sheets(sheet for result in results for sheet in result.sheets())


def _show_trace(trace: Path, scenario: Path | None, form: Format | None) -> None:
    from alliancesim.study.trace import compare_trace

    if scenario is None:
        message = "name the scenario with --scenario FILE"
        raise typer.BadParameter(message, param_hint="--trace")
    result = compare_trace(trace, scenario)
    with screen.before_a_verdict():
        if form is Format.JSON:
            screen.put_json(result.plain())
        else:
            for line in result.lines():
                screen.put(line)
    result.demand()
