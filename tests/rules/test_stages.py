"""Durations: work under disruption against brute force, conditioning against truncated distributions, common causes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alliancesim.engine.noise import noisy_months
from alliancesim.rules.draws import Z90, normal_quantile, uniform
from alliancesim.rules.stages import finish_time, own_loading, score_after

TICK = 1 / 16


def marched(start: float, work: float, begins: list[float], ends: list[float], rate: float) -> float:
    """When work ends, by marching through time in small steps."""
    now, left = start, work
    while left > 1e-12:
        inside = any(begin <= now < end for begin, end in zip(begins, ends, strict=True))
        step = min(TICK, left / rate) if inside and rate > 0.0 else TICK if inside else min(TICK, left)
        left -= step * (rate if inside else 1.0)
        now += step
    return now


@given(
    st.integers(0, 100),
    st.integers(1, 200),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), max_size=5),
    st.sampled_from((0.0, 0.25, 0.5, 1.0)),
)
def test_work_under_disruption_ends_when_enough_is_done(start: int, work: int, pairs: list[tuple[int, int]], rate: float) -> None:
    begins, ends, now = [], [], 0
    for gap, lasts in pairs:
        begins.append((now + gap) * TICK)
        ends.append((now + gap + lasts) * TICK)
        now += gap + lasts
    end = finish_time(start * TICK, work * TICK, np.array(begins), np.array(ends), len(begins), rate)

    assert end == pytest.approx(marched(start * TICK, work * TICK, begins, ends, rate))
    assert end >= (start + work) * TICK


def test_only_disruptions_that_are_set_count() -> None:
    assert finish_time(0.0, 5.0, np.array([1.0, 2.0]), np.array([1.5, 9.0]), 1, 0.0) == 5.5


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_loadings_are_those_of_a_unit_vector(system: float, program: float) -> None:
    own = own_loading(system, program)

    if system**2 + program**2 <= 1.0:
        assert system**2 + program**2 + own**2 == pytest.approx(1.0)
    else:
        assert own == 0.0


@given(st.floats(0.001, 0.999), st.floats(-3.0, 3.0), st.sampled_from((0.0, 1.5e-8, 0.3, 1.0)), st.floats(-5.0, 8.0))
def test_a_score_after_work_exceeds_its_floor(u: float, common: float, own: float, floor: float) -> None:
    assert score_after(u, common, own, floor) >= floor - 1e-9


def months(planned: float, elapsed: float, system_z: float, program_z: float, replication: int) -> float:
    """A drawn duration with p90 1.5 and loadings .6 and .5."""
    sigma, own = math.log(1.5) / Z90, own_loading(0.6, 0.5)
    return float(noisy_months(planned, elapsed, 1.0, sigma, 0.6, 0.5, own, system_z, program_z, 5, replication, 77, 0))


@pytest.mark.parametrize("elapsed", [0.0, 9.0, 14.0, 25.0])
def test_durations_given_the_work_done_follow_the_truncated_lognormal(elapsed: float) -> None:
    planned, system_z, program_z = 12.0, 0.7, -0.4
    sigma = math.log(1.5) / Z90
    own = math.sqrt(1.0 - 0.36 - 0.25)
    law = stats.lognorm(own * sigma, scale=planned * math.exp(sigma * (0.6 * system_z + 0.5 * program_z)))
    below = law.cdf(elapsed)
    sample = [months(planned, elapsed, system_z, program_z, r) for r in range(4000)]

    assert min(sample) > elapsed
    assert all((x * 1024).is_integer() for x in sample)
    jittered = np.array(sample) + (np.random.default_rng(0).random(4000) - 0.5) / 1024
    assert stats.kstest(np.maximum(jittered, elapsed), lambda x: (law.cdf(x) - below) / (1.0 - below)).pvalue > 1e-5


def test_far_in_the_tail_a_duration_is_still_longer_than_what_has_passed() -> None:
    assert all(500.0 < months(1.0, 500.0, -2.0, -2.0, r) < 5000.0 for r in range(200))


def test_without_own_work_common_causes_decide() -> None:
    score = 0.6 * 1.1 + 0.8 * 0.2
    expected = 10.0 * math.exp(math.log(1.4) / Z90 * score)

    drawn = noisy_months(10.0, 0.0, 1.0, math.log(1.4) / Z90, 0.6, 0.8, own_loading(0.6, 0.8), 1.1, 0.2, 1, 1, 1, 1)

    assert drawn == pytest.approx(expected, abs=1 / 1024)


def test_a_duration_is_that_of_its_own_draw() -> None:
    z = normal_quantile(uniform(3, 4, 5, 6))

    sigma = math.log(1.4 / 0.9) / Z90

    assert noisy_months(10.0, 0.0, 0.9, sigma, 0.0, 0.0, own_loading(0.0, 0.0), 9.0, 9.0, 3, 4, 5, 6) == pytest.approx(
        10.0 * 0.9 * math.exp(sigma * z), abs=1 / 1024
    )
