from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alliancesim.study.statistics.equivalence import (
    Evidence,
    detectable,
    holm,
    mean_difference,
    mean_evidence,
)
from alliancesim.study.statistics.profile import profile_evidence

DRAWS = np.random.default_rng(5)
ACCEPTED = DRAWS.gamma(2.0, 1.0, 200)
NOW = ACCEPTED + DRAWS.normal(0.1, 0.3, 200)
samples = st.lists(st.integers(-20, 20), min_size=2, max_size=40).map(lambda given: np.array(given, np.float64))


@pytest.mark.parametrize("margin", [0.0, 0.05, 0.5])
def test_evidence_on_means_is_that_of_paired_t_tests(margin: float) -> None:
    found = mean_evidence(ACCEPTED, NOW, margin)
    above = stats.ttest_rel(NOW - margin, ACCEPTED, alternative="greater").pvalue
    below = stats.ttest_rel(NOW + margin, ACCEPTED, alternative="less").pvalue
    not_above = stats.ttest_rel(NOW - margin, ACCEPTED, alternative="less").pvalue
    not_below = stats.ttest_rel(NOW + margin, ACCEPTED, alternative="greater").pvalue
    assert found.changed() == pytest.approx(min(1.0, 2.0 * min(above, below)))
    assert found.equivalent() == pytest.approx(max(not_above, not_below))
    interval = stats.ttest_rel(NOW, ACCEPTED).confidence_interval(0.95)
    difference = mean_difference(ACCEPTED, NOW)
    assert (difference.low, difference.high) == pytest.approx((interval.low, interval.high))


def test_a_shift_without_noise_is_changed_exactly_beyond_the_margin() -> None:
    for evidence in (mean_evidence, lambda a, b, margin: profile_evidence(a, b, 0.8, margin)):
        assert evidence(ACCEPTED, ACCEPTED + 2.0, 1.0).changed() < 1e-4
        assert evidence(ACCEPTED, ACCEPTED - 2.0, 1.0).changed() < 1e-4
        assert evidence(ACCEPTED, ACCEPTED + 0.1, 1.0).equivalent() < 1e-3


@given(samples, st.randoms(use_true_random=False), st.sampled_from((0.1, 0.5, 0.8)))
def test_nothing_is_both_and_a_wider_margin_never_helps_a_change(values: np.ndarray, random, share: float) -> None:  # type: ignore[no-untyped-def]
    now = np.array([random.choice(list(values)) + random.choice((0, 1)) for _ in values])
    last = math.inf
    for margin in (0.0, 0.5, 3.0, 50.0):
        for found in (mean_evidence(values, now, margin), profile_evidence(values, now, share, margin)):
            assert found.changed() > 0.01 or found.equivalent() > 0.01
        t = mean_evidence(values, now, margin).t
        assert t <= last
        last = t


def test_a_mean_that_some_are_censored_of_is_changed_only_if_they_are_too_many_for_chance() -> None:
    found = [mean_evidence(np.zeros(100), np.where(np.arange(100) < late, np.inf, 0.0), 1.0) for late in (1, 10, 50)]
    assert [one.changed() for one in found] == pytest.approx([1.0, 2.0**-9, 2.0**-49])
    assert all(one.equivalent() >= 0.5 for one in found)


def test_holm_steps_down() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005], 0.05) == [True, False, False, True]
    assert holm([0.02, 0.02, 0.02], 0.05) == [False, False, False]
    assert holm([], 0.05) == []


def test_needed_pairs_follow_the_square_of_the_distance() -> None:
    near, far = Evidence(100, -1.0), Evidence(100, -2.0)
    assert near.needed(10) == pytest.approx(4 * far.needed(10), abs=4)
    wanted = stats.norm.ppf(0.975) + stats.norm.ppf(0.9)
    assert far.needed(10) == math.ceil(100 * (wanted / 2) ** 2)
    assert Evidence(100, 0.0).needed(10) == near.needed(10)
    assert Evidence(100, -9.0).needed(10) == 101


def test_what_is_caught_grows_with_margin_and_falls_with_pairs() -> None:
    for share in (None, 0.8):
        few, many = (detectable(values, share, 0.0, 10) for values in (ACCEPTED, np.tile(ACCEPTED, 20)))
        assert few is not None
        assert many is not None
        assert many < few
        assert detectable(ACCEPTED, share, 1.5, 10) == pytest.approx(few + 1.5)
    assert detectable(ACCEPTED[:20], 0.8, 0.0, 10) is None
    assert detectable(ACCEPTED[:1], None, 0.0, 10) is None
