"""Runs that do not simulate the same months: one calendar for their dates, and what a reader should know of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Run
from alliancesim.units import month_name


@dataclass(frozen=True)
class Calendar:
    """How the dates of a run are read beside those of a run with another horizon."""

    shift_months: float
    """From the reference's start to the run's own."""
    end_months: float
    """Since the reference's start; what comes later is not seen in both runs."""

    def seen(self, months: Floats, late: npt.NDArray[np.bool_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Dates in months since the reference's start, and which of them are beyond what both runs see. Shapes (replication,)."""
        shifted = months + self.shift_months
        return np.minimum(shifted, self.end_months), late | (shifted > self.end_months)


def horizon(run: Run) -> tuple[int, int]:
    """The first month of a run's horizon and the first one after it, in months since year 0."""
    start = run.layout.first_fy * 12 + int(run.manifest["fy_first_month"]) - 1
    return start, start + 12 * len(run.layout.fiscal_years())


def calendars(a: Run, b: Run) -> tuple[Calendar | None, Calendar | None]:
    """How dates of two runs are compared: on the calendar of a, up to the earlier end; None where both have one horizon."""
    own, other = horizon(a), horizon(b)
    if own == other:
        return None, None
    end = float(min(own[1], other[1]) - own[0])
    return Calendar(0.0, end), Calendar(float(other[0] - own[0]), end)


def horizon_notes(a: Run, b: Run) -> list[str]:
    """What a reader should know where two runs have not the same horizon."""
    own, other = horizon(a), horizon(b)
    if own == other:
        return []
    spans = " and ".join(f"{month_name(first)} to {month_name(end - 1)}" for first, end in (own, other))
    end = month_name(min(own[1], other[1]) - 1)
    said = (
        f"The horizons are {spans}: dates of both are months since {month_name(own[0])}, and count up to the end of {end} only."
    )
    months = [int(run.manifest["fy_first_month"]) for run in (a, b)]
    if months[0] == months[1]:
        return [said]
    return [said, f"Fiscal years begin in month {months[0]} of A and month {months[1]} of B, and are compared by number."]
