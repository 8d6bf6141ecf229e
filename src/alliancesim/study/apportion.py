"""Rounding that keeps a sum: parts on a grid that add up to their total exactly, in print as in float64."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor


def apportioned(parts: Sequence[Fraction]) -> list[int]:
    """Whole numbers less than one from the parts that sum to the rounded sum of the parts (halves up).

    The largest remainders are rounded up, the first of equals; a part that is whole stays as it is. Source: Hamilton's
    method of apportionment (Balinski and Young 1982, Fair Representation).
    """
    whole = [floor(part) for part in parts]
    missing = floor(sum(parts, Fraction(1, 2))) - sum(whole)
    by_remainder = sorted(range(len(parts)), key=lambda i: whole[i] - parts[i])
    for i in by_remainder[:missing]:
        whole[i] += 1
    return whole


def on_grid(parts: Sequence[Fraction], steps: int) -> list[float]:
    """The parts on the grid of 1 / steps, a power of two, so that their float64 sum is exact in any order."""
    return [whole / steps for whole in apportioned([part * steps for part in parts])]


def at_decimals(parts: Sequence[float], decimals: int) -> list[float]:
    """The parts rounded to so many decimals (negative: to tens or more) so that the rounded parts add up as printed."""
    step = Fraction(10) ** -decimals
    return [float(whole * step) for whole in apportioned([Fraction(part) / step for part in parts])]
