"""Exchange rates from a scenario file have the moments of their processes, alone and together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from estimates import BOUND_Z, agree_mean, agree_variance
from harness import DOLLAR, Simulation, plain

from alliancesim.engine.paths import draw_world
from alliancesim.plan.layout import BEFORE_MONTHS

N = 4000
DRIFT, VOLATILITY, HALF_LIFE, LEVEL, SPOT = 0.004, 0.03, 24.0, 130.0, 100.0
GBM = DOLLAR | {"process": {"kind": "gbm", "drift_per_month": DRIFT, "volatility_per_month": VOLATILITY}}
OU = DOLLAR | {"process": {"kind": "ou", "level_rate": LEVEL, "half_life_months": HALF_LIFE, "volatility_per_month": VOLATILITY}}


@pytest.fixture(scope="module")
def rates() -> np.ndarray:
    """Market rates, shape (replication, currency, month): a random walk, a mean-reverting rate, and another walk."""
    simulation = Simulation(
        plain(6, currencies={"USD": GBM, "EUR": OU, "NOK": GBM}, correlation={"USD": {"EUR": 0.6, "NOK": -0.3}})
    )
    engine = simulation.engine
    sample = []
    for replication in range(N):
        draw_world(engine.handles[0], simulation.compiled.params, 11, replication, engine.handles[1])
        sample.append(engine.world.rate[:, BEFORE_MONTHS:].copy())
    return np.array(sample)


@pytest.mark.parametrize("months", [12, 60])
@pytest.mark.parametrize("currency", [0, 2])
def test_a_random_walk_has_lognormal_moments(rates: np.ndarray, months: int, currency: int) -> None:
    sample = rates[:, currency, months - 1]
    mean = SPOT * math.exp(DRIFT * months)

    agree_mean(sample, mean)
    agree_variance(sample, mean**2 * math.expm1(VOLATILITY**2 * months))
    agree_mean(np.log(sample), math.log(SPOT) + (DRIFT - VOLATILITY**2 / 2) * months)
    agree_variance(np.log(sample), VOLATILITY**2 * months)


@pytest.mark.parametrize("months", [12, 60])
def test_mean_reversion_has_normal_moments_in_logs(rates: np.ndarray, months: int) -> None:
    kappa = math.log(2.0) / HALF_LIFE
    mean = math.log(LEVEL) + (math.log(SPOT) - math.log(LEVEL)) * math.exp(-kappa * months)
    variance = VOLATILITY**2 * -math.expm1(-2.0 * kappa * months) / (2.0 * kappa)

    agree_mean(np.log(rates[:, 1, months - 1]), mean)
    agree_variance(np.log(rates[:, 1, months - 1]), variance)


@pytest.mark.parametrize(("one", "other", "expected"), [(0, 1, 0.6), (0, 2, -0.3), (1, 2, 0.0)])
def test_innovations_have_the_correlation_given(rates: np.ndarray, one: int, other: int, expected: float) -> None:
    kappa = math.log(2.0) / HALF_LIFE
    keep = np.array([1.0, math.exp(-kappa), 1.0])
    logs = np.log(rates)
    innovation = logs[:, :, 1:] - keep[None, :, None] * logs[:, :, :-1]
    correlation = np.corrcoef(innovation[:, one].ravel(), innovation[:, other].ravel())[0, 1]
    error = (1.0 - expected**2) / math.sqrt(innovation[:, one].size)

    assert abs(correlation - expected) < BOUND_Z * error


def test_yearly_market_rates_are_means_of_the_months(rates: np.ndarray) -> None:
    simulation = Simulation(plain(3, currencies={"USD": GBM}))
    run = simulation.run(3)
    months = simulation.engine.world.rate[0, BEFORE_MONTHS:].reshape(3, 12)

    assert run.currency("USD", "market_rate") == pytest.approx(months.mean(axis=1), rel=1e-12)
    autumn = [100.0, *(months[y, 5:8].mean() for y in range(2))]  # September to November of the year before
    assert run.currency("USD", "budget_rate") == pytest.approx(autumn, rel=1e-12)
