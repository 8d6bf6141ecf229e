from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from harness import load, plain

from alliancesim.errors import RequestError
from alliancesim.plan.columns import CAUSES, COST_CAUSES
from alliancesim.scenario.load import LoadedScenario
from alliancesim.study.explain import explain
from alliancesim.study.runs.run import Run
from alliancesim.units import date_of, months_since


def test_a_story_tells_the_replication_the_run_holds(tutorial: LoadedScenario, stored: Run) -> None:
    story = explain(tutorial, 3, seed=7)
    assert story.plain()["digest"] == stored.replication_digests()[3]
    months = [event.months for event in story.events]
    assert months == sorted(months)
    assert any(line.startswith("2025-04-01  budget") for line in story.lines())


def test_ledgers_sum_exactly(tutorial: LoadedScenario) -> None:
    for program in explain(tutorial, 5, seed=7).plain()["programs"].values():
        assert sum(program["delay_months"][cause] for cause in CAUSES) == program["slip_months"]
        assert sum(program["completion_delay_months"][cause] for cause in CAUSES) == program["completion_slip_months"]
        grown = sum(program["cost_bn"][cause] for cause in COST_CAUSES)
        assert program["planned_cost_bn"] + grown == pytest.approx(program["contracted_cost_bn"], abs=1e-9)


def test_one_program_is_told_alone(tutorial: LoadedScenario) -> None:
    story = explain(tutorial, 0, program="ship")
    assert story.events
    assert all(event.subject.startswith("ship") for event in story.events)
    assert [row[0] for sheet in story.sheets() for row in sheet.rows] == ["ship"] * 3
    json.dumps(story.plain(), allow_nan=False)
    assert str(story).startswith("tutorial: seed 0, replication 0")


def test_a_program_is_told_alone_whatever_it_is_called() -> None:
    levy, statement = {"date": "2025-10", "yield_bn": 100.0}, {"date": "2025-06", "size": 0.5}
    tree = plain(money__taxes={"levy": levy}, linkage={"statements": [statement]})
    for name in ("budget", "tax", "year", "statement"):
        named = {**tree, "programs": {name: tree["programs"]["ship"]}}
        told = explain(load(named), 0, program=name).events
        assert [(event.subject, event.text) for event in told] == [
            (f"{name} FY2025", "contracted 10 units after waiting 0 months"),
            (f"{name} FY2025", "build done: 20.00 months, 20.00 planned"),
        ]


def test_repeated_work_and_initiatives_are_told_as_planned(tmp_path: Path) -> None:
    again = {"probability": 1.0, "to": "build", "most": 1, "work_share": 0.25}
    tree = plain(channels__domestic__stages={"build": {"duration_months": 12.0, "rework": again, "milestone": "delivered"}})
    tree["channels"]["law"] = {"initiative": True, "stages": {"vote": {"duration_months": 3.0, "milestone": "delivered"}}}
    tree["programs"]["act"] = {"title": "An act", "channel": "law", "start": "2025-10"}
    story = explain(load(tree), 0)
    told = [(event.date, event.subject, event.text) for event in story.events]
    assert ("2026-07-01", "ship FY2025", "build done: 3.00 months, 3.00 planned of it again") in told
    assert ("2025-10-01", "act FY2025", "begins 1 units, without home money") in told
    assert [event.months for event in story.events] == sorted(event.months for event in story.events)


@pytest.mark.parametrize("first_month", [1, 4, 10])
def test_every_day_is_told_as_it_is_written(first_month: int) -> None:
    days = [(date(2023, 1, 1) + timedelta(days=n)).isoformat() for n in range(6 * 366)]
    assert [date_of(months_since(day, 2025, first_month), 2025, first_month) for day in days] == days


def test_a_statement_is_told_on_its_day() -> None:
    days = ["2025-06-20", "2026-10-11", "2027-02-28"]
    tree = plain(linkage={"statements": [{"date": day, "size": 0.5} for day in days]})
    assert [event.date for event in explain(load(tree), 0).events if event.subject == "statement"] == days


def test_what_is_not_there_is_said(tutorial: LoadedScenario) -> None:
    with pytest.raises(RequestError, match="no program 'tank'"):
        explain(tutorial, 0, program="tank")
    for replication in (-1, 1.5, True, 10**7):
        with pytest.raises(RequestError, match=f"replication = {replication}; a whole number from 0 to 9,999,999"):
            explain(tutorial, replication)  # type: ignore[arg-type]
