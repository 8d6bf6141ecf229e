from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from alliancesim.errors import CheckFailed, RunError, StoreError
from alliancesim.study.check import accept, check, demand
from alliancesim.study.expectation import packed, read_expectation, unpacked_tables

TUTORIAL = Path(__file__).parents[2] / "scenarios" / "tutorial.yaml"


@pytest.fixture
def accepted(here: Path) -> Path:
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    return accept(None, "first", "tutorial.yaml", n=5, seed=7)


def test_what_was_accepted_is_met(accepted: Path) -> None:
    (result,) = check()
    assert result.met
    assert "met, outcomes" in result.verdict()
    demand([result])
    plain = json.loads(accepted.read_text())
    assert accepted.as_posix() == "results/reference/tutorial.json"
    assert plain["scenario"] == "../../tutorial.yaml"
    assert accepted.stat().st_size < 200_000


def test_workers_meet_it_too(accepted: Path) -> None:
    assert check(accepted, workers=2)[0].met


def test_a_mismatch_names_the_first_outcomes_that_moved(accepted: Path, here: Path) -> None:
    scenario = here / "tutorial.yaml"
    scenario.write_text(scenario.read_text().replace("budget_rate: {2025: 150.0}", "budget_rate: {2025: 151.0}"))
    (result,) = check()
    assert not result.met
    assert result.moved_replications == [0, 1, 2, 3, 4]
    first = result.moved[0]
    assert (first.replication, first.table, first.fiscal_year) == ("0", "fiscal_years", "FY2025")
    assert first.old != first.new
    assert any("the scenario itself has changed" in note for note in result.notes)
    assert {one.replication for one in result.moved} == {"0", "1", "mean"}
    assert len(result.sheets()[0].rows) == 20
    json.dumps(result.plain())
    with pytest.raises(CheckFailed, match="1 of 1 expectations are not met"):
        demand([result])


def test_a_new_program_is_named(accepted: Path, here: Path) -> None:
    scenario = here / "tutorial.yaml"
    text = scenario.read_text()
    scenario.write_text(text.replace("  ship:\n", "  boat:\n").replace("title: Frigate", "title: Boat"))
    (result,) = check()
    assert not result.met
    assert "programs: gone ship; new boat" in result.notes


def test_accepting_again_keeps_the_history(accepted: Path) -> None:
    accept(accepted, "again")
    history = read_expectation(accepted).history
    assert [entry["reason"] for entry in history] == ["first", "again"]
    assert len({entry["outcomes_digest"] for entry in history}) == 1


def test_a_missing_expectation_fails_and_is_not_made(here: Path) -> None:
    with pytest.raises(CheckFailed, match="alliancesim check --accept"):
        check()
    with pytest.raises(CheckFailed, match="--accept REASON --scenario SCENARIO"):
        check("none.json")
    with pytest.raises(CheckFailed):
        accept("none.json", "why")
    with pytest.raises(RunError, match="needs a reason"):
        accept("none.json", "  ", TUTORIAL)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", '{"format": "x", "format_version": 1}', '{"format": "alliancesim expectation"}'])
def test_a_broken_expectation_is_said(here: Path, text: str) -> None:
    (here / "broken.json").write_text(text)
    with pytest.raises(StoreError, match=r"broken\.json: not "):
        check("broken.json")


def test_packing_is_exact() -> None:
    array = np.array([[0.1, -0.0, np.nan], [1e-300, np.pi, 1e300]])
    back = unpacked_tables({"t": packed(array)}, {"t": (2, 3)})["t"]
    assert back.tobytes() == array.tobytes()
