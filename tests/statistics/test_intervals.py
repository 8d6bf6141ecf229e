from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

INTERVALS = runpy.run_path(str(Path(__file__).with_name("intervals.py")))


def test_intervals_of_comparisons_hold_as_often_as_they_say() -> None:
    """200 comparisons: a count below 179 or above 198 has probability 1e-3 for an interval that holds 95 % of the time."""
    counts = INTERVALS["held"](INTERVALS["MAIN"], 300, 200, INTERVALS["SEED"])

    assert all(179 <= counts[name] <= 198 for name in ("mean", "P80")), counts


@pytest.mark.parametrize("kind", ["LUMPY", "HORIZON", "WIDER", "GAP", "CROSSED"])
def test_intervals_of_lumpy_of_censored_and_of_gapped_outcomes_hold(kind: str) -> None:
    """200 comparisons: a count below 179 has probability 1e-3 or less for an interval that holds 95 % of the time or more."""
    counts = INTERVALS["held"](INTERVALS[kind], 300, 200, INTERVALS["SEED"])

    assert min(counts.values()) >= 179, counts


@pytest.mark.parametrize("kind", INTERVALS["RECURRING"], ids=lambda kind: kind.name)
def test_intervals_beside_what_recurs_hold(kind: Any) -> None:
    """200 comparisons: a count below 179 has probability 1e-3 or less for an interval that holds 95 % of the time or more."""
    counts = INTERVALS["held"](kind, 200, 200, INTERVALS["SEED"])

    assert min(counts.values()) >= 179, counts


@pytest.mark.slow
def test_of_1000_intervals_926_to_971_hold() -> None:
    """Probability of a false alarm 1e-3 for each count; the seed is fixed."""
    counts = INTERVALS["held"](INTERVALS["MAIN"], 1000, 1000, INTERVALS["SEED"])

    assert all(INTERVALS["LEAST"] <= counts[name] <= INTERVALS["MOST"] for name in ("mean", "P80")), counts
