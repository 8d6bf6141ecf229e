"""The order of events at one instant is part of the model: rank first, then who."""

from __future__ import annotations

import pytest
from harness import Simulation, Tree, overlay, plain, run

from alliancesim.plan.order import Rank, order_key


def test_ranks_are_those_of_the_model() -> None:
    assert [rank.name for rank in sorted(Rank)] == [
        "DISRUPTION_END", "COMPLETION", "EFFECT", "YEAR_END", "REGIME", "ROUND", "BUDGET", "REQUEST", "GRANT",
    ]  # fmt: skip
    assert order_key(Rank.REGIME, 2**32 - 1) < order_key(Rank.ROUND, 0)


def test_a_delivery_at_the_last_instant_counts_in_the_year_that_ends() -> None:
    result = run(plain(3, channels__domestic__stages__build__duration_months=24.0))

    assert result.program_year("ship", "delivered_units").tolist() == [0.0, 10.0, 10.0]


def test_a_delivery_at_the_horizon_is_not_censored() -> None:
    result = run(plain(2, channels__domestic__stages__build__duration_months=24.0))

    assert result.program("ship", "first_delivery_months") == 24.0
    assert result.program("ship", "first_delivery_censored") == 0.0


def favorable(**outcome: object) -> Tree:
    """A linkage in which every round is favorable and does this."""
    return {
        "logit": {"cut_failure": -60.0, "cut_favorable": -50.0},
        "demand": {"intercept": 60.0, "phase_years": 1},
        "outcomes": {"favorable": outcome},
    }


@pytest.mark.parametrize(("date", "first"), [("2026-03-31", 1), ("2026-04", 1), ("2026-04-02", 2), ("2025-04", 0)])
def test_a_round_comes_before_the_budget_of_its_day(date: str, first: int) -> None:
    linkage = favorable(
        demand_probability=1.0, demand_share_of_gdp=0.001, commitment_bn_per_year=5.0, commitment_years=2, hns_mult=1.5
    )
    tree = plain(
        4, linkage=linkage | {"rounds": {"talks": {"dates": [date], "hns": True}}}, money__hns_bn=10.0, money__hns_bucket="arms"
    )
    result = run(tree)

    assert result.fiscal("commitment_bn").tolist() == [5.0 if first <= y < first + 2 else 0.0 for y in range(4)]
    assert result.fiscal("hns_bn").tolist() == [15.0 if y >= first else 10.0 for y in range(4)]
    assert (result.fiscal("topline_bn") > 1000.0).tolist() == [y >= first for y in range(4)]


def test_the_year_is_read_before_the_regime_changes() -> None:
    tree = plain(
        3,
        horizon__as_of="2026-09",
        linkage={"initial_regime": "contested", "known_regimes": [{"date": "2026-04", "regime": "linked"}]},
    )

    assert run(tree).fiscal("regime").tolist() == [1.0, 2.0, 2.0]


def test_a_tax_of_the_first_day_comes_after_the_regime_and_its_statements() -> None:
    linkage = {"statements": [{"date": "2025-04", "size": 1.0}], "rounds": {"talks": {"dates": ["2025-04"]}}}
    told = Simulation(plain(1, linkage=linkage, money__taxes={"surtax": {"date": "2025-04", "yield_bn": 1.0}})).traced().told

    assert [line.subject for line in told if line.months == 0.0][:4] == ["statement", "round talks", "tax surtax", "budget"]


def test_statements_of_the_first_day_of_a_year_count_in_that_year() -> None:
    tree = plain(3, linkage={"pressure": {"half_life_months": 1200.0}, "statements": [{"date": "2026-04", "size": 2.0}]})
    pressure = run(tree).fiscal("pressure")

    assert pressure[0] == 0.0
    assert pressure[1] == pytest.approx(2.0, rel=0.01)


def yard(**programs: Tree) -> Tree:
    """Programs before a yard of one slot, each building for ten months."""
    tree = plain(
        8,
        resources__yard={"kind": "slots", "capacity": 1},
        channels__domestic__stages={"build": {"duration_months": 10.0, "resource": "yard", "milestone": "delivered"}},
    )
    ship = tree["programs"].pop("ship")
    tree["programs"] = {name: ship | {"unit_cost_bn": 1.0} | block for name, block in programs.items()}
    return tree


def first(tree: Tree) -> dict[str, float]:
    """First deliveries by program."""
    result = run(tree)
    return {name: result.program(name, "first_delivery_months") for name in tree["programs"]}


def test_requests_of_one_instant_are_granted_by_priority_then_name() -> None:
    assert first(yard(a={"priority": 2}, b={"priority": 1}, c={"priority": 2})) == {"b": 10.0, "a": 20.0, "c": 30.0}


def test_whoever_asked_first_is_served_first() -> None:
    late = {"lots": [{"fy": 2026, "units": 1}]}
    tree = yard(z={}, y={}, a=late)  # y waits from 0 to 10; z from 0, until 10; a asks at 12

    assert first(tree) == {"y": 10.0, "z": 20.0, "a": 30.0}


def test_a_lower_number_overtakes_whoever_waits_but_not_who_is_served() -> None:
    assert first(yard(a={}, b={}, c={}, d={"priority": 0, "lots": [{"fy": 2026, "units": 1}]})) == {
        "a": 10.0,
        "b": 20.0,
        "d": 30.0,
        "c": 40.0,
    }


def test_a_capacity_cut_lets_the_work_in_hand_finish() -> None:
    tree = overlay(
        yard(a={}, b={}, c={}),
        {"resources.yard.capacity": {2025: 2, 2026: 1}, "channels.domestic.stages.build.duration_months": 14.0},
    )

    assert first(tree) == {"a": 14.0, "b": 14.0, "c": 28.0}


def test_new_slots_serve_those_who_wait_at_once() -> None:
    tree = overlay(
        yard(a={}, b={}, c={}),
        {"resources.yard.capacity": {2025: 1, 2026: 3}, "channels.domestic.stages.build.duration_months": 14.0},
    )

    assert first(tree) == {"a": 14.0, "b": 26.0, "c": 26.0}


def test_a_line_works_at_the_rate_of_the_year_in_which_the_work_begins() -> None:
    tree = plain(
        5,
        resources__plant={"kind": "line", "capacity": {2025: 1.0, 2026: 10.0}},
        channels__domestic__stages={"build": {"duration_months": 1.0, "resource": "plant", "milestone": "delivered"}},
    )
    tree["programs"]["a"] = tree["programs"]["ship"] | {"lots": [{"fy": 2025, "units": 14}], "priority": 1}
    result = Simulation(tree).run()

    assert result.program("a", "first_delivery_months") == 15.0
    assert result.program("ship", "first_delivery_months") == 16.0
