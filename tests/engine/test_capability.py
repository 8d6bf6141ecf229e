from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from harness import DOLLAR, Run, Tree, load, overlay, plain, run, same

from alliancesim.engine.reference import Engine
from alliancesim.errors import ScenarioError
from alliancesim.plan.capability import outcome_places
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Outcomes

STRIKE: Tree = {"title": "Strike", "components": {"ships": {"programs": {"ship": 20.0}}}}


def graded(outcome: str, low: float = 0.0, high: float = 1.0) -> Tree:
    """A scorecard of one area with one indicator."""
    indicator = {"outcome": outcome, "low": low, "high": high}
    return {"cutpoints": {"C": 0.0}, "areas": {"force": {"title": "The force", "indicators": {"one": indicator}}}}


def others(run: Run) -> Outcomes:
    """The outcomes without packages and areas, and without the columns of readiness."""
    none = np.zeros(0)
    fiscal = run.outcomes.fiscal.copy()
    for column in ("sustainment_needed_bn", "sustainment_paid_bn", "availability_share"):
        fiscal[:, run.outcomes_at("fiscal")[column]] = 0.0
    return run.outcomes._replace(fiscal=fiscal, package_year=none, area_year=none)


def test_units_count_for_those_of_other_programs_up_to_the_whole() -> None:
    tree = plain(5, packages__strike=STRIKE)
    tree["programs"]["boat"] = tree["programs"]["ship"] | {"lots": [{"fy": 2026, "units": 9}]}
    tree["packages"]["strike"]["components"]["ships"]["programs"]["boat"] = 10.0
    found = run(tree).package("strike", "components_share")

    assert found.tolist() == [0.0, 0.5, 1.0, 1.0, 1.0]


def test_units_delivered_before_the_horizon_count() -> None:
    found = run(plain(2, packages__strike=STRIKE, programs__ship__delivered_before_units=4)).package("strike", "capability_share")

    assert found[0] == 0.2


def test_the_ally_lends_by_the_regime_of_the_day_and_own_units_replace_it() -> None:
    changes: dict[str, Any] = {
        "horizon__as_of": "2028-03", "programs__ship__delivered_before_units": 20, "packages__strike": STRIKE,
        "linkage": {"known_regimes": [{"date": "2026-04", "regime": "linked"}, {"date": "2027-04", "regime": "ruptured"}]},
    }  # fmt: skip
    tree = plain(4, **changes)
    tree["packages"]["strike"]["enablers"] = {"eyes": {"ally_by_regime": {"firewalled": 1.0, "linked": 0.5}}}

    assert run(tree).package("strike", "capability_share").tolist() == [1.0, 0.5, 0.0, 0.0]
    assert run(tree).package("strike", "components_share").tolist() == [1.0] * 4

    tree["packages"]["strike"]["enablers"]["eyes"]["programs"] = {"ship": 80.0}
    assert run(tree).package("strike", "capability_share").tolist() == [1.0, 0.5, 0.375, 0.375]


def test_a_condition_enables_up_to_1() -> None:
    effects = {"done": {"on": "first_delivery", "condition": "command", "add": 0.5}}
    conditions = {"command": {"initial": 0.25}, "ample": {"initial": 3.0}}
    tree = plain(4, programs__ship__effects=effects, conditions=conditions, packages__strike=STRIKE)
    tree["programs"]["boat"] = tree["programs"]["ship"] | {"delivered_before_units": 20, "effects": {}}
    tree["packages"]["strike"]["components"] = {"boats": {"programs": {"boat": 20.0}}}
    tree["packages"]["strike"]["enablers"] = {"command": {"condition": "command"}, "ample": {"condition": "ample"}}

    assert run(tree).package("strike", "capability_share").tolist() == [0.25, 0.75, 0.75, 0.75]


def test_domestic_support_and_staffing_can_enable() -> None:
    tree = plain(2, programs__ship__delivered_before_units=20, packages__strike=STRIKE)
    tree["linkage"] = {"support": {"initial_share": 0.5, "mean_share": 0.25, "half_life_months": 0.01}}  # half of its start
    tree["workforce"] = {
        "cyber": {"initial": 40.0, "required": 100.0, "cohort": 1.0, "recruiting_share": 0.0, "attrition_share": 0.0}
    }
    tree["packages"]["strike"]["enablers"] = {"will": {"condition": "support"}, "hands": {"condition": "cyber"}}

    assert run(tree).package("strike", "capability_share")[0] == pytest.approx(0.2)


def test_enablers_multiply() -> None:
    tree = plain(2, programs__ship__delivered_before_units=20, packages__strike=STRIKE)
    tree["packages"]["strike"]["enablers"] = {
        name: {"ally_by_regime": {"firewalled": share}} for name, share in (("eyes", 0.5), ("ears", 0.25))
    }

    assert run(tree).package("strike", "capability_share")[0] == 0.125


def test_capability_is_a_reading_and_changes_nothing_else() -> None:
    tree = plain(6, linkage={"initial_regime": "contested", "rates_per_month": {"contested": {"linked": 0.1}}})
    counted = overlay(tree, {
        "packages.strike": STRIKE, "scorecard": graded("packages.strike.capability_share"),
        "readiness": {"need_bn": 50.0, "paid_bucket": "arms"}, "programs.ship.sustainment_bn_per_unit": 3.0,
    })  # fmt: skip

    assert same(others(run(tree)), others(run(counted)))


def test_without_readiness_the_force_is_available() -> None:
    found = run(plain(3))

    assert found.fiscal("availability_share").tolist() == [1.0, 1.0, 1.0]
    assert found.fiscal("sustainment_needed_bn").tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(("high", "moves"), [(0.3, True), (0.2, True), (0.15, False), (0.1, False)])
def test_an_input_that_feeds_an_area_moves_its_score_unless_at_a_bound(high: float, moves: bool) -> None:
    tree = plain(2, programs__ship__delivered_before_units=3, packages__strike=STRIKE)
    tree["scorecard"] = graded("packages.strike.capability_share", high=high)
    more = overlay(tree, {"programs.ship.delivered_before_units": 4})

    assert bool(run(more).score("force")[0] > run(tree).score("force")[0]) is moves


def test_weights_of_zero_give_no_points() -> None:
    tree = plain(2, scorecard=graded("fiscal_years.topline_bn"))
    compiled = compile_plan(load(tree))
    params = compiled.params.copy()
    params[compiled.labels.parameters.index("scorecard.areas.force.indicators.one.weight")] = 0.0

    assert Engine(compiled).simulate(params, 1, 0)[0].area_year.tolist() == [[[0.0], [0.0]]]


def test_every_outcome_by_fiscal_year_can_be_scored() -> None:
    wide = 2.0**24
    tree = plain(3, currencies__USD=DOLLAR, packages__strike=STRIKE, programs__ship__currency_shares__USD=0.5)
    tree["conditions"] = {"ties": {"initial": 0.3}, "command": {"initial": 2.0}}
    tree["workforce"] = {
        "cyber": {"initial": 40.0, "required": 100.0, "cohort": 9.0, "recruiting_share": 1.0, "attrition_share": 0.1}
    }
    places = outcome_places(load(tree).names)
    areas = {
        f"a{i}": {"title": outcome, "indicators": {"one": {"outcome": outcome, "low": -wide, "high": wide}}}
        for i, outcome in enumerate(places)
    }
    found = run(overlay(tree, {"scorecard": {"cutpoints": {"C": 0.0}, "areas": areas}}))
    readers: dict[str, Any] = {
        "fiscal_years": found.fiscal, "program_years": found.program_year, "packages": found.package,
        "workforce": found.workforce,
        "conditions": lambda name, _: found.condition(name),
    }  # fmt: skip
    for i, outcome in enumerate(places):
        table, *rest = outcome.split(".")
        if rest[0].startswith("usd_"):
            expected = found.currency("USD", rest[0].removeprefix("usd_"))
        elif rest[0] == "operational_arms_bn":
            expected = found.outcomes.bucket[0]
        else:
            expected = readers[table](*rest)

        assert found.score(f"a{i}").tolist() == pytest.approx((50.0 + 50.0 * expected / wide).tolist(), abs=1e-12), outcome


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("fiscal_years.toplin_bn", "fiscal_years.column; did you mean 'fiscal_years.topline_bn'?"),
        ("program_years.shop.delivered_units", "did you mean 'program_years.ship.delivered_units'?"),
        ("programs.ship.slip_months", "outcomes of the tables fiscal_years, packages, program_years"),
        ("packages.strike", "packages.name.column; did you mean 'packages.strike."),
    ],
)
def test_an_unknown_outcome_is_told_at_its_place(outcome: str, words: str) -> None:
    tree = plain(2, packages__strike=STRIKE, scorecard=graded(outcome))
    with pytest.raises(ScenarioError) as caught:
        compile_plan(load(tree))

    (finding,) = caught.value.findings
    assert finding.path == "scorecard.areas.force.indicators.one.outcome"
    assert words in str(finding), str(finding)
    assert finding.line > 1


def test_each_enabler_is_filled_by_its_own_programs() -> None:
    components = {"all": {"programs": {"ship": 10.0}}}
    enablers = {"eyes": {"programs": {"ship": 20.0}}, "ears": {"programs": {"ship": 40.0}}}
    tree = plain(2, programs__ship__delivered_before_units=10, packages={"strike": {"title": "S", "components": components,
                                                                                   "enablers": enablers}})  # fmt: skip

    assert run(tree).package("strike", "capability_share")[0] == 0.5 * 0.25
