"""Two scenarios on common draws: what B changes of A, replication by replication.

Draws are addressed, so what a change does not touch is the same in both; the paired difference is the effect of the change.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alliancesim.errors import RunError
from alliancesim.study.estimate import Value, mean_with_interval
from alliancesim.study.layout import Floats
from alliancesim.study.run import Progress, Run, Say, as_of_fy, open_run, run
from alliancesim.study.sheet import Sheet, rounded, with_interval

SUMS = ("outlays_bn", "authority_used_bn", "planning_loss_bn", "execution_loss_bn", "unspent_bn", "commitment_bn", "hns_bn")
"""Summed over the fiscal years still open at the as-of date."""
ENDS = ("burden_bn", "arrears_bn", "purchasing_power_lost_share", "support_share")
"""Read at the end of the last fiscal year."""
MOST_SHOWN = 20


@dataclass(frozen=True)
class Difference:
    """One outcome in both runs, paired by replication."""

    name: str
    unit: str
    mean_a: float
    mean_b: float
    difference: Value
    """Mean of B - A with its interval."""
    share_above: float
    """Share of replications in which B is above A."""
    share_equal: float
    materiality: float
    """Mean difference as a share of the outcome's root mean square in A; infinite where A is always 0."""

    def clear(self) -> bool:
        """Whether the interval leaves out zero; with one replication, whether there is a difference."""
        low, high = self.difference.low, self.difference.high
        return self.difference.value != 0.0 if low is None or high is None else low > 0.0 or high < 0.0

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "outcome": self.name,
            "unit": self.unit,
            "mean_a": self.mean_a,
            "mean_b": self.mean_b,
            "difference": {"value": self.difference.value, "low": self.difference.low, "high": self.difference.high},
            "share_above": self.share_above,
            "share_equal": self.share_equal,
            "materiality": self.materiality if math.isfinite(self.materiality) else None,
        }


@dataclass
class Comparison:
    """All differences, the most material ones first."""

    a: Run
    b: Run
    n: int
    differences: list[Difference]
    only_a: list[str]
    only_b: list[str]

    def __str__(self) -> str:
        return "\n".join([self.heading(), *map(str, self.sheets())])

    def heading(self) -> str:
        """One line that says what is compared."""
        return f"A {self.a.scenario}, B {self.b.scenario}: {self.n:,} paired replications, seed {self.a.seed}"

    def sheets(self, *, every: bool = False) -> list[Sheet]:
        """The table for people; `every` adds what is below the most material outcomes."""
        columns = ["outcome", "unit", "A mean", "B mean", "B - A (95 % interval)", "B > A"]
        sheet = Sheet("Mean differences, the most material first", columns, text_columns=2)
        shown = self.differences if every else [one for one in self.differences if one.difference.value != 0.0][:MOST_SHOWN]
        for one in shown:
            scale, unit = (100.0, "%") if one.unit == "share" else (1.0, one.unit)
            error = one.difference.error()
            means = (Value(mean, mean - (error or 0.0), mean + (error or 0.0)) for mean in (one.mean_a, one.mean_b))
            texts = [rounded(mean, scale) for mean in means]
            above = f"{100 * one.share_above:.0f} %"
            change = with_interval(one.difference, scale) + ("" if one.clear() else " ?")
            sheet.rows.append([one.name, unit, *texts, change, above])
        left = len(self.differences) - len(shown)
        notes = ["`?`: the interval holds zero, sorted last. Money is summed over the open fiscal years unless a year is named; "
                 "delivery months count up to the horizon."]  # fmt: skip
        notes += [f"{left} smaller or no differences are not shown (--all)."] if left else []
        notes += [f"Only in A: {', '.join(self.only_a)}."] if self.only_a else []
        notes += [f"Only in B: {', '.join(self.only_b)}."] if self.only_b else []
        sheet.note = " ".join(notes)
        return [sheet]

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        sides = {
            name: {"scenario": one.scenario, "folder": str(one.folder), "scenario_hash": one.manifest["scenario_hash"]}
            for name, one in (("a", self.a), ("b", self.b))
        }
        told = [one.plain() for one in self.differences]
        return sides | {"seed": self.a.seed, "n": self.n, "differences": told, "only_a": self.only_a, "only_b": self.only_b}


def compare(
    a: str | os.PathLike[str] | Run, b: str | os.PathLike[str] | Run, n: int | None = None, seed: int | None = None,
    workers: int = 1, progress: Progress | None = None, engine: str | None = None, say: Say | None = None,
) -> Comparison:  # fmt: skip
    """Paired differences of two scenarios or runs.

    Args:
        a, b: scenario files, run folders or runs. A scenario is simulated with the seed and n of the other side's run,
            unless its default folder holds that run already.
        n: replications compared; default: all of the runs given, or 1000.
        seed: of simulations; default: that of the run given, or 0.
        workers: threads of simulations (processes of the reference engine).
        progress: told after every chunk of a simulation.
        engine: `batch` or `reference`.
        say: told what is not simulated because it is there.

    Raises:
        RunError: the two cannot be paired.
    """
    sides = [one if isinstance(one, Run) else open_run(one) if Path(one).is_dir() else None for one in (a, b)]
    runs = [one for one in sides if one is not None]
    seeds = {one.seed for one in runs} | ({seed} if seed is not None else set())
    if len(seeds) > 1:
        message = f"seeds {', '.join(map(str, sorted(seeds)))} differ: replications cannot be paired; run both with one seed"
        raise RunError(message)
    common = seeds.pop() if seeds else 0
    count = n if n is not None else min((one.n for one in runs), default=1000)
    for one in runs:
        if one.n < count:
            message = f"{one.folder} has {one.n} replications, {count} are asked for"
            raise RunError(message)
    first, second = (
        given if isinstance(given, Run) else run(given, count, common, workers, progress=progress, engine=engine, say=say)
        for given in (one or given for one, given in zip(sides, (a, b), strict=True))
    )
    return pair(first, second, count)


def pair(a: Run, b: Run, n: int) -> Comparison:
    """The comparison of two runs over their first n replications."""
    both = zip(_outcomes(a, b), _outcomes(b, a), strict=True)
    differences = [_difference(own.name, own.unit, own.values[:n], other.values[:n]) for own, other in both]
    differences.sort(key=lambda one: (not one.clear(), -one.materiality, one.name))
    programs = set(a.layout.programs), set(b.layout.programs)
    return Comparison(a, b, n, differences, sorted(programs[0] - programs[1]), sorted(programs[1] - programs[0]))


class Compared(NamedTuple):
    """One outcome of one run: values of shape (n,)."""

    name: str
    unit: str
    values: Floats


def _outcomes(own: Run, other: Run) -> Iterator[Compared]:
    """What is compared of a run, one after another: all that both runs have, in the same order from either side."""
    years = [fy for fy in own.layout.fiscal_years() if fy in other.layout.fiscal_years()]
    if not years:
        return
    at = [fy - own.layout.first_fy for fy in years]
    fact = max(as_of_fy(own), as_of_fy(other))
    open_at = [y for y, fy in zip(at, years, strict=True) if fy > fact] or at
    for column in SUMS:
        total = np.zeros(own.n)
        for _, (values,) in own.by_key("fiscal_years", [column], open_at):
            total += values
        yield Compared(column, "bn", total)
    pillars = [f"operational_{name}_bn" for name in sorted(_pillars(own) & _pillars(other))]
    for column in (*ENDS, *pillars):
        for _, (values,) in own.by_key("fiscal_years", [column], at[-1:]):
            yield Compared(f"{column} FY{years[-1]}", own.column("fiscal_years", column).unit, values)
    programs = sorted(_programs(own) & _programs(other))
    for column in ("first_delivery_months", "completion_months", "contracted_cost_bn"):
        unit, keys = own.column("programs", column).unit, [own.layout.programs.index(name) for name in programs]
        for p, (values,) in own.by_key("programs", [column], keys):
            yield Compared(f"{own.layout.programs[p]} {column}", unit, values)


def _pillars(run: Run) -> set[str]:
    return {name for name in run.layout.buckets if run.manifest["buckets"][name]["pillar"]}


def _programs(run: Run) -> set[str]:
    """All programs but the residual ones."""
    return {name for name in run.layout.programs if not run.manifest["programs"][name]["residual"]}


def _difference(name: str, unit: str, a: Floats, b: Floats) -> Difference:
    change = b - a
    mean = mean_with_interval(change)
    size = float(np.sqrt(np.mean(a * a)))
    materiality = 0.0 if mean.value == 0.0 else math.inf if size == 0.0 else abs(mean.value) / size
    above, equal = float(np.mean(change > 0.0)), float(np.mean(change == 0.0))
    return Difference(name, unit, float(np.mean(a)), float(np.mean(b)), mean, above, equal, materiality)
