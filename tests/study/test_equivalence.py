from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alliancesim.study.statistics.equivalence import (
    Evidence,
    atoms,
    detectable,
    holm,
    mean_difference,
    mean_evidence,
    shares_difference,
    shares_evidence,
)

DRAWS = np.random.default_rng(5)
ACCEPTED = DRAWS.gamma(2.0, 1.0, 200)
NOW = ACCEPTED + DRAWS.normal(0.1, 0.3, 200)
MIXED = 0.7 * DRAWS.gamma(2.0, 1.0, 400_000) + 0.3 * DRAWS.gamma(2.0, 1.0, 400_000) + 1.0
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
    for evidence in (mean_evidence, lambda a, b, margin: shares_evidence(a, b, 0.8, margin)):
        assert evidence(ACCEPTED, ACCEPTED + 2.0, 1.0).changed() < 1e-4
        assert evidence(ACCEPTED, ACCEPTED - 2.0, 1.0).changed() < 1e-4
        assert evidence(ACCEPTED, ACCEPTED + 0.1, 1.0).equivalent() < 1e-3


@given(samples, st.randoms(use_true_random=False), st.sampled_from((0.1, 0.5, 0.8)))
def test_nothing_is_both_and_a_wider_margin_never_helps_a_change(values: np.ndarray, random, share: float) -> None:  # type: ignore[no-untyped-def]
    now = np.array([random.choice(list(values)) + random.choice((0, 1)) for _ in values])
    last = math.inf
    for margin in (0.0, 0.5, 3.0, 50.0):
        for found in (mean_evidence(values, now, margin), shares_evidence(values, now, share, margin)):
            assert found.changed() > 0.01 or found.equivalent() > 0.01
        t = mean_evidence(values, now, margin).t
        assert t <= last
        last = t


def test_an_atom_at_the_quantile_is_no_change() -> None:
    accepted = np.zeros(200)
    now = np.where(np.arange(200) % 20 == 0, 5.0, 0.0)
    assert shares_evidence(accepted, now, 0.8, 0.0).equivalent() < 1e-6
    assert shares_evidence(accepted, np.where(now > 0.0, 5.0, -5.0), 0.5, 1.0).changed() < 1e-6


def test_censored_quantiles_are_later_than_all_others() -> None:
    late = np.where(np.arange(100) < 50, 3.0, np.inf)
    early = np.where(np.arange(100) < 95, 3.0, np.inf)
    assert shares_evidence(early, late, 0.8, 1.0).changed() < 1e-3
    assert shares_evidence(late, early, 0.8, 1.0).changed() < 1e-2
    assert shares_difference(late, late, 0.8).value == 0.0


def test_a_mean_that_some_are_censored_of_is_changed_only_if_they_are_too_many_for_chance() -> None:
    found = [mean_evidence(np.zeros(100), np.where(np.arange(100) < late, np.inf, 0.0), 1.0) for late in (1, 10, 50)]
    assert [one.changed() for one in found] == pytest.approx([1.0, 2.0**-9, 2.0**-49])
    assert all(one.equivalent() >= 0.5 for one in found)


def test_an_accepted_quantile_that_may_be_at_another_step_is_no_change() -> None:
    """Both medians are 7, the accepted one seems 6 in nearly half of all samples. More than 5 of 200 at 0.5 %: by chance 1e-3."""
    draws, alarms, passes = np.random.default_rng(1), 0, 0
    for _ in range(200):
        accepted, now = (draws.binomial(8, share, 200).astype(np.float64) for share in (0.8, 0.84))
        alarms += shares_evidence(accepted, now, 0.5, 0.5).changed() <= 0.005
        passes += shares_evidence(accepted, now + 2.0, 0.5, 1.5).equivalent() <= 0.025
    assert alarms <= 5
    assert passes <= 13  # of 200 at 2.5 % by chance 1e-3
    assert shares_evidence(accepted, now + 3.0, 0.5, 0.5).changed() < 1e-6


def test_intervals_of_shares_differences_cover() -> None:
    """Nominal 95 %, 400 replications: 95 % less or more than 4.1 standard errors has a chance below 1e-4."""
    held, moved = 0, float(np.quantile(MIXED, 0.5)) - stats.gamma(2.0).median()
    for _ in range(400):
        accepted = DRAWS.gamma(2.0, 1.0, 120)
        found = shares_difference(accepted, 0.7 * accepted + 0.3 * DRAWS.gamma(2.0, 1.0, 120) + 1.0, 0.5)
        held += (found.low is None or found.low <= moved) and (found.high is None or found.high >= moved)
    assert abs(held - 380) <= 4.1 * math.sqrt(400 * 0.95 * 0.05)


def test_intervals_of_shares_differences_cover_where_the_reference_may_be_at_another_step() -> None:
    """The accepted median is 7, but 6 in nearly half of all samples: of 200 intervals fewer than 179 hold with chance 1e-3."""
    draws, held = np.random.default_rng(1), 0
    for _ in range(200):
        accepted, now = (draws.binomial(8, share, 200).astype(np.float64) for share in (0.8, 0.84))
        found = shares_difference(accepted, now, 0.5)
        held += (found.low is None or found.low <= 0.0) and (found.high is None or found.high >= 0.0)
    assert held >= 179


def test_values_that_recur_about_the_quantile_are_its_atoms() -> None:
    assert atoms(ACCEPTED, 0.8) == []
    assert atoms(np.repeat([1.0, 2.0, 3.0], [50, 48, 102]), 0.5) == [2.0, 3.0]
    assert atoms(np.repeat([1.0, 2.0, 3.0], [10, 100, 90]), 0.3) == [2.0]


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
