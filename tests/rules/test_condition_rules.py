"""Conditions and workforces: exact values, and what holds for all."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancesim.rules import conditions, linkage

values = st.floats(0.01, 20.0)
elasticities = st.floats(-3.0, 3.0)


@given(values, values, elasticities, elasticities)
def test_a_power_has_its_elasticity(one: float, other: float, elasticity: float, more: float) -> None:
    mult = conditions.power_mult

    assert mult(one, 0.0) == 1.0 == mult(1.0, elasticity)
    assert mult(one, 1.0) == one
    assert mult(one * other, elasticity) == pytest.approx(mult(one, elasticity) * mult(other, elasticity))
    assert mult(one, elasticity + more) == pytest.approx(mult(one, elasticity) * mult(one, more))


def test_powers_known_exactly() -> None:
    assert conditions.power_mult(4.0, 0.5) == 2.0
    assert conditions.power_mult(4.0, -0.5) == 0.5
    assert conditions.power_mult(0.0, 2.0) == 0.0
    assert conditions.power_mult(0.0, -2.0) == math.inf
    assert conditions.power_mult(0.0, 0.0) == 1.0


@pytest.mark.parametrize(("slots", "scale", "left"), [
    (3.0, 1.0, 3.0), (3.0, 1.4, 4.0), (3.0, 0.3, 0.0), (5.0, 0.3 - 0.1, 1.0), (10.0, 0.95, 9.0), (2.0, 1.499, 2.0),
])  # fmt: skip
def test_slots_are_rounded_down(slots: float, scale: float, left: float) -> None:
    assert conditions.scaled_slots(slots, scale) == left


@given(values, values, values)
def test_a_value_is_kept_from_floor_to_ceiling(value: float, one: float, other: float) -> None:
    floor, ceiling = min(one, other), max(one, other)
    kept = conditions.kept_within(value, floor, ceiling)

    assert floor <= kept <= ceiling
    assert kept == value or (value < floor == kept) or (value > ceiling == kept)


def test_a_year_of_recruiting_worked_by_hand() -> None:
    assert conditions.next_stock(1000.0, 0.25, 400.0, 0.5, 0.0, 3.0, 1.5) == 750.0 + 300.0
    assert conditions.next_stock(1000.0, 1.0, 400.0, 0.5, 2.0, 0.25, 1.0) == 200.0 * math.exp(0.5)


@given(values, values)
def test_staffing_is_stock_over_required(stock: float, required: float) -> None:
    assert conditions.staffing_share(stock, required) == stock / required
    assert conditions.staffing_share(stock, 0.0) == 1.0


def test_ties_take_pressure_off_until_nothing_is_left() -> None:
    assert linkage.damped_pressure(0.8, 0.5, 0.5) == 0.8 * 0.75
    assert linkage.damped_pressure(0.8, 0.5, 0.0) == 0.8 == linkage.damped_pressure(0.8, 0.0, 9.0)
    assert linkage.damped_pressure(0.8, 0.5, 3.0) == 0.0
