"""Unit cost and payments: exact values and what must hold whatever the numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancesim.rules import cost

units = st.floats(0.1, 1e5)
slopes = st.floats(0.5, 1.0)
factors = st.floats(0.2, 5.0)


@given(units, slopes)
def test_wright_every_doubling_costs_the_slope(made: float, slope: float) -> None:
    assert cost.learning_mult(2.0 * made, made, slope) == pytest.approx(slope)
    assert cost.learning_mult(8.0 * made, made, slope) == pytest.approx(slope**3)
    assert cost.learning_mult(made, made, slope) == 1.0


def test_wright_without_learning_or_quantity_is_nothing() -> None:
    assert cost.learning_mult(7.0, 3.0, 1.0) == 1.0
    assert cost.learning_mult(0.0, 3.0, 0.8) == 1.0
    assert cost.learning_mult(3.0, 0.0, 0.8) == 1.0


@given(st.floats(-1.0, 1.0), st.floats(-0.5, 2.0))
def test_growth_is_revealed_in_proportion_and_no_further(log_growth: float, share: float) -> None:
    bounded = min(1.0, max(0.0, share))

    assert cost.growth_mult(log_growth, share) == pytest.approx(math.exp(log_growth * bounded))
    assert cost.growth_mult(log_growth, 0.0) == 1.0


@given(st.floats(0.0, 10.0), st.floats(0.0, 0.5))
def test_stretch_out_compounds(years: float, share: float) -> None:
    assert cost.stretch_mult(years, share) == pytest.approx((1.0 + share) ** years)


@given(st.floats(0.1, 5.0), st.floats(1.0, 4.0))
def test_lognormal_has_its_median_and_its_ninetieth_percentile(median: float, ratio: float) -> None:
    p90 = median * ratio
    sigma = cost.lognormal_sigma(median, p90)

    assert cost.lognormal_factor(median, sigma, 0.0) == median
    assert cost.lognormal_factor(median, sigma, 1.2815515655446004) == pytest.approx(p90)


def test_norden_rayleigh_reaches_97_percent_in_five_years() -> None:
    shares = [cost.norden_rayleigh_share(year, 5, 0.97) for year in range(5)]

    assert [round(share, 6) for share in shares] == [0.134917, 0.307753, 0.296520, 0.182446, 0.078364]
    assert math.fsum(shares) == pytest.approx(1.0, abs=1e-15)


@given(st.integers(1, 10), st.floats(0.01, 0.9999))
def test_norden_rayleigh_shares_sum_to_one(years: int, final: float) -> None:
    shares = [cost.norden_rayleigh_share(year, years, final) for year in range(years)]

    assert all(share > 0.0 for share in shares)
    assert math.fsum(shares) == pytest.approx(1.0)


@given(units, units)
def test_the_logarithmic_mean_lies_between(one: float, other: float) -> None:
    mean = cost.log_mean(one, other)

    assert min(one, other) * (1 - 1e-9) <= mean <= max(one, other) * (1 + 1e-9)
    assert math.sqrt(one * other) * (1 - 1e-9) <= mean <= 0.5 * (one + other) * (1 + 1e-9)
    assert mean == pytest.approx(cost.log_mean(other, one))


@given(units, st.lists(factors, min_size=1, max_size=5))
def test_divisia_parts_sum_to_the_difference(planned: float, parts: list[float]) -> None:
    actual = planned * math.prod(parts)
    charged = [cost.log_mean(actual, planned) * math.log(part) for part in parts]

    assert math.fsum(charged) == pytest.approx(actual - planned, rel=1e-6, abs=1e-6 * planned)
