"""How far an estimate may lie from theory: every comparison here states its Monte Carlo error and its false-alarm rate.

Seeds are fixed, so a test passes or fails for good; the bound says how surprised a failure should leave us. With
|z| < 4.42 the chance of a false alarm is 1e-5 for each comparison when a seed is first chosen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

FALSE_ALARM = 1e-5
BOUND_Z = 4.417
"""The two-sided normal quantile of FALSE_ALARM."""


def agree_mean(sample: Sequence[float], expected: float) -> None:
    """The mean of independent values lies within its Monte Carlo error of what theory says."""
    values = np.asarray(sample, float)
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    z = (float(values.mean()) - expected) / error
    assert abs(z) < BOUND_Z, f"mean {values.mean():.6g} against {expected:.6g}, standard error {error:.2g}, z = {z:.2f}"


def agree_variance(sample: Sequence[float], expected: float) -> None:
    """The variance of independent values lies within its Monte Carlo error (fourth moment taken from the sample)."""
    values = np.asarray(sample, float)
    squares = (values - values.mean()) ** 2
    error = float(squares.std(ddof=1)) / math.sqrt(len(values))
    z = (float(values.var(ddof=1)) - expected) / error
    assert abs(z) < BOUND_Z, f"variance {values.var(ddof=1):.6g} against {expected:.6g}, standard error {error:.2g}, z = {z:.2f}"


def agree_share(hits: int, trials: int, expected: float) -> None:
    """A frequency lies within its binomial error."""
    error = math.sqrt(expected * (1.0 - expected) / trials)
    z = (hits / trials - expected) / error
    assert abs(z) < BOUND_Z, f"share {hits / trials:.5f} against {expected:.5f}, standard error {error:.2g}, z = {z:.2f}"
