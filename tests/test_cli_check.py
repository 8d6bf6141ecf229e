from __future__ import annotations

import json
from pathlib import Path

import pytest
from harness import TUTORIAL

from alliancesim.cli import status


@pytest.fixture
def here(here: Path) -> Path:
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    return here


ACCEPT = ["check", "--accept", "first", "--scenario", "tutorial.yaml", "-n", "20", "--judged", "40"]


def test_results_are_printed_as_text_json_or_annotations(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status([*ACCEPT, "--margin", "programs.ship.slip_months.P80=2"]) == 0
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text().replace("current_estimate: 2028-10", "current_estimate: 2031-10"))
    capsys.readouterr()
    assert status(["check"]) == 1
    out, err = capsys.readouterr()
    assert "programs.ship.slip_months.P80" in out
    assert "changed" in out
    assert "results/reference/tutorial.json: NOT met" in err
    assert status(["check", "--json"]) == 1
    (said,) = json.loads(capsys.readouterr().out)
    assert {one["statistic"]: one["margin"] for one in said["judged"]}["programs.ship.slip_months.P80"] == 2.0
    assert (said["met"], said["family_rate"]) == (False, 0.01)
    assert status(["check", "results/reference/tutorial.json", "--format", "github"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("::error file=results/reference/tutorial.json,line=1,title=alliancesim check%3A ")
    assert all("\n" not in line and line.startswith("::") for line in lines)


def test_exact_wants_every_bit(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TUTORIAL.read_text().partition("expect:")[0]
    (here / "tutorial.yaml").write_text(text)
    assert status(ACCEPT) == 0
    assert status(["check", "--exact"]) == 0
    (here / "tutorial.yaml").write_text(text.replace("spot_rate: 147.0", "spot_rate: 147.001"))
    assert status(["check", "--settle"]) == 0
    assert status(["check", "--settle", "--exact"]) == 1
    assert "not met bit for bit" in capsys.readouterr().err


def test_a_scenario_is_checked_against_its_ranges(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["check", "tutorial.yaml", "--settle", "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert [one["verdict"] for one in said["ranges"]] == ["met"] * 3
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text().replace("programs.missile.slip", "programs.misile.slip"))
    assert status(["check", "tutorial.yaml"]) == 2
    assert "did you mean 'missile'?" in capsys.readouterr().err
    assert status(["validate", "tutorial.yaml"]) == 2


def test_the_first_event_that_differs_is_printed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(["explain", "tutorial.yaml", "--seed", "7", "--replication", "3", "--json"]) == 0
    (here / "old.json").write_text(capsys.readouterr().out)
    assert status(["check", "--trace", "old.json", "--scenario", "tutorial.yaml"]) == 0
    assert "every event is the same" in capsys.readouterr().out
    text = TUTORIAL.read_text().replace("design: {duration_months: 6.0", "design: {duration_months: 7.0")
    (here / "tutorial.yaml").write_text(text)
    assert status(["check", "--trace", "old.json", "--scenario", "tutorial.yaml", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["old"]["text"] != said["new"]["text"] or said["old"]["months"] != said["new"]["months"]


def test_a_precision_is_reached_or_the_exit_status_is_1(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ["run", "tutorial.yaml", "-n", "20", "--precision", "programs.missile.slip_months.P80=3"]
    assert status([*wanted, "--most", "400"]) == 0
    out, err = capsys.readouterr()
    assert "as precise as asked for" in err
    assert "run folder: results/runs/tutorial-seed0-n" in out
    assert status([*wanted, "--most", "25", "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["n"] == 25
    assert "precision not reached with 25 replications" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--margin", "programs.ship.slip_months.P80=1"],
        ["check", "--judged", "10"],
        ["check", "-n", "10"],
        ["check", "tutorial.yaml", "--exact"],
        ["check", "tutorial.yaml", "--json", "--format", "github"],
        ["check", "tutorial.yaml", "--accept", "why", "--scenario", "tutorial.yaml"],
        ["check", "--accept", "why", "--scenario", "tutorial.yaml", "--json"],
        ["check", "--trace", "old.json"],
        ["check", "--trace", "none.json", "--scenario", "tutorial.yaml"],
        ["check", "--format", "xml"],
        [*ACCEPT, "--margin", "programs.ship.slip_months.P80"],
        [*ACCEPT, "--margin", "programs.ship.slip_months=1"],
        [*ACCEPT, "--margin", "programs.ship.slip_months.P80=-1"],
        [*ACCEPT, "--margin", "programs.ship.slip_months.P0=1"],
        ["check", "--accept", "why", "--scenario", "tutorial.yaml", "--judged", "100000000"],
        ["run", "tutorial.yaml", "--most", "10"],
        ["run", "tutorial.yaml", "-n", "20", "--most", "10", "--precision", "programs.ship.slip_months.P80=1"],
        ["run", "tutorial.yaml", "--precision", "programs.ship.slip=1"],
        ["run", "tutorial.yaml", "--precision", "much"],
    ],
)
def test_wrong_requests_exit_with_2_and_one_message(arguments: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()
    assert "Traceback" not in err
    assert not Path("results/reference").exists()
