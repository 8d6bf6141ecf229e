"""One outcome in two paired runs: how far it moved, in how many futures, and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.study.differences.compared import Compared, Observed
from alliancesim.study.sheet import DOWN, UP, parted, with_interval
from alliancesim.study.statistics.estimate import Value, mean_with_interval, share_with_interval
from alliancesim.study.statistics.paired import FUNCTIONALS, Functional, paired_difference, variance_saved

AT_LEAST, AT_MOST, UNKNOWN = "at least", "at most", "unknown"
ROUNDED = {AT_LEAST: DOWN, AT_MOST: UP}


@dataclass(frozen=True)
class Difference:
    """One outcome in both runs, paired by replication."""

    outcome: Compared
    subject: str
    """Its name in a sentence."""
    mean_a: Value
    mean_b: Value
    by_statistic: dict[str, Value]
    """B - A in mean, median, P10 and P80."""
    bounds: dict[str, str]
    """Of quantiles that lie beyond the horizon in a run: how the difference is to be read, see `moved`."""
    above: Value
    """Probability that B is above A in a replication."""
    equal: Value
    better: Value | None
    """Probability that B is better; None where the outcome is not judged."""
    variance_saved: Value | None
    materiality: float
    """Mean difference over the outcome's root mean square in A and B together."""

    @property
    def name(self) -> str:
        """Name of the outcome."""
        return self.outcome.name

    @property
    def mean(self) -> Value:
        """B - A in the mean."""
        return self.by_statistic["mean"]

    def clear(self) -> bool:
        """Whether the interval of the mean difference leaves out zero; with one replication, whether there is a difference."""
        return is_clear(self.mean)

    def sentence(self) -> str:
        """What happens to the outcome, in words."""
        scale, unit = self.outcome.column.scale
        up = self.mean.value > 0.0
        size, how_sure = parted(self.mean if up else self.mean.turned(), scale)
        if unit == "months":
            moved = f"comes {size} months {'later' if up else 'earlier'}"
        else:
            shown = {"%": " points", "1": ""}.get(unit, f" {unit}")
            moved = f"{'rises' if up else 'falls'} by {size}{shown}"
        share, word = (self.above, "above A") if self.better is None else (self.better, "better")
        percent, futures = parted(share, 100.0)
        return f"{self.subject} {moved}{how_sure}; B is {word} in {percent} % of futures{futures}."

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        moved = {name: value.plain() | self._bound(name) for name, value in self.by_statistic.items()}
        return {
            "outcome": self.name,
            "unit": self.outcome.column.unit,
            "better_when": self.outcome.better,
            "mean_a": self.mean_a.plain(),
            "mean_b": self.mean_b.plain(),
            "difference": moved,
            "share_above": self.above.plain(),
            "share_equal": self.equal.plain(),
            "share_better": None if self.better is None else self.better.plain(),
            "variance_saved": None if self.variance_saved is None else self.variance_saved.plain(),
            "materiality": self.materiality,
        }

    def cell(self, statistic: str) -> str:
        """The difference in a statistic as the tables show it."""
        return bounded_cell(self.by_statistic[statistic], self.bounds.get(statistic), self.outcome.column.scale[0])

    def _bound(self, statistic: str) -> dict[str, str]:
        return {"bound": self.bounds[statistic]} if statistic in self.bounds else {}


def difference(a: Observed, b: Observed, subject: str) -> Difference:
    """The difference of two samples of one outcome, replication by replication."""
    change = b.values - a.values
    n = len(change)
    size = math.sqrt(0.5 * float(np.mean(a.values**2) + np.mean(b.values**2)))
    found = {one.name: moved(a, b, one) for one in FUNCTIONALS}
    by_statistic = {name: value for name, (value, _) in found.items()}
    above, below = int(np.sum(change > 0.0)), int(np.sum(change < 0.0))
    better = {"higher": above, "lower": below, None: None}[a.outcome.better]
    return Difference(
        outcome=a.outcome,
        subject=subject,
        mean_a=mean_with_interval(a.values, unit=a.outcome.column.unit),
        mean_b=mean_with_interval(b.values, unit=b.outcome.column.unit),
        by_statistic=by_statistic,
        bounds={name: bound for name, (_, bound) in found.items() if bound is not None},
        above=share_with_interval(above, n),
        equal=share_with_interval(n - above - below, n),
        better=None if better is None else share_with_interval(better, n),
        variance_saved=variance_saved(a.values, b.values),
        materiality=0.0 if size == 0.0 else abs(by_statistic["mean"].value) / size,
    )


def moved(a: Observed, b: Observed, statistic: Functional) -> tuple[Value, str | None]:
    """The statistic of b less that of a, and how it is to be read where a quantile lies beyond the horizon.

    That is `at least` or `at most` where one of the two does: its bound is taken in its place, and the interval has the one end
    that this leaves true. Where both do, the difference is `unknown` and its value nan. Means are those of the bounds.
    """
    late_a, late_b = (statistic.p is not None and one.beyond(statistic.p) for one in (a, b))
    if late_a and late_b:
        return Value(math.nan, None, None), UNKNOWN
    found = paired_difference(a.known(statistic.p), b.known(statistic.p), statistic)
    if late_b:
        return Value(found.value, found.low, None), AT_LEAST
    if late_a:
        return Value(found.value, None, found.high), AT_MOST
    return found, None


def bounded_cell(value: Value, bound: str | None, scale: float) -> str:
    """A difference as tables show it. bound: as `moved` gives it."""
    if bound == UNKNOWN:
        return "beyond horizon"
    return with_interval(value, scale) if bound is None else f"{bound} {with_interval(value, scale, ROUNDED[bound])}"


def is_clear(value: Value) -> bool:
    """Whether an interval leaves out zero; where there is none, whether the value does."""
    if value.low is None or value.high is None:
        return value.value != 0.0
    return value.value != 0.0 and (value.low > 0.0 or value.high < 0.0)
