"""Why a run is late and dear: delays and costs by cause, in the mean and in the late tail, adding up exactly.

The late tail of a ledger are the replications whose total lies beyond its P80. Means are exact sums of grid values divided
by their number and apportioned on the grid, so parts and total add up in float64; what is printed is apportioned again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from alliancesim.study.apportion import at_decimals, on_grid
from alliancesim.study.ledgers import BY_VALUE, KINDS, Kind, Ledger, ledgers
from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Run
from alliancesim.study.sheet import Sheet, decimals_for, number, with_interval
from alliancesim.study.statistics.estimate import Value, mean_with_interval, quantile_with_interval, student

TAIL_SHARE = 0.8
CSV_COLUMNS = ("ledger", "level", "name", "statistic", "replications", "cause", "value", "low", "high", "unit")
LEVELS = ("portfolio", "pillar", "bucket", "program")


@dataclass(frozen=True)
class Breakdown:
    """A mean and its parts, each with its 95 % Monte Carlo interval. The parts sum to the total with `==`."""

    count: int
    """Replications it rests on."""
    total: Value
    parts: tuple[Value, ...]


@dataclass(frozen=True)
class Account:
    """One ledger over all replications, and over those of its late tail."""

    kind: Kind
    level: str
    name: str
    censored: int
    """Replications in which a delivery is censored: the delay is then what has run up by the horizon."""
    weight_share: float
    planned: Value | None
    mean: Breakdown
    beyond: Value
    """P80 of the total."""
    tail: Breakdown | None
    """None where no replication lies beyond P80."""


@dataclass
class Causes:
    """What `show --causes` prints of a run."""

    run: Run
    weighting: str
    accounts: list[Account]

    def sheets(self) -> list[Sheet]:
        """Tables for people, one for the mean and one for the late tail of every kind."""
        found = []
        for kind in KINDS:
            found += [self.sheet(kind), self.sheet(kind, in_tail=True)]
        return found

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        said = self.run.plain() | {"weights": self.weighting, "tail_beyond": TAIL_SHARE}
        found: dict[str, Any] = {kind.name: {"unit": kind.unit} for kind in KINDS}
        for one in self.accounts:
            found[one.kind.name].setdefault(one.level, {})[one.name] = _plain(one)
        return said | {"ledgers": found}

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows of CSV_COLUMNS; cause `total` is the sum of the others. Values are exact decimals, so they add up as such."""
        for one in self.accounts:
            named: list[tuple[str, int, str, Value]] = [("p80", one.mean.count, "total", one.beyond)]
            for statistic, found in (("mean", one.mean), ("tail", one.tail)):
                if found is not None:
                    named.append((statistic, found.count, "total", found.total))
                    named += [(statistic, found.count, cause, v) for cause, v in zip(one.kind.causes, found.parts, strict=True)]
            for statistic, count, cause, value in named:
                ends = (Decimal(value.value), value.low, value.high)
                yield one.kind.name, one.level, one.name, statistic, count, cause, *ends, one.kind.unit

    def sheet(self, kind: Kind, *, in_tail: bool = False) -> Sheet:
        """One kind of ledger, in the mean or in its late tail."""
        accounts = [one for one in self.accounts if one.kind is kind]
        shown = [(one, found) for one in accounts if (found := one.tail if in_tail else one.mean) is not None]
        used = [i for i in range(len(kind.causes)) if any(found.parts[i] != Value(0.0, 0.0, 0.0) for _, found in shown)]
        before = ["P80 of the total"] if in_tail else ["planned"] if kind.base else []
        columns = ["level", "name", *before, "total", *(kind.causes[i].replace("_", " ") for i in used)]
        what = "mean beyond P80 of the total" if in_tail else "mean"
        sheet = Sheet(f"{kind.title} by cause, {kind.unit}: {what}", columns, text_columns=2)
        for one, found in shown:
            cells = _cells(found, so_far=one.censored > 0)
            first = [with_interval(one.beyond)] if in_tail else [] if one.planned is None else [_alone(one.planned)]
            sheet.rows.append([one.level, one.name, *first, cells[0], *(cells[1 + i] for i in used)])
        sheet.note = self._note(kind, [one for one, _ in shown], in_tail=in_tail)
        return sheet

    def _note(self, kind: Kind, shown: list[Account], *, in_tail: bool) -> str:
        said = ["Rounded so that causes add up to the total. ±: half of the 95 % interval, at least one unit of the last digit."]
        if kind.base:
            said.append("Planned: at plan prices and price-year rates.")
        if any(one.level != "program" for one in shown):
            how = "planned cost" if self.weighting == BY_VALUE else "equal weights"
            are = "sums of all programs" if kind.base else f"averages of named programs by {how}"
            said.append(f"Pillars, buckets and portfolio are {are}.")
        if any(one.censored for one in shown):
            said.append("*: some deliveries lie beyond the horizon; of them the delay run up by then counts.")
        if in_tail:
            said.append("Each row has its own tail; a row whose replications all lie at or below P80 has none.")
        return "\n".join(said)


def causes(run: Run, program: str | None = None, weighting: str = BY_VALUE, kinds: Sequence[Kind] = KINDS) -> Causes:
    """Delays and costs of a run by cause, of every program, pillar and the portfolio, or of one program.

    Raises RequestError for a program or a weighting there is not.
    """
    found = [account(one) for kind in kinds for one in ledgers(run, kind, program, weighting)]
    return Causes(run, weighting, sorted(found, key=lambda one: (KINDS.index(one.kind), LEVELS.index(one.level))))


def account(ledger: Ledger) -> Account:
    """A ledger over all replications and over its late tail."""
    total = ledger.total()
    beyond = quantile_with_interval(total, TAIL_SHARE)
    tail = total > beyond.value
    return Account(
        kind=ledger.kind, level=ledger.level, name=ledger.name, censored=int(ledger.late.sum()),
        weight_share=ledger.weight_share, planned=None if ledger.base is None else mean_with_interval(ledger.base),
        mean=breakdown(ledger.parts, ledger.steps, ledger.kind.steps), beyond=beyond,
        tail=tail_breakdown(ledger.parts, tail, ledger.steps, ledger.kind.steps) if tail.any() else None,
    )  # fmt: skip


def breakdown(parts: Floats, steps: int, out_steps: int) -> Breakdown:
    """The mean of each part over replications, with Student's interval.

    Args:
        parts: shape (cause, replication), multiples of 1 / steps.
        steps: of the grid of the values.
        out_steps: of the grid of the means.
    """
    halves = [mean_with_interval(values).error() for values in (parts.sum(axis=0), *parts)]
    return _exact(parts, steps, out_steps, halves)


def tail_breakdown(parts: Floats, tail: np.ndarray[Any, Any], steps: int, out_steps: int) -> Breakdown:
    """The mean of each part over the replications of the tail, with intervals that know that the tail's edge is estimated.

    The variance of such a mean is `(Var(Y | tail) + p (E(Y | tail) - E(Y | edge))^2) / k`, p being the share below the edge
    and k the replications beyond it (Manistre and Hancock 2005, North American Actuarial Journal 9(2), there for Y the
    total). E(Y | edge) is the mean over the about sqrt(n) replications nearest in rank to the edge.

    Args:
        parts: shape (cause, replication), multiples of 1 / steps.
        tail: which replications lie beyond the edge.
        steps: of the grid of the values.
        out_steps: of the grid of the means.
    """
    n, k = len(tail), int(tail.sum())
    reach = math.ceil(math.sqrt(n) / 2)
    near = np.argsort(parts.sum(axis=0), kind="stable")[max(0, n - k - reach) : n - k + reach]
    halves = [_tail_half(values[tail], values[near], n) for values in (parts.sum(axis=0), *parts)]
    return _exact(parts[:, tail], steps, out_steps, halves)


def _tail_half(inside: Floats, near: Floats, n: int) -> float | None:
    k = len(inside)
    if k == 1:
        return None
    moved = float(inside.mean() - near.mean()) ** 2 * (1.0 - k / n)
    return student(k - 1) * math.sqrt((float(inside.var(ddof=1)) + moved) / k)


def _exact(parts: Floats, steps: int, out_steps: int, halves: Sequence[float | None]) -> Breakdown:
    """Exact means of grid values, apportioned on the grid of 1 / out_steps; halves: of the intervals of total and parts."""
    count = parts.shape[1]
    sums = np.rint(parts * steps).astype(np.int64).sum(axis=1)
    means = on_grid([Fraction(int(one), steps * count) for one in sums], out_steps)
    total, *own = (Value.around(mean, half) for mean, half in zip([math.fsum(means), *means], halves, strict=True))
    return Breakdown(count, total, tuple(own))


def _cells(found: Breakdown, *, so_far: bool) -> list[str]:
    """Total and parts to the digit that the largest of their errors allows, so that they add up as printed."""
    halves = [value.error() for value in (found.total, *found.parts)]
    largest = max(abs(value.value) for value in (found.total, *found.parts))
    decimals = decimals_for(max(half or 0.0 for half in halves), largest)
    shown = at_decimals([value.value for value in found.parts], decimals)
    values = [math.fsum(shown), *shown]
    cells = [_cell(value, half, decimals) for value, half in zip(values, halves, strict=True)]
    return [f"* {cells[0]}" if so_far else cells[0], *cells[1:]]


def _alone(value: Value) -> str:
    error = value.error()
    return _cell(value.value, error, decimals_for(error, abs(value.value)))


def _cell(value: float, half: float | None, decimals: int) -> str:
    if half == 0.0:
        return "." if value == 0.0 else number(value, decimals)
    return f"{number(value, decimals)} ±{'?' if half is None else number(max(half, 10.0**-decimals), decimals)}"


def _plain(one: Account) -> dict[str, Any]:
    said: dict[str, Any] = {"censored": one.censored}
    if one.level == "program" and not one.kind.base:
        said["weight_share"] = one.weight_share
    if one.planned is not None:
        said["planned"] = one.planned.plain()
    said["mean"] = _plain_breakdown(one, one.mean)
    said["tail"] = None if one.tail is None else {"p80": one.beyond.plain()} | _plain_breakdown(one, one.tail)
    return said


def _plain_breakdown(one: Account, found: Breakdown) -> dict[str, Any]:
    causes_of = {cause: value.plain() for cause, value in zip(one.kind.causes, found.parts, strict=True)}
    return {"n": found.count, "total": found.total.plain(), "causes": causes_of}
