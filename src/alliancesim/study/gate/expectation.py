"""Expectations: what a scenario gave when its outcomes were last accepted, small enough to be committed.

A file holds, for people, why each acceptance was made and moments, quantiles and margins of the outcomes that are judged;
for the exact comparison the digest of every replication, all outcomes of the first one and the means of all outcomes; for the
judgment the judged outcomes of more replications, rounded to small parts of their spread and of their margins.
"""

from __future__ import annotations

import base64
import contextlib
import json
import math
import os
import shlex
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from alliancesim.errors import CheckFailed, PlanError, StoreError
from alliancesim.study.gate.stored import FORMAT, Accepted, AcceptedFile, Compared
from alliancesim.study.runs.durable import write_durably
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.statistics.estimate import moments, quantile_with_interval

FORMAT_VERSION = 3
READ_VERSIONS = (2, 3)
"""Version 2 has steps for all values."""
REFERENCE = Path("results") / "reference"
SCENARIO_SUFFIXES = (".yaml", ".yml")
"""A file named so is a scenario, no expectation."""
STEPS = 200
"""Steps in a standard deviation, to which stored outcomes are rounded, at least."""
MARGIN_STEPS = 50
"""Steps in the smallest margin, at least."""
CENSORED = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Grid:
    """Steps to which values are rounded; none (0) where they are kept as they are."""

    least: float
    step: float

    def positions(self, values: Floats) -> Floats:
        """Whole steps from the least, infinite where censored."""
        return np.round((values - self.least) / self.step)

    def rounded(self, values: Floats) -> Floats:
        """Values at their nearest step, infinite where censored."""
        return self.least + self.step * self.positions(values) if self.step else values


@dataclass(frozen=True)
class Kept:
    """One judged outcome as it was accepted."""

    unit: str
    margins: dict[str, float]
    """What counts as equal, by statistic, in the unit."""
    digest: str
    """Of its values in the exact replications, bit by bit."""
    values: Floats
    """Rounded, infinite where censored, shape (replication,)."""
    grid: Grid
    """To which they are rounded."""

    def described(self) -> dict[str, Any]:
        """Unit, margins, moments and quantiles: what a reader of the file sees of it."""
        known = self.values[np.isfinite(self.values)]
        censored = len(self.values) - len(known)
        said: dict[str, Any] = {"unit": self.unit, "margins": self.margins, "censored": censored}
        said["mean"], said["sd"] = (None, None) if censored else map(_short, moments(known))
        for share in (0.1, 0.5, 0.8, 0.9):
            value = quantile_with_interval(self.values, share).value
            said[f"P{100 * share:.0f}"] = _short(value) if np.isfinite(value) else None
        return said | {"digest": self.digest}


@dataclass
class Expectation:
    """One expectation file."""

    path: Path
    scenario: str
    """The scenario file, relative to the folder that the expectation really is in."""
    seed: int
    scenario_hash: str
    outcomes_digest: str
    replication_digests: list[str]
    layout: Layout
    columns: dict[str, list[str]]
    whole: list[dict[str, Floats]]
    """All tables of the first replications, shape (*keys, column)."""
    means: dict[str, Floats]
    """Single precision."""
    outcomes: dict[str, Kept]
    versions: dict[str, Any]
    history: list[dict[str, str]]

    def scenario_path(self) -> Path:
        """Where the scenario file is."""
        return scenario_file(self.path, self.scenario)

    @property
    def n(self) -> int:
        """Replications compared bit by bit, and judged first."""
        return len(self.replication_digests)

    @property
    def most(self) -> int:
        """Replications with which its outcomes can be judged."""
        return min((len(kept.values) for kept in self.outcomes.values()), default=self.n)

    def margins(self) -> dict[str, float]:
        """What counts as equal, by statistic."""
        pairs = ((name, *pair) for name, kept in self.outcomes.items() for pair in kept.margins.items())
        return {f"{name}.{statistic}": margin for name, statistic, margin in pairs}

    def write(self) -> None:
        """Write the file, whole or not at all. Raises StoreError."""
        plain = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "scenario": self.scenario,
            "seed": self.seed,
            "n": self.n,
            "judged_n": self.most,
            "scenario_hash": self.scenario_hash,
            "outcomes_digest": self.outcomes_digest,
            "history": self.history,
            "outcomes": {name: kept.described() for name, kept in self.outcomes.items()},
            "versions": self.versions,
            "layout": self.layout.plain(),
            "columns": self.columns,
            "replication_digests": self.replication_digests,
            "first_replications": [{name: packed(array) for name, array in tables.items()} for tables in self.whole],
            "means": {name: packed(array) for name, array in self.means.items()},
            "values": {name: packed_values(kept.values, kept.grid) for name, kept in self.outcomes.items()},
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self.path, dumped(plain).encode())
        except OSError as error:
            message = f"{self.path}: cannot be written: {error.strerror}"
            raise StoreError(message) from error


def read_expectation(path: Path) -> Expectation:
    """Read an expectation. Raises CheckFailed where there is none, StoreError where it cannot be read."""
    accepted, plain = read_accepted(path)
    accept_anew = f"accept it anew with: {command('check', path, '--accept', 'REASON')}"
    if plain["format_version"] not in READ_VERSIONS:
        version = f"version {plain['format_version']} of it, not {FORMAT_VERSION}"
        message = f"{path}: not in the format this version reads ({version}); {accept_anew}"
        raise StoreError(message)
    try:
        found = _unpacked_expectation(path, accepted, plain)
    except (ValueError, PlanError) as error:
        raise _unreadable(path, error, accept_anew) from error
    for name, kept in found.outcomes.items():
        late = int(np.isinf(kept.values).sum())
        if "mean" in kept.margins and late:
            mistake = f"outcomes: {name}: margins: mean: there is none, {late:,} of {len(kept.values):,} are censored"
            raise _unreadable(path, ValueError(mistake), "restore it from version control, or take that margin out")
    return found


def _unpacked_expectation(path: Path, accepted: Accepted, plain: dict[str, Any]) -> Expectation:
    """What a file holds. Raises ValueError where parts of it are missing, damaged or do not belong together."""
    compared = Compared.model_validate(plain)
    compared.demand_whole(accepted)
    with _part("layout"):
        layout = Layout.from_plain(compared.layout.model_dump())
    shapes, outcomes = {}, {}
    for name, columns in compared.columns.items():
        with _part("columns", name):
            shapes[name] = (*layout.tables()[name].shape, len(columns))
    for name, said in compared.outcomes.items():
        with _part("values", name):
            values, grid = unpacked_values(plain["values"][name])
        if len(values) != accepted.judged_n:
            message = f"values: {name}: {len(values)} of them, but judged_n = {accepted.judged_n}"
            raise ValueError(message)
        outcomes[name] = Kept(said.unit, accepted.outcomes[name].margins, said.digest, values, grid)
    with _part("first_replications"):
        whole = [unpacked_tables(tables, shapes) for tables in compared.first_replications]
    with _part("means"):
        means = unpacked_tables(compared.means, shapes)
    return Expectation(
        path, accepted.scenario, accepted.seed, compared.scenario_hash, compared.outcomes_digest, compared.replication_digests,
        layout, compared.columns, whole, means, outcomes, compared.versions, accepted.history,
    )  # fmt: skip


@contextlib.contextmanager
def _part(*where: str) -> Iterator[None]:
    """Say of an error in which part of the file it is. Raises ValueError."""
    try:
        yield
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        message = ": ".join([*where, _said(error)])
        raise ValueError(message) from error


def read_accepted(path: Path) -> tuple[Accepted, dict[str, Any]]:
    """What accepting anew goes by, and all that an expectation of any version holds.

    Raises CheckFailed where there is no expectation, StoreError where it cannot be read.
    """
    make_it = f"make it with: {command('check', path, '--accept', 'REASON', '--scenario', 'FILE')}"
    if not path.is_file():
        message = f"{path}: no such expectation; {make_it}"
        raise CheckFailed(message)
    try:
        plain = json.loads(path.read_bytes())
        return AcceptedFile.model_validate(plain), plain
    except (OSError, ValueError) as error:
        raise _unreadable(path, error, f"restore it from version control, or delete it and {make_it}") from error


def scenario_from(expectation: Path, scenario: Path) -> str:
    """The path of a scenario file as an expectation has it: relative to the folder that this really is in, links followed."""
    return Path(os.path.relpath(scenario.parent.resolve() / scenario.name, expectation.parent.resolve())).as_posix()


def scenario_file(expectation: Path, scenario: str) -> Path:
    """The inverse of `scenario_from`: relative to the current folder where it is in there."""
    file = Path(os.path.normpath(expectation.parent.resolve() / scenario))
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def command(*words: str | Path) -> str:
    """A command of alliancesim as it can be typed."""
    return shlex.join(["alliancesim", *map(str, words)])


def history_entry(reason: str, digest: str) -> dict[str, str]:
    """An entry of the history."""
    return {"accepted": datetime.now(UTC).strftime("%Y-%m-%d"), "reason": reason, "outcomes_digest": digest}


def dumped(plain: Mapping[str, Any]) -> str:
    """JSON with a line for each entry of each part, so that a difference of two versions reads well."""
    parts = []
    for key, value in plain.items():
        if isinstance(value, dict):
            lines = [f"  {_json(name)}: {_json(entry)}" for name, entry in value.items()]
        elif isinstance(value, list):
            lines = [f"  {_json(entry)}" for entry in value]
        else:
            parts.append(f" {_json(key)}: {_json(value)}")
            continue
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        inside = ",\n".join(lines)
        parts.append(f" {_json(key)}: {opening}\n{inside}\n {closing}" if lines else f" {_json(key)}: {opening}{closing}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def packed(array: Floats) -> str:
    """An array as compressed text, exact."""
    return _packed(np.ascontiguousarray(array, "<f8").view(np.uint8).reshape(-1, 8))


def unpacked_tables(texts: dict[str, str], shapes: dict[str, tuple[int, ...]]) -> dict[str, Floats]:
    """The inverse of `packed`, for every table. Raises ValueError with the one that cannot be read."""
    found = {}
    for name, shape in shapes.items():
        with _part(name):
            found[name] = _unpacked(texts[name], 8).view("<f8").reshape(shape)
    return found


def packed_values(values: Floats, grid: Grid) -> dict[str, Any]:
    """Values on a grid as compressed whole steps from the least one; without steps as they are."""
    if not grid.step:
        return {"exact": packed(values)}
    steps = np.full(len(values), CENSORED, "<i4")
    steps[np.isfinite(values)] = grid.positions(values[np.isfinite(values)])
    return {"from": grid.least, "step": grid.step, "steps": _packed(steps.view(np.uint8).reshape(-1, 4))}


def unpacked_values(packed_steps: dict[str, Any]) -> tuple[Floats, Grid]:
    """The inverse of `packed_values`."""
    if "exact" in packed_steps:
        return _unpacked(packed_steps["exact"], 8).view("<f8"), Grid(0.0, 0.0)
    grid = Grid(float(packed_steps["from"]), float(packed_steps["step"]))
    steps = _unpacked(packed_steps["steps"], 4).view("<i4")
    values: Floats = np.where(steps == CENSORED, np.inf, grid.least + grid.step * steps)
    return values, grid


def grid_of(values: Floats, margins: Collection[float]) -> Grid:
    """The grid that an expectation rounds values to. margins: of all that is judged of the outcome, in its unit."""
    known = values[np.isfinite(values)]
    step = _step(known, min(margins)) if len(known) else 0.0
    return Grid(float(known.min()) if step else 0.0, step)


def _step(known: Floats, margin: float) -> float:
    """A power of two, at most the parts of spread and margin; none where one of them is zero or whole steps are too many."""
    most = min(moments(known)[1] / STEPS, margin / MARGIN_STEPS)
    if not most > 0.0:
        return 0.0
    step = 2.0 ** math.floor(math.log2(most))
    return step if float(np.ptp(known)) / step < CENSORED else 0.0


def _packed(raw: npt.NDArray[np.uint8]) -> str:
    """Bytes of equal weight stand together, as they compress better so. raw: shape (number, byte)."""
    return base64.b85encode(zlib.compress(np.ascontiguousarray(raw.T).tobytes(), 9)).decode()


def _unpacked(text: str, width: int) -> npt.NDArray[np.uint8]:
    raw = np.frombuffer(zlib.decompress(base64.b85decode(text)), np.uint8).reshape(width, -1)
    return np.ascontiguousarray(raw.T).reshape(-1)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _unreadable(path: Path, error: Exception, advice: str) -> StoreError:
    return StoreError(f"{path}: not a readable expectation ({_said(error)}); {advice}")


def _said(error: Exception) -> str:
    """An error in words; those of a part with its place in the file."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return ": ".join([*map(str, first["loc"]), first["msg"]])
    if isinstance(error, KeyError):
        return f"no {error}"
    return str(error) if type(error) in (ValueError, PlanError, zlib.error) else f"{type(error).__name__}: {error}"
