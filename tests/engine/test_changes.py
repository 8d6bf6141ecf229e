"""What changes the plan: revisions, cost review, initiatives, exports, diversion; each with its numbers, and nothing when off."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from harness import AT, Run, Simulation, Tree, differences, overlay, plain, run
from scipy.stats import binomtest

N = 200
FALSE_ALARM = 1e-5
"""Of each binomial test below; their seeds are fixed."""


def fleet(**changes: Any) -> Tree:
    """Four yearly lots of ten ships."""
    lots = [{"fy": 2025 + y, "units": 10} for y in range(4)]
    return plain(6, **{"programs__ship__lots": lots, **changes})


def switched(tree: Tree, switch: str) -> Run:
    """A replication with a mechanism off."""
    return run(overlay(tree, {f"mechanisms.{switch}": False}))


def equal_but_for(one: Run, other: Run, column: str) -> None:
    """Two replications are the same but for a fiscal-year column that says what is in force."""
    a, b = (r.outcomes._replace(fiscal=np.delete(r.outcomes.fiscal, AT["fiscal"][column], axis=1)) for r in (one, other))
    assert differences(a, b) == 0


# --- revisions ----------------------------------------------------------------------------------------------------------


def test_a_revision_without_strength_is_nothing() -> None:
    nothing = {"date": "2026-04", "topline_mult": 1.0, "authority_mult": {"arms": 1.0}, "scales": {"ship": 1.0}}
    bare, revised = run(fleet()), run(fleet(money__revisions={"plan": nothing}))

    assert revised.fiscal("revision").tolist() == [0, 1, 1, 1, 1, 1]
    equal_but_for(bare, revised, "revision")


def test_off_leaves_the_plan_as_it_was() -> None:
    tree = fleet(money__revisions={"plan": {"date": "2026-04", "topline_mult": 2.0, "cancels": ["ship"]}})

    assert differences(switched(tree, "revision").outcomes, run(fleet()).outcomes) == 0


def test_a_revision_raises_topline_and_contracts_in_the_median() -> None:
    revision = {"plan": {"date": "2026-04", "topline_mult": 1.5, "scales": {"ship": 2.0}}}
    tree = fleet(money__revisions=revision, economy__gdp__sd_share=0.02, programs__ship__cost_growth={"p90": 1.5})
    on, off = Simulation(tree), Simulation(overlay(tree, {"mechanisms.revision": False}))
    gains = [a.fiscal("topline_bn") - b.fiscal("topline_bn") for a, b in zip(on.runs(20), off.runs(20), strict=True)]
    units = [a.program_year("ship", "contracted_units")[-1] - b.program_year("ship", "contracted_units")[-1]
             for a, b in zip(on.runs(20), off.runs(20), strict=True)]  # fmt: skip

    assert np.median(gains, axis=0).tolist() == [0.0, *([500.0] * 5)]
    assert np.median(units) == 30.0


@pytest.mark.parametrize(("topline", "expected"), [
    ({"topline_mult": 1.25}, [1000.0, 1250.0, 1250.0]),
    ({"topline_add_bn": {2026: 50.0, 2027: 80.0}}, [1000.0, 1050.0, 1080.0]),
    ({"topline_share_of_gdp": 0.002}, [1000.0, 1200.0, 1200.0]),
])  # fmt: skip
def test_the_topline_in_its_three_ways(topline: Tree, expected: list[float]) -> None:
    found = run(fleet(money__revisions={"plan": {"date": "2026-04"} | topline}))

    assert found.fiscal("topline_bn")[:3].tolist() == expected


def test_revisions_change_the_topline_in_the_order_of_their_dates() -> None:
    revisions = {"a_later": {"date": "2027-04", "topline_mult": 2.0}, "z_earlier": {"date": "2026-04", "topline_add_bn": 100.0}}

    assert run(fleet(money__revisions=revisions)).fiscal("topline_bn")[:4].tolist() == [1000.0, 1100.0, 2200.0, 2200.0]


def test_an_accepted_demand_brings_the_revision_at_the_next_budget() -> None:
    revision = {"date": "2029-04", "triggers": {"demand_accepted": True}, "scales": {"ship": 2.0}}
    outcome = {"demand_probability": 1.0, "demand_share_of_gdp": 0.0001}
    tree = fleet(
        money__revisions={"plan": revision}, linkage__demand={"intercept": 60.0},
        linkage__rounds={"talks": {"dates": ["2026-08"]}},
        linkage__outcomes={result: outcome for result in ("failure", "muddle", "favorable")},
    )  # fmt: skip

    assert run(tree).fiscal("revision").tolist() == [0, 0, 1, 1, 1, 1]
    assert run(overlay(tree, {"linkage.demand.intercept": -60.0})).fiscal("revision").tolist() == [0, 0, 0, 0, 1, 1]


def test_lost_purchasing_power_brings_the_revision_a_budget_later() -> None:
    dollar = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 80.0, "budget_rate": {2025: 100.0}}
    triggers = {"purchasing_power_lost_share": 0.19}
    tree = fleet(currencies={"USD": dollar}, programs__ship__currency_shares={"USD": 1.0},
                 money__revisions={"plan": {"triggers": triggers, "topline_mult": 1.1}})  # fmt: skip
    early, never = run(tree), run(overlay(tree, {"money.revisions.plan.triggers.purchasing_power_lost_share": 0.21}))

    assert early.fiscal("purchasing_power_lost_share")[0] == pytest.approx(0.2)
    assert early.fiscal("revision").tolist() == [0, 1, 1, 1, 1, 1]
    assert never.fiscal("revision").tolist() == [0] * 6


def test_without_a_share_as_a_trigger_no_loss_brings_the_revision() -> None:
    dollar = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 80.0, "budget_rate": {2025: 100.0}}
    plan = {"date": "2029-04", "triggers": {"regime": "ruptured"}, "topline_mult": 0.1}
    found = run(fleet(currencies={"USD": dollar}, programs__ship__currency_shares={"USD": 1.0}, money__revisions={"plan": plan}))

    assert found.fiscal("purchasing_power_lost_share")[0] == pytest.approx(0.2)
    assert revisions(found) == [0, 0, 0, 0, 1, 1]


def test_a_program_completes_with_the_last_unit_of_the_revised_plan() -> None:
    less = {"date": "2027-04", "scales": {"ship": 0.5}}
    found = [run(fleet(money__revisions={"plan": less | changes})) for changes in ({}, {"cancels": ["ship"]})]

    assert [r.program("ship", "completion_censored") for r in found] == [0.0, 0.0]
    assert [r.program("ship", "completion_months") for r in found] == [36.0 + 20.0, 12.0 + 20.0]
    assert [r.program("ship", "completion_slip_months") for r in found] == [0.0, -24.0]


def test_what_never_becomes_due_is_not_late() -> None:
    tree = fleet(money__revisions={"plan": {"date": "2028-04", "adds": ["late"]}})
    tree["programs"]["late"] = tree["programs"]["ship"] | {"lots": [{"fy": 2026, "units": 1}]}
    dormant = run(tree)

    assert dormant.program_year("late", "planned_units").tolist() == [0.0] * 6
    assert (dormant.program("late", "first_delivery_censored"), dormant.program("late", "slip_months")) == (1.0, 0.0)


# --- cost review --------------------------------------------------------------------------------------------------------


def reviewed(hold: float, cancel: float, growth: float = 1.2, **changes: Any) -> Run:
    """Cost growth of a known size, all of it revealed by the last lot, under review."""
    review = {"review_share": 0.15, "hold_probability": hold, "cancellation_share": 0.25, "cancellation_probability": cancel}
    return run(fleet(money__cost_review=review, programs__ship__cost_growth={"median": growth, "p90": growth}, **changes))


def test_growth_of_fifteen_percent_holds_lots_for_one_budget() -> None:
    # the k-th of four lots is bought at 1.2^((k - 1/2) / 4): 1.023, 1.071, 1.121, 1.173; the fourth waits
    found = reviewed(1.0, 1.0)

    assert found.program_year("ship", "contracted_units").tolist() == [10, 20, 30, 30, 40, 40]
    assert (found.program("ship", "held_by_review"), found.program("ship", "canceled_by_review")) == (1.0, 0.0)
    assert 1.2 ** (2.5 / 4) - 1 < 0.15 < 1.2 ** (3.5 / 4) - 1


def test_growth_of_a_quarter_drops_what_is_not_contracted() -> None:
    # 1.4^((k - 1/2) / 4): 1.043, 1.134, 1.234, 1.342: reviewed without effect in the third year, dropped in the fourth
    found = reviewed(0.0, 1.0, 1.4)

    assert found.program_year("ship", "contracted_units").tolist() == [10, 20, 30, 30, 30, 30]
    assert found.program_year("ship", "planned_units").tolist() == [10, 20, 30, 30, 30, 30]
    assert (found.program("ship", "held_by_review"), found.program("ship", "canceled_by_review")) == (0.0, 1.0)


def test_prices_are_not_reviewed() -> None:
    found = reviewed(1.0, 1.0, 1.0, economy__escalation={"mean_share": 0.3})

    assert found.program_year("ship", "contracted_bn")[3] > 1.25 * found.program_year("ship", "contracted_bn")[0]
    assert found.program("ship", "held_by_review") == 0.0


def test_a_review_that_decides_nothing_is_nothing() -> None:
    bare = run(fleet(programs__ship__cost_growth={"median": 1.4, "p90": 1.4}))

    assert differences(reviewed(0.0, 0.0, 1.4).outcomes, bare.outcomes) == 0
    assert differences(reviewed(1.0, 1.0, 1.4, mechanisms__cost_review=False).outcomes, bare.outcomes) == 0


# --- initiatives --------------------------------------------------------------------------------------------------------

LAW: Tree = {
    "initiative": True,
    "stages": {"draft": {"duration_months": 6.0}, "vote": {"duration_months": 3.0, "milestone": "delivered"}},
}


def test_an_initiative_begins_at_its_month_and_takes_no_money() -> None:
    tree = fleet(channels__law=LAW, programs__act={"title": "An act", "channel": "law", "start": "2026-12-16"})
    bare, with_act = run(fleet()), run(tree)

    assert with_act.program("act", "first_delivery_months") == pytest.approx(20 + 15 / 31 + 9, abs=1e-3)
    assert with_act.program_year("act", "delivered_units").tolist() == [0, 0, 1, 1, 1, 1]
    assert np.array_equal(with_act.outcomes.fiscal, bare.outcomes.fiscal)
    assert np.array_equal(with_act.outcomes.bucket, bare.outcomes.bucket)


def test_a_program_waits_for_an_initiative() -> None:
    tree = fleet(channels__law=LAW, programs__act={"title": "An act", "channel": "law", "start": "2025-06"})
    tree["programs"]["ship"]["stages"] = {"build": {"after": ["act.completion"]}}
    found = run(tree)

    assert found.program("ship", "first_delivery_months") == 2 + 9 + 20
    assert found.program("ship", "delay_prerequisites_months") == 11.0


def test_an_initiative_meets_its_estimate_and_is_late_against_its_baseline() -> None:
    act = {"title": "An act", "channel": "law", "start": "2025-06", "baseline_delivery": "2026-06", "current_estimate": "2026-10"}
    found = run(fleet(channels__law=LAW, programs__act=act))

    assert (found.program("act", "first_delivery_months"), found.program("act", "slip_months")) == (18.0, 4.0)


def test_an_initiative_of_the_past_is_behind() -> None:
    found = run(fleet(channels__law=LAW, programs__act={"title": "An act", "channel": "law", "start": "2024-05"}))

    assert found.program_year("act", "delivered_units").tolist() == [1] * 6


# --- exports ------------------------------------------------------------------------------------------------------------


def order(probability: float, **bid: Any) -> Tree:
    """An export order on the same yard, decided in the middle of the second year."""
    return {"title": "An order", "channel": "domestic", "unit_cost_bn": 4.0, "priority": 1,
            "lots": [{"fy": 2027, "units": 3}, {"fy": 2028, "units": 2}],
            "bid": {"decision": "2026-10", "probability": probability, **bid}}  # fmt: skip


def yard(**changes: Any) -> Tree:
    """Ships from a yard that builds one lot at a time."""
    tree = fleet(resources__yard={"kind": "slots", "capacity": 1}, channels__domestic__stages__build__duration_months=10.0)
    tree["channels"]["domestic"]["stages"]["build"]["resource"] = "yard"
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


def test_a_bid_that_is_lost_is_nothing() -> None:
    bare, lost = run(yard()), run(yard(programs__zorder=order(0.0)))

    for table in ("fiscal", "currency", "bucket", "resource_year"):
        assert np.array_equal(getattr(bare.outcomes, table), getattr(lost.outcomes, table))
    assert np.array_equal(bare.outcomes.program, lost.outcomes.program[:1])
    assert lost.program_year("zorder", "planned_units").tolist() == [0.0] * 6
    assert (lost.program("zorder", "first_delivery_censored"), lost.program("zorder", "slip_months")) == (1.0, 0.0)


def test_a_bid_that_is_won_takes_the_yard_and_no_money() -> None:
    bare, won = run(yard()), run(yard(programs__zorder=order(1.0)))

    assert won.program_year("zorder", "contracted_units").tolist() == [0, 0, 3, 5, 5, 5]
    assert won.fiscal("exports_bn").tolist() == [0, 0, 12, 8, 0, 0]
    assert won.program("ship", "completion_delay_queueing_months") > bare.program("ship", "completion_delay_queueing_months")
    for column in ("outlays_bn", "authority_used_bn", "burden_bn"):
        assert np.array_equal(won.fiscal(column), bare.fiscal(column))


def test_switched_off_no_bid_is_won() -> None:
    won = switched(yard(programs__zorder=order(1.0)), "exports")

    assert won.program_year("zorder", "contracted_units").tolist() == [0.0] * 6


def test_a_home_program_learns_from_what_is_exported() -> None:
    # the middles of the third and fourth lot are the 25th and 35th ship; the order, served first, adds 3 and then 5 units to them
    tree = fleet(programs__ship__learning_slope_share=0.8)
    bare, won = run(tree), run(overlay(tree, {"programs.zorder": order(1.0, learning_of="ship")}))
    ratio = won.program_year("ship", "contracted_bn")[:4] / bare.program_year("ship", "contracted_bn")[:4]

    exponent = math.log(0.8) / math.log(2.0)
    assert ratio.tolist() == pytest.approx([1.0, 1.0, (28 / 25) ** exponent, (40 / 35) ** exponent])


@pytest.mark.parametrize(("slope", "support"), [(0.0, 0.6), (4.0, 0.9)])
def test_bids_are_won_as_often_as_they_should_be(slope: float, support: float) -> None:
    tree = fleet(programs__zorder=order(0.4, support_slope=slope),
                 linkage__support={"initial_share": support, "mean_share": 0.6, "half_life_months": 1e6})  # fmt: skip
    won = sum(found.program_year("zorder", "contracted_units")[-1] > 0.0 for found in Simulation(tree).runs(N, seed=5))
    odds = 0.4 / 0.6 * math.exp(slope * (support - 0.6))

    assert binomtest(won, N, odds / (1.0 + odds)).pvalue > FALSE_ALARM


@pytest.mark.parametrize(("start", "odds"), [("2025-06", 0.25 * math.exp(3.0 * 0.6)), ("2026-11", 0.25)])
def test_a_condition_that_an_initiative_moved_weighs_in_a_bid(start: str, odds: float) -> None:
    act = {"title": "An act", "channel": "law", "start": start,
           "effects": {"ease": {"on": "completion", "condition": "export_rules", "add": 0.6}}}  # fmt: skip
    tree = fleet(channels__law=LAW, conditions={"export_rules": {"title": "Export rules", "initial": 0.2}}, programs__act=act,
                 programs__zorder=order(0.2, conditions={"export_rules": 3.0}))  # fmt: skip
    won = sum(found.program_year("zorder", "contracted_units")[-1] > 0.0 for found in Simulation(tree).runs(N, seed=5))

    assert binomtest(won, N, odds / (1.0 + odds)).pvalue > FALSE_ALARM


def test_a_bid_on_record_is_not_drawn() -> None:
    tree = fleet(horizon__as_of="2026-12")
    found = [run(overlay(tree, {"programs.zorder": order(p, result=result)})).program_year("zorder", "contracted_units")[-1]
             for p, result in ((0.0, "won"), (1.0, "lost"))]  # fmt: skip

    assert found == [5.0, 0.0]


# --- diversion ----------------------------------------------------------------------------------------------------------


def diverted(regime: str, **changes: Any) -> Run:
    """Ships that are bought elsewhere when relations are ruptured."""
    tree = fleet(linkage__initial_regime=regime, programs__ship__divert_to="other")
    tree["programs"]["other"] = {"title": "Another", "bucket": "arms", "channel": "domestic", "unit_cost_bn": 10.0}
    return run(overlay(tree, {key.replace("__", "."): value for key, value in changes.items()}))


def test_in_a_rupture_units_newly_due_are_bought_elsewhere() -> None:
    found = diverted("ruptured")

    assert found.program_year("ship", "planned_units").tolist() == [0.0] * 6
    assert found.program_year("other", "contracted_units").tolist() == [10, 20, 30, 40, 40, 40]
    assert found.program_year("other", "contracted_bn").tolist() == [100, 100, 100, 100, 0, 0]
    assert found.program("other", "first_delivery_months") == 20.0
    assert found.program("other", "completion_months") == 3 * 12.0 + 20.0
    assert found.program("other", "completion_censored") == 0.0
    assert found.program("ship", "slip_months") == 0.0


@pytest.mark.parametrize(("years", "done"), [(10, 5 * 12.0 + 20.0), (6, 72.0)])
def test_a_complete_program_is_so_no_more_once_units_of_another_become_due(years: int, done: float) -> None:
    tree = fleet(linkage={"initial_regime": "contested", "rounds": {"talks": {"dates": ["2028-01"], "outcomes": {
        result: {"regime": "ruptured"} for result in ("failure", "muddle", "favorable")}}}})  # fmt: skip
    tree["horizon"]["last_fy"] = 2024 + years
    ship = tree["programs"]["ship"]
    tree["programs"] = {"ship": ship | {"lots": [{"fy": 2025, "units": 2}, {"fy": 2030, "units": 4}], "divert_to": "other"},
                        "other": ship | {"lots": [{"fy": 2025, "units": 2}]}}  # fmt: skip
    found = run(tree)

    assert found.program_year("other", "planned_units")[-1] == 6.0
    assert found.program("other", "completion_months") == done
    assert found.program("other", "completion_slip_months") == 5 * 12.0
    assert found.program("other", "completion_censored") == float(done == 12.0 * years)


def test_what_is_fact_is_not_diverted() -> None:
    found = diverted("ruptured", horizon__as_of="2026-06")

    assert found.program_year("ship", "contracted_units").tolist() == [10, 20, 20, 20, 20, 20]
    assert found.program_year("other", "contracted_units").tolist() == [0, 0, 10, 20, 20, 20]


@pytest.mark.parametrize("changes", [{"mechanisms__diversification": False}, {"programs__ship__divert_regimes": ["linked"]}])
def test_without_its_regime_or_switched_off_nothing_is_diverted(changes: Tree) -> None:
    assert diverted("ruptured", **changes).program_year("other", "contracted_units").tolist() == [0.0] * 6
    assert diverted("contested").program_year("ship", "contracted_units").tolist() == [10, 20, 30, 40, 40, 40]


@pytest.mark.parametrize(("prior", "costs"), [(0.0, [100.0, 70.21, 59.56, 53.45]), (5.0, [100.0, 80.0, 70.21, 64.0])])
def test_a_program_bought_by_diversion_alone_learns(prior: float, costs: list[float]) -> None:
    """Its first lot is what its learning is measured from, as if it had been written: 3, 5, 7 times what the first half is."""
    tree = fleet(linkage__initial_regime="ruptured", programs__ship__divert_to="other")
    other = {"title": "Other", "bucket": "arms", "channel": "domestic", "unit_cost_bn": 10.0, "learning_slope_share": 0.8}
    tree["programs"]["other"] = other | {"learning_prior_units": prior}
    result = run(tree)

    assert result.program_year("other", "contracted_bn")[:4].tolist() == pytest.approx(costs, abs=0.005)


def cut_short(**changes: Any) -> Tree:
    """Four lots of ships, the last dropped when the others have arrived, and a boat that waits for the last ship."""
    tree = fleet(**changes)
    tree["horizon"]["last_fy"] = 2032
    tree["programs"]["ship"]["stages"] = {"build": {"duration_months": 5.0}}
    tree["programs"]["boat"] = {
        "title": "Boat", "bucket": "arms", "channel": "domestic", "unit_cost_bn": 1.0, "lots": [{"fy": 2025, "units": 1}],
        "stages": {"build": {"after": ["ship.completion"]}},
    }  # fmt: skip
    return tree


def test_what_is_dropped_completes_a_program() -> None:
    """The third lot of ships arrives in month 29; that it was the last is known in month 36."""
    result = run(cut_short(money__revisions={"less": {"date": "2028-04", "cancels": ["ship"]}}))

    assert result.program("ship", "completion_censored") == 0.0
    assert (result.program("ship", "completion_months"), result.program("ship", "completion_slip_months")) == (29.0, -12.0)
    assert result.program("boat", "first_delivery_months") == 36.0 + 20.0


def test_what_is_dropped_moves_conditions() -> None:
    revisions = {"less": {"date": "2028-04", "cancels": ["ship"]}}
    tree = cut_short(money__revisions=revisions, conditions__skill={"initial": 1.0})
    tree["programs"]["ship"]["effects"] = {"skill": {"condition": "skill", "on": "completion", "mult": 2.0}}
    result = run(tree)

    assert result.condition("skill").tolist() == [1.0] * 3 + [2.0] * 5


def test_a_residual_remembers_what_a_revision_took_beyond_it() -> None:
    """Ships for 50 bn a year of 100; threefold for a year, and as before from FY2027 on."""
    tree = plain(
        6, programs__ship__lots=[{"fy": 2025 + y, "units": 5} for y in range(6)], programs__ship__unit_cost_bn=10.0,
        money__buckets__arms__authority_bn=100.0,
        money__revisions={
            "more": {"date": "2026-04", "scales": {"ship": 3.0}}, "less": {"date": "2027-04", "scales": {"ship": 1.0 / 3.0}},
        },
    )  # fmt: skip
    tree["programs"]["rest"] = {"title": "Rest", "bucket": "arms", "channel": "domestic", "quantity": "value", "residual": True,
                                "minimum_units": 0.0, "priority": 9}  # fmt: skip
    result = run(tree)

    assert result.program_year("rest", "planned_units").tolist() == [50.0, 50.0, 100.0, 150.0, 200.0, 250.0]


# --- when it changes and when it does not -------------------------------------------------------------------------------


def revisions(result: Run) -> list[float]:
    """How many are in force by year."""
    return result.fiscal("revision").tolist()


def test_no_purchasing_power_was_lost_before_the_first_budget() -> None:
    found = run(fleet(money__revisions={"plan": {"triggers": {"purchasing_power_lost_share": 0.0}, "topline_mult": 1.5}}))

    assert revisions(found) == [0, 1, 1, 1, 1, 1]


def test_a_trigger_is_no_other() -> None:
    outcome = {"demand_probability": 1.0, "demand_share_of_gdp": 0.0001, "regime": "linked"}
    tree = fleet(
        money__revisions={"plan": {"date": "2029-04", "triggers": {"regime": "ruptured"}, "topline_mult": 1.5}},
        linkage={"demand": {"intercept": 60.0}, "rounds": {"talks": {"dates": ["2026-08"]}},
                 "outcomes": dict.fromkeys(("failure", "muddle", "favorable"), outcome)},
    )  # fmt: skip

    assert run(tree).fiscal("topline_bn")[2] == 1020.0
    assert revisions(run(tree)) == [0, 0, 0, 0, 1, 1]
    assert revisions(run(overlay(tree, {"money.revisions.plan.triggers.regime": "linked"}))) == [0, 0, 1, 1, 1, 1]


def test_a_program_is_added_once() -> None:
    lots = [{"fy": 2025 + y, "units": 8} for y in range(4)]
    tree = fleet(money__revisions={
        "add": {"date": "2026-04", "adds": ["late"]}, "halve": {"date": "2027-04", "scales": {"late": 0.5}},
        "add_again": {"date": "2028-04", "adds": ["late"]}, "of_another": {"date": "2027-04", "adds": ["later"]},
    })  # fmt: skip
    tree["programs"]["late"] = tree["programs"]["ship"] | {"lots": lots}
    tree["programs"]["later"] = tree["programs"]["ship"] | {"lots": lots}
    found = run(tree)

    assert found.program_year("late", "planned_units").tolist() == [0, 8, 12, 16, 16, 16]
    assert found.program_year("later", "planned_units").tolist() == [0, 0, 8, 16, 16, 16]


def test_a_review_that_finds_nothing_hides_no_revision() -> None:
    less = {"less": {"date": "2028-04", "cancels": ["ship"]}}
    review = {"review_share": 1.0, "hold_probability": 1.0, "cancellation_share": 1.0, "cancellation_probability": 1.0}
    bare, reviewed = run(cut_short(money__revisions=less)), run(cut_short(money__revisions=less, money__cost_review=review))

    assert differences(bare.outcomes, reviewed.outcomes) == 0


REVIEW: Tree = {"review_share": 0.3, "hold_probability": 1.0, "cancellation_share": 0.3, "cancellation_probability": 0.0}


def test_what_is_of_no_plan_is_not_reviewed() -> None:
    growth = {"median": 2.0, "p90": 2.0}
    tree = fleet(money__cost_review=REVIEW | {"cancellation_probability": 1.0})
    tree["programs"]["rest"] = {"title": "Rest", "bucket": "arms", "channel": "domestic", "quantity": "value", "residual": True,
                                "priority": 9, "cost_growth": growth}  # fmt: skip
    found = run(tree)

    assert (found.program("rest", "held_by_review"), found.program("rest", "canceled_by_review")) == (0.0, 0.0)
    assert found.program_year("rest", "contracted_units")[-1] > 0.0


@pytest.mark.parametrize(("stretch", "held"), [(0.25, 0.0), (0.35, 1.0)])
def test_what_deferral_adds_is_reviewed(stretch: float, held: float) -> None:
    tree = plain(4, money__cost_review=REVIEW, money__funding={"stretch_out_share": stretch},
                 money__buckets__arms__authority_bn={2025: 40.0, 2026: 700.0})  # fmt: skip
    found = run(tree)

    assert found.program("ship", "held_by_review") == held  # five ships a year late
    assert found.program_year("ship", "contracted_units").tolist() == [5.0, 5.0 if held else 10.0, 10.0, 10.0]


def test_a_backlog_dropped_by_a_review_is_canceled() -> None:
    review = REVIEW | {"hold_probability": 0.0, "cancellation_probability": 1.0}
    tree = plain(4, money__cost_review=review, money__funding={"stretch_out_share": 0.5},
                 money__buckets__arms__authority_bn={2025: 40.0, 2026: 700.0})  # fmt: skip
    found = run(tree)

    assert found.program_year("ship", "backlog_units").tolist() == [5.0, 0.0, 0.0, 0.0]
    assert found.program_year("ship", "canceled_units").tolist() == [0.0, 5.0, 5.0, 5.0]
    assert found.program_year("ship", "contracted_units").tolist() == [5.0] * 4
    assert (found.program("ship", "completion_months"), found.program("ship", "completion_censored")) == (20.0, 0.0)


def test_units_diverted_to_a_program_that_was_reviewed_and_dropped_are_bought() -> None:
    review = REVIEW | {"hold_probability": 0.0, "cancellation_probability": 1.0}
    ruptured = {"rounds": {"talks": {"dates": ["2026-10"]}},
                "outcomes": dict.fromkeys(("failure", "muddle", "favorable"), {"regime": "ruptured"})}  # fmt: skip
    other = {"lots": [{"fy": 2026, "units": 4}], "cost_growth": {"median": 4.0, "p90": 4.0}}
    found = diverted("contested", money__cost_review=review, linkage=ruptured,
                     **{f"programs__other__{key}": value for key, value in other.items()})  # fmt: skip

    assert found.program("other", "canceled_by_review") == 1.0
    assert found.program_year("other", "contracted_units").tolist() == [0, 0, 10, 20, 20, 20]


def test_an_order_is_complete_with_its_last_lot() -> None:
    effects = {"done": {"on": "completion", "condition": "trade", "add": 1.0}}
    tree = fleet(conditions={"trade": {}}, programs__zorder=order(1.0) | {"effects": effects}, horizon__last_fy=2031)
    found = run(tree)

    assert found.condition("trade").tolist() == [1.0] * 4 + [2.0] * 3  # in month 36 + 20
    assert (found.program("zorder", "completion_months"), found.program("zorder", "completion_censored")) == (56.0, 0.0)
