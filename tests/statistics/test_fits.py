"""Intervals of fitted processes hold the truth as often as they say; the table is that of `fits.py`."""

from __future__ import annotations

import fits
import pytest


@pytest.mark.parametrize("process", fits.TRUTH)
def test_intervals_hold_the_truth(process: str) -> None:
    """All of 8 paths in every parameter but at most three times: at 95 % coverage a false alarm is rarer than 0.1 %."""
    missed = [one.paths - one.hits for one in fits.coverage(process, paths=8)]

    assert max(missed) <= 3


@pytest.mark.slow
@pytest.mark.parametrize("process", fits.TRUTH)
def test_intervals_hold_the_truth_in_full(process: str) -> None:
    assert [one for one in fits.coverage(process) if not one.enough()] == []
