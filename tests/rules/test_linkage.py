"""Pressure, support and rounds: closed forms against numerical integration and direct definitions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from alliancesim.rules import linkage

halves = st.floats(1.0, 60.0)
numbers = st.floats(-3.0, 3.0)


@given(st.floats(0.0, 10.0), halves, st.floats(0.0, 120.0), st.floats(0.0, 120.0))
def test_pressure_decays_in_any_number_of_steps(pressure: float, half_life: float, first: float, second: float) -> None:
    whole = linkage.pressure_at(pressure, half_life, first + second)
    steps = linkage.pressure_at(linkage.pressure_at(pressure, half_life, first), half_life, second)

    assert steps == pytest.approx(whole)
    assert linkage.pressure_at(pressure, half_life, half_life) == pytest.approx(0.5 * pressure)


def test_a_round_is_scored_as_worked_by_hand() -> None:
    assert linkage.round_score(0.5, 0.25, 2.0, 4.0, 1.0, 2.0, 0.5, 0.25) == 0.5 - 0.5 + 1.0 + 1.0


def integrated(x: float, pressure: float, mean: float, half: float, drag: float, pressure_half: float, months: float) -> float:
    """Support by SciPy's integrator."""
    kappa, decay = math.log(2.0) / half, math.log(2.0) / pressure_half

    def slope(_: float, y: list[float]) -> list[float]:
        return [kappa * (mean - y[0]) - drag * y[1], -decay * y[1]]

    return float(solve_ivp(slope, (0.0, months), [x, pressure], method="DOP853", rtol=1e-11, atol=1e-12).y[0, -1])


@pytest.mark.parametrize("pressure_half", [18.0, 6.0, 60.0, 18.0 * (1 + 1e-12), 18.0 * (1 - 1e-7)])
@pytest.mark.parametrize("months", [0.5, 12.0, 90.0])
def test_support_is_its_differential_equation(pressure_half: float, months: float) -> None:
    arguments = (0.3, 2.5, 0.6, 18.0, 0.03, pressure_half, months)

    assert linkage.support_at(*arguments) == pytest.approx(integrated(*arguments), rel=1e-8)


@pytest.mark.parametrize(("half", "other"), [(24.0, 0.1), (0.1, 24.0)])
def test_support_is_known_after_a_long_quiet_time_whichever_fades_faster(half: float, other: float) -> None:
    kappa, decay = math.log(2.0) / half, math.log(2.0) / other
    slower = math.exp(-min(kappa, decay) * 120.0) / abs(kappa - decay)

    assert linkage.support_at(0.5, 1.0, 0.5, half, 0.1, other, 120.0) == pytest.approx(0.5 - 0.1 * slower, rel=1e-12)


@given(
    numbers,
    st.floats(0.0, 5.0),
    st.floats(0.0, 1.0),
    halves,
    st.floats(0.0, 0.2),
    halves,
    st.floats(0.0, 60.0),
    st.floats(0.0, 60.0),
)
def test_support_in_two_steps_is_support_in_one(
    x: float, pressure: float, mean: float, half: float, drag: float, other: float, first: float, second: float
) -> None:
    middle = linkage.support_at(x, pressure, mean, half, drag, other, first)
    end = linkage.support_at(middle, linkage.pressure_at(pressure, other, first), mean, half, drag, other, second)

    assert end == pytest.approx(linkage.support_at(x, pressure, mean, half, drag, other, first + second), abs=1e-7)


@given(numbers)
def test_a_share_is_read_within_its_bounds(x: float) -> None:
    assert linkage.read_share(x) == sorted((0.0, x, 1.0))[1]


@given(st.floats(-800.0, 800.0))
def test_the_logistic_is_symmetric_and_never_overflows(x: float) -> None:
    assert linkage.logistic(x) + linkage.logistic(-x) == pytest.approx(1.0)
    assert linkage.logistic(0.0) == 0.5


@given(st.floats(0.001, 0.999), numbers, numbers, st.floats(0.0, 3.0))
def test_a_round_is_an_ordered_logit(u: float, score: float, cut: float, gap: float) -> None:
    failure, below = linkage.logistic(cut - score), linkage.logistic(cut + gap - score)
    expected = linkage.FAILURE if u < failure else linkage.MUDDLE if u < below else linkage.FAVORABLE

    assert linkage.round_result(u, score, cut, cut + gap) == expected
    assert linkage.round_result(u, score + 1.0, cut, cut + gap) >= expected


def test_what_raises_and_lowers_the_score_of_a_round() -> None:
    base = linkage.round_score(0.5, 1.0, 0.2, 0.3, 1.0, 1.0, 1.0, 1.0)

    assert base == pytest.approx(0.5 - 1.0 + 0.2 + 0.3)
    assert linkage.round_score(0.5, 2.0, 0.2, 0.3, 1.0, 1.0, 1.0, 1.0) < base
    assert linkage.round_score(0.6, 1.0, 0.2, 0.3, 1.0, 1.0, 1.0, 1.0) > base


@given(st.floats(0.0, 10.0), st.floats(0.0, 2.0))
def test_pressure_stretches_approvals(pressure: float, elasticity: float) -> None:
    assert linkage.pressure_mult(pressure, elasticity) == 1.0 + elasticity * pressure


@given(st.floats(0.01, 0.99), numbers, numbers)
def test_a_shifted_probability_has_its_odds_multiplied(probability: float, shift: float, more: float) -> None:
    shifted = linkage.shifted_probability(probability, shift)

    assert shifted / (1.0 - shifted) == pytest.approx(probability / (1.0 - probability) * math.exp(shift))
    assert linkage.shifted_probability(shifted, more) == pytest.approx(linkage.shifted_probability(probability, shift + more))
    assert [linkage.shifted_probability(p, shift) for p in (0.0, 1.0)] == [0.0, 1.0]
