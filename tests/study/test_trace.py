from __future__ import annotations

import json
from pathlib import Path

import pytest
from harness import TUTORIAL

from alliancesim.errors import CheckFailed, StoreError
from alliancesim.study.explain import explain
from alliancesim.study.trace import compare_trace


@pytest.fixture
def trace(here: Path) -> Path:
    path = here / "before.json"
    path.write_text(json.dumps(explain(TUTORIAL, 3, 7).plain()))
    return path


def test_the_same_version_tells_the_same_story(trace: Path) -> None:
    found = compare_trace(trace, TUTORIAL)
    found.demand()
    assert "every event is the same, the same outcomes" in found.lines()[0]


def test_the_first_event_that_differs_is_named(trace: Path, here: Path) -> None:
    text = TUTORIAL.read_text().replace("design: {duration_months: 6.0", "design: {duration_months: 7.0")
    (here / "slow.yaml").write_text(text)
    found = compare_trace(trace, "slow.yaml")
    assert found.at is not None
    assert found.old is not None
    assert found.new is not None
    assert found.old != found.new
    assert len(found.before) == 3
    assert found.lines()[-2:] == [f"  old   {found.old}", f"  new   {found.new}"]
    events = [event["text"] for event in json.loads(trace.read_text())["events"]]
    assert events[found.at] == found.old.text
    assert found.plain()["first_differing_event"] == found.at + 1
    with pytest.raises(CheckFailed):
        found.demand()


def test_the_trace_of_one_program_is_compared_with_its_events(here: Path) -> None:
    (here / "ship.json").write_text(json.dumps(explain(TUTORIAL, 3, 7, "ship").plain()))
    compare_trace("ship.json", TUTORIAL).demand()


def test_settings_of_a_trace_are_laid_over_the_scenario_again(here: Path) -> None:
    settings = {"channels.domestic.stages.design.duration_months": "7.0"}
    (here / "slow.json").write_text(json.dumps(explain(TUTORIAL, 3, 7, settings=settings).plain()))
    compare_trace("slow.json", TUTORIAL).demand()


def test_an_event_less_is_an_event_that_differs(trace: Path) -> None:
    plain = json.loads(trace.read_text())
    trace.write_text(json.dumps(plain | {"events": plain["events"][:-1]}))
    found = compare_trace(trace, TUTORIAL)
    assert (found.at, found.old) == (len(plain["events"]) - 1, None)
    assert "(no further event)" in "\n".join(found.lines())


def test_outcomes_without_an_event_differ_too(trace: Path) -> None:
    trace.write_text(trace.read_text().replace(json.loads(trace.read_text())["digest"], "0" * 32))
    found = compare_trace(trace, TUTORIAL)
    assert "outcomes differ" in found.lines()[0]
    with pytest.raises(CheckFailed):
        found.demand()


NO_NUMBERS = [
    f'{{"events": [], "digest": "", "program": null, "settings": {{}}, "seed": {seed}, "replication": 0}}'
    for seed in ("Infinity", "NaN", "1e999")
]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"events": [{}]}', *NO_NUMBERS])
def test_what_is_no_trace_is_said(here: Path, text: str) -> None:
    (here / "broken.json").write_text(text)
    with pytest.raises(StoreError, match="not a trace") as caught:
        compare_trace("broken.json", TUTORIAL)
    assert "Error" not in str(caught.value)
