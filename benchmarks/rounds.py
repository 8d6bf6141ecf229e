"""Timing in turns: everything once in each round, so that a slow phase of the machine hits all alike; ratios within a round."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable


def timed(act: Callable[[], object]) -> float:
    """Process seconds an act takes."""
    began = time.process_time()
    act()
    return time.process_time() - began


def rounds(acts: dict[str, tuple[Callable[[], object], int]], count: int) -> dict[str, list[float]]:
    """Microseconds of each act per unit, round by round. acts: by name, what to do and how many units that is."""
    for act, _ in acts.values():
        act()
    microseconds: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(count):
        for name, (act, units) in acts.items():
            microseconds[name].append(timed(act) / units * 1e6)
    return microseconds


def ratio(dividend: list[float], divisor: list[float]) -> list[float]:
    """Quotients round by round."""
    return [a / b for a, b in zip(dividend, divisor, strict=True)]


def spread(values: list[float], form: str) -> str:
    """Median, minimum and maximum."""
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def peak_mib() -> float:
    """Largest resident memory of this process so far, MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
