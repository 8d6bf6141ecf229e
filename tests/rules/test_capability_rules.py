from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import pmean

from alliancesim.rules.capability import anchored_score, area_points, availability, ces, filled_share

shares = st.floats(0.0, 1.0)
weights = st.floats(0.01, 5.0)
components = st.lists(st.tuples(shares, weights), min_size=1, max_size=5)
elasticities = st.one_of(st.floats(0.0, 50.0), st.sampled_from((0.0, 0.5, 1.0, 2.0)))


def together(parts: list[tuple[float, float]], elasticity: float) -> float:
    share, weight = (np.array(column, np.float64) for column in zip(*parts, strict=True))
    return float(ces(share, weight, elasticity))


def test_at_elasticity_0_the_least_component_counts() -> None:
    assert together([(0.75, 1.0), (0.25, 3.0), (1.0, 0.1)], 0.0) == 0.25


def test_at_elasticity_1_it_is_the_weighted_geometric_mean() -> None:
    assert together([(0.25, 1.0), (1.0, 1.0)], 1.0) == pytest.approx(0.5, rel=1e-15)
    assert together([(0.5, 3.0), (1.0, 1.0)], 1.0) == pytest.approx(0.5**0.75, rel=1e-15)


def test_at_elasticity_one_half_it_is_the_weighted_harmonic_mean() -> None:
    assert together([(0.5, 1.0), (1.0, 1.0)], 0.5) == pytest.approx(2.0 / 3.0, rel=1e-15)


def test_at_elasticity_2_it_is_the_squared_mean_of_roots() -> None:
    assert together([(0.25, 1.0), (1.0, 1.0)], 2.0) == pytest.approx(0.5625, rel=1e-15)


@given(components, st.floats(0.0, 1.0), weights)
def test_without_a_component_nothing_is_left_up_to_elasticity_1(
    parts: list[tuple[float, float]], elasticity: float, weight: float
) -> None:
    assert together([*parts, (0.0, weight)], elasticity) == 0.0


@given(st.floats(1.1, 50.0))
def test_above_elasticity_1_the_others_remain(elasticity: float) -> None:
    power = (elasticity - 1.0) / elasticity

    assert together([(0.0, 1.0), (1.0, 1.0)], elasticity) == pytest.approx(0.5 ** (1.0 / power), rel=1e-12)


@given(st.lists(st.tuples(st.floats(0.01, 1.0), weights), min_size=1, max_size=5), st.floats(0.02, 50.0))
def test_it_is_the_power_mean(parts: list[tuple[float, float]], elasticity: float) -> None:
    assume(abs(elasticity - 1.0) > 1e-3)
    share, weight = zip(*parts, strict=True)

    assert together(parts, elasticity) == pytest.approx(
        float(pmean(share, (elasticity - 1.0) / elasticity, weights=weight)), rel=1e-9
    )


@given(components, elasticities)
def test_it_lies_between_the_least_and_the_most(parts: list[tuple[float, float]], elasticity: float) -> None:
    found = together(parts, elasticity)

    assert 0.0 <= found <= max(share for share, _ in parts)
    assert found >= min(share for share, _ in parts) * (1.0 - 1e-12)


@given(components, elasticities, st.integers(0, 4), shares)
def test_it_rises_with_every_component(parts: list[tuple[float, float]], elasticity: float, which: int, share: float) -> None:
    i = which % len(parts)
    raised = [(max(one, share), weight) if i == k else (one, weight) for k, (one, weight) in enumerate(parts)]

    assert together(raised, elasticity) >= together(parts, elasticity) * (1.0 - 1e-12)


@given(components, st.sampled_from((-1.0, 1.0)), st.integers(4, 15))
def test_it_runs_smoothly_through_elasticity_1(parts: list[tuple[float, float]], side: float, digits: int) -> None:
    assume(min(share for share, _ in parts) > 1e-3)
    step = 10.0**-digits

    assert together(parts, 1.0 + side * step) == pytest.approx(together(parts, 1.0), rel=100.0 * step + 1e-12)


@given(components, st.integers(3, 12))
def test_it_nears_the_least_component_as_elasticity_falls(parts: list[tuple[float, float]], digits: int) -> None:
    least = min(share for share, _ in parts)
    elasticity = 10.0**-digits
    share_of_weight = 0.01 / sum(weight for _, weight in parts)

    assert together(parts, elasticity) == pytest.approx(least, rel=-2.0 * elasticity * math.log(share_of_weight) + 1e-12)


@given(components, elasticities, st.floats(0.5, 4.0))
def test_only_ratios_of_weights_matter(parts: list[tuple[float, float]], elasticity: float, scale: float) -> None:
    scaled = [(share, weight * scale) for share, weight in parts]

    assert together(scaled, elasticity) == pytest.approx(together(parts, elasticity), rel=1e-9, abs=1e-300)


def test_a_component_without_weight_is_left_out() -> None:
    assert together([(0.0, 0.0), (0.5, 1.0)], 0.5) == 0.5
    assert together([(0.5, 0.0)], 0.5) == 0.0


@pytest.mark.parametrize(("parts", "share"), [(0.0, 0.0), (0.4, 0.4), (1.0, 1.0), (1.7, 1.0)])
def test_more_units_than_needed_are_of_no_use(parts: float, share: float) -> None:
    assert filled_share(parts) == share


def test_availability_is_what_is_paid_of_what_is_needed() -> None:
    assert availability(25.0, 100.0, 0.5) == 0.5
    assert availability(25.0, 100.0, 1.0) == 0.25
    assert availability(0.0, 100.0, 1.0) == 0.0
    assert availability(25.0, 100.0, 0.0) == 1.0
    assert availability(130.0, 100.0, 0.5) == 1.0
    assert availability(0.0, 0.0, 1.0) == 1.0


def test_a_score_is_linear_between_its_anchors_in_either_direction() -> None:
    assert [anchored_score(x, 0.01, 0.02) for x in (0.0, 0.01, 0.0125, 0.02, 0.03)] == pytest.approx([0, 0, 25, 100, 100])
    assert [anchored_score(x, 12.0, 0.0) for x in (15.0, 12.0, 9.0, 0.0, -1.0)] == [0.0, 0.0, 25.0, 100.0, 100.0]
    assert [anchored_score(x, 5.0, 5.0) for x in (4.0, 5.0)] == [0.0, 100.0]


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_score_rises_toward_high(one: float, other: float, low: float, high: float) -> None:
    assume(low != high)
    nearer, farther = (max(one, other), min(one, other)) if high > low else (min(one, other), max(one, other))

    assert 0.0 <= anchored_score(farther, low, high) <= anchored_score(nearer, low, high) <= 100.0


def test_an_area_is_the_mean_of_its_indicators_and_no_more_than_the_best_of_them() -> None:
    assert area_points(0.25 * 40.0 + 0.75 * 80.0, 1.0) == 70.0
    assert area_points(0.0, 0.0) == 0.0
    assert area_points(0.1 * 100.0 + 0.7 * 100.0, 0.1 + 0.7) == 100.0
