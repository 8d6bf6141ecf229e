"""Dated values by fiscal year: where each year's value comes from."""

from __future__ import annotations

from alliancesim.scenario.values import Dated, Distribution


def dated_year(dated: Dated, fy: int) -> tuple[int | None, int]:
    """The given year whose value a fiscal year takes (None = the constant), and the years of growth on top of it."""
    if not dated.by_fy:
        return None, 0
    given = sorted(dated.by_fy)
    taken = max((g for g in given if g <= fy), default=given[0])
    return taken, max(0, fy - given[-1])


def dated_value(dated: Dated, fy: int) -> float:
    """A dated value with uncertain numbers at their centers."""
    taken, grown = dated_year(dated, fy)
    value = dated.constant if taken is None else dated.by_fy[taken]
    growth = dated.then_growth_share
    center = value.center() if isinstance(value, Distribution) else value
    rate = growth.center() if isinstance(growth, Distribution) else growth
    return float(center or 0.0) * (1.0 + rate) ** grown
