"""The judgment: each accepted statistic beside today's, as identical, equivalent, changed or inconclusive."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import xxhash

from alliancesim.study.gate.expectation import Kept
from alliancesim.study.runs.digest import canonical
from alliancesim.study.runs.layout import Floats
from alliancesim.study.sheet import Sheet, decimals_for, number, with_interval
from alliancesim.study.statistics.equivalence import (
    CHANGED_RATE,
    EQUIVALENCE_RATE,
    EQUIVALENT_RATE,
    FAMILY_RATE,
    POWER,
    Evidence,
    holm,
    mean_difference,
    mean_evidence,
)
from alliancesim.study.statistics.estimate import Value
from alliancesim.study.statistics.paired import paired_difference, quantile_evidence, smallest_caught
from alliancesim.study.statistics.statistic import Statistic, shown

IDENTICAL, EQUIVALENT, CHANGED, INCONCLUSIVE, GONE = "identical", "equivalent", "changed", "inconclusive", "gone"
PASSING = (IDENTICAL, EQUIVALENT)
ORDER = (GONE, CHANGED, INCONCLUSIVE, EQUIVALENT, IDENTICAL)


@dataclass(frozen=True)
class Judged:
    """One statistic against what was accepted."""

    name: str
    unit: str
    margin: float
    verdict: str
    pairs: int = 0
    accepted: Value | None = None
    now: Value | None = None
    difference: Value | None = None
    """Now less accepted, with its 95 % interval."""
    needed: int | None = None
    """Where inconclusive: replications that would settle it, more or less."""
    catches: float | None = None
    """The smallest shift that would be called changed in nine of ten cases, draws unrelated; None: none."""

    def passes(self) -> bool:
        """Whether it is what was accepted, as far as it matters."""
        return self.verdict in PASSING

    def cells(self) -> list[str]:
        """As cells of a table: accepted, now, difference with interval, margin, smallest shift caught, more replications."""
        if self.accepted is None or self.now is None or self.difference is None:
            return ["-", "-", "-", f"{self.margin:g}", "-", ""]
        known = [abs(value.value) for value in (self.accepted, self.now) if math.isfinite(value.value)]
        decimals = decimals_for(self.difference.error() or self.margin, max(known, default=0.0))
        both = (self.accepted, self.now)
        values = [shown(value) if math.isinf(value.value) else number(value.value, decimals) for value in both]
        more = "" if self.needed is None else f"{self.needed - self.pairs:,}"
        return [*values, self._move(), f"{self.margin:g}", "-" if self.catches is None else f"{self.catches:.3g}", more]

    def _move(self) -> str:
        assert self.difference is not None
        if math.isinf(self.difference.value):
            return "beyond the horizon now" if self.difference.value > 0.0 else "within the horizon now"
        return with_interval(self.difference)

    def sentence(self) -> str:
        """The verdict in a sentence."""
        if self.difference is None:
            return f"{self.name}: {self.verdict}: the scenario has no such outcome any more"
        move = self._move() if math.isinf(self.difference.value) else f"{self._move()} {self.unit} from what was accepted"
        moved = f"{self.name}: {self.verdict}, {move}"
        said = f"{moved}, margin {self.margin:g}, {self.pairs:,} paired replications"
        return said if self.needed is None else f"{said}; about {self.needed - self.pairs:,} more would settle it"

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        return {
            "statistic": self.name, "unit": self.unit, "verdict": self.verdict, "margin": self.margin, "pairs": self.pairs,
            "accepted": None if self.accepted is None else self.accepted.plain(),
            "now": None if self.now is None else self.now.plain(),
            "difference": None if self.difference is None else self.difference.plain(),
            "replications_needed": self.needed, "smallest_shift_caught": self.catches,
        }  # fmt: skip


@dataclass(frozen=True)
class Sides:
    """Evidence on both sides of a margin, each as if rounding had moved the statistic its way as far as it can."""

    beyond: Evidence
    """Of the margin and what rounding adds."""
    within: Evidence
    """Of the margin less what rounding takes; never equivalent where that is below zero."""

    def needed(self, outcomes: int) -> int | None:
        """Pairs with which a verdict could be expected; None where it lies as near the margin as values are rounded.

        That is known from a standard error on; below, that error stands for the distance.
        """
        if self.beyond.t > 0.0:
            return self.beyond.needed(outcomes)
        if self.within.t <= 0.0:
            return self.within.needed(outcomes)
        return None if min(self.within.t, -self.beyond.t) >= 1.0 else Evidence(self.beyond.pairs, 0.0).needed(outcomes)


@dataclass(frozen=True)
class Pairing:
    """One statistic in both versions."""

    statistic: Statistic
    unit: str
    margin: float
    accepted: Floats
    """Values by replication, shape (replication,); infinite where censored."""
    now: Floats
    identical: bool
    rounding: float = 0.0
    """By how much at most rounding may have moved a difference: half a step of either side."""

    def evidence(self, pairs: int) -> Sides:
        """On which side of the margin it lies, by the first pairs."""
        beyond = self._evidence(pairs, self.margin + self.rounding)
        return Sides(beyond, self._evidence(pairs, self.margin - self.rounding) if self.rounding else beyond)

    def _evidence(self, pairs: int, margin: float) -> Evidence:
        accepted, now, functional = self.accepted[:pairs], self.now[:pairs], self.statistic.functional
        if functional.p is None:
            return mean_evidence(accepted, now, margin)
        return quantile_evidence(accepted, now, functional, margin)

    def judged(self, verdict: str, evidence: Sides | None, pairs: int, outcomes: int) -> Judged:
        """The statistic with its verdict."""
        accepted, now, share = self.accepted[:pairs], self.now[:pairs], self.statistic.share
        if self.identical:
            difference = Value(0.0, 0.0, 0.0)
        elif share is None:
            difference = mean_difference(accepted, now)
        else:
            difference = paired_difference(accepted, now, self.statistic.functional)
        needed = evidence.needed(outcomes) if evidence is not None and verdict == INCONCLUSIVE else None
        return Judged(
            self.statistic.name, self.unit, self.margin, verdict, pairs, self.statistic.of(accepted), self.statistic.of(now),
            difference, needed, smallest_caught(accepted, share, self.margin + self.rounding, outcomes),
        )  # fmt: skip


def judge(pairings: list[Pairing], pairs: int) -> list[Judged]:
    """The verdicts of one look at the first pairs of all statistics, in their order.

    Changed: moved beyond its margin, Holm's correction over all that are not identical. Equivalent: both one-sided tests say it
    lies within; no correction is needed, since the check passes only if every one of them says so.
    """
    found = [None if pairing.identical else pairing.evidence(pairs) for pairing in pairings]
    changed = iter(holm([evidence.beyond.changed() for evidence in found if evidence is not None], CHANGED_RATE))
    judged = []
    for pairing, evidence in zip(pairings, found, strict=True):
        if evidence is None:
            verdict = IDENTICAL
        elif next(changed):
            verdict = CHANGED
        else:
            verdict = EQUIVALENT if evidence.within.equivalent() <= EQUIVALENT_RATE else INCONCLUSIVE
        judged.append(pairing.judged(verdict, evidence, pairs, len(pairings)))
    return judged


def judge_again(first: list[Judged], pairings: list[Pairing], pairs: int) -> list[Judged]:
    """A second look with more pairs; it decides only what the first left inconclusive."""
    second = judge(pairings, pairs)
    return [new if old.verdict == INCONCLUSIVE else old for old, new in zip(first, second, strict=True)]


def value_digest(values: Floats) -> str:
    """Digest of an outcome's values, bit by bit."""
    return xxhash.xxh3_64_hexdigest(canonical(values.copy()).tobytes())


def pairings(
    accepted: Mapping[str, Kept], exact: int, statistics: Iterable[Statistic], values: Callable[[str], Floats]
) -> list[Pairing]:
    """What was accepted of each statistic beside what is now, on the grid of what was accepted.

    Values off it would differ from accepted ones that they equal, all by the same rounding where outcomes recur, and so by what
    looks like a shift without noise.

    Args:
        accepted: outcomes by name.
        exact: of how many replications the accepted digests are.
        statistics: what is judged.
        values: today's replications of an outcome by its name, at least the exact ones.
    """
    found = []
    for statistic in statistics:
        held, now = accepted[statistic.outcome.name], values(statistic.outcome.name)
        margin = held.margins[str(statistic.outcome.statistic)]
        identical = value_digest(now[:exact]) == held.digest
        found.append(Pairing(statistic, held.unit, margin, held.values, held.grid.rounded(now), identical, held.grid.step))
    return found


def sheet(judged: list[Judged], title: str) -> Sheet:
    """A table of all that is not identical, what fails first."""
    columns = ["outcome", "unit", "verdict", "accepted", "now", "difference (95 % interval)", "margin", "catches", "more needed"]
    table = Sheet(title, columns, text_columns=3)
    shown = sorted((one for one in judged if one.verdict != IDENTICAL), key=lambda one: ORDER.index(one.verdict))
    table.rows = [[one.name, one.unit, one.verdict, *one.cells()] for one in shown]
    same = len(judged) - len(shown)
    notes = [f"{same:,} of {len(judged):,} judged statistics are identical in every replication."] if same else []
    notes.append(f"Changed: beyond the margin; at most {100 * FAMILY_RATE:g} % of checks call anything changed that is not.")
    notes.append(f"Equivalent: within it; wrong for at most {100 * EQUIVALENCE_RATE:g} % of outcomes that are not.")
    notes.append(f"Catches: the smallest shift called changed {100 * POWER:g} times in 100, if no draws are shared.")
    table.note = "\n".join(notes)
    return table
