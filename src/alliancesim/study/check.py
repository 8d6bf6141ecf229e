"""The check: today's outcomes against the accepted ones, bit by bit; a mismatch names the first outcomes that moved."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from alliancesim.errors import CheckFailed, RunError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.batch import check_request, chunks
from alliancesim.study.digest import run_digest
from alliancesim.study.expectation import REFERENCE, Expectation, Sample, accepted, read_expectation
from alliancesim.study.layout import Floats, Layout, Table
from alliancesim.study.manifest import scenario_hash, versions
from alliancesim.study.parts import missing
from alliancesim.study.run import Progress, make_fanout, part_size
from alliancesim.study.sheet import Sheet

MOST_SHOWN = 20
DEFAULT_N, DEFAULT_SEED = 200, 7
MEAN_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Moved:
    """One outcome that is not what was accepted."""

    replication: str
    """Its index, or `mean` over all replications."""
    table: str
    entity: str
    fiscal_year: str
    column: str
    old: float
    new: float

    def cells(self) -> list[str]:
        """As cells of a table; numbers in full."""
        at = [self.replication, self.table, self.entity, self.fiscal_year, self.column]
        return [*at, f"{self.old!r}", f"{self.new!r}", f"{self.new - self.old:+.6g}"]


@dataclass
class CheckResult:
    """One expectation against today."""

    path: Path
    met: bool
    old_digest: str
    new_digest: str
    moved_replications: list[int] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def verdict(self) -> str:
        """One line, and what to know about it."""
        if self.met:
            head = f"{self.path}: met, outcomes {self.new_digest}"
        else:
            head = f"{self.path}: NOT met, outcomes {self.new_digest}, accepted {self.old_digest}"
            if self.moved_replications:
                head += f"; {len(self.moved_replications)} replications moved, the first is {self.moved_replications[0]}"
        return "\n".join([head, *(f"  {note}" for note in self.notes)])

    def sheets(self) -> list[Sheet]:
        """The first outcomes that moved."""
        if not self.moved:
            return []
        columns = ["replication", "table", "of", "fiscal year", "outcome", "accepted", "now", "difference"]
        sheet = Sheet(f"{self.path}: the first outcomes that moved", columns, text_columns=5)
        sheet.rows = [one.cells() for one in self.moved[:MOST_SHOWN]]
        left = len(self.moved) - MOST_SHOWN
        sheet.note = f"{left:,} more moved." if left > 0 else ""
        return [sheet]

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        moved = [one.__dict__ for one in self.moved[:MOST_SHOWN]]
        return {"expectation": str(self.path), "met": self.met, "accepted_digest": self.old_digest, "digest": self.new_digest,
                "moved_replications": self.moved_replications, "moved": moved, "notes": self.notes}  # fmt: skip


def check(
    expectation: str | os.PathLike[str] | None = None, workers: int = 1, progress: Progress | None = None,
    engine: str | None = None,
) -> list[CheckResult]:  # fmt: skip
    """Compare expectations with today's outcomes.

    Args:
        expectation: one file; default: every one in `results/reference/`.
        workers: threads (processes of the reference engine).
        progress: told after every chunk.
        engine: `batch` or `reference`.

    Raises:
        CheckFailed: there is no expectation; none is ever made without being asked for.
    """
    paths = [Path(expectation)] if expectation is not None else sorted(REFERENCE.glob("*.json"))
    if not paths:
        message = f"{REFERENCE}: no expectation; make one with: alliancesim check --accept REASON --scenario SCENARIO"
        raise CheckFailed(message)
    return [check_one(read_expectation(path), workers, progress, engine) for path in paths]


def check_one(
    old: Expectation, workers: int = 1, progress: Progress | None = None, engine: str | None = None
) -> CheckResult:
    """Compare one expectation with today's outcomes."""
    loaded = load_scenario(old.scenario_path())
    sample = gather(loaded, old.n, old.seed, workers, progress, engine)
    digest = run_digest(sample.layout, sample.digests)
    moved = [r for r, (was, now) in enumerate(zip(old.replication_digests, sample.digests, strict=True)) if was != now]
    result = CheckResult(old.path, digest == old.outcomes_digest, old.outcomes_digest, digest, moved)
    if scenario_hash(loaded) != old.scenario_hash:
        result.notes.append(f"the scenario itself has changed: {old.scenario_path().name}")
    if result.met:
        return result
    today = versions()
    changed = [f"{name} {was} -> {today[name]}" for name, was in old.versions.items() if name in today and today[name] != was]
    if changed:
        result.notes.append("versions differ: " + ", ".join(changed))
    result.notes += list(_renamed(old, sample.layout))
    for r, tables in enumerate(old.whole):
        result.moved += _moved(str(r), old, tables, sample.layout, sample.whole[r], 0.0)
    result.moved += _moved("mean", old, old.means, sample.layout, sample.means(), MEAN_TOLERANCE)
    result.notes.append(f"if the change is meant: alliancesim check {old.path} --accept REASON")
    return result


def demand(results: list[CheckResult]) -> None:
    """Raise CheckFailed unless every expectation is met."""
    moved = [str(result.path) for result in results if not result.met]
    if moved:
        message = f"{len(moved)} of {len(results)} expectations are not met: {', '.join(moved)}"
        raise CheckFailed(message)


def accept(
    expectation: str | os.PathLike[str] | None, reason: str, scenario: str | os.PathLike[str] | None = None, n: int | None = None,
    seed: int | None = None, workers: int = 1, progress: Progress | None = None, engine: str | None = None,
) -> Path:  # fmt: skip
    """Store today's outcomes as an expectation.

    Args:
        expectation: its file; default: named for the scenario, in `results/reference/`.
        reason: why; kept in its history.
        scenario, n, seed: of a new expectation, or what changes of an old one.
        workers: threads (processes of the reference engine).
        progress: told after every chunk.
        engine: `batch` or `reference`.

    Raises:
        RunError: the reason is empty, or nothing says which scenario.
    """
    if not reason.strip():
        message = "--accept needs a reason: it is kept in the expectation's history"
        raise RunError(message)
    if expectation is None and scenario is None:
        message = "--accept needs an expectation, or --scenario for a new one"
        raise RunError(message)
    path = Path(expectation) if expectation is not None else REFERENCE / f"{Path(str(scenario)).stem}.json"
    old = read_expectation(path) if path.exists() or scenario is None else None
    file = Path(scenario) if scenario is not None else old.scenario_path() if old else Path()
    count = n if n is not None else old.n if old else DEFAULT_N
    start = seed if seed is not None else old.seed if old else DEFAULT_SEED
    loaded = load_scenario(file)
    sample = gather(loaded, count, start, workers, progress, engine)
    digest = run_digest(sample.layout, sample.digests)
    Expectation(
        path=path,
        scenario=Path(os.path.relpath(file.resolve(), path.parent.resolve())).as_posix(),
        seed=start,
        n=count,
        scenario_hash=scenario_hash(loaded),
        outcomes_digest=digest,
        replication_digests=sample.digests,
        layout=sample.layout,
        columns=_columns(sample.layout),
        whole=sample.whole,
        means=sample.means(),
        key_means=sample.key_means(),
        versions={name: version for name, version in versions().items() if name != "git"},
        history=[*(old.history if old else []), accepted(reason.strip(), digest)],
    ).write()
    return path


def gather(
    loaded: LoadedScenario, n: int, seed: int, workers: int, progress: Progress | None, engine: str | None = None
) -> Sample:
    """Simulate a scenario, keeping what an expectation holds of it."""
    check_request(n, seed, workers)
    compiled = compile_plan(loaded)
    fanout, layout = make_fanout(engine, workers), Layout.of(compiled)
    sample, done = Sample(layout), 0
    spans = missing([], n, part_size(layout, n, fanout.engine))
    with contextlib.closing(chunks(compiled, spans, seed, fanout)) as stream:
        for chunk in stream:
            sample.add(chunk)
            done += len(chunk.digests)
            if progress is not None:
                progress(done, n)
    return sample


def _moved(
    replication: str, old: Expectation, was: dict[str, Floats], layout: Layout, now: dict[str, Floats], tolerance: float
) -> list[Moved]:
    """Outcomes that differ, in order of fiscal year; those without one last."""
    found: list[tuple[tuple[int, int, int, int], Moved]] = []
    tables = layout.tables()
    for t, (name, before) in enumerate(old.layout.tables().items()):
        today = tables[name]
        mine, theirs = _common(before, today)
        names = [column for column in old.columns[name] if column in {item.name for item in today.columns}]
        left = was[name][np.ix_(*mine, [old.columns[name].index(column) for column in names])]
        right = now[name][np.ix_(*theirs, [today.position(column) for column in names])]
        size = np.maximum(np.abs(left), np.abs(right))
        for place in np.argwhere(~((np.abs(left - right) <= tolerance * size) | (np.isnan(left) & np.isnan(right)))):
            *at, c = (int(i) for i in place)
            entries = {key: values[mine[k][at[k]]] for k, (key, values) in enumerate(before.keys)}
            fy = int(entries.get("fiscal_year", 0))
            entity = next((str(value) for key, value in entries.items() if key != "fiscal_year"), "-")
            values = float(left[tuple(place)]), float(right[tuple(place)])
            one = Moved(replication, name, entity, f"FY{fy}" if fy else "-", names[c], *values)
            found.append(((fy or 9999, t, c, at[0]), one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _common(before: Table, today: Table) -> tuple[list[list[int]], list[list[int]]]:
    """Positions of the entries both tables have, by key."""
    mine, theirs = [], []
    for (_, old), (_, new) in zip(before.keys, today.keys, strict=True):
        both = [entry for entry in old if entry in new]
        mine.append([old.index(entry) for entry in both])
        theirs.append([new.index(entry) for entry in both])
    return mine, theirs


def _renamed(old: Expectation, layout: Layout) -> Iterator[str]:
    """What only one side has."""
    today = _columns(layout)
    pairs = [("columns of " + name, tuple(columns), tuple(today.get(name, ()))) for name, columns in old.columns.items()]
    for kind in ("currencies", "buckets", "programs", "resources"):
        pairs.append((kind, getattr(old.layout, kind), getattr(layout, kind)))
    pairs.append(("fiscal years", tuple(map(str, old.layout.fiscal_years())), tuple(map(str, layout.fiscal_years()))))
    for kind, was, now in pairs:
        gone, new = [name for name in was if name not in now], [name for name in now if name not in was]
        if gone or new:
            yield f"{kind}: " + "; ".join([f"gone {', '.join(gone)}"] * bool(gone) + [f"new {', '.join(new)}"] * bool(new))
        elif was != now:
            yield f"{kind} are in another order"


def _columns(layout: Layout) -> dict[str, list[str]]:
    return {name: [column.name for column in table.columns] for name, table in layout.tables().items()}
