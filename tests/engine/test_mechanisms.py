"""Every mechanism on and off: what it does, with the right sign, and nothing of it when it is off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from harness import DOLLAR, Run, Simulation, Tree, load, overlay, plain, run
from scipy.stats import binomtest

from alliancesim.errors import ScenarioError

N = 40


def pair(switch: str, tree: Tree) -> tuple[list[Run], list[Run]]:
    """Replications with a mechanism on and off, on the same draws."""
    on, off = Simulation(tree), Simulation(overlay(tree, {f"mechanisms.{switch}": False}))
    return on.runs(N), off.runs(N)


def slips(runs: list[Run], cause: str = "") -> np.ndarray:
    """Slip of the ship, or a cause's part in it, by replication."""
    return np.array([run.program("ship", f"delay_{cause}_months" if cause else "slip_months") for run in runs])


def test_exchange_noise_moves_the_market() -> None:
    on, off = pair("exchange_noise", plain(3, currencies={"USD": DOLLAR}))

    assert len({float(r.currency("USD", "market_rate")[2]) for r in on}) == N
    assert all(r.currency("USD", "market_rate").tolist() == pytest.approx([100.0] * 3) for r in off)


def test_economy_noise_moves_gdp_and_prices() -> None:
    tree = plain(
        3, economy__gdp__sd_share=0.02, economy__gdp__mean_share=0.01, economy__escalation={"sd_share": 0.05, "mean_share": 0.0}
    )
    tree["programs"]["ship"] |= {"lots": [{"fy": 2027, "units": 1}], "price_fy": 2025}
    on, off = pair("economy_noise", tree)

    assert len({float(r.fiscal("gdp_bn")[2]) for r in on}) == N
    assert all(r.fiscal("gdp_bn")[2] == pytest.approx(600000.0 * 1.01**3) for r in off)
    assert len({r.program("ship", "cost_escalation_bn") for r in on}) > N / 2
    assert {r.program("ship", "cost_escalation_bn") for r in off} == {0.0}


@pytest.mark.parametrize(("approval", "cause"), [(True, "approval"), (False, "estimate")])
def test_stage_noise_is_charged_to_its_cause(approval: bool, cause: str) -> None:
    on, off = pair(
        "stage_noise",
        plain(
            channels__domestic__stages__build={
                "duration_months": 20.0,
                "approval": approval,
                "noise": {"p90": 1.5},
                "milestone": "delivered",
            }
        ),
    )

    assert slips(on).std() > 1.0
    assert np.array_equal(slips(on), slips(on, cause))
    assert not slips(off).any()


def test_a_median_above_one_delays() -> None:
    on, off = pair(
        "stage_noise",
        plain(
            channels__domestic__stages__build={
                "duration_months": 20.0,
                "noise": {"median": 1.5, "p90": 1.5},
                "milestone": "delivered",
            }
        ),
    )

    assert set(slips(on)) == {10.0}
    assert not slips(off).any()


def test_cost_growth_makes_dearer() -> None:
    on, off = pair("cost_growth", plain(programs__ship__cost_growth={"median": 1.4, "p90": 1.6}))
    growth = np.array([r.program("ship", "cost_growth_bn") for r in on])

    assert growth.mean() > 5.0
    assert growth.std() > 0.5
    assert {r.program("ship", "cost_growth_bn") for r in off} == {0.0}


def test_rework_repeats_work() -> None:
    stages = {
        "build": {"duration_months": 10.0},
        "test": {
            "duration_months": 4.0,
            "rework": {"probability": 1.0, "to": "build", "most": 2, "work_share": 0.5},
            "milestone": "delivered",
        },
    }
    on, off = pair("rework", plain(channels__domestic__stages=stages))

    assert set(slips(on)) == set(slips(on, "rework")) == {14.0}
    assert not slips(off).any()


def test_rework_happens_as_often_as_its_probability() -> None:
    stages = {"build": {"duration_months": 10.0, "rework": {"probability": 0.3, "to": "build"}, "milestone": "delivered"}}
    late = (slips(Simulation(plain(channels__domestic__stages=stages)).runs(1500)) > 0).mean()

    assert abs(late - 0.3) < 4.417 * (0.21 / 1500) ** 0.5


GATES: Tree = {
    "cut": {"duration_months": 4.0},
    "weld": {"duration_months": 3.0, "rework": {"probability": 0.5, "to": "cut", "most": 1, "work_share": 0.5}},
    "fit": {"duration_months": 10.0},
    "trials": {"duration_months": 2.0, "milestone": "delivered", "rework": {"probability": 1.0, "to": "cut", "most": 1}},
}
"""Trials send every ship back to the first stage once; the gate before them is then passed again."""


def test_a_gate_passed_again_may_send_back_again() -> None:
    runs = Simulation(plain(8, channels__domestic__stages=GATES)).runs(400)
    longer = int((slips(runs) > 19.0).sum())

    assert set(slips(runs)) == {19.0, 22.5}  # the trials' share of .5 by default of all four; then of the first two again
    assert binomtest(longer, 400, 0.75).pvalue > 1e-5


def test_what_an_outer_gate_sent_back_is_repeated_beyond_an_inner_one() -> None:
    gates = overlay(GATES, {"weld.rework.probability": 1.0, "weld.rework.most": 2, "weld.rework.work_share": 0.25})
    result = run(plain(8, channels__domestic__stages=overlay(gates, {"trials.rework.work_share": 0.75})))

    first, again = 0.25 * 7.0, 0.25 * 7.0  # sent back by the welders on the way to the trials, and after them
    assert result.program("ship", "slip_months") == first + 0.75 * 19.0 + again
    assert result.program("ship", "delay_rework_months") == result.program("ship", "slip_months")


def test_rework_after_delivery_does_not_deliver_twice() -> None:
    stages = {
        "build": {"duration_months": 10.0, "milestone": "delivered"},
        "fit": {"duration_months": 4.0, "rework": {"probability": 1.0, "to": "build"}, "milestone": "operational"},
    }
    result = run(plain(channels__domestic__stages=stages))

    assert result.program_year("ship", "delivered_units").max() == 10.0
    assert result.program_year("ship", "operational_units").max() == 10.0
    assert result.program("ship", "first_delivery_months") == 10.0
    assert result.program("ship", "first_operational_months") == 28.0
    assert result.program("ship", "slip_months") == 0.0


def test_failure_cancels() -> None:
    on, off = pair("failure", plain(channels__domestic__stages__build__failure_probability=1.0))

    assert {tuple(r.program_year("ship", "canceled_units")) for r in on} == {(0.0, 10.0, 10.0, 10.0, 10.0, 10.0)}
    assert {r.program("ship", "first_delivery_censored") for r in on} == {1.0}
    assert {r.program_year("ship", "canceled_units").max() for r in off} == {0.0}
    assert {r.program_year("ship", "delivered_units")[1] for r in off} == {10.0}


def test_disruptions_slow_work() -> None:
    block = {"mean_months_between": 12.0, "duration_median_months": 4.0, "duration_p90_months": 6.0, "severity_share": 0.5}
    tree = plain(
        resources__yard={"kind": "slots", "capacity": 1, "disruptions": block}, channels__domestic__stages__build__resource="yard"
    )
    on, off = pair("disruptions", tree)

    assert np.array_equal(slips(on), slips(on, "supply_disruption"))
    assert (slips(on) >= 0.0).all()
    assert slips(on).mean() > 1.0
    assert not slips(off).any()
    assert np.mean([r.resource_year("yard", "effective_rate_share").mean() for r in on]) < 1.0


def test_there_is_room_for_all_disruptions_that_may_be_drawn() -> None:
    between = {"dist": "uniform", "low": 0.05, "high": 8.0}
    block = {"mean_months_between": between, "duration_median_months": 1, "duration_p90_months": 2, "severity_share": 0.5}

    with pytest.raises(ScenarioError, match=r"yard\.disruptions\.mean_months_between: 0\.05; at least 1\.125 months"):
        load(plain(resources__yard={"kind": "slots", "capacity": 1, "disruptions": block}))


@pytest.mark.parametrize(("staff", "cause"), [(True, "staffing"), (False, "queueing")])
@pytest.mark.parametrize("switch", ["background", "queueing"])
def test_other_customers_make_wait(staff: bool, cause: str, switch: str) -> None:
    background = {"arrivals_per_month": 0.2, "size": {"dist": "exponential", "mean": 2.0}, "backlog": 3}
    tree = plain(
        12,
        resources__yard={"kind": "slots", "capacity": 1, "staff": staff, "background": background},
        channels__domestic__stages__build__resource="yard",
    )
    on, off = pair(switch, tree)

    assert np.array_equal(slips(on), slips(on, cause))
    assert slips(on).min() > 0.0
    assert not slips(off).any()


def test_budget_limits_defer() -> None:
    tree = plain(money__buckets__arms__authority_bn=40.0, money__funding={"stretch_out_share": 0.1})
    (on, *_), (off, *_) = pair("budget_limits", tree)

    assert on.program_year("ship", "contracted_units").tolist() == [5.0, 9.0, 10.0, 10.0, 10.0, 10.0]
    assert on.program_year("ship", "backlog_units").tolist() == [5.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert on.program("ship", "cost_stretch_out_bn") > 0.0
    assert on.program("ship", "completion_delay_funding_months") == 24.0
    assert off.program_year("ship", "contracted_units")[0] == 10.0
    assert off.program("ship", "cost_stretch_out_bn") == 0.0


def test_less_than_the_economic_minimum_is_deferred() -> None:
    tree = plain(money__buckets__arms__authority_bn=40.0, programs__ship__minimum_units=6)

    assert run(tree).program_year("ship", "contracted_units").max() == 0.0


def test_cash_limits_as_authority_does() -> None:
    tree = plain(
        money__topline_bn={2025: 315.0, 2026: 1000.0}
    )  # 15 bn of cash, a quarter of the value due at once: 60 bn, 7 ships

    assert run(tree).program_year("ship", "contracted_units")[0] == 7.0
    assert (
        run(overlay(tree, {"money.topline_bn": {2025: 1000.0, 2026: 310.0}})).program_year("ship", "contracted_units")[0] == 2.0
    )


def test_linkage_off_stops_everything_of_it() -> None:
    linkage = {
        "initial_regime": "linked",
        "rates_per_month": {"linked": {"ruptured": 0.4}},
        "pressure": {"initial": 1.0, "statements_per_month": {"linked": 0.9}, "statement_size": 1.0},
        "support": {"initial_share": 0.4, "mean_share": 0.8},
    }
    on, off = pair("linkage", plain(linkage=linkage))

    assert len({float(r.fiscal("pressure")[0]) for r in on}) > N / 2
    assert {tuple(r.fiscal("pressure")) for r in off} == {(1.0,) * 6}
    assert {tuple(r.fiscal("support_share")) for r in off} == {(0.4,) * 6}
    assert {tuple(r.fiscal("regime")) for r in off} == {(2.0,) * 6}


def test_pressure_stretches_stages_that_feel_it() -> None:
    tree = plain(
        linkage={"pressure": {"initial": 2.0, "half_life_months": 12.0}},
        channels__domestic__stages__build__pressure_elasticity=0.1,
    )
    result = run(tree)

    assert result.program("ship", "slip_months") == result.program("ship", "delay_trade_pressure_months") == 4.0


def test_prerequisites_hold_up() -> None:
    tree = plain(channels__domestic__stages={"build": {"duration_months": 10.0, "milestone": "delivered"}})
    tree["programs"]["crew"] = tree["programs"]["ship"] | {"stages": {"build": {"after": ["ship.first_delivery"]}}}
    result = run(tree)

    assert result.program("crew", "first_delivery_months") == 20.0
    assert result.program("crew", "slip_months") == result.program("crew", "delay_prerequisites_months") == 10.0


def test_a_late_vote_makes_contracts_wait() -> None:
    tree = plain(
        money__provisional={"probability_intercept_share": 1.0, "wait_months": 2.0},
        resources__yard={"kind": "slots", "capacity": 1},
    )
    for stage in ({}, {"resource": "yard"}):
        result = run(
            overlay(tree, {"channels.domestic.stages.build": {"duration_months": 20.0, "milestone": "delivered"} | stage})
        )

        assert result.program("ship", "first_delivery_months") == 22.0
        assert result.program("ship", "delay_funding_months") == 2.0


def test_support_makes_a_late_vote_less_likely() -> None:
    def late(support: float) -> int:
        linkage = {"support": {"initial_share": support, "mean_share": support}}
        tree = plain(
            1,
            linkage=linkage,
            money__provisional={"probability_intercept_share": 0.9, "probability_slope": 0.8, "wait_months": 2.0},
        )
        return sum(r.program("ship", "delay_funding_months") > 0.0 for r in Simulation(tree).runs(200))

    assert late(0.9) < late(0.5) < late(0.1)


def talks(result: str, **outcome: Any) -> Tree:
    """One round in month 6 that ends so."""
    cuts = {"failure": (50.0, 60.0), "muddle": (-50.0, 50.0), "favorable": (-60.0, -50.0)}[result]
    return {
        "pressure": {"half_life_months": 600.0},
        "logit": {"cut_failure": cuts[0], "cut_favorable": cuts[1]},
        "outcomes": {result: outcome},
        "rounds": {"talks": {"dates": ["2025-10"], "hns": True}},
    }


def test_an_accepted_demand_raises_the_topline_by_and_by() -> None:
    linkage = talks("muddle", demand_probability=1.0, demand_share_of_gdp=0.003) | {
        "demand": {"intercept": 60.0, "phase_years": 3}
    }

    assert run(plain(linkage=linkage)).fiscal("topline_bn").tolist() == pytest.approx(
        [1000.0, 1600.0, 2200.0, 2800.0, 2800.0, 2800.0]
    )


def test_a_refused_demand_raises_pressure_and_no_topline() -> None:
    linkage = talks("muddle", demand_probability=1.0, demand_share_of_gdp=0.003) | {
        "demand": {"intercept": -60.0, "refusal_pressure_add": 1.5}
    }
    result = run(plain(linkage=linkage))

    assert set(result.fiscal("topline_bn")) == {1000.0}
    assert result.fiscal("pressure")[0] == pytest.approx(1.5, rel=0.01)


def test_a_round_moves_host_nation_support_only_where_it_is_about_it() -> None:
    linkage = talks("failure", hns_mult=1.4)
    tree = plain(linkage=linkage, money__hns_bn=20.0, money__hns_bucket="arms")

    assert run(tree).fiscal("hns_bn").tolist() == pytest.approx([20.0, *[28.0] * 5])
    assert run(overlay(tree, {"linkage.rounds.talks.hns": False})).fiscal("hns_bn").tolist() == [20.0] * 6


def test_promised_purchases_are_a_first_charge() -> None:
    result = run(plain(linkage=talks("favorable", commitment_bn_per_year=30.0, commitment_years=2)))
    bare = run(plain())

    assert result.fiscal("commitment_bn").tolist() == [0.0, 30.0, 30.0, 0.0, 0.0, 0.0]
    assert (result.fiscal("general_material_bn") - bare.fiscal("general_material_bn")).tolist() == [
        0.0,
        30.0,
        30.0,
        0.0,
        0.0,
        0.0,
    ]
    assert (result.fiscal("authority_used_bn") - bare.fiscal("authority_used_bn")).tolist() == [0.0, 30.0, 30.0, 0.0, 0.0, 0.0]


def test_a_tariff_costs_growth_and_growth_costs_topline() -> None:
    tree = plain(
        money__topline_bn=...,
        money__topline_share_of_gdp=0.002,
        economy__gdp__tariff_elasticity=0.5,
        economy__gdp__mean_share=0.02,
        linkage=talks("failure", tariff_share=0.15) | {"tariff": {"reference_share": 0.05}},
    )
    result = run(tree)

    assert result.fiscal("tariff_share").tolist() == [0.15] * 6
    assert (result.fiscal("gdp_bn")[1:] / result.fiscal("gdp_bn")[:-1]).tolist() == pytest.approx([1.02 - 0.5 * 0.1] * 5)
    assert result.fiscal("topline_bn").tolist() == pytest.approx((result.fiscal("gdp_bn") * 0.002).tolist(), abs=1e-5)


def test_low_support_shortens_the_topline() -> None:
    linkage = {"support": {"initial_share": 0.3, "mean_share": 0.3}}

    assert run(plain(linkage=linkage, money__shortfall={"threshold_share": 0.5, "slope": 2.0})).fiscal(
        "topline_bn"
    ).tolist() == pytest.approx([600.0] * 6)
    assert (
        run(plain(linkage=linkage, money__shortfall={"threshold_share": 0.3, "slope": 2.0})).fiscal("topline_bn").tolist()
        == [1000.0] * 6
    )


def taxed(support: float, recovery: float, **tax: Any) -> Run:
    """A surtax of 100 bn a year from October 2025, needing half the nation behind it."""
    linkage = {"support": {"initial_share": support, "mean_share": recovery, "half_life_months": 6.0}}
    block = {"date": "2025-10", "yield_bn": 100.0, "threshold_share": 0.5, "postponed_months": 12, "shortfall_share": 0.8}
    return run(plain(linkage=linkage, money__taxes={"surtax": block | tax}))


def test_a_tax_in_time_adds_nothing() -> None:
    assert taxed(0.8, 0.8).fiscal("topline_bn").tolist() == [1000.0] * 6


def test_a_tax_put_off_is_a_shortfall_until_it_comes() -> None:
    topline = taxed(0.2, 0.65).fiscal("topline_bn")  # support passes .5 in month 9.5: put off once, in force from October 2026

    assert topline.tolist() == pytest.approx([1000.0, 1000.0 - 0.8 * 100.0, *[1000.0] * 4])  # half of it counted on in FY2025


@pytest.mark.parametrize(("postponed_months", "missing"), [(12, 0.5 + 0.5), (6, 0.5 + 0.5), (1, 1 / 12 + 0.5)])
def test_a_tax_that_never_comes_is_missing_every_year(postponed_months: int, missing: float) -> None:
    """However soon it is asked again. FY2026 lacks what it does not count on, and the half year that FY2025 counted on."""
    topline = taxed(0.2, 0.2, postponed_months=postponed_months).fiscal("topline_bn")

    assert topline.tolist() == pytest.approx([1000.0, 1000.0 - 0.8 * 100.0 * missing, *[920.0] * 4])


def test_a_tax_costs_support() -> None:
    hit, spared = taxed(0.8, 0.8, support_hit_share=0.3), taxed(0.8, 0.8)

    assert hit.fiscal("support_share")[0] == pytest.approx(0.8 - 0.3 * 0.5, abs=1e-9)  # half of it is back half a year later
    assert spared.fiscal("support_share")[0] == pytest.approx(0.8)


def dollars(**changes: Any) -> Tree:
    """Half the ship is bought in dollars that cost 120 instead of the planned 100 when it is contracted in the second year."""
    usd = DOLLAR | {"process": {"kind": "fixed"}, "spot_rate": 120.0}
    changes = {"programs__ship__lots": [{"fy": 2026, "units": 10}], "programs__ship__price_fy": 2025} | changes
    return plain(currencies={"USD": usd}, programs__ship__currency_shares={"USD": 0.5}, **changes)


def test_a_weaker_currency_makes_dearer() -> None:
    result = run(dollars())

    assert result.program("ship", "planned_cost_bn") == 80.0
    assert result.program("ship", "contracted_cost_bn") == pytest.approx(40.0 + 40.0 * 1.2, abs=1e-5)
    assert result.program("ship", "cost_exchange_bn") == pytest.approx(8.0, abs=1e-5)


def test_planning_loss_is_budget_rate_against_plan_rate() -> None:
    assert run(dollars()).fiscal("planning_loss_bn").tolist() == pytest.approx([0.0, 40.0 * 0.2, 0.0, 0.0, 0.0, 0.0], abs=1e-5)


def test_cover_takes_the_loss_away() -> None:
    tree = dollars(programs__ship__lots=[{"fy": 2025, "units": 10}])  # budgeted at 100, settled at 120
    loss = run(tree).fiscal("execution_loss_bn")[0]

    assert loss == pytest.approx(40.0 * 0.25 * 0.2, abs=1e-5)
    assert run(overlay(tree, {"currencies.USD.cover_share": 0.75})).fiscal("execution_loss_bn")[0] == pytest.approx(
        0.25 * loss, abs=1e-5
    )
    assert run(overlay(tree, {"currencies.USD.cover_share": 1.0})).fiscal("execution_loss_bn")[0] == 0.0


def test_pass_through_makes_the_domestic_part_dearer() -> None:
    result = run(dollars(programs__ship__passthrough_share=0.5, economy__passthrough_lag_months=0))

    assert result.program("ship", "contracted_cost_bn") == pytest.approx(40.0 * 1.2**0.5 + 48.0, abs=1e-5)


def test_learning_makes_cheaper_and_escalation_dearer() -> None:
    lots = [{"fy": 2025, "units": 10}, {"fy": 2026, "units": 10}]
    learned = run(plain(programs__ship__lots=lots, programs__ship__learning_slope_share=0.8))
    escalated = run(plain(programs__ship__lots=lots, economy__escalation={"mean_share": 0.05}))

    assert learned.program("ship", "cost_learning_bn") == pytest.approx(
        80.0 * (0.8 ** (np.log(3.0) / np.log(2.0)) - 1.0), abs=1e-4
    )
    assert escalated.program("ship", "cost_escalation_bn") == pytest.approx(4.0, abs=1e-5)


def test_what_is_paid_in_advance_is_unsettled_until_after_delivery() -> None:
    tree = plain(channels__domestic__advance=True, channels__domestic__settlement_lag_months=12.0)

    assert run(tree).fiscal("fms_unsettled_bn").tolist() == [20.0, 60.0, 0.0, 0.0, 0.0, 0.0]


def test_what_is_settled_at_the_last_instant_of_a_year_is_settled_in_it() -> None:
    stages = {"build": {"duration_months": 24.0, "milestone": "delivered"}}
    result = run(plain(channels__domestic={"payment": {"shares": [1.0]}, "advance": True, "stages": stages}))

    assert result.program_year("ship", "delivered_units").tolist() == [0.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    assert result.fiscal("fms_unsettled_bn").tolist() == [80.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_payment_on_delivery_waits_for_a_late_delivery() -> None:
    tree = plain(
        channels__domestic={
            "payment": {"shares": [1.0], "on_delivery_share": 0.5},
            "stages": {"build": {"duration_months": 20.0, "noise": {"median": 2.0, "p90": 2.0}, "milestone": "delivered"}},
        }
    )
    result = run(tree)

    assert result.fiscal("obligatory_bn").tolist() == [0.0, 40.0, 40.0, 40.0, 0.0, 0.0]
    assert result.fiscal("carry_out_bn").tolist() == [0.0, 40.0, 40.0, 0.0, 0.0, 0.0]
    assert result.fiscal("carry_in_bn").tolist() == [0.0, 0.0, 40.0, 40.0, 0.0, 0.0]


def test_what_lies_apart_is_no_charge_on_the_topline_but_part_of_the_burden() -> None:
    result = run(plain(money__buckets__arms__base="apart"))

    assert result.fiscal("general_material_bn")[0] == 0.0
    assert result.fiscal("authority_used_bn")[0] == 0.0
    assert result.fiscal("apart_outlay_bn").tolist() == [20.0, 40.0, 20.0, 0.0, 0.0, 0.0]
    assert result.fiscal("burden_bn").tolist() == [60.0, 20.0, 0.0, 0.0, 0.0, 0.0]


def test_a_residual_program_takes_what_named_programs_leave() -> None:
    rest = {"title": "Rest", "bucket": "arms", "channel": "domestic", "quantity": "value", "residual": True, "priority": 9}
    tree = plain(money__buckets__arms__authority_bn={2025: 100.0, 2026: 90.0}, money__hns_bn=15.0, money__hns_bucket="arms")
    tree["programs"]["rest"] = rest
    result = run(tree)

    assert result.program_year("rest", "contracted_units").tolist() == [5.0, 80.0, 155.0, 230.0, 305.0, 380.0]
    assert result.fiscal("authority_used_bn").tolist() == [100.0, 90.0, 90.0, 90.0, 90.0, 90.0]


def test_a_residual_program_takes_what_is_drawn_of_the_authority() -> None:
    # the ships of FY2028 cost 80 of an authority between 40 and 160, or between 60 and 240 where a revision has raised it
    drawn = {"dist": "uniform", "low": 40.0, "high": 160.0}
    tree = plain(
        5,
        horizon__as_of="2025-09",
        money__buckets__arms__authority_bn={2025: drawn, 2026: drawn, 2027: drawn, 2028: drawn, 2029: 100.0},
        programs__ship__lots=[{"fy": 2028, "units": 10}],
    )
    tree["programs"]["rest"] = {"title": "Rest", "bucket": "arms", "channel": "domestic", "quantity": "value", "residual": True,
                                "priority": 9}  # fmt: skip
    for raised in (1.0, 1.5):
        revision = {"date": "2027-04", "authority_mult": {"arms": raised}}
        runs = Simulation(overlay(tree, {"money.revisions": {"raise": revision}})).runs(N)
        authority = np.array([one.fiscal("authority_bn") for one in runs])
        due = np.diff([one.program_year("rest", "planned_units") for one in runs], prepend=0.0)

        assert due[:, 0].tolist() == [100.0] * N  # what was contracted by the as-of date is fact
        assert due[:, 1:3] == pytest.approx(authority[:, 1:3])
        assert due[:, 3] == pytest.approx(np.maximum(authority[:, 3] - 80.0, 0.0))
        assert due[:, 4].tolist() == [100.0 * raised] * N
        assert min(authority[:, 1]) < 60.0 < 140.0 < max(authority[:, 1])
        assert min(authority[:, 2]) < 60.0 * raised < 140.0 * raised < max(authority[:, 2])
        assert all(one.fiscal("authority_used_bn")[1:3] == pytest.approx(one.fiscal("authority_bn")[1:3]) for one in runs)


def test_what_is_drawn_of_the_authority_of_a_bucket_without_a_residual_program_makes_nothing_due() -> None:
    tree = plain(3, money__buckets__arms__authority_bn={"dist": "uniform", "low": 40.0, "high": 160.0})
    for one in Simulation(tree).runs(4):
        assert one.program_year("ship", "planned_units").tolist() == [10.0] * 3


def test_the_authority_of_a_year_is_not_known_before_its_budget() -> None:
    """Ships and the rest lose differently by the yen, so what is planned of each shows in the purchasing power lost."""
    at = "money.buckets.arms.authority_bn.2027"
    tree = plain(
        4,
        horizon__as_of="2025-09",
        currencies={"USD": DOLLAR | {"plan_rate": 80.0}},
        money__buckets__arms__authority_bn={2025: 100.0, 2027: {"dist": "triangular", "low": 0.0, "mode": 100.0, "high": 200.0}},
        money__revisions={"raise": {"date": "2026-04", "authority_mult": {"arms": 1.5}}},
        mechanisms__exchange_noise=False,
        programs__ship__lots=[{"fy": 2027, "units": 5}],
    )
    tree["programs"]["rest"] = {"title": "Rest", "bucket": "arms", "channel": "domestic", "quantity": "value", "residual": True,
                                "currency_shares": {"USD": 0.5}}  # fmt: skip
    runs = Simulation(tree).runs(4)
    planned = run(overlay(tree, {at: 100.0}))
    lost, authority = (np.array([one.fiscal(name) for one in runs]) for name in ("purchasing_power_lost_share", "authority_bn"))

    assert len(set(authority[:, 2])) == len(set(lost[:, 2])) == len(runs)
    assert lost[:, :2].tolist() == [planned.fiscal("purchasing_power_lost_share")[:2].tolist()] * len(runs)


def test_a_lot_on_record_costs_what_the_record_says() -> None:
    for extra in ({}, {"programs__ship__unit_cost_bn": ...}):
        result = run(plain(programs__ship__lots=[{"fy": 2026, "units": 10, "cost_bn": 50.0}], **extra))

        assert result.program("ship", "planned_cost_bn") == result.program("ship", "contracted_cost_bn") == 50.0


def test_tranches_arrive_one_after_another() -> None:
    tree = plain(
        resources__plant={"kind": "line", "capacity": 1.0},
        channels__domestic__stages={"build": {"duration_months": 6.0, "resource": "plant", "milestone": "delivered"}},
        programs__ship__tranche_units=4,
    )
    result = run(tree)

    assert result.program("ship", "first_delivery_months") == 10.0
    assert result.program("ship", "completion_months") == 16.0
    assert result.program_year("ship", "delivered_units").tolist() == [4.0, 10.0, 10.0, 10.0, 10.0, 10.0]


def test_tranches_after_delivery_are_delivered_once() -> None:
    tree = plain(
        resources__plant={"kind": "line", "capacity": 1.0},
        channels__domestic__stages={
            "build": {"duration_months": 6.0, "milestone": "delivered"},
            "fit": {"duration_months": 1.0, "resource": "plant", "milestone": "operational"},
        },
        programs__ship__tranche_units=4,
    )
    result = run(tree)

    assert result.program_year("ship", "delivered_units").tolist() == [10.0] * 6
    assert result.program_year("ship", "operational_units").tolist() == [4.0, *[10.0] * 5]


def test_opening_lots_are_delivered_and_not_paid_again() -> None:
    result = run(plain(programs__ship__lots=[{"fy": 2024, "units": 10}]))

    assert result.program("ship", "first_delivery_months") == 8.0
    assert result.program_year("ship", "delivered_units")[0] == 10.0
    assert not result.fiscal("burden_bn").any()


def test_supplementary_money_pays_old_burden_first() -> None:
    tree = plain(money__supplementary={"total_bn": {2025: 20.0, 2026: 0.0}, "prepay_share": 0.5})
    result, bare = run(tree), run(plain())

    assert result.fiscal("prepaid_bn").tolist() == [10.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert result.fiscal("obligatory_bn").tolist() == [0.0, 30.0, 20.0, 0.0, 0.0, 0.0]
    assert bare.fiscal("obligatory_bn").tolist() == [0.0, 40.0, 20.0, 0.0, 0.0, 0.0]
    assert (result.fiscal("outlays_bn") - bare.fiscal("outlays_bn")).tolist() == [20.0, -10.0, 0.0, 0.0, 0.0, 0.0]


def test_a_supplementary_budget_is_no_larger_than_what_it_finds_to_prepay_allows() -> None:
    tree = plain(money__supplementary={"total_bn": {2025: 200.0, 2026: 0.0}, "prepay_share": 0.75})
    result, bare = run(tree), run(plain())

    assert result.fiscal("prepaid_bn").tolist() == [60.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert result.fiscal("supplementary_bn").tolist() == [110.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert (result.fiscal("outlays_bn") - bare.fiscal("outlays_bn")).tolist() == [110.0, -40.0, -20.0, 0.0, 0.0, 0.0]


def test_what_a_good_rate_saves_meets_a_shortfall_before_it_lapses() -> None:
    usd = {"spot_rate": 64.0, "process": {"kind": "fixed"}, "plan_rate": 128.0, "budget_rate": {2025: 128.0}}
    burden = {"runoff_bn": {2025: 100.0, 2026: 0.0}, "currency_shares": {"USD": 0.64}}
    lots = [{"fy": 2027, "units": 1}]
    for cash, arrears, unspent in ((390.0, 0.0, 22.0), (360.0, 8.0, 0.0)):
        money = {"money__topline_bn": cash, "money__opening_burden": burden}
        result = run(plain(currencies={"USD": usd}, programs__ship__lots=lots, **money))

        assert result.fiscal("obligatory_bn")[0] == 100.0
        assert result.fiscal("execution_loss_bn")[0] == -32.0
        assert result.fiscal("arrears_bn")[0] == arrears
        assert result.fiscal("unspent_bn")[0] == unspent


def test_what_cannot_be_paid_is_arrears() -> None:
    tree = plain(money__topline_bn={2025: 1000.0, 2026: 320.0, 2027: 1000.0}, mechanisms__budget_limits=False)
    result = run(tree)

    assert result.fiscal("arrears_bn").tolist() == [0.0, 20.0, 0.0, 0.0, 0.0, 0.0]
    assert result.fiscal("arrears_paid_bn").tolist() == [0.0, 0.0, 20.0, 0.0, 0.0, 0.0]


def test_failure_after_delivery_cancels_nothing() -> None:
    stages = {
        "cut": {"duration_months": 2.0, "failure_probability": 0.5},
        "build": {"duration_months": 8.0, "milestone": "delivered"},
        "trials": {"duration_months": 4.0, "rework": {"probability": 1.0, "to": "cut"}, "milestone": "operational"},
    }
    for result in Simulation(plain(channels__domestic__stages=stages)).runs(30):
        last = {column: result.program_year("ship", f"{column}_units")[-1] for column in ("delivered", "canceled", "in_pipeline")}

        assert sorted(last.values()) == [0.0, 0.0, 10.0]
        assert last["in_pipeline"] == 0.0


def test_tranches_are_planned_at_the_rates_they_are_made() -> None:
    tree = plain(
        resources__plant={"kind": "line", "capacity": {2025: 1.0, 2026: 5.0}},
        channels__domestic__stages={"build": {"duration_months": 9.0, "resource": "plant", "milestone": "delivered"}},
        programs__ship__tranche_units=5,
    )
    result = run(tree)

    assert result.program("ship", "first_delivery_months") == 14.0
    assert result.program("ship", "completion_months") == 15.0
    assert result.program("ship", "completion_slip_months") == 0.0


@pytest.mark.parametrize("limit", ["authority", "cash"])
def test_rounding_of_money_costs_no_unit(limit: str) -> None:
    """A lot that costs exactly what there is, of which none is a point of the money grid."""
    tree = plain(4, programs__ship__unit_cost_bn=1.02, channels__domestic__payment={"shares": [1.0]})
    key = "money.buckets.arms.authority_bn" if limit == "authority" else "money.topline_bn"
    result = run(overlay(tree, {key: 10.2 if limit == "authority" else 310.2}))

    assert result.program_year("ship", "contracted_units").tolist() == [10.0] * 4


def test_payment_on_delivery_apart_is_not_the_toplines() -> None:
    tree = plain(6, money__buckets__arms__base="apart", channels__domestic__payment={"shares": [1.0], "on_delivery_share": 0.5})
    result = run(tree)

    assert result.fiscal("obligatory_bn").tolist() == [0.0] * 6
    assert result.fiscal("outlays_bn").tolist() == [300.0] * 6
    assert result.fiscal("apart_outlay_bn").tolist() == [40.0, 40.0, 0.0, 0.0, 0.0, 0.0]


def test_payment_on_delivery_waits_for_the_last_tranche() -> None:
    """Four tranches of ten months each on a line: the last is planned for month 42."""
    tree = plain(6, resources={"line": {"kind": "line", "capacity": 1.0}}, programs__ship__lots=[{"fy": 2025, "units": 40}])
    tree["programs"]["ship"]["tranche_units"] = 10
    stages = {"build": {"duration_months": 2.0, "resource": "line", "milestone": "delivered"}}
    tree["channels"]["domestic"] = {"payment": {"shares": [1.0], "on_delivery_share": 0.5}, "stages": stages}
    result = run(tree)

    assert result.program("ship", "completion_slip_months") == 0.0
    assert result.fiscal("obligatory_bn").tolist() == [0.0, 0.0, 0.0, 160.0, 0.0, 0.0]
    assert result.fiscal("carry_out_bn").tolist() == [0.0] * 6


def test_use_is_of_what_there_is_in_the_year() -> None:
    slots = {"kind": "slots", "capacity": {2025: 1, 2026: 2, 2027: 4}}
    stage = {"duration_months": 36.0, "resource": "yard", "milestone": "delivered"}
    on_slots = run(plain(3, resources={"yard": slots}, channels__domestic__stages__build=stage))
    line = {"kind": "line", "capacity": {2025: 1.0, 2026: 2.0}}
    on_line = run(plain(3, resources={"yard": line}, channels__domestic__stages__build=stage | {"duration_months": 8.0}))

    assert on_slots.resource_year("yard", "utilization_share").tolist() == [1.0, 0.5, 0.25]
    assert on_line.resource_year("yard", "utilization_share").tolist() == [4.0 / 12.0, 6.0 / 12.0, 0.0]


def test_a_lot_that_takes_the_place_of_another_is_late_by_its_own_path() -> None:
    # the ship of FY2025 waits a year for money, and takes as long as those of FY2026: 24 months in place of 20
    lots = [{"fy": 2025, "units": 1, "delivery": "2026-12"}, {"fy": 2026, "units": 1, "delivery": "2028-04"}]
    result = run(plain(4, programs__ship__lots=lots, money__buckets__arms__authority_bn={2025: 0.0, 2026: 700.0}))

    assert result.program("ship", "first_delivery_months") == 36.0
    assert result.program("ship", "delay_funding_months") == 12.0
    assert result.program("ship", "delay_estimate_months") == 4.0
    assert result.program("ship", "slip_months") == 16.0


@pytest.mark.parametrize("years", [[2023], [2023, 2025]])
def test_what_was_delivered_late_before_the_start_was_late_by_its_estimate(years: list[int]) -> None:
    tree = plain(2, programs__ship__lots=[{"fy": fy, "units": 1} for fy in years], programs__ship__baseline_delivery="2024-06",
                 programs__ship__current_estimate="2024-12")  # fmt: skip
    result = run(tree)

    assert (result.program("ship", "slip_months"), result.program("ship", "delay_estimate_months")) == (6.0, 6.0)
    assert (result.program("ship", "first_delivery_months"), result.program("ship", "first_delivery_censored")) == (-4.0, 0.0)


def test_what_never_comes_is_censored_at_the_horizon() -> None:
    tree = plain(3, programs__ship__divert_to="other")
    tree["programs"]["other"] = {"title": "Other", "bucket": "arms", "channel": "domestic", "unit_cost_bn": 10.0}
    result = run(tree)

    for column in ("first_delivery", "first_operational", "completion"):
        assert (result.program("other", f"{column}_months"), result.program("other", f"{column}_censored")) == (36.0, 1.0)
        assert (result.program("ship", f"{column}_months"), result.program("ship", f"{column}_censored")) == (20.0, 0.0)


def test_tranches_settle_one_by_one() -> None:
    # 80 bn in advance; half of the ships arrive after 10 months, half after 15
    channel = {"advance": True, "payment": {"shares": [1.0]},
               "stages": {"build": {"duration_months": 5.0, "resource": "plant", "milestone": "delivered"}}}  # fmt: skip
    tree = plain(3, resources={"plant": {"kind": "line", "capacity": 1.0}}, channels__domestic=channel,
                 programs__ship__tranche_units=5)  # fmt: skip

    assert run(tree).fiscal("fms_unsettled_bn").tolist() == [40.0, 0.0, 0.0]


def test_who_waits_is_counted_at_the_end_of_the_year_and_for_how_long_when_served() -> None:
    tree = plain(4, resources={"yard": {"kind": "slots", "capacity": 1}}, channels__domestic__stages__build__resource="yard")
    for name in ("tow", "tug"):
        tree["programs"][name] = tree["programs"]["ship"] | {"priority": 9}
    result = run(tree)

    assert result.resource_year("yard", "grants").tolist() == [1.0, 1.0, 0.0, 1.0]
    assert result.resource_year("yard", "waiting").tolist() == [2.0, 1.0, 1.0, 0.0]
    assert result.resource_year("yard", "wait_months").tolist() == [0.0, 20.0, 0.0, 40.0]


def test_after_its_last_year_a_number_grows_by_its_share() -> None:
    topline = {2025: 1000.0, 2026: 800.0, "then_growth_share": 0.25}

    assert run(plain(5, money__topline_bn=topline)).fiscal("topline_bn").tolist() == [1000.0, 800.0, 1000.0, 1250.0, 1562.5]


def test_without_linkage_pressure_pulls_at_no_support() -> None:
    linkage = {"pressure": {"initial": 2.0}, "support": {"initial_share": 0.75, "pressure_drag_per_month": 0.05}}
    result = run(plain(3, linkage=linkage, mechanisms__linkage=False))

    assert result.fiscal("support_share").tolist() == [0.75] * 3
    assert result.fiscal("pressure").tolist() == [2.0] * 3


@pytest.mark.parametrize(
    ("outcome", "after"), [({}, 2.0), ({"pressure_mult": 0.25}, 0.5), ({"pressure_mult": 0.25, "pressure_add": 1.0}, 1.5)]
)
def test_a_round_leaves_what_its_outcome_does_not_name(outcome: Tree, after: float) -> None:
    linkage = {"pressure": {"initial": 2.0, "half_life_months": 1e9}, "tariff": {"initial_share": 0.125},
               "rounds": {"talks": {"dates": ["2025-10"], "hns": True}},
               "outcomes": dict.fromkeys(("failure", "muddle", "favorable"), outcome)}  # fmt: skip
    result = run(plain(2, linkage=linkage, money__hns_bn=16.0, money__hns_bucket="arms"))

    assert result.fiscal("pressure").tolist() == pytest.approx([after] * 2)
    assert result.fiscal("tariff_share").tolist() == [0.125] * 2
    assert result.fiscal("hns_bn").tolist() == [16.0] * 2


def test_statements_leave_support_on_its_way() -> None:
    statements = [{"date": "2025-07", "size": 1.0}, {"date": "2026-10", "size": 2.0}]
    support = {"initial_share": 0.25, "mean_share": 0.75, "half_life_months": 12.0}
    result = run(plain(3, linkage={"statements": statements, "support": support}))

    assert result.fiscal("support_share").tolist() == pytest.approx([0.5, 0.625, 0.6875])


def test_rounds_have_outcomes_of_their_own() -> None:
    names = ("failure", "muddle", "favorable")
    dates = {"first": ("2025-10", 0.125), "second": ("2026-10", 0.25), "third": ("2027-10", 0.5)}
    rounds = {
        name: {"dates": [date], "outcomes": dict.fromkeys(names, {"tariff_share": share, "pressure_add": share})}
        for name, (date, share) in dates.items()
    }
    support = {"initial_share": 0.5, "mean_share": 0.5}
    result = run(plain(3, linkage={"rounds": rounds, "pressure": {"half_life_months": 1e9}, "support": support}))

    assert result.fiscal("tariff_share").tolist() == [0.125, 0.25, 0.5]
    assert result.fiscal("pressure").tolist() == pytest.approx([0.125, 0.375, 0.875])
    assert result.fiscal("support_share").tolist() == [0.5] * 3


def test_a_refusal_adds_to_the_pressure_there_is_and_to_nothing_else() -> None:
    linkage = talks("muddle", demand_probability=1.0, demand_share_of_gdp=0.003)
    linkage |= {"demand": {"intercept": -60.0, "refusal_pressure_add": 1.5}, "support": {"initial_share": 0.5, "mean_share": 0.5},
                "pressure": {"initial": 2.0, "half_life_months": 1e9}}  # fmt: skip
    result = run(plain(2, linkage=linkage))

    assert result.fiscal("pressure").tolist() == pytest.approx([3.5, 3.5])
    assert result.fiscal("support_share").tolist() == [0.5, 0.5]


def test_without_stage_noise_there_are_no_common_causes() -> None:
    noise = {"p90": 2.0, "system_loading_share": 0.6, "program_loading_share": 0.6}
    tree = plain(channels__domestic__stages__build__noise=noise, mechanisms__stage_noise=False)

    assert set(slips(Simulation(tree).runs(5))) == {0.0}
