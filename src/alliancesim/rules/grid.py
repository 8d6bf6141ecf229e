"""The grids on which sums are exact: 1/1024 month and 2^-20 bn."""

from __future__ import annotations

import numpy as np

from alliancesim import units
from alliancesim.kernels import rule
from alliancesim.units import MONEY_TICKS, MONTH_TICKS

TICK_MONTHS = 1.0 / MONTH_TICKS
MOST_MONTHS = 2.0**30
"""What lasts so long never ends, and sums of such durations are still exact."""
ASSUMED_GRID = "assumed: a binary grid makes float64 sums exact"


snap_months = rule(unit="months", source=ASSUMED_GRID)(units.snap_months)


@rule(unit="months", source=ASSUMED_GRID)
def snap_duration(months: float) -> float:
    """The nearest point of the month grid, at least one tick and at most MOST_MONTHS."""
    return min(max(snap_months(months), TICK_MONTHS), MOST_MONTHS)


@rule(unit="bn", source=ASSUMED_GRID)
def snap_bn(amount_bn: float) -> float:
    """The nearest point of the money grid (halves up); infinity, and what is no number, as they are."""
    return float(np.floor(amount_bn * MONEY_TICKS + 0.5) / MONEY_TICKS)
