"""Likelihoods of a record of changes against sums over everything that may have happened."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from alliancesim.rules.exchange import long_run_turbulent
from alliancesim.rules.likelihood import jump_diffusion_likelihood, normal_density, regime_switching_likelihood, turbulent_given

CHANGE = np.array([0.01, -0.03, 0.002, 0.07, -0.015, -0.05, 0.02])
volatilities = st.floats(0.005, 0.1)
drifts = st.floats(-0.02, 0.02)
chances = st.floats(0.01, 0.99)


@given(st.floats(-1.0, 1.0), drifts, volatilities)
def test_density_is_that_of_the_normal_law(x: float, mean: float, sd: float) -> None:
    assert normal_density(x, mean, sd) == pytest.approx(norm.pdf(x, mean, sd), rel=1e-9)


@given(drifts, st.floats(0.02, 0.1), st.floats(0.001, 2.0), drifts, volatilities)
def test_jumps_are_a_mixture_over_their_number(drift: float, sigma: float, jumps: float, mean: float, sd: float) -> None:
    counts = np.arange(40)
    center = drift - jumps * math.expm1(mean + sd**2 / 2) - sigma**2 / 2
    densities = norm.pdf(CHANGE[:, None], center + counts * mean, np.sqrt(sigma**2 + counts * sd**2))
    expected = float(np.log(densities @ poisson.pmf(counts, jumps)).sum())
    found = jump_diffusion_likelihood(CHANGE, np.empty(len(CHANGE)), drift, sigma, jumps, mean, sd)

    assert found == pytest.approx(expected, rel=1e-8)


@given(drifts, volatilities, chances, drifts, volatilities, chances)
def test_switching_is_a_sum_over_all_paths_of_the_states(
    calm: float, sigma: float, leave: float, drift: float, volatility: float, back: float
) -> None:
    share = long_run_turbulent(leave, back)
    move = np.array([[1.0 - leave, leave], [back, 1.0 - back]])
    laws = (norm(calm - sigma**2 / 2, sigma), norm(drift - volatility**2 / 2, volatility))
    density = np.array([law.pdf(CHANGE) for law in laws])
    ends = np.zeros(2)
    for path in product((0, 1), repeat=len(CHANGE)):
        chance = (1.0 - share, share)[path[0]]
        for before, after in zip(path, path[1:], strict=False):
            chance *= move[before, after]
        ends[path[-1]] += chance * math.prod(density[state, m] for m, state in enumerate(path))
    total, turbulent = regime_switching_likelihood(CHANGE, calm, sigma, leave, drift, volatility, back)

    assert total == pytest.approx(math.log(ends.sum()), rel=1e-8)
    assert turbulent == pytest.approx(ends[1] / ends.sum(), rel=1e-7)


@given(chances, st.floats(0.0, 50.0), st.floats(0.001, 50.0))
def test_the_state_is_told_by_bayes_rule(chance: float, calm: float, turbulent: float) -> None:
    odds = chance / (1.0 - chance) * turbulent / calm if calm > 0.0 else math.inf

    assert turbulent_given(chance, calm, turbulent) == pytest.approx(odds / (1.0 + odds) if odds < math.inf else 1.0)


def test_what_is_impossible_has_no_likelihood() -> None:
    far = np.array([9.0])

    assert jump_diffusion_likelihood(far, np.empty(1), 0.0, 0.01, 0.1, 0.0, 0.01) == -math.inf
    assert regime_switching_likelihood(far, 0.0, 0.01, 0.1, 0.0, 0.02, 0.1)[0] == -math.inf
    assert turbulent_given(0.3, 0.0, 0.0) == 0.3
