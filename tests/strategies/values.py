"""Plain values that scenarios are made of: dates, amounts, shares."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FIRST_FY = 2025
FIRST_MONTH = 4
"""Month in which fiscal years begin while a scenario is made; `scenarios` may move all of it in the end."""
CURRENCIES = ("USD", "EUR", "NOK")
REGIMES = ("firewalled", "contested", "linked", "ruptured")
RESULTS = ("failure", "muddle", "favorable")
MILESTONES = ("first_delivery", "first_operational", "completion")
RECORD = str(Path(__file__).parents[2] / "scenarios" / "data" / "jpy_monthly.csv")
RECORD_MONTHS = 5
"""Months of it since the first fiscal year began."""

seeds = st.integers(0, 2**31 - 1)
shares = st.sampled_from((0.0, 0.1, 0.25, 0.5, 0.7, 1.0))
growths = st.sampled_from((-0.02, 0.0, 0.01, 0.03))


def rarely(chance: int) -> SearchStrategy[bool]:
    """True about once in `chance` times; shrinks to False."""
    return st.integers(1, chance).map(lambda n: n == chance)


def amounts(low: float, high: float) -> SearchStrategy[float]:
    """Plain decimals between two bounds, as people write them."""
    return st.integers(round(low * 10), round(high * 10)).map(lambda n: n / 10)


def months(first: int, last: int) -> SearchStrategy[str]:
    """Dates YYYY-MM by model month."""
    return st.integers(first, last).map(date)


def date(month: int) -> str:
    """The date YYYY-MM of a model month (0 = April of the first fiscal year)."""
    year, rest = divmod(FIRST_FY * 12 + FIRST_MONTH - 1 + month, 12)
    return f"{year:04d}-{rest + 1:02d}"


def month_of(text: str) -> int:
    """The model month of a date YYYY-MM."""
    return 12 * (int(text[:4]) - FIRST_FY) + int(text[5:]) - FIRST_MONTH
