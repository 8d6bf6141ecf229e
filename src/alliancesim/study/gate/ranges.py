"""The `expect:` block of a scenario: whether its outcomes lie in the ranges that its author calls right."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from alliancesim.errors import Finding, RequestError, ScenarioError
from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.yamlfile import Place, finding
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.sheet import Sheet
from alliancesim.study.statistics.equivalence import CHANGED_RATE, EQUIVALENT_RATE, holm, needed
from alliancesim.study.statistics.estimate import INDICATOR, Value, moments
from alliancesim.study.statistics.statistic import Statistic, find_statistics, shown

MET, NOT_MET, OPEN, NO_MEAN = "met", "not met", "inconclusive", "no mean"
ORDER = (NO_MEAN, NOT_MET, OPEN, MET)


@dataclass(frozen=True)
class Range:
    """One entry of the block."""

    name: str
    statistic: Statistic
    low: float
    high: float
    why: str
    place: Place

    def is_share(self) -> bool:
        """Whether it is the mean of an indicator, which is a probability."""
        return self.statistic.share is None and self.statistic.unit == INDICATOR

    def chances(self, values: Floats) -> tuple[float, float]:
        """p-values of "inside" and of "outside": small where it is not. Student's for means, exact for quantiles and shares.

        A quantile is at least `low` exactly if at most its share of all outcomes lie below `low`.
        """
        n, share = len(values), self.statistic.share
        if self.is_share():
            count = int(np.count_nonzero(values))
            ends = [_chances_of_share(count, n, self.low), _chances_of_share(n - count, n, 1.0 - self.high)]
        elif share is None:
            ends = [_chances_of_mean(values - self.low), _chances_of_mean(self.high - values)]
        else:
            below, up_to = int(np.count_nonzero(values < self.low)), int(np.count_nonzero(values <= self.high))
            ends = [
                (_at_least(below, n, share), float(special.bdtr(below, n, share))),
                (float(special.bdtr(up_to, n, share)), _at_least(up_to, n, share)),
            ]
        return min(1.0, 2.0 * min(inside for inside, _ in ends)), max(outside for _, outside in ends)


@dataclass(frozen=True)
class RangeVerdict:
    """One range against a sample."""

    range: Range
    verdict: str
    n: int
    value: Value
    needed: int | None
    """Where inconclusive: replications that would settle it, more or less."""
    missing: str | None = None
    """Why there is no such statistic, where there is none."""

    def passes(self) -> bool:
        """Whether the outcome lies in its range."""
        return self.verdict == MET

    def sentence(self) -> str:
        """The verdict in a sentence."""
        asked, unit = self.range, self.range.statistic.unit
        value = f" is {shown(self.value, unit)}" if self.missing is None else f": {self.missing}"
        said = f"expect.{asked.name}: {self.verdict}: {asked.statistic.name}{value}, "
        said += f"expected between {asked.low:g} and {asked.high:g}, {self.n:,} replications"
        if self.needed is not None:
            said += f"; about {self.needed - self.n:,} more would settle it"
        return f"{said} ({asked.why})" if asked.why else said

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        return {
            "expect": self.range.name, "statistic": self.range.statistic.name, "unit": self.range.statistic.unit,
            "verdict": self.verdict, "between": [self.range.low, self.range.high], "n": self.n,
            "value": self.value.plain(), "replications_needed": self.needed,
            "why": self.range.why,
        }  # fmt: skip


def ranges(loaded: LoadedScenario, layout: Layout) -> list[Range]:
    """The ranges of a scenario. Raises ScenarioError with every name that is no statistic of an outcome."""
    if mistakes := unknown_outcomes(loaded, layout):
        raise ScenarioError(mistakes)
    found: list[Range] = []
    for name, expected in loaded.scenario.expect.items():
        (statistic,) = find_statistics([expected.outcome], layout)
        low, high = expected.between
        found.append(Range(name, statistic, low, high, expected.why, loaded.where(("expect", name, "outcome"))))
    return found


def unknown_outcomes(loaded: LoadedScenario, layout: Layout) -> list[Finding]:
    """Findings on names that are no statistic of an outcome, also in ranges that are broken otherwise."""
    mistakes: list[Finding] = []
    for name in loaded.names("expect"):
        path = ("expect", name, "outcome")
        outcome = loaded.text(path)
        try:
            find_statistics([] if outcome is None else [outcome], layout)
        except RequestError as error:
            mistakes.append(finding(loaded.where(path), path, str(error), "or leave the ranges out with --set expect=null"))
    return mistakes


def judge_ranges(asked: list[Range], values: Callable[[str], Floats]) -> list[RangeVerdict]:
    """The verdicts of one look. values: replications of an outcome by its name."""
    samples = [values(one.statistic.outcome.name) for one in asked]
    reasons = [one.statistic.missing(sample) for one, sample in zip(asked, samples, strict=True)]
    chances = [one.chances(sample) if why is None else None for one, sample, why in zip(asked, samples, reasons, strict=True)]
    outside = iter(holm([chance[0] for chance in chances if chance is not None], CHANGED_RATE))
    found = []
    for one, sample, why, chance in zip(asked, samples, reasons, chances, strict=True):
        if chance is None:
            verdict = NO_MEAN
        elif next(outside):
            verdict = NOT_MET
        else:
            verdict = MET if chance[1] <= EQUIVALENT_RATE else OPEN
        more = _needed(one, sample, len(asked)) if verdict == OPEN else None
        found.append(RangeVerdict(one, verdict, len(sample), one.statistic.of(sample), more, why))
    return found


def sheet(judged: list[RangeVerdict], title: str) -> Sheet:
    """A table of all ranges, what fails first."""
    table = Sheet(title, ["expect", "outcome", "unit", "verdict", "is (95 % interval)", "between"], text_columns=4)
    for one in sorted(judged, key=lambda one: ORDER.index(one.verdict)):
        asked = one.range
        cells = ["censored" if one.missing else shown(one.value), f"{asked.low:g} and {asked.high:g}"]
        table.rows.append([asked.name, asked.statistic.name, asked.statistic.unit, one.verdict, *cells])
    return table


def _needed(asked: Range, values: Floats, outcomes: int) -> int:
    """Replications that would settle it, by the distance to the nearer end in standard errors."""
    n, share = len(values), asked.statistic.share
    if asked.is_share():
        mean = float(np.mean(values))  # no probability lies below 0 or above 1, so such an end is never the nearer one
        ends = [(mean - asked.low, asked.low)] if asked.low > 0.0 else []
        ends += [(asked.high - mean, asked.high)] if asked.high < 1.0 else []
        room, end = min(ends)
        sd = math.sqrt(max(0.0, end * (1.0 - end)))
    elif share is None:
        mean, sd = moments(values)
        room = min(mean - asked.low, asked.high - mean)
    else:
        sd = math.sqrt(share * (1.0 - share))
        room = min(share - np.count_nonzero(values < asked.low) / n, np.count_nonzero(values <= asked.high) / n - share)
    rate = EQUIVALENT_RATE if room > 0.0 else CHANGED_RATE / (2 * outcomes)
    return needed(n, room / sd * math.sqrt(n) if sd else 0.0, rate)


def _at_least(count: int, n: int, share: float) -> float:
    """Chance of at least so many of n."""
    return 1.0 if count == 0 else float(special.bdtrc(count - 1, n, share))


def _chances_of_share(count: int, n: int, least: float) -> tuple[float, float]:
    """p-values of "the probability is at least `least`" and of "below it", of what was seen in count of n: binomial."""
    if not 0.0 < least <= 1.0:  # any probability is at least 0 and none above 1
        return (1.0, 0.0) if least <= 0.0 else (0.0, 1.0)
    return float(special.bdtr(count, n, least)), _at_least(count, n, least)


def _chances_of_mean(room: Floats) -> tuple[float, float]:
    """p-values of "the mean is at least 0" and of "below 0". room: values less the lower end, or the upper end less values."""
    n = len(room)
    if n < 2:
        return 1.0, 1.0
    mean, sd = moments(room)
    if sd == 0.0:
        return (1.0, 0.0) if mean >= 0.0 else (0.0, 1.0)
    t = mean / sd * math.sqrt(n)
    return float(special.stdtr(n - 1, t)), float(special.stdtr(n - 1, -t))
