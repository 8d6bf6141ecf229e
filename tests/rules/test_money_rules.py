"""Budget rules by direct definition."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancesim.rules import economy, grid, money

shares = st.floats(0.0, 1.0)
amounts = st.floats(0.0, 1e4)


@given(shares, shares, st.floats(0.0, 3.0))
def test_low_support_shortens_the_topline(support: float, threshold: float, slope: float) -> None:
    mult = money.shortfall_mult(support, threshold, slope)

    assert 0.0 <= mult <= 1.0
    assert mult == pytest.approx(max(0.0, 1.0 - slope * max(0.0, threshold - support)))


@given(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), shares)
def test_probabilities_stay_probabilities(intercept: float, slope: float, support: float) -> None:
    assert money.linear_probability(intercept, slope, support) == min(1.0, max(0.0, intercept + slope * support))


@given(st.integers(0, 500), st.floats(0.0, 3.0))
def test_scaled_lots_are_whole_or_on_the_grid_and_nearest(units: int, mult: float) -> None:
    whole, divided = (money.scaled_units(float(units), mult, divisible) for divisible in (False, True))

    assert abs(whole - units * mult) <= 0.5
    assert whole == int(whole)
    assert abs(divided - units * mult) <= 2.0**-21
    assert money.scaled_units(float(units), 1.0, True) == money.scaled_units(float(units), 1.0, False) == units


@pytest.mark.parametrize(("units", "mult", "expected"), [(5.0, 0.5, 3.0), (5.0, 0.49995, 2.0), (3.0, 1.5, 5.0), (3.0, 0.0, 0.0)])
def test_halves_of_a_unit_are_rounded_up(units: float, mult: float, expected: float) -> None:
    assert money.scaled_units(units, mult, False) == expected


@given(st.floats(0.5, 2.0), st.floats(0.5, 2.0), st.floats(0.5, 2.0))
def test_growth_of_its_own_making_is_the_product_of_its_factors(learning: float, growth: float, stretch: float) -> None:
    assert money.own_growth(learning, growth, stretch) + 1.0 == pytest.approx(learning * growth * stretch, rel=1e-12)
    assert money.own_growth(1.0, 1.0, 1.0) == 0.0


@given(st.integers(1, 500), st.integers(-1000, 60_000).map(lambda n: n / 97.0), st.integers(0, 20))
def test_lots_are_funded_in_whole_units_down_to_the_minimum(asked: int, affordable: float, minimum: int) -> None:
    units = money.funded_units(float(asked), affordable, 1.0, float(minimum), False)

    assert units == int(units)
    assert 0.0 <= units <= asked
    if affordable >= asked:
        assert units == asked
    elif math.floor(affordable) >= max(1, min(minimum, asked)):
        assert units == math.floor(affordable)
    else:
        assert units == 0.0


def test_rounding_of_money_costs_no_unit() -> None:
    assert money.funded_units(10.0, 9.9999995, 1.02, 1.0, False) == 10.0
    assert money.funded_units(12.0, 9.9999995, 1.02, 1.0, False) == 10.0
    assert money.funded_units(10.0, 9.999, 1.02, 1.0, False) == 9.0
    assert money.funded_units(10.0, 9.0, 1.0, 0.0, True) == 9.0
    assert money.funded_units(10.0, 10.0, 0.0, 1.0, False) == 10.0


@given(st.floats(0.1, 500.0), st.floats(0.0, 600.0))
def test_programs_known_by_value_take_any_fraction(asked: float, affordable: float) -> None:
    units = money.funded_units(asked, affordable, 1.0, 0.0, True)

    assert units <= max(0.0, affordable) + money.ROUNDED_BN
    assert units == pytest.approx(min(asked, affordable), abs=1e-5)


@given(amounts, st.lists(shares, min_size=1, max_size=10), shares)
def test_parts_of_a_contract_add_up_to_it_whatever_is_rounded(amount: float, weights: list[float], on_delivery: float) -> None:
    whole, total = grid.snap_bn(amount), sum(weights) + 1.0
    later = grid.snap_bn(whole * on_delivery)
    reached = [sum(weights[: k + 1]) / total for k in range(len(weights))]
    paid = [money.paid_until(whole, share, later, k == len(reached) - 1) for k, share in enumerate(reached)]

    assert paid[-1] == whole - later
    assert paid[:-1] == [grid.snap_bn(whole * share) for share in reached[:-1]]


@given(st.floats(-100.0, 100.0), amounts)
def test_the_reserve_pays_losses_and_no_more_than_it_has(loss: float, reserve: float) -> None:
    paid = money.reserve_draw(loss, reserve)

    assert 0.0 <= paid <= reserve
    assert paid == min(max(loss, 0.0), reserve)


@given(st.floats(-100.0, 100.0), shares, amounts, amounts)
def test_the_reserve_is_filled_up_to_its_ceiling(gain: float, share: float, reserve: float, ceiling: float) -> None:
    filled = money.reserve_fill(gain, share, reserve, ceiling)

    assert 0.0 <= filled <= max(0.0, gain)
    assert filled <= max(0.0, ceiling - reserve)


def test_purchasing_power_lost_is_a_share() -> None:
    assert money.purchasing_power_lost(80.0, 100.0) == pytest.approx(0.2)
    assert money.purchasing_power_lost(100.0, 80.0) == pytest.approx(-0.25)
    assert money.purchasing_power_lost(0.0, 0.0) == 0.0


@given(st.floats(-0.1, 0.1), st.floats(-0.05, 0.05), shares, st.floats(0.0, 0.1), st.floats(-4.0, 4.0))
def test_growth_returns_to_its_mean(growth: float, mean: float, persistence: float, sd: float, z: float) -> None:
    step = economy.next_growth(growth, mean, persistence, sd, z)

    assert step == pytest.approx(mean + persistence * (growth - mean) + sd * z)
    assert economy.next_growth(mean, mean, persistence, sd, 0.0) == mean


@given(shares, shares, shares)
def test_only_a_tariff_above_the_reference_costs_growth(tariff: float, reference: float, elasticity: float) -> None:
    assert economy.tariff_drag(tariff, reference, elasticity) == pytest.approx(elasticity * max(0.0, tariff - reference))
