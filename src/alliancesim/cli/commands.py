"""The commands: each parses, calls the library, and prints. Libraries are imported by the command that needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from alliancesim.cli import screen

app = typer.Typer(
    name="alliancesim", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

Number = TypeVar("Number", int, float)
Scenario = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]


def whole(text: str | int) -> int:
    """A whole number, as an option takes it."""
    return _read(int, text, "a whole number")


def number(text: str | float) -> float:
    """A number, as an option takes it."""
    return _read(float, text, "a number")


def _read(kind: Callable[[Any], Number], text: str | float, wanted: str) -> Number:
    try:
        return kind(text)
    except ValueError as error:
        message = f"'{text}' is not {wanted}"
        raise typer.BadParameter(message) from error


Replications = Annotated[
    int, typer.Option("-n", "--replications", metavar="N", parser=whole, help="Replications, 1 to 10,000,000.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", parser=whole, help="Seed of all draws, 0 to 2^63 - 1.")]
Workers = Annotated[int, typer.Option("--workers", metavar="W", parser=whole, help="Threads; they never change an outcome.")]
Engine = Annotated[str | None, typer.Option("--engine", metavar="E", help="batch or reference: same outcomes, one is slow.")]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Lay a value over the file. Repeatable.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Program = Annotated[str | None, typer.Option("--program", metavar="P", help="Only this program.")]


def examples(*lines: str) -> str:
    """The end of a command's help: a paragraph whose lines are kept as they are."""
    return "\n".join(["\b", "Examples:", *(f"  alliancesim {line}" for line in lines)])


def parsed_settings(
    given: list[str] | None, option: str = "--set", form: str = "PATH=VALUE, for example currencies.USD.spot_rate=180"
) -> dict[str, str]:
    """`PATH=VALUE` texts by path."""
    settings: dict[str, str] = {}
    for text in given or []:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            message = f"'{text}'; write {form}"
            raise typer.BadParameter(message, param_hint=option)
        settings[path.strip()] = value
    return settings


def refuse_ignored(*rules: tuple[str, bool, bool]) -> None:
    """Refuse options that were given and would do nothing. rules: (option, whether it was given, whether it would be used)."""
    ignored = [option for option, given, used in rules if given and not used]
    if ignored:
        message = "would be ignored here; see --help for what it goes with"
        raise typer.BadParameter(message, param_hint=", ".join(ignored))


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        import alliancesim

        screen.put(f"alliancesim {alliancesim.__version__}")
        raise typer.Exit


@app.callback(
    epilog=examples(
        "run scenarios/tutorial.yaml -n 200 --seed 7",
        "show results/runs/tutorial-seed7-n200-*",
    )
)
def begin(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a bug (also ALLIANCESIM_DEBUG=1).")] = False,
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Simulate how a defense build-up turns money into capability.

    Data goes to standard output, talk to standard error. Exit status: 0 fine, 1 a check failed, 2 the request or a file is
    wrong, 3 a bug of alliancesim, 130 interrupted (Ctrl-C or SIGTERM).
    """


@app.command(
    epilog=examples(
        "validate scenarios/tutorial.yaml --strict",
        "validate scenarios/tutorial.yaml --resolved > resolved.yaml",
    )
)
def validate(
    scenario: Scenario,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse numbers without a source, and wrong citations.")] = False,
    resolved: Annotated[bool, typer.Option("--resolved", help="Print the scenario with every default filled.")] = False,
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Check a scenario file; every mistake is reported at once."""
    from alliancesim.scenario.yamlfile import dump
    from alliancesim.study.resolved import names_files, resolved_here
    from alliancesim.study.validity import validate as check_validity

    loaded = check_validity(scenario, parsed_settings(settings), strict=strict)
    if resolved and not as_json:
        head = "# facts and history are looked for from the folder in which this was printed: keep it there\n"
        screen.put_exactly((head if names_files(loaded) else "") + dump(resolved_here(loaded)).rstrip("\n"))
    elif as_json:
        said = {"valid": True, "programs": len(loaded.scenario.programs), "numbers": len(loaded.provenance)}
        screen.put_json(said | ({"resolved": resolved_here(loaded)} if resolved else {}))
    screen.say(f"{scenario}: valid, {len(loaded.scenario.programs)} programs, {len(loaded.provenance)} numbers")


@app.command(
    epilog=examples(
        "run scenarios/tutorial.yaml -n 200 --seed 7",
        "run scenarios/tutorial.yaml --workers 2 --set currencies.USD.spot_rate=180",
        "run scenarios/japan-2025-08.yaml -n 100000 --workers 8   # killed? the same again continues it",
        "run scenarios/tutorial.yaml --precision programs.missile.slip_months.P80=0.5 --most 20000",
    )
)
def run(
    scenario: Scenario,
    n: Replications = 1000,
    seed: Seed = 0,
    workers: Workers = 1,
    settings: Settings = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The run folder; default below results/runs/.")] = None,
    engine: Engine = None,
    processes: Annotated[bool, typer.Option("--processes", help="Workers are processes instead of threads.")] = False,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="Simulate on a dask scheduler's workers: tcp://host:port")
    ] = None,
    chunk: Annotated[int | None, typer.Option("--chunk", metavar="N", parser=whole, help="Replications stored together.")] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option("--precision", metavar="NAME=NUMBER", help="Go on until the 95 % interval is within +- NUMBER. Repeatable."),
    ] = None,
    most: Annotated[
        int | None, typer.Option("--most", metavar="N", parser=whole, help="With --precision: where it ends (100,000).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Simulate a scenario and store the run; ends with a short summary.

    What is there already is not simulated again: an unfinished run is continued, a smaller one extended. Another run in --out
    is replaced, which is said before anything is simulated. With --precision the run begins with -n replications and grows
    until the mean or quantile named is known so well, or there are --most of them
    (then the exit status is 1).
    """
    from alliancesim.study.runs.run import run as simulate
    from alliancesim.study.summary import heading, summarize

    refuse_ignored(
        ("--most", most is not None, bool(precision)),
        ("--workers", workers != 1, cluster is None),
        ("--processes", processes, cluster is None),
    )
    common = (seed, workers, out, parsed_settings(settings))
    how: dict[str, Any] = {"engine": engine, "processes": processes, "cluster": cluster, "chunk": chunk, "say": screen.say}
    grown = None
    with screen.progress_bar(scenario.stem) as progress:
        if precision:
            from alliancesim.study.precision import DEFAULT_MOST, run_to_precision
            from alliancesim.study.statistics.statistic import named_numbers

            wanted = named_numbers(precision, "--precision")
            grown = run_to_precision(scenario, wanted, n, DEFAULT_MOST if most is None else most, *common, progress, **how)
        done = grown.run if grown is not None else simulate(scenario, n, *common, progress, **how)
    summary = summarize(done, short=not as_json)
    with screen.before_a_verdict():
        if as_json:
            screen.put_json(summary.plain())
        else:
            screen.put(heading(done))
            screen.put_sheets(summary.sheets(short=True))
            screen.put(f"run folder: {done.folder}")
    if grown is not None:
        grown.demand()


@app.command(
    epilog=examples(
        "show results/runs/tutorial-seed7-n200-*",
        "show RUN --table resource_years",
        "show RUN --program ship --json",
        "show RUN --causes --csv > causes.csv   # why late, why dear",
    )
)
def show(
    folder: RunFolder,
    table: Annotated[str | None, typer.Option("--table", metavar="NAME", help="Every column of one table.")] = None,
    program: Program = None,
    short: Annotated[bool, typer.Option("--short", help="The short summary that `run` ends with.")] = False,
    causes: Annotated[bool, typer.Option("--causes", help="Delay and cost by cause: mean and late tail, adding up.")] = False,
    weights: Annotated[
        str | None, typer.Option("--weights", metavar="W", help="With --causes: value (the default) or equal, for delays.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="With --causes: print CSV. `query` does of any table.")] = False,
    as_json: Json = False,
) -> None:
    """Summarize a run: quantiles with 95 % Monte Carlo intervals; with --causes, why it is late and dear."""
    from alliancesim.study.runs.run import open_run
    from alliancesim.study.summary import heading, summarize, table_plain, table_sheets

    refuse_ignored(
        ("--table", table is not None, not causes),
        ("--short", short, not causes and table is None and not as_json),
        ("--weights", weights is not None, causes),
        ("--csv", as_csv, causes and not as_json),
    )
    opened = open_run(folder)
    if causes:
        from alliancesim.cli.causes import show_causes

        return show_causes(opened, program, weights, as_json=as_json, as_csv=as_csv)
    if as_json:
        return screen.put_json(summarize(opened, program).plain() if table is None else table_plain(opened, table, program))
    summary = summarize(opened, program, short=short) if table is None else None
    sheets = table_sheets(opened, str(table), program) if summary is None else summary.sheets(short=short)
    screen.put(heading(opened))
    screen.put_sheets(sheets)


@app.command(
    epilog=examples(
        'query RUN "SELECT program, avg(slip_months) FROM programs GROUP BY program"',
        'query RUN "SELECT * FROM fiscal_years WHERE replication = 3" --csv > three.csv',
    )
)
def query(
    folder: RunFolder,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    as_json: Json = False,
) -> None:
    """Ask a run in SQL.

    Tables: replications, fiscal_years, programs, program_years, resource_years; packages, areas, conditions and workforce
    where a scenario has them. DESCRIBE programs names its columns.
    """
    from alliancesim.study.runs.query import query as ask
    from alliancesim.study.runs.run import open_run

    refuse_ignored(("--csv", as_csv, not as_json))
    answer = ask(open_run(folder), sql)
    if as_json:
        screen.put_json_rows(answer.plain())
    elif as_csv:
        screen.put_csv(answer.columns, answer.rows())
    else:
        screen.put_sheets([answer.sheet()])


@app.command(
    epilog=examples(
        "explain scenarios/tutorial.yaml --replication 3 --seed 7",
        "explain scenarios/tutorial.yaml --replication 3 --seed 7 --program missile",
    )
)
def explain(
    scenario: Scenario,
    replication: Annotated[int, typer.Option("--replication", metavar="R", parser=whole, help="Which replication, from 0.")],
    seed: Seed = 0,
    program: Program = None,
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Tell one replication: its events in order, and each program's delay and cost by cause."""
    from alliancesim.study.explain import explain as trace

    story = trace(scenario, replication, seed, program, parsed_settings(settings))
    if as_json:
        return screen.put_json(story.plain())
    screen.put(story.heading())
    for line in story.lines():
        screen.put(line)
    screen.put("")
    screen.put_sheets(story.sheets())


@app.command(
    epilog=examples(
        "sources scenarios/tutorial.yaml",
        "sources scenarios/japan-2025-08.yaml --list | grep assumed",
    )
)
def sources(
    scenario: Scenario,
    listed: Annotated[bool, typer.Option("--list", help="List every number.")] = False,
    settings: Settings = None,
    as_json: Json = False,
) -> None:
    """Count where the numbers come from, and compare cited facts with their rows (exit status 1 where they differ)."""
    from alliancesim.study.sourcing import sources as count_sources

    report = count_sources(scenario, parsed_settings(settings))
    with screen.before_a_verdict():
        if as_json:
            screen.put_json(report.plain(listed=listed))
        else:
            screen.put_sheets(report.sheets(listed=listed))
    report.demand()


@app.command(
    epilog=examples(
        "schema > scenario.schema.json",
    )
)
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from alliancesim.scenario.schema import json_schema

    screen.put_json(json_schema())
