"""The check: a scenario's outcomes today against the accepted ones, and against what the scenario itself expects.

First bit by bit: the same digest, and all is identical. If any bit moved, each judged statistic is compared with its margin.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alliancesim.errors import AllianceSimError, CheckFailed, PlanError, ScenarioError, StoreError
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled
from alliancesim.scenario.load import load_scenario
from alliancesim.study.gate import judgment, ranges
from alliancesim.study.gate.expectation import (
    MARGIN_STEPS,
    REFERENCE,
    SCENARIO_SUFFIXES,
    Expectation,
    command,
    read_expectation,
)
from alliancesim.study.gate.judgment import GONE, IDENTICAL, INCONCLUSIVE, Judged
from alliancesim.study.gate.moved import Moved, moved, renamed
from alliancesim.study.gate.ranges import OPEN, RangeVerdict
from alliancesim.study.gate.sample import Sample, extend
from alliancesim.study.gate.stored import DEFAULT_N, DEFAULT_SEED
from alliancesim.study.runs.batch import check_request
from alliancesim.study.runs.layout import Layout
from alliancesim.study.runs.manifest import scenario_hash, versions
from alliancesim.study.runs.run import Progress
from alliancesim.study.sheet import Sheet
from alliancesim.study.statistics.equivalence import EQUIVALENCE_RATE, FAMILY_RATE
from alliancesim.study.statistics.statistic import find_statistics, is_statistic

MOST_SHOWN = 20
MOST_FOR_RANGES = 100_000
"""Replications that settling a range may take; the accepted outcomes end at what the expectation holds."""


@dataclass
class CheckResult:
    """One expectation, or one scenario's own ranges, against today."""

    path: Path
    identical: bool
    """Whether every bit is what was accepted; with ranges alone, there is nothing to differ from."""
    new_digest: str
    old_digest: str | None = None
    judged: list[Judged] = field(default_factory=list)
    ranges: list[RangeVerdict] = field(default_factory=list)
    moved_replications: list[int] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exact: bool = False
    """Whether it passes only if every bit is what was accepted."""
    broken: str | None = None
    """Why nothing could be judged: the expectation or its scenario cannot be read."""

    @classmethod
    def unjudged(cls, path: Path, error: AllianceSimError) -> CheckResult:
        """What there is to say of an expectation that cannot be judged."""
        return cls(path, identical=False, new_digest="", broken=str(error))

    @property
    def met(self) -> bool:
        """Whether the check passes: identical, or where that is enough equivalent throughout, and every range met."""
        if self.broken is not None or (self.exact and not self.identical):
            return False
        return all(one.passes() for one in self.judged) and all(one.passes() for one in self.ranges)

    def verdict(self) -> str:
        """One line, and what to know about it."""
        if self.broken is not None:
            return f"{self.path}: NOT judged: {self.broken}"
        digests = f"outcomes {self.new_digest}" + ("" if self.identical else f", accepted {self.old_digest}")
        return "\n".join([f"{self.path}: {self._words()}, {digests}", *(f"  {note}" for note in self.notes)])

    def _words(self) -> str:
        everything: list[Judged | RangeVerdict] = [*self.judged, *self.ranges]
        failing = [one for one in everything if not one.passes()]
        if failing:
            counts = dict.fromkeys(one.verdict for one in failing)
            texts = (f"{sum(one.verdict == verdict for one in failing)} {verdict}" for verdict in counts)
            return f"NOT met ({', '.join(texts)})"
        if self.old_digest is None:
            return "met"
        if self.identical:
            return "met, identical"
        return "NOT met bit for bit, equivalent" if self.exact else "met, equivalent"

    def sheets(self) -> list[Sheet]:
        """What is not identical, the first outcomes that moved, and the ranges."""
        found = []
        if any(one.verdict != IDENTICAL for one in self.judged):
            found.append(judgment.sheet(self.judged, f"{self.path}: outcomes against what was accepted"))
        if self.moved:
            columns = ["replication", "table", "of", "fiscal year", "outcome", "accepted", "now", "difference"]
            sheet = Sheet(f"{self.path}: the first outcomes that moved", columns, text_columns=5)
            sheet.rows = [one.cells() for one in self.moved[:MOST_SHOWN]]
            left = len(self.moved) - MOST_SHOWN
            sheet.note = f"{left:,} more moved." if left > 0 else ""
            found.append(sheet)
        if self.ranges:
            found.append(ranges.sheet(self.ranges, f"{self.path}: what the scenario expects"))
        return found

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        return {
            "expectation": str(self.path), "met": self.met, "identical": self.identical, "exact": self.exact,
            "accepted_digest": self.old_digest, "digest": self.new_digest,
            "family_rate": FAMILY_RATE, "equivalence_rate": EQUIVALENCE_RATE,
            "judged": [one.plain() for one in self.judged], "ranges": [one.plain() for one in self.ranges],
            "moved_replications": self.moved_replications, "moved": [one.__dict__ for one in self.moved[:MOST_SHOWN]],
            "notes": self.notes,
        } | ({} if self.broken is None else {"broken": self.broken})  # fmt: skip


@dataclass(frozen=True)
class Effort:
    """How a check simulates."""

    workers: int = 1
    progress: Progress | None = None
    engine: str | None = None
    settle: bool = False
    """Whether to simulate on where a verdict is inconclusive."""
    exact: bool = False
    """Whether only every bit is enough."""

    def extend(self, sample: Sample, compiled: Compiled, n: int, seed: int) -> Sample:
        """The sample with n replications."""
        return extend(sample, compiled, n, seed, self.workers, self.progress, self.engine)


def check(
    expectation: str | os.PathLike[str] | None = None, workers: int = 1, progress: Progress | None = None,
    engine: str | None = None, *, settle: bool = False, exact: bool = False, n: int | None = None, seed: int | None = None,
) -> list[CheckResult]:  # fmt: skip
    """Compare expectations with today's outcomes.

    Args:
        expectation: one file, or a scenario whose `expect:` ranges alone are checked; default: all in `results/reference/`.
        workers: threads (processes of the reference engine).
        progress: told after every chunk.
        engine: `batch` or `reference`.
        settle: simulate on where a verdict is inconclusive.
        exact: an expectation passes only if every bit is what was accepted.
        n, seed: replications and seed for a scenario; an expectation has its own.

    Raises:
        CheckFailed: there is no expectation; none is ever made without being asked for.
        StoreError: the one expectation asked for cannot be read. Of several, the others are judged all the same.
    """
    effort = Effort(workers, progress, engine, settle, exact)
    if expectation is not None and Path(expectation).suffix in SCENARIO_SUFFIXES:
        count, start = DEFAULT_N if n is None else n, DEFAULT_SEED if seed is None else seed
        return [check_scenario(Path(expectation), count, start, effort)]
    if expectation is not None:
        return [check_one(read_expectation(_file(Path(expectation))), effort)]
    paths = sorted(REFERENCE.glob("*.json"))
    if not paths:
        message = f"{REFERENCE}: no expectation; make one with: alliancesim check --accept REASON --scenario FILE"
        raise CheckFailed(message)
    if len(paths) == 1:
        return [check_one(read_expectation(paths[0]), effort)]
    return [_check_or_broken(path, effort) for path in paths]


def _file(path: Path) -> Path:
    """The path of an expectation. Raises StoreError for a folder, with the expectations in it."""
    if path.is_dir():
        inside = ", ".join(str(one) for one in sorted(path.glob("*.json"))) or "there is none in it"
        message = f"{path}: is a folder; name an expectation: {inside}"
        raise StoreError(message)
    return path


def _check_or_broken(path: Path, effort: Effort) -> CheckResult:
    try:
        return check_one(read_expectation(path), effort)
    except (ScenarioError, PlanError, StoreError, CheckFailed) as error:
        return CheckResult.unjudged(path, error)


def check_scenario(path: Path, n: int, seed: int, effort: Effort) -> CheckResult:
    """A scenario against the ranges it expects. Raises CheckFailed where it expects nothing."""
    check_request(n, seed, effort.workers)
    loaded = load_scenario(path)
    compiled = compile_plan(loaded)
    layout = Layout.of(compiled)
    asked = ranges.ranges(loaded, layout)
    if not asked:
        accept = command("check", "--accept", "REASON", "--scenario", path)
        message = f"{path}: expects nothing: write an `expect:` block, or accept its outcomes: {accept}"
        raise CheckFailed(message)
    outcomes = {one.statistic.outcome.name: one.statistic.outcome for one in asked}
    sample = effort.extend(Sample(layout, list(outcomes.values()), n), compiled, n, seed)
    result = CheckResult(path, identical=True, new_digest=sample.digest())
    result.ranges = ranges.judge_ranges(asked, sample.values)
    if effort.settle and (more := _wanted_by_ranges(result.ranges)) > n:
        effort.extend(sample, compiled, more, seed)
        result.ranges = _judged_again(result.ranges, sample)
    return result


def check_one(old: Expectation, effort: Effort | None = None) -> CheckResult:
    """One expectation against today's outcomes."""
    effort = effort or Effort()
    loaded = load_scenario(old.scenario_path())
    compiled = compile_plan(loaded)
    layout = Layout.of(compiled)
    asked = ranges.ranges(loaded, layout)
    margins = old.margins()
    statistics = find_statistics((name for name in margins if is_statistic(name, layout)), layout)
    outcomes = {one.outcome.name: one.outcome for one in (*statistics, *(range.statistic for range in asked))}
    sample = effort.extend(Sample(layout, list(outcomes.values()), old.n), compiled, old.n, old.seed)
    digest = sample.digest()
    result = CheckResult(old.path, digest == old.outcomes_digest, digest, old.outcomes_digest, exact=effort.exact)
    result.judged = judgment.judge(judgment.pairings(old.outcomes, old.n, statistics, sample.values), old.n)
    result.ranges = ranges.judge_ranges(asked, sample.values)
    if scenario_hash(loaded) != old.scenario_hash:
        result.notes.append(f"the scenario itself has changed, or a default of the language: {old.scenario_path().name}")
    if not result.identical:
        _tell_what_moved(result, old, sample)
    more = max(_wanted(result.judged, old.most), _wanted_by_ranges(result.ranges))
    if effort.settle and more > old.n:
        effort.extend(sample, compiled, more, old.seed)
        pairings = judgment.pairings(old.outcomes, old.n, statistics, sample.values)
        result.judged = judgment.judge_again(result.judged, pairings, min(more, old.most))
        result.ranges = _judged_again(result.ranges, sample)
    elif more > old.n:
        result.notes.append(f"--settle runs {more - old.n:,} more replications for what is inconclusive")
    known, accept_anew = {one.name for one in statistics}, command("check", old.path, "--accept", "REASON")
    result.judged += [Judged(name, "", margin, GONE) for name, margin in margins.items() if name not in known]
    if any(one.needed is not None and one.needed > old.most for one in result.judged):
        result.notes.append(
            f"the expectation holds {old.most:,} replications to judge by; with more of the accepted version it can tell more: "
            f"{accept_anew} --judged N"
        )
    result.notes += _too_near(result.judged, old, accept_anew)
    if not result.identical:
        result.notes.append(f"if the change is meant: {accept_anew}")
    return result


def demand(results: list[CheckResult]) -> None:
    """Raise CheckFailed unless every expectation is met, StoreError where one could not be judged."""
    failed = [str(result.path) for result in results if not result.met]
    if failed:
        bits = " bit for bit" if any(result.exact for result in results) else ""
        message = f"{len(failed)} of {len(results)} expectations are not met{bits}: {', '.join(failed)}"
        raise StoreError(message) if any(result.broken is not None for result in results) else CheckFailed(message)


def _tell_what_moved(result: CheckResult, old: Expectation, sample: Sample) -> None:
    pairs = enumerate(zip(old.replication_digests, sample.digests, strict=True))
    result.moved_replications = [r for r, (was, now) in pairs if was != now]
    result.moved = moved(old, sample)
    count, first = len(result.moved_replications), next(iter(result.moved_replications), None)
    file = old.scenario_path()
    if first is not None:
        result.notes.append(
            f"{count:,} of {old.n:,} replications moved, the first is {first}; to see its first event that differs,\n"
            f"    accepted version: {command('explain', file, '--seed', str(old.seed), '--replication', str(first), '--json')}"
            f" > old.json\n    this version: {command('check', '--trace', 'old.json', '--scenario', file)}"
        )
    today = versions()
    changed = [f"{name} {was} -> {today[name]}" for name, was in old.versions.items() if name in today and today[name] != was]
    if changed:
        result.notes.append("versions differ: " + ", ".join(changed))
    result.notes += list(renamed(old, sample.layout))


def _too_near(judged: list[Judged], old: Expectation, accept_anew: str) -> Iterator[str]:
    """What stays inconclusive because accepted values are rounded."""
    for one in judged:
        if one.verdict != INCONCLUSIVE or one.needed is not None:
            continue
        step = old.outcomes[one.name.rpartition(".")[0]].grid.step
        near = f"{one.name} lies as near its margin as accepted values are rounded, {step:g} {one.unit}; no more pairs settle it"
        finer = f"; to keep them finer, with the accepted version: {accept_anew}"
        yield near + (finer if step > one.margin / MARGIN_STEPS else "")


def _wanted(judged: list[Judged], most: int) -> int:
    """Replications that would settle what is inconclusive, as far as the expectation reaches."""
    return max((min(one.needed, most) for one in judged if one.needed is not None), default=0)


def _wanted_by_ranges(found: list[RangeVerdict]) -> int:
    return max((min(one.needed, MOST_FOR_RANGES) for one in found if one.needed is not None), default=0)


def _judged_again(first: list[RangeVerdict], sample: Sample) -> list[RangeVerdict]:
    """A second look with all replications; it decides only what the first left inconclusive."""
    second = ranges.judge_ranges([one.range for one in first], sample.values)
    return [new if old.verdict == OPEN else old for old, new in zip(first, second, strict=True)]
