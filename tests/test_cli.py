from __future__ import annotations

import inspect
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from harness import TUTORIAL

from alliancesim.cli import status

COMMANDS = (
    "validate", "run", "show", "query", "explain", "sources", "schema", "compare", "check", "joint", "sensitivity", "evidence",
    "scorecard", "fit", "backtest",
)  # fmt: skip


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "alliancesim", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Examples:\n    alliancesim {command}" in said


def test_help_does_not_wait_for_the_engine() -> None:
    code = "import sys; from alliancesim.cli import status; status(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(command in done.stdout for command in COMMANDS)
    heavy = ("numba", "numpy", "pyarrow", "pydantic", "pandas", "simpy", "scipy", "duckdb")
    assert not any(f"'{name}'" in done.stderr for name in heavy)


def test_a_run_ends_with_its_summary_and_folder(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["run", str(TUTORIAL), "-n", "5", "--seed", "7"]) == 0
    out, err = capsys.readouterr()
    folder = out.splitlines()[-1].removeprefix("run folder: ")
    assert "Money and alliance" in out
    assert err == ""
    assert status(["show", folder]) == 0
    assert "topline_bn (bn)" in capsys.readouterr().out
    assert status(["show", folder, "--table", "resource_years", "--program", "yard"]) == 0
    assert "yard: utilization_share" in capsys.readouterr().out
    assert status(["show", folder, "--program", "ship", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["programs"]) == ["ship"]


def test_json_is_one_object(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["run", str(TUTORIAL), "-n", "3", "--json", "--out", "mine", "--set", "currencies.USD.spot_rate=180"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["n"], said["seed"], said["folder"]) == (3, 0, "mine")
    assert len(said["outcomes_digest"]) == 32
    commands = (
        ["explain", str(TUTORIAL), "--replication", "0"],
        ["sources", str(TUTORIAL)],
        ["validate", str(TUTORIAL)],
        ["compare", "mine", "mine"],
        ["show", "mine", "--table", "programs"],
    )
    for command in commands:
        assert status([*command, "--json"]) == 0
        json.loads(capsys.readouterr().out)
    assert status(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Scenario"


def test_resolved_scenarios_give_the_same_outcomes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["validate", str(TUTORIAL), "--resolved"]) == 0
    (here / "resolved.yaml").write_text(capsys.readouterr().out)
    digests = []
    for path in (str(TUTORIAL), "resolved.yaml"):
        assert status(["run", path, "-n", "2", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        digests.append((said["outcomes_digest"], said["scenario_hash"]))
    assert digests[0] == digests[1]


RATES = """
extends: {tutorial}
name: rates
facts: tables
expect: null
currencies: {{USD: {{history: tables/usd.csv, spot_rate: null}}}}
horizon: {{as_of: 2025-04}}
"""


def test_a_resolved_scenario_finds_its_files_from_where_it_was_printed(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "far/tables").mkdir(parents=True)
    (here / "far/rates.yaml").write_text(RATES.format(tutorial=TUTORIAL))
    months = [f"{2024 + m // 12}-{m % 12 + 1:02d}" for m in range(24)]
    rows = "".join(f"{month},USD,{140 + i}.0,{140 + i}.5\n" for i, month in enumerate(months))
    (here / "far/tables/usd.csv").write_text(f"month,currency,per_unit_avg,per_unit_eom\n{rows}")
    (here / "near").mkdir()
    monkeypatch.chdir(here / "near")
    assert status(["validate", "../far/rates.yaml", "--resolved"]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[0].startswith("# facts and history are looked for from the folder in which this was printed")
    assert "facts: ../far/tables\n" in text
    assert "history: ../far/tables/usd.csv\n" in text
    Path("resolved.yaml").write_text(text)
    digests: list[str] = []
    for path in ("../far/rates.yaml", "resolved.yaml"):
        assert status(["run", path, "-n", "2", "--json"]) == 0
        digests.append(json.loads(capsys.readouterr().out)["outcomes_digest"])
    assert digests[0] == digests[1]
    assert status(["validate", "../far/rates.yaml", "--resolved", "--json", "--set", "facts=tables"]) == 0
    assert json.loads(capsys.readouterr().out)["resolved"]["facts"] == "../far/tables"
    (here / "far/rates.yaml").write_text(RATES.format(tutorial=TUTORIAL).replace("facts: tables", f"facts: {here}/far/tables"))
    assert status(["validate", "../far/rates.yaml", "--resolved"]) == 0
    assert f"facts: {here}/far/tables\n" in capsys.readouterr().out
    assert status(["validate", str(TUTORIAL), "--resolved"]) == 0
    assert "#" not in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", str(TUTORIAL), "-n", "0"],
        ["run", str(TUTORIAL), "-n", "-4"],
        ["run", str(TUTORIAL), "-n", "many"],
        ["run", str(TUTORIAL), "-n", "10000001"],
        ["run", str(TUTORIAL), "--seed", "-1"],
        ["run", str(TUTORIAL), "--seed", str(2**63)],
        ["run", str(TUTORIAL), "--workers", "0"],
        ["run", str(TUTORIAL), "--set", "nothing"],
        ["run", str(TUTORIAL), "--set", "programs.tank.priority=1"],
        ["run", "nowhere.yaml"],
        ["run"],
        ["run", str(TUTORIAL), "--fast"],
        ["walk"],
        ["show", "nowhere"],
        ["explain", str(TUTORIAL), "--replication", "0", "--program", "tank"],
        ["compare", "nowhere", "nowhere"],
        ["validate", "nowhere.yaml"],
        ["check", "--accept", "why"],
    ],
)
def test_wrong_requests_exit_with_2_and_one_message(arguments: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()
    assert "Traceback" not in err
    assert list(here.iterdir()) == []


WHOLE = (
    "run x -n", "run x --seed", "run x --workers", "run x --chunk", "run x --most", "explain x --replication", "compare x y -n",
    "compare x y --seed", "compare x y --orders", "check -n", "check --seed", "check --judged", "scorecard x --fy",
    "sensitivity x -n", "evidence x -n", "evidence x --trajectories", "evidence x --top", "backtest x USD --every",
    "backtest x USD --members",
)  # fmt: skip
NUMBERS = ("joint x --ceiling", "joint x --level", "sensitivity x --spread", "evidence x --spread")


@pytest.mark.parametrize("command", [*WHOLE, *NUMBERS])
@pytest.mark.parametrize("text", ["many", "1,5", "20%", ""])
def test_a_number_that_is_none_is_named(command: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status([*command.split(), text]) == 2
    kind = "a whole number" if command in WHOLE else "a number"
    assert f"'{text}' is not {kind}\n" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "options"), [
    (["show", "RUN", "--weights", "equal"], "--weights"),
    (["show", "RUN", "--causes", "--csv", "--json"], "--csv"),
    (["show", "RUN", "--causes", "--table", "programs"], "--table"),
    (["show", "RUN", "--short", "--table", "programs"], "--short"),
    (["show", "RUN", "--short", "--json"], "--short"),
    (["query", "RUN", "SELECT 1", "--csv", "--json"], "--csv"),
    (["run", str(TUTORIAL), "--most", "10"], "--most"),
    (["run", str(TUTORIAL), "--cluster", "tcp://host:1", "--workers", "8", "--processes"], "--workers, --processes"),
    (["compare", "RUN", "RUN", "--group", "x", "--orders", "8"], "--group, --orders"),
    (["sensitivity", str(TUTORIAL), "--csv", "--json"], "--csv"),
    (["evidence", str(TUTORIAL), "--csv", "--json"], "--csv"),
    (["fit", str(TUTORIAL), "USD", "--yaml", "--json"], "--yaml"),
    (["check", "mine.yaml", "--exact"], "--exact"),
    (["check", "--json", "--format", "github"], "--format"),
])  # fmt: skip
def test_an_option_that_would_be_ignored_is_refused(
    arguments: list[str], options: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{options}: would be ignored here" in err.replace("Invalid value for ", "")
    assert list(here.iterdir()) == []


def test_a_failed_check_exits_with_1(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TUTORIAL.read_text().partition("expect:")[0]
    (here / "tutorial.yaml").write_text(text)
    assert status(["check"]) == 1
    assert status(["check", "--accept", "first", "--scenario", "tutorial.yaml", "-n", "2", "--judged", "20"]) == 0
    assert status(["check"]) == 0
    (here / "tutorial.yaml").write_text(text.replace("current_estimate: 2028-10", "current_estimate: 2031-10"))
    capsys.readouterr()
    assert status(["check"]) == 1
    out, err = capsys.readouterr()
    assert "the first outcomes that moved" in out
    assert "NOT met" in err


def test_a_bug_exits_with_3_and_says_where_its_traceback_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from alliancesim.scenario import schema

    def broken() -> None:
        message = "surprise"
        raise LookupError(message)

    monkeypatch.setattr(schema, "json_schema", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert status(["schema"]) == 3
    err = capsys.readouterr().err
    assert "this is a bug of alliancesim: LookupError: surprise" in err
    assert len(err.splitlines()) == 1
    (report,) = tmp_path.iterdir()
    assert str(report) in err
    assert "Traceback" in report.read_text()
    assert status(["--debug", "schema"]) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["2025-13", "2025-13}, money: {lapse_share: 2"])
def test_mistakes_of_a_scenario_begin_with_their_places(here: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (here / "wrong.yaml").write_text(f"{{extends: {TUTORIAL}, horizon: {{as_of: {text}}}}}\n")
    assert status(["validate", "wrong.yaml"]) == 2
    assert all(line.startswith("wrong.yaml:1:") for line in capsys.readouterr().err.splitlines())


def test_the_version_is_printed() -> None:
    done = call("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("alliancesim ")


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("commands.run", "runs.run"), ("commands.explain", "explain"), ("compare.compare", "differences.compare"),
        ("check.check", "gate.check"), ("joint.joint", "joint"), ("sensitivity.sensitivity", "sensitivity.sensitivity"),
        ("sensitivity.evidence", "sensitivity.evidence"), ("exchange.backtest", "exchange.backtest"),
    ],
)  # fmt: skip
def test_an_option_left_out_means_what_the_library_means(command: str, module: str) -> None:
    """A command does not import the library before it needs it, so its defaults are written a second time."""
    commands, _, name = command.rpartition(".")
    own = inspect.signature(getattr(import_module(f"alliancesim.cli.{commands}"), name)).parameters
    library = inspect.signature(getattr(import_module(f"alliancesim.study.{module}"), name)).parameters
    meant = {option: library.get({"spread": "spread_share"}.get(option, option)) for option in own}
    shared = {option: parameter for option, parameter in meant.items() if parameter and own[option].default is not None}

    assert shared
    assert {option: own[option].default for option in shared} == {option: one.default for option, one in shared.items()}
