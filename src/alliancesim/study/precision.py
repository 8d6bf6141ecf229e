"""A run as large as a wanted precision takes: replications are added until the intervals are narrow enough."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from alliancesim.errors import CheckFailed, RequestError, StoreError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.runs import place as places
from alliancesim.study.runs.layout import Floats, Layout, with_censor
from alliancesim.study.runs.manifest import scenario_hash
from alliancesim.study.runs.run import Progress, Run, Say, open_run, run
from alliancesim.study.runs.sources import SOURCES
from alliancesim.study.statistics.estimate import Value
from alliancesim.study.statistics.statistic import Statistic, find_statistics

DEFAULT_MOST = 100_000
"""Where growing ends unless told otherwise."""
RESERVE, LEAST_GROWTH, MOST_GROWTH = 1.05, 1.1, 8.0
"""A step aims a little beyond what the last interval promises, and is neither tiny nor blind."""


@dataclass(frozen=True)
class Precision:
    """A run and what it leaves of the wanted precision."""

    run: Run
    unmet: list[str]
    """A sentence for each statistic whose interval is still too wide."""

    def demand(self) -> None:
        """Raise CheckFailed where an interval is still too wide; the run is stored all the same."""
        if self.unmet:
            message = f"{self.run.folder}: precision not reached with {self.run.n:,} replications: {'; '.join(self.unmet)}"
            raise CheckFailed(message)


def run_to_precision(
    scenario: str | os.PathLike[str], wanted: Mapping[str, float], n: int = 1000, most: int = DEFAULT_MOST, seed: int = 0,
    workers: int = 1, out: str | os.PathLike[str] | None = None, settings: Mapping[str, str] | None = None,
    progress: Progress | None = None, *, say: Say | None = None, **how: Any,
) -> Precision:  # fmt: skip
    """Simulate until half the width of the 95 % interval of every wanted statistic is at most what is given for it.

    The result is the run of so many replications, bit for bit: `run` with that n gives the same. Each step extends the run
    before it, so nothing is simulated twice, and a command that was stopped goes on where it was.

    Args:
        scenario: a scenario file.
        wanted: half widths by statistic, in the outcome's unit: `{"programs.missile.slip_months.P80": 0.5}`.
        n: replications to begin with.
        most: where growing ends; a larger run that `out` holds already is not made smaller.
        seed, workers, out, settings, progress, how: as for `run`.
        say: told after every step how precise it is, and what comes next.

    Raises:
        ScenarioError, PlanError: the scenario cannot be used.
        RequestError: a statistic is none, a half width is no number above 0, or `most` is below n.
    """
    wrong = [f"precision of {name} = {width!r}; a number above 0" for name, width in wanted.items() if not _is_width(width)]
    if most < n:
        wrong.append(f"most = {most:,} is below the {n:,} replications to begin with")
    if wrong:
        raise RequestError("\n".join(wrong))
    tell = say or (lambda text: None)
    loaded = load_scenario(scenario, settings)
    statistics = find_statistics(wanted, Layout.of(compile_plan(loaded)))
    known = set(places.RUNS.glob("*"))
    n = max(n, _held(loaded, seed, out))
    done: Run | None = None
    while True:
        before, done = done, run(scenario, n, seed, workers, out, settings, progress, say=say, **how)
        if before is not None and before.folder not in (done.folder, *known):
            places.remove(before.folder)  # its replications are in the larger run now
        try:
            found = {one: _value(done, one) for one in statistics}
        except RequestError as error:
            message = f"{error}; the run of {done.n:,} replications is in {done.folder}"
            raise RequestError(message) from error
        short = {one: value for one, value in found.items() if half_width(value) > wanted[one.name]}
        sentences = [_sentence(one, value, wanted[one.name]) for one, value in short.items()]
        if not short or n >= most or all(_hopeless(value) for value in short.values()):
            tell(f"{n:,} replications: {'; '.join(sentences) or 'as precise as asked for'}")
            return Precision(done, sentences)
        n = min(most, max(next_n(n, half_width(value), wanted[one.name]) for one, value in short.items()))
        tell(f"{done.n:,} replications: {'; '.join(sentences)}; {n:,} next")


def half_width(value: Value) -> float:
    """Half the width of an interval; infinite where an end is not known."""
    if value.low is None or value.high is None or math.isinf(value.low) or math.isinf(value.high):
        return math.inf
    return 0.5 * (value.high - value.low)


def next_n(n: int, width: float, wanted: float) -> int:
    """Replications to go on with: intervals narrow with the square root of n. Rounded up to two digits."""
    growth = 2.0
    if math.isfinite(width):
        growth = RESERVE * (width / wanted) * (width / wanted)  # a power would not be infinite, but an error
    grown = math.ceil(n * min(MOST_GROWTH, max(LEAST_GROWTH, growth)))
    digit = 10 ** max(0, len(str(grown)) - 2)
    return -(-grown // digit) * digit


def _is_width(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0.0 < float(value) < math.inf


def _hopeless(value: Value) -> bool:
    """Whether the statistic itself is censored, with no doubt about it: more replications do not change that."""
    return math.isinf(value.value) and value.low is not None and math.isinf(value.low)


def _value(done: Run, statistic: Statistic) -> Value:
    """The statistic in a run; only its outcome is read."""
    outcome = statistic.outcome
    columns = with_censor(outcome.table, outcome.column.name)
    key = int(np.ravel_multi_index(outcome.at[:-1], done.tables[outcome.table].shape))
    ((_, read),) = done.by_key(outcome.table, columns, [key])
    values: Floats = read[0] if len(read) == 1 else np.where(read[1] > 0.0, np.inf, read[0])
    statistic.demand(values)
    return statistic.of(values)


def _sentence(statistic: Statistic, value: Value, wanted: float) -> str:
    width = half_width(value)
    known = f"known to +- {width:.3g} {statistic.unit}" if math.isfinite(width) else "without an end on one side of its interval"
    if _hopeless(value):
        known = "beyond the horizon in too many replications for any number to bound it"
    return f"{statistic.name} is {known}, asked for +- {wanted:g}"


def _held(loaded: LoadedScenario, seed: int, out: str | os.PathLike[str] | None) -> int:
    """Replications of this very run in a named folder; a run is not made smaller."""
    if out is None:
        return 0
    try:
        there = open_run(out)
    except StoreError:
        return 0
    asked = {"scenario_hash": scenario_hash(loaded), "seed": seed, "code": SOURCES}
    same = places.identity(there.manifest)
    return there.n if all(same[key] == value for key, value in asked.items()) else 0
