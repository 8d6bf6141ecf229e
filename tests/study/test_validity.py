"""Whether a scenario can be used: mistakes of every stage, from reading to the plan and what is expected of it, told at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from harness import BASELINE, TUTORIAL

from alliancesim.errors import ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.study.runs.layout import Layout
from alliancesim.study.validity import given_layout, validate

BASE = Path(__file__).parent.parent / "bad_scenarios" / "base" / "base.yaml"
AREA = "scorecard: {cutpoints: {bad: 0}, areas: {sea: {title: Sea, indicators: {a: {outcome: %s, low: 0, high: 1}}}}}\n"

Told = Callable[..., list[str]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """What is wrong with a file laid over the base of the broken ones, each as its path and what was found."""

    def _told(text: str, *, strict: bool = False) -> list[str]:
        path = tmp_path / "top.yaml"
        path.write_text(f"extends: {BASE}\n{text}", encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            validate(path, strict=strict)
        return [f"{one.path}: {one.found}"[:80] for one in caught.value.findings]

    return _told


@pytest.mark.parametrize("scenario", [TUTORIAL, BASELINE])
def test_the_layout_by_names_is_that_of_the_plan(scenario: Path) -> None:
    loaded = load_scenario(scenario)
    assert given_layout(loaded) == Layout.of(compile_plan(loaded))


def test_mistakes_of_every_stage_are_told_at_once(told: Told) -> None:
    text = (
        "programs:\n"
        "  missile: {bucket: standof, lots: [{fy: 2026, units: 100, delivery: 2026-06}], state: [],\n"
        "    current_estimate: null, baseline_delivery: null}\n"
        f"{AREA % 'fiscal_years.burdn_bn'}"
        "expect: {cash: {outcome: fiscal_years.2030.arears_bn.mean, between: [0, 5]}}\n"
    )
    found = [
        "programs.missile.bucket: 'standof' is not a bucket",
        "programs.missile.lots.0.delivery: 2026-06-01 is too early for the lot begun on 2",
        "scorecard.areas.sea.indicators.a.outcome: no outcome 'fiscal_years.burdn_bn' by ",
        "expect.cash.outcome: outcome 'fiscal_years.2030.arears_bn.mean': no column 'area",
    ]
    assert told(text) == found
    strictly = told(f"readiness: {{elasticity: 2}}\n{text}", strict=True)
    assert {*found, "readiness.elasticity: 2 has no source"} < set(strictly)


def test_every_mistake_of_what_is_expected_is_told(told: Told) -> None:
    text = (
        "expect:\n"
        "  one: {outcome: fiscal_years.2030.arrears_bn.mean, between: [5, 0]}\n"
        "  two: {outcome: fiscal_years.2030.arears_bn.mean, between: [0]}\n"
        "  three: {outcome: programs.missil.slip_months.P80, between: [0, 5]}\n"
    )
    assert told(text) == [
        "expect.one.between: [5, 0] is no range",
        "expect.two.outcome: outcome 'fiscal_years.2030.arears_bn.mean': no column 'arear",
        "expect.two.between: [0] is no range",
        "expect.three.outcome: outcome 'programs.missil.slip_months.P80': no program 'mis",
    ]


def test_nothing_is_concluded_from_what_is_broken(told: Told) -> None:
    late = "programs: {missile: {lots: [{fy: 2026, units: 100, delivery: 2026-06}], state: [], current_estimate: null, "
    late += "baseline_delivery: null%s}}\n"
    date = "programs.missile.lots.0.delivery: 2026-06-01 is too early for the lot begun on 2"
    assert told(late % "") == [date]
    for text in (
        late % ", channel: fsm",
        late % ", tranche_units: -1",
        late % "" + "channels: {fms: {stages: {request: {duration_months: -1}}}}\n",
        late % "" + "channels: {fms: {stages: {request: {resource: plnt}}}}\n",
        late % "" + "resources: {plant: {capacity: -4}}\n",
        late % "" + "horizon: {last_fy: 2020}\n",
    ):
        (found,) = told(text)
        assert found != date
    names = "expect: {a: {outcome: programs.missile.slip_months.P80, between: [0, 5]}}\n"
    names += AREA % "program_years.missile.backlog_units"
    assert told("programs: {missile: {channel: 3}}\n" + names) == ["programs.missile.channel: 3"]


def test_dates_that_alternatives_could_not_meet_are_told(told: Told) -> None:
    text = (
        "programs:\n"
        "  missile:\n"
        "    alternatives:\n"
        "      soon: {lots: [{fy: 2026, units: 10, delivery: 2026-04}], state: [], current_estimate: 2026-04}\n"
        "      many: {lots: [{fy: 2026, units: 1000}], state: [], current_estimate: 2027-05, baseline_delivery: 2027-05}\n"
        "      same: {title: The same}\n"
    )
    assert told(text) == [
        "programs.missile.alternatives.soon.lots.0.delivery: 2026-04-01 is too early for ",
        "programs.missile.alternatives.many.current_estimate: 2027-05-01 is too early for",
    ]
