"""Exchange rates: steps, shocks and the three rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from alliancesim.rules import exchange
from alliancesim.rules.elementary import log1p

rates = st.floats(10.0, 500.0)
normals = st.floats(-5.0, 5.0)


@given(rates, st.floats(-0.05, 0.05), st.floats(0.0, 0.2), normals)
def test_a_random_walk_steps_as_defined(rate: float, drift: float, volatility: float, z: float) -> None:
    x = math.log(rate)

    assert exchange.gbm_step(x, drift, volatility, z) == pytest.approx(x + drift - volatility**2 / 2 + volatility * z)


def test_drift_is_that_of_the_mean_rate() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    mean = sum(
        w * math.exp(exchange.gbm_step(0.0, 0.01, 0.2, float(z))) for z, w in zip(nodes, weights / weights.sum(), strict=True)
    )

    assert mean == pytest.approx(math.exp(0.01))


@given(rates, rates, st.floats(1.0, 100.0))
def test_mean_reversion_halves_the_gap_in_a_half_life(rate: float, level: float, half_life: float) -> None:
    months = max(1, round(half_life))
    x = math.log(rate)
    for _ in range(months):
        x = exchange.ou_step(x, level, float(months), 0.1, 0.0)

    assert x - math.log(level) == pytest.approx(0.5 * (math.log(rate) - math.log(level)), abs=1e-9)


@given(st.floats(1.0, 100.0), st.floats(0.001, 0.2))
def test_mean_reversion_keeps_its_stationary_variance(half_life: float, volatility: float) -> None:
    kappa = math.log(2.0) / half_life
    stationary = volatility**2 / (2.0 * kappa)
    keep, sd = exchange.ou_keep(half_life), exchange.ou_sd(half_life, volatility)

    assert keep == exchange.ou_step(1.0, 1.0, half_life, volatility, 0.0)
    assert sd == exchange.ou_step(0.0, 1.0, half_life, volatility, 1.0)
    assert keep**half_life == pytest.approx(0.5)
    assert keep**2 * stationary + sd**2 == pytest.approx(stationary)


def test_a_walk_without_limit_of_its_half_life_keeps_all_of_a_gap() -> None:
    assert exchange.ou_keep(math.inf) == 1.0


@given(st.floats(0.0, 10.0), st.floats(1e-9, 1.0 - 1e-9))
def test_jumps_are_counted_by_the_poisson_quantile(mean: float, u: float) -> None:
    count = exchange.jump_count(mean, u)

    assert poisson.cdf(count, mean) >= u - 1e-12
    assert count == 0 or poisson.cdf(count - 1, mean) < u + 1e-12


@given(st.floats(-0.1, 0.1), st.floats(0.0, 0.2), normals)
def test_a_month_without_jumps_adds_nothing(mean: float, sd: float, z: float) -> None:
    assert exchange.jump_log(0, mean, sd, z) == 0.0
    assert exchange.jump_log(4, mean, sd, z) == pytest.approx(4.0 * mean + 2.0 * sd * z)
    assert exchange.jump_drift(0.0, mean, sd) == 0.0


@given(st.floats(0.0, 2.0), st.floats(-0.1, 0.1), st.floats(0.0, 0.2))
def test_the_drift_of_jumps_is_that_of_the_mean_rate(jumps: float, mean: float, sd: float) -> None:
    counts = np.arange(60)
    expected = float(np.sum(poisson.pmf(counts, jumps) * np.exp(counts * (mean + sd**2 / 2))))

    assert math.exp(exchange.jump_drift(jumps, mean, sd)) == pytest.approx(expected)


@given(st.floats(0.001, 1.0), st.floats(0.001, 1.0))
def test_the_long_run_is_where_the_states_stay(leave_calm: float, leave_turbulent: float) -> None:
    share = exchange.long_run_turbulent(leave_calm, leave_turbulent)

    assert exchange.next_turbulent(share, leave_calm, leave_turbulent) == pytest.approx(share)
    assert exchange.next_turbulent(0.0, leave_calm, leave_turbulent) == leave_calm
    assert exchange.next_turbulent(1.0, leave_calm, leave_turbulent) == 1.0 - leave_turbulent


def test_states_that_are_never_left_have_no_long_run() -> None:
    assert exchange.long_run_turbulent(0.0, 0.0) == 0.0


def test_history_is_repeated_month_by_month_until_a_block_ends() -> None:
    assert exchange.resampled_position(-1, 10, 4.0, 0.99, 0.35) == 3
    assert exchange.resampled_position(3, 10, 4.0, 0.25, 0.99) == 4, "the block goes on with probability 3/4"
    assert exchange.resampled_position(3, 10, 4.0, 0.2499, 0.99) == 9
    assert exchange.resampled_position(9, 10, 4.0, 0.5, 0.5) == 0, "after the last month comes the first"
    assert exchange.resampled_position(5, 10, 1.0, 0.9999, 0.0) == 0, "blocks of one month: every month is drawn"


@given(st.floats(-0.5, 1.0), st.just(0.0) | st.floats(0.01, 24.0), st.floats(0.5, 60.0))
def test_a_shock_rises_stands_and_fades(size: float, ramp: float, half_life: float) -> None:
    full = log1p(size)

    assert exchange.shock_log(size, -0.1, ramp, half_life) == 0.0
    assert exchange.shock_log(size, 0.5 * ramp, ramp, half_life) == pytest.approx(0.5 * full if ramp > 0.0 else full)
    assert exchange.shock_log(size, ramp, ramp, half_life) == pytest.approx(full)
    assert exchange.shock_log(size, ramp + half_life, ramp, half_life) == pytest.approx(0.5 * full)
    assert exchange.shock_log(size, ramp + 1000.0, ramp, 0.0) == full


@given(rates, rates, st.floats(0.0, 1.0))
def test_cover_lies_between_the_two_rates(market: float, budget: float, cover: float) -> None:
    rate = exchange.settlement_rate(market, budget, cover)

    assert min(market, budget) - 1e-9 <= rate <= max(market, budget) + 1e-9
    assert exchange.settlement_rate(market, budget, 1.0) == budget
    assert exchange.settlement_rate(market, budget, 0.0) == market


def test_a_million_dollars_at_150_is_150_million_yen() -> None:
    assert exchange.home_bn(1.0, 150.0) == 0.15


@given(rates, rates, st.floats(0.0, 1.0))
def test_pass_through_is_a_constant_elasticity(rate: float, reference: float, share: float) -> None:
    assert exchange.passthrough_mult(rate, reference, share) == pytest.approx((rate / reference) ** share)
    assert exchange.passthrough_mult(rate, reference, 0.0) == 1.0
