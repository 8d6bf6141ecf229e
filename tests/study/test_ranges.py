from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from harness import TUTORIAL
from scipy import stats

from alliancesim.errors import CheckFailed, ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.scenario.yamlfile import Place
from alliancesim.study.gate.check import check, demand
from alliancesim.study.gate.github import workflow_commands
from alliancesim.study.gate.ranges import MET, NO_MEAN, NOT_MET, OPEN, Range, judge_ranges, ranges, sheet
from alliancesim.study.runs.layout import Layout
from alliancesim.study.runs.manifest import scenario_hash
from alliancesim.study.statistics.statistic import find_statistics
from alliancesim.study.validity import validate

VALUES = np.arange(100.0)


@pytest.fixture(scope="module")
def layout() -> Layout:
    return Layout.of(compile_plan(load_scenario(TUTORIAL)))


def asked(layout: Layout, statistic: str, low: float, high: float) -> Range:
    (found,) = find_statistics([f"programs.ship.slip_months.{statistic}"], layout)
    return Range("slip", found, low, high, "why", Place("a.yaml", 3, 1))


def test_chances_of_a_quantile_are_binomial(layout: Layout) -> None:
    inside, outside = asked(layout, "P80", 75.0, 1000.0).chances(VALUES)
    assert inside == pytest.approx(min(1.0, 2.0 * stats.binomtest(75, 100, 0.8, "greater").pvalue))
    assert outside == pytest.approx(stats.binomtest(75, 100, 0.8, "less").pvalue)
    inside, outside = asked(layout, "P80", -1000.0, 75.0).chances(VALUES)
    assert inside == pytest.approx(2.0 * stats.binomtest(76, 100, 0.8, "less").pvalue)
    assert outside == pytest.approx(stats.binomtest(76, 100, 0.8, "greater").pvalue)


def test_chances_of_a_mean_are_students(layout: Layout) -> None:
    inside, outside = asked(layout, "mean", 45.0, 1000.0).chances(VALUES)
    assert outside == pytest.approx(stats.ttest_1samp(VALUES, 45.0, alternative="greater").pvalue)
    assert inside == 1.0
    assert asked(layout, "mean", 0.0, 0.0).chances(np.zeros(9)) == (1.0, 0.0)


def test_chances_of_the_mean_of_an_indicator_are_binomial(layout: Layout) -> None:
    (held,) = find_statistics(["programs.ship.held_by_review.mean"], layout)
    never, often = np.zeros(200), np.repeat([1.0, 0.0], [60, 140])

    def between(low: float, high: float) -> Range:
        return Range("held", held, low, high, "", Place("a.yaml", 3, 1))

    assert between(0.0, 0.005).chances(never) == pytest.approx((1.0, 0.995**200))
    assert between(-1.0, 2.0).chances(never) == (1.0, 0.0)
    assert between(1.5, 2.0).chances(never) == (0.0, 1.0)
    inside, outside = between(0.2, 0.4).chances(often)
    less, more = (stats.binomtest(60, 200, at, side).pvalue for at, side in ((0.4, "less"), (0.2, "greater")))
    assert outside == pytest.approx(max(less, more))
    assert inside == 1.0
    (open_one,) = judge_ranges([between(0.0, 0.005)], lambda name: never)
    assert open_one.verdict == OPEN
    assert open_one.value.high == pytest.approx(stats.binomtest(0, 200).proportion_ci(0.95, "wilson").high)
    assert open_one.needed is not None
    (met,) = judge_ranges([between(0.0, 0.005)], lambda name: np.zeros(open_one.needed))
    assert met.verdict == MET
    assert judge_ranges([between(0.5, 1.0)], lambda name: never)[0].verdict == NOT_MET


@pytest.mark.parametrize(
    ("statistic", "low", "high", "verdict"),
    [
        ("P80", 60.0, 95.0, MET),
        ("P80", 0.0, 50.0, NOT_MET),
        ("P80", 79.0, 90.0, OPEN),
        ("median", 30.0, 70.0, MET),
        ("mean", 40.0, 60.0, MET),
        ("mean", 60.0, 90.0, NOT_MET),
        ("mean", 48.0, 90.0, OPEN),
    ],
)
def test_verdicts(layout: Layout, statistic: str, low: float, high: float, verdict: str) -> None:
    (found,) = judge_ranges([asked(layout, statistic, low, high)], lambda name: VALUES)
    assert found.verdict == verdict
    assert (found.needed is None) == (verdict != OPEN)
    assert found.needed is None or found.needed > 100
    assert f"expect.slip: {verdict}" in found.sentence()
    assert found.sentence().endswith("(why)")


def test_a_mean_of_what_is_censored_fails_and_the_others_are_judged(layout: Layout) -> None:
    values = np.where(VALUES > 90, np.inf, VALUES)
    both = [asked(layout, "mean", 0.0, 1.0), asked(layout, "median", 30.0, 70.0)]
    judged = judge_ranges(both, lambda name: values)
    assert [(one.verdict, one.passes()) for one in judged] == [(NO_MEAN, False), (MET, True)]
    said = "expect.slip: no mean: programs.ship.slip_months.mean: there is no mean, 9 of 100 replications are censored"
    assert judged[0].sentence().startswith(said)
    assert sheet(judged, "").rows[0][3:5] == ["no mean", "censored"]


def test_names_that_are_none_are_told_at_their_places(here: Path) -> None:
    text = "extends: tutorial.yaml\nexpect:\n  a: {outcome: programs.shipp.slip_months.P80, between: [0, 1]}\n"
    text += "  b: {outcome: programs.ship.slip_months, between: [0, 1]}\n"
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    (here / "mine.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        validate("mine.yaml")
    first, second = map(str, caught.value.findings)
    assert first.startswith("mine.yaml:3:16 expect.a.outcome: ")
    assert "or leave the ranges out with --set expect=null" in first
    assert "did you mean 'ship'?" in first
    assert "of which statistic?" in second


def test_variants_do_not_inherit_ranges_and_ranges_decide_no_outcome(here: Path) -> None:
    (here / "tutorial.yaml").write_text(TUTORIAL.read_text())
    (here / "variant.yaml").write_text("extends: tutorial.yaml\n")
    (here / "bare.yaml").write_text(TUTORIAL.read_text().partition("expect:")[0])
    base, variant, bare = map(load_scenario, ("tutorial.yaml", "variant.yaml", "bare.yaml"))
    assert list(base.scenario.expect) == ["late_missile", "ship_in_time", "all_missiles"]
    assert variant.scenario.expect == {}
    assert len({scenario_hash(one) for one in (base, variant, bare)}) == 1
    assert len(base.provenance) == len(bare.provenance)


def test_a_scenario_is_held_to_its_ranges(here: Path, tutorial: LoadedScenario) -> None:
    assert len(ranges(tutorial, Layout.of(compile_plan(tutorial)))) == 3
    (met,) = check(TUTORIAL)
    assert met.met
    demand([met])
    text = TUTORIAL.read_text()
    (here / "strict.yaml").write_text(text.replace("between: [10, 30]", "between: [1, 2]"))
    (result,) = check("strict.yaml", n=200, seed=7)
    assert [one.verdict for one in result.ranges if not one.passes()] == [NOT_MET]
    with pytest.raises(CheckFailed):
        demand([result])
    line = 1 + text[: text.index("between: [10, 30]")].count("\n")
    assert workflow_commands([result])[0].startswith(f"::error file=strict.yaml,line={line},title=alliancesim check%3A expect")
    (here / "bare.yaml").write_text("extends: strict.yaml\n")
    with pytest.raises(CheckFailed, match="expects nothing"):
        check("bare.yaml")


def test_settling_runs_what_a_range_needs() -> None:
    (open_one,) = check(TUTORIAL, n=60, seed=1)
    (settled,) = check(TUTORIAL, n=60, seed=1, settle=True)
    assert [one.verdict for one in open_one.ranges] == [MET, OPEN, MET]
    assert [one.verdict for one in settled.ranges] == [MET, MET, MET]
    assert [one.n for one in settled.ranges] == [60, open_one.ranges[1].needed, 60]
