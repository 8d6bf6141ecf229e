"""What lies before the as-of date is fact: no draw touches it, and what is under way is drawn given how far it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from harness import AT, DOLLAR, Simulation, Tree, overlay, plain, run, same
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from strategies import scenarios, seeds

from alliancesim.rules.draws import Z90, address_key, uniform


@settings(max_examples=150)
@given(scenarios(known=True), seeds, seeds)
def test_history_is_the_same_in_every_replication(tree: Tree, seed: int, other: int) -> None:
    simulation = Simulation(tree)
    years = int(simulation.compiled.plan.as_of_months // 12)
    assume(years > 0)
    one, two = simulation.run(seed, 0).outcomes, simulation.run(other, 3).outcomes

    assert np.array_equal(one.fiscal[:years], two.fiscal[:years])
    assert np.array_equal(one.currency[:, :years], two.currency[:, :years])
    assert np.array_equal(one.program_year[:, :years], two.program_year[:, :years])
    assert np.array_equal(one.resource_year[:, :years], two.resource_year[:, :years])
    first = AT["program"]["first_delivery_months"]
    past = one.program[:, first] < simulation.compiled.plan.as_of_months
    assert np.array_equal(one.program[past, first], two.program[past, first])


def begun(**changes: object) -> Tree:
    """A ship of which half of a twelve-month stage is done at the end of 2026-03, with p90 1.5."""
    return plain(
        8,
        horizon__as_of="2026-03",
        channels__domestic__stages={
            "design": {"duration_months": 6.0, "noise": {"p90": 1.5}},
            "build": {"duration_months": 12.0, "noise": {"p90": 1.5}, "milestone": "delivered"},
        },
        **changes,
    )


def test_a_stage_under_way_ends_after_the_as_of_date_as_the_truncated_distribution_says() -> None:
    sample = np.array([r.program("ship", "first_delivery_months") for r in Simulation(begun()).runs(2000)])
    law = stats.lognorm(math.log(1.5) / Z90, scale=12.0)
    elapsed = 6.0
    below = law.cdf(elapsed)

    assert sample.min() > 12.0
    assert stats.kstest(sample - 6.0, lambda x: (law.cdf(x) - below) / (1.0 - below)).pvalue > 1e-5


def test_a_stage_under_way_draws_at_its_address_given_how_long_it_has_lasted() -> None:
    tree = begun()
    tree["channels"]["domestic"]["stages"]["build"]["noise"] = {"median": 1.25, "p90": 3.0}
    sigma = math.log(3.0 / 1.25) / Z90
    for replication, found in enumerate(Simulation(tree).runs(10)):
        u = uniform(1, replication, address_key("program/ship/stage/build"), 32 * 32 * 2025)
        score = stats.norm.isf(stats.norm.sf(math.log(6.0 / (12.0 * 1.25)) / sigma) * (1.0 - u))

        assert found.program("ship", "first_delivery_months") == pytest.approx(6.0 + 15.0 * math.exp(sigma * score), abs=1e-3)


@pytest.mark.parametrize(("median", "end"), [(1.5, 6.0 + 18.0), (0.25, 12.0 + 1.0 / 1024.0)])
def test_a_stage_of_known_length_under_way_ends_by_it_but_not_in_the_past(median: float, end: float) -> None:
    tree = begun()
    tree["channels"]["domestic"]["stages"]["build"]["noise"] = {"median": median, "p90": median}

    assert run(tree).program("ship", "first_delivery_months") == end


@pytest.mark.parametrize("done", [0.0, 0.25, 0.9, 0.999])
def test_a_state_overrules_the_plan_dates(done: float) -> None:
    tree = begun(programs__ship__state=[{"fy": 2025, "stage": "build", "done_share": done}], mechanisms__stage_noise=False)
    result = run(tree)

    assert result.program("ship", "first_delivery_months") == 12.0 + 12.0 * (1.0 - math.floor(done * 12288 + 0.5) / 12288)
    noisy = Simulation(begun(programs__ship__state=[{"fy": 2025, "stage": "build", "done_share": done}])).runs(200)
    assert min(r.program("ship", "first_delivery_months") for r in noisy) > 12.0


def test_a_state_waits_for_its_resource_from_the_as_of_date() -> None:
    tree = begun(
        programs__ship__state=[{"fy": 2025, "stage": "build"}],
        mechanisms__stage_noise=False,
        resources__yard={"kind": "slots", "capacity": 1},
        channels__domestic__stages__build__resource="yard",
    )
    result = run(tree)

    assert result.program("ship", "first_delivery_months") == 24.0
    assert result.program("ship", "delay_queueing_months") == 0.0
    assert result.resource_year("yard", "utilization_share").tolist() == [0.0, 1.0, *[0.0] * 6]


@pytest.mark.parametrize(("queueing", "before", "completion"), [(True, 0.0, 16.0), (True, 3.0, 19.0), (False, 3.0, 16.0)])
def test_tranches_on_a_line_at_the_as_of_date_take_their_turns(queueing: bool, before: float, completion: float) -> None:
    """Tranches of 4, 4 and 2 from month 6 on: the second is in work at the as-of date, the third asks then, as others may."""
    tree = plain(
        2,
        horizon__as_of="2026-03",
        mechanisms__queueing=queueing,
        resources__plant={"kind": "line", "capacity": 1.0},
        channels__domestic__stages={"build": {"duration_months": 6.0, "resource": "plant", "milestone": "delivered"}},
        programs__ship__lots=[{"fy": 2025, "units": 10}],
        programs__ship__tranche_units=4,
        programs__ship__priority=5,
    )
    if before:
        size = {"dist": "uniform", "low": 1.0, "high": 1.0}
        tree["resources"]["plant"]["background"] = {"arrivals_per_month": 0.0, "size": size, "backlog": before, "priority": 1}
    result = run(tree)

    assert result.program("ship", "completion_months") == completion
    assert result.resource_year("plant", "utilization_share").tolist() == pytest.approx([6.0 / 12.0, (4.0 + before) / 12.0])


def test_a_state_after_delivery_means_delivered() -> None:
    tree = begun(
        channels__domestic__stages__trials={"duration_months": 8.0, "milestone": "operational"},
        programs__ship__state=[{"fy": 2025, "stage": "trials", "done_share": 0.25}],
    )
    result = run(tree)

    assert result.program_year("ship", "delivered_units").tolist() == [10.0] * 8
    assert result.program("ship", "first_delivery_months") == 10.0
    assert result.program("ship", "first_operational_months") == 18.0


def test_an_uncertain_duration_does_not_draw_what_is_on_record() -> None:
    duration = {"dist": "uniform", "low": 4.0, "high": 36.0}
    lots = [
        {"fy": 2025, "units": 1, "delivery": "2026-01"},
        {"fy": 2026, "units": 1, "delivery": "2027-06"},
        {"fy": 2028, "units": 1},
    ]
    tree = plain(
        8,
        horizon__as_of="2026-08",
        channels__domestic__stages={"build": {"duration_months": duration, "milestone": "delivered"}},
        programs__ship__lots=lots,
        mechanisms__stage_noise=False,
    )
    results = Simulation(tree).runs(40)

    assert {result.program("ship", "first_delivery_months") for result in results} == {9.0}
    assert {result.program_year("ship", "delivered_units")[0] for result in results} == {1.0}
    assert len({result.program("ship", "completion_months") for result in results}) > 20


def test_an_uncertain_rate_without_history_is_the_one_drawn_in_months_of_fact_too() -> None:
    usd = {"process": {"kind": "fixed"}, "plan_rate": 150.0, "budget_rate": {2025: 150.0}}
    drawn = {"spot_rate": {"dist": "uniform", "low": 100.0, "high": 200.0}}
    tree = begun(currencies={"USD": usd | drawn}, programs__ship__currency_shares={"USD": 0.5})
    result = run(tree)
    rates = result.currency("USD", "market_rate")
    written = run(overlay(tree, {"currencies.USD.spot_rate": float(rates[-1])}))

    assert rates[0] != 150.0
    assert rates == pytest.approx(np.full(8, rates[-1]), rel=1e-12)
    assert result.fiscal("execution_loss_bn") == pytest.approx(written.fiscal("execution_loss_bn"), abs=1e-6)


def test_lots_of_the_past_are_contracted_whole_at_their_recorded_cost() -> None:
    tree = begun(
        programs__ship__lots=[{"fy": 2025, "units": 10, "cost_bn": 77.5}],
        money__buckets__arms__authority_bn=1.0,
        programs__ship__cost_growth={"p90": 2.0},
    )
    result = run(tree)

    assert result.program_year("ship", "contracted_units")[0] == 10.0
    assert result.program_year("ship", "contracted_bn")[0] == 77.5


def test_rates_before_the_as_of_date_are_the_history() -> None:
    months = [f"{2024 + (3 + m) // 12}-{(3 + m) % 12 + 1:02d}" for m in range(30)]
    rows = ["month,currency,per_unit_avg,per_unit_eom", *(f"{month},USD,{100 + m},{100.5 + m}" for m, month in enumerate(months))]
    usd = {"history": "rates.csv", "process": DOLLAR["process"], "plan_rate": 100.0}
    tree = plain(4, horizon__as_of="2026-09", currencies={"USD": usd})
    simulation = Simulation.with_files(tree, {"rates.csv": "\n".join(rows) + "\n"})
    one, other = simulation.run(1), simulation.run(2)

    assert one.currency("USD", "market_rate")[0] == pytest.approx(np.mean([100.0 + m for m in range(12, 24)]))
    assert one.currency("USD", "budget_rate")[:2].tolist() == pytest.approx([106.0, 118.0])
    assert np.array_equal(simulation.engine.world.rate[0, 6:36], [100.0 + m for m in range(30)])
    assert one.currency("USD", "market_rate")[1] != other.currency("USD", "market_rate")[1]


def test_rounds_on_record_end_as_recorded() -> None:
    linkage = {
        "rounds": {"talks": {"dates": ["2025-06", "2026-08"], "results": {"2025-06": "failure"}}},
        "logit": {"cut_failure": -60.0, "cut_favorable": -50.0},
        "outcomes": {"failure": {"regime": "linked"}, "favorable": {"regime": "firewalled"}},
    }
    regimes = {tuple(r.fiscal("regime")[:2]) for r in Simulation(begun(linkage=linkage)).runs(20)}

    assert regimes == {(2.0, 0.0)}


def test_a_round_on_record_raises_no_topline_on_record() -> None:
    linkage = {
        "rounds": {"talks": {"dates": ["2025-06"], "results": {"2025-06": "failure"}}},
        "outcomes": {"failure": {"demand_probability": 0.5, "demand_share_of_gdp": 0.001}},
        "demand": {"refusal_pressure_add": 1.0},
    }
    runs = Simulation(plain(4, horizon__as_of="2027-03", linkage=linkage)).runs(20)

    assert {tuple(r.fiscal("topline_bn")[:2]) for r in runs} == {(1000.0, 1000.0)}
    assert {tuple(r.fiscal("pressure")[:2]) for r in runs} == {(0.0, 0.0)}


@given(st.integers(0, 47))
def test_other_customers_and_disruptions_come_only_after_it(month: int) -> None:
    block = {
        "kind": "slots",
        "capacity": 1,
        "background": {"arrivals_per_month": 2.0, "size": {"dist": "exponential", "mean": 0.3}},
        "disruptions": {
            "mean_months_between": 2.0,
            "duration_median_months": 1.0,
            "duration_p90_months": 2.0,
            "severity_share": 1.0,
        },
    }
    tree = plain(6, resources__yard=block, horizon__as_of=f"{2025 + (month + 3) // 12}-{(month + 3) % 12 + 1:02d}")
    result = run(tree)
    years = (month + 1) // 12

    assert not result.resource_year("yard", "grants")[:years].any()
    assert (result.resource_year("yard", "effective_rate_share")[:years] == 1.0).all()
    assert result.resource_year("yard", "grants")[years + 1 :].all()


@settings(max_examples=25)
@given(scenarios(), seeds)
def test_a_replication_knows_nothing_of_the_one_before(tree: Tree, seed: int) -> None:
    simulation = Simulation(tree)
    simulation.run(seed, 0)

    assert same(simulation.run(seed, 1).outcomes, Simulation(tree).run(seed, 1).outcomes)
