"""What is not delivered within the horizon is censored, never dropped, and carries the delay run up so far."""

from __future__ import annotations

import pytest
from harness import Tree, overlay, plain, run


def late(horizon: int, stages: Tree, **changes: object) -> dict[str, float]:
    """Slip and its causes of a ship cut off by the horizon."""
    result = run(plain(horizon, channels__domestic__stages=stages, **changes))
    assert result.program("ship", "first_delivery_censored") == 1.0
    assert result.program("ship", "first_delivery_months") == 12.0 * horizon
    assert result.program("ship", "first_operational_censored") == 1.0
    assert result.program_year("ship", "in_pipeline_units")[-1] + result.program_year("ship", "backlog_units")[-1] == 10.0
    names = (
        "funding",
        "approval",
        "trade_pressure",
        "queueing",
        "supply_disruption",
        "staffing",
        "estimate",
        "rework",
        "prerequisites",
    )
    parts = {name: result.program("ship", f"delay_{name}_months") for name in names}
    assert sum(parts.values()) == result.program("ship", "slip_months")
    return {name: months for name, months in parts.items() if months}


def test_what_is_on_time_has_no_slip_yet() -> None:
    assert late(2, {"build": {"duration_months": 40.0, "milestone": "delivered"}}) == {}


def test_an_overrun_of_the_present_stage_counts() -> None:
    stages = {
        "design": {"duration_months": 6.0, "approval": True, "noise": {"median": 1.5, "p90": 1.5}},
        "build": {"duration_months": 10.0, "noise": {"median": 2.0, "p90": 2.0}, "milestone": "delivered"},
    }

    assert late(2, stages) == {"approval": 3.0, "estimate": 5.0}


def test_what_pressure_adds_to_the_present_stage_is_not_an_overrun_too() -> None:
    build: Tree = {"duration_months": 16.0, "noise": {"median": 1.5, "p90": 1.5}, "milestone": "delivered"}
    build |= {"pressure_elasticity": 0.125}
    pressure = {"initial": 2.0, "half_life_months": 12.0}

    assert late(2, {"build": build}, linkage={"pressure": pressure}) == {"trade_pressure": 6.0, "estimate": 2.0}

    build |= {"resource": "yard"}
    yard = {"kind": "slots", "capacity": 1}
    found = late(2, {"build": build}, linkage={"pressure": pressure}, resources__yard=yard)
    assert found == {"trade_pressure": 6.0, "estimate": 2.0}


def test_a_wait_in_a_queue_counts_as_queueing() -> None:
    yard = {
        "kind": "slots",
        "capacity": 1,
        "background": {"arrivals_per_month": 0.0, "size": {"dist": "uniform", "low": 50.0, "high": 50.0}, "backlog": 1},
    }
    stages = {
        "design": {"duration_months": 2.0},
        "build": {"duration_months": 10.0, "resource": "yard", "milestone": "delivered"},
    }

    assert late(2, stages, resources__yard=yard) == {"queueing": 22.0}


def test_a_wait_that_is_over_is_not_counted_twice() -> None:
    yard = {
        "kind": "slots",
        "capacity": 1,
        "background": {"arrivals_per_month": 0.0, "size": {"dist": "uniform", "low": 20.0, "high": 20.0}, "backlog": 1},
    }
    stages = {"build": {"duration_months": 10.0, "resource": "yard", "milestone": "delivered"}}

    assert late(2, stages, resources__yard=yard) == {"queueing": 20.0}


def test_a_prerequisite_that_is_over_is_not_counted_twice() -> None:
    tree = plain(3, channels__domestic__stages={"build": {"duration_months": 8.0, "milestone": "delivered"}})
    tree["programs"]["crew"] = overlay(
        tree["programs"]["ship"], {"stages": {"build": {"after": ["ship.first_delivery"], "duration_months": 30.0}}}
    )
    result = run(tree)

    assert result.program("crew", "first_delivery_censored") == 1.0
    assert result.program("crew", "slip_months") == result.program("crew", "delay_prerequisites_months") == 8.0


def test_what_is_not_contracted_waits_for_money() -> None:
    assert late(3, {"build": {"duration_months": 8.0, "milestone": "delivered"}}, money__buckets__arms__authority_bn=1.0) == {
        "funding": 36.0
    }


LOTS = [{"fy": 2025, "units": 10}, {"fy": 2027, "units": 10}]


@pytest.mark.parametrize("months", [20.0, 80.0])
def test_completion_waits_for_the_money_of_its_last_units(months: float) -> None:
    """Whether the first lot has arrived or is under way: ten units are not contracted from FY2027 to the end of FY2030."""
    tree = plain(6, programs__ship__lots=LOTS, money__buckets__arms__authority_bn={2025: 80.0, 2026: 0.0})
    tree["channels"]["domestic"]["stages"]["build"]["duration_months"] = months
    result = run(tree)

    assert result.program("ship", "completion_slip_months") == result.program("ship", "completion_delay_funding_months") == 48.0


def test_rework_under_way_counts_from_its_beginning() -> None:
    stages = {"build": {"duration_months": 14.0, "rework": {"probability": 1.0, "to": "build"}, "milestone": "delivered"}}

    assert late(2, stages) == {"rework": 10.0}


@pytest.mark.parametrize("years", [1, 2, 4])
def test_units_censored_at_one_horizon_are_delivered_at_a_later_one(years: int) -> None:
    result = run(plain(years))
    expected = 10.0 if years >= 2 else 0.0

    assert result.program_year("ship", "delivered_units")[-1] == expected
    assert result.program_year("ship", "contracted_units")[-1] == 10.0


@pytest.mark.parametrize("years", [2, 8])
def test_what_is_planned_for_after_the_horizon_is_planned_at_the_rates_of_then(years: int) -> None:
    stages = {
        "design": {"duration_months": 6.0, "resource": "team"},
        "build": {"duration_months": 10.0, "resource": "plant", "milestone": "delivered"},
    }
    promise = {"programs.ship.current_estimate": "2030-04", "programs.ship.baseline_delivery": "2030-04"}
    resources = {"team": {"kind": "slots", "capacity": 1}, "plant": {"kind": "line", "capacity": {2025: 1.0, 2027: 10.0}}}
    result = run(overlay(plain(years, channels__domestic__stages=stages, resources=resources), promise))

    assert result.resource_year("team", "utilization_share")[:2].tolist() == [1.0, (59.0 * 6.0 / 16.0 - 12.0) / 12.0]


@pytest.mark.parametrize(("months", "censored"), [(20.0, 0.0), (80.0, 1.0)])
def test_a_first_delivery_before_the_horizon_is_as_late_as_it_was(months: float, censored: float) -> None:
    """Whatever becomes of the lots within it."""
    dates = {"current_estimate": "2024-04", "baseline_delivery": "2023-01", "delivered_before_units": 3}
    stages = {"build": {"duration_months": months, "milestone": "delivered"}}
    result = run(overlay(plain(2, channels__domestic__stages=stages), {f"programs.ship.{key}": at for key, at in dates.items()}))

    assert result.program("ship", "first_delivery_months") == -12.0
    assert result.program("ship", "first_delivery_censored") == 0.0
    assert result.program("ship", "slip_months") == result.program("ship", "delay_estimate_months") == 15.0
    assert [result.program("ship", f"delay_{cause}_months") for cause in ("funding", "approval", "queueing")] == [0.0] * 3
    assert result.program("ship", "completion_censored") == censored
