"""Statistics by name: the mean or a quantile of one outcome over replications, as `programs.missile.slip_months.P80`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.sheet import with_interval
from alliancesim.study.statistics.estimate import Value, mean_with_interval, quantile_with_interval
from alliancesim.study.statistics.outcome import Outcome, find_outcomes
from alliancesim.study.statistics.paired import Functional


@dataclass(frozen=True)
class Statistic:
    """The mean or a quantile of an outcome."""

    outcome: Outcome
    functional: Functional

    @property
    def share(self) -> float | None:
        """Which quantile, 0.8 for P80; None for the mean."""
        return self.functional.p

    @property
    def name(self) -> str:
        """The outcome's name with the statistic behind it."""
        return f"{self.outcome.name}.{self.outcome.statistic}"

    @property
    def unit(self) -> str:
        """Unit of the outcome."""
        return self.outcome.column.unit

    def of(self, values: Floats) -> Value:
        """The statistic with its 95 % Monte Carlo interval. values: one per replication, infinite where censored."""
        if self.share is not None:
            return quantile_with_interval(values, self.share)
        if np.isinf(values).any():
            return Value(math.inf, None, None)
        return mean_with_interval(values, unit=self.unit)

    def missing(self, values: Floats) -> str | None:
        """Why values have no such statistic: the mean of what is censored."""
        late = int(np.isinf(values).sum())
        if self.share is not None or not late:
            return None
        return f"there is no mean, {late:,} of {len(values):,} replications are censored; use .median or .P80"

    def demand(self, values: Floats) -> None:
        """Refuse values that have no such statistic. Raises RequestError."""
        if (why := self.missing(values)) is not None:
            message = f"{self.name}: {why}"
            raise RequestError(message)


def find_statistics(names: Iterable[str], layout: Layout) -> list[Statistic]:
    """The statistics of these names. Raises RequestError with every name that is none, and what it may have meant."""
    found: list[Statistic] = []
    mistakes: list[str] = []
    for name in names:
        try:
            found.append(_statistic(*find_outcomes([name], layout)))
        except RequestError as error:
            mistakes.append(str(error))
    if mistakes:
        raise RequestError("\n".join(mistakes))
    return found


def is_statistic(name: str, layout: Layout) -> bool:
    """Whether there is a statistic of this name."""
    try:
        find_statistics([name], layout)
    except RequestError:
        return False
    return True


def _statistic(outcome: Outcome) -> Statistic:
    if outcome.statistic is None:
        message = f"outcome '{outcome.name}': of which statistic? write .mean, .median or a percentile such as .P80 behind it"
        raise RequestError(message)
    return Statistic(outcome, Functional.named(outcome.statistic))


def shown(value: Value, unit: str = "") -> str:
    """A statistic with its interval and its unit, if one is given, or that it is censored."""
    return "beyond the horizon" if math.isinf(value.value) else f"{with_interval(value)} {unit}".rstrip()


def observed(outcome: Outcome, layout: Layout, rows: Mapping[str, Floats]) -> Floats:
    """An outcome of some replications, infinite where it is censored.

    Args:
        outcome: which.
        layout: of the run.
        rows: as `Layout.rows` gives them.

    Returns:
        Shape (replication,).
    """
    values = outcome.of(rows)
    if outcome.censor is None:
        return values.copy()
    position = layout.tables()[outcome.table].position(outcome.censor)
    censored = rows[outcome.table][:, outcome.at[0], position] > 0.0
    return np.where(censored, np.inf, values)


def named_numbers(given: Iterable[str], option: str) -> dict[str, float]:
    """`NAME=NUMBER` texts by name. Raises RequestError for a text that is none, or a number below zero."""
    numbers: dict[str, float] = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            numbers[name.strip()] = float(number)
        except ValueError:
            numbers[name.strip()] = math.nan
        if not name.strip() or not 0.0 <= numbers[name.strip()] < math.inf:
            message = f"{option} '{text}'; write NAME=NUMBER with a number of at least 0: programs.missile.slip_months.P80=0.5"
            raise RequestError(message)
    return numbers
