"""Acceptance: today's outcomes stored as an expectation, with the reason and with what counts as equal."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from pathlib import Path

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.gate.expectation import (
    REFERENCE,
    SCENARIO_SUFFIXES,
    Expectation,
    Kept,
    command,
    grid_of,
    history_entry,
    read_accepted,
    scenario_file,
    scenario_from,
)
from alliancesim.study.gate.judgment import value_digest
from alliancesim.study.gate.moved import columns_of
from alliancesim.study.gate.sample import Sample, extend
from alliancesim.study.gate.stored import Accepted
from alliancesim.study.runs.batch import MOST_REPLICATIONS, check_request, not_whole
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.runs.manifest import scenario_hash, versions
from alliancesim.study.runs.run import Progress
from alliancesim.study.statistics.estimate import moments
from alliancesim.study.statistics.statistic import Statistic, find_statistics, is_statistic

MEAN_MARGIN_SDS, QUANTILE_MARGIN_SDS = 0.25, 0.4
"""Default margins in standard deviations of the outcome; a quantile is known less well than a mean."""
JUDGED_BY_YEAR = ("outlays_bn", "burden_bn", "execution_loss_bn", "unspent_bn", "purchasing_power_lost_share", "support_share")
"""Judged by their mean, in the middle and at the end of the horizon."""


def accept(
    expectation: str | os.PathLike[str] | None, reason: str, scenario: str | os.PathLike[str] | None = None, n: int | None = None,
    seed: int | None = None, workers: int = 1, progress: Progress | None = None, engine: str | None = None,
    margins: Mapping[str, float] | None = None, judged_n: int | None = None,
) -> Path:  # fmt: skip
    """Store today's outcomes as an expectation.

    Args:
        expectation: its file; default: named for the scenario, in `results/reference/`. Or the scenario itself.
        reason: why; kept in its history.
        scenario, n, seed: of a new expectation, or what changes of an old one.
        workers: threads (processes of the reference engine).
        progress: told after every chunk.
        engine: `batch` or `reference`.
        margins: what counts as equal, by statistic (`programs.missile.slip_months.P80`), in the outcome's unit; those not
            given stay what they were, or get a default.
        judged_n: replications kept to judge by, at least n.

    Raises:
        RequestError: the reason is empty, nothing says which scenario, a statistic or a margin is none, or the expectation named
            for the scenario is that of another one.
        StoreError: the expectation there is cannot be read, or not be written.
    """
    if not reason.strip():
        message = "--accept needs a reason: it is kept in the expectation's history"
        raise RequestError(message)
    if expectation is None and scenario is None:
        message = "--accept needs an expectation, or --scenario for a new one"
        raise RequestError(message)
    if expectation is not None and Path(expectation).suffix in SCENARIO_SUFFIXES:
        if scenario is not None:
            message = f"{expectation} is the name of a scenario, and --scenario names one too; expectations are named *.json"
            raise RequestError(message)
        expectation, scenario = None, expectation
    path = Path(expectation) if expectation is not None else REFERENCE / f"{Path(str(scenario)).stem}.json"
    old = read_accepted(path)[0] if path.exists() or scenario is None else Accepted(scenario=str(scenario))
    file = Path(scenario) if scenario is not None else scenario_file(path, old.scenario)
    if expectation is None and path.exists():
        _demand_its_own(path, scenario_file(path, old.scenario), file)
    count = n if n is not None else old.n
    start = seed if seed is not None else old.seed
    kept_n = max(count, judged_n if judged_n is not None else old.judged_n)
    judged_mistake = None if judged_n is None else not_whole("judged", judged_n, 1, MOST_REPLICATIONS)
    check_request(count, start, workers, judged_mistake, *_no_margins(margins or {}))
    given = {name: float(margin) for name, margin in (margins or {}).items()}
    loaded = load_scenario(file)
    compiled = compile_plan(loaded)
    layout = Layout.of(compiled)
    wanted = _statistics(loaded, layout, {**_old_margins(old, layout), **given})
    sample = Sample(layout, list({one.outcome.name: one.outcome for one, _ in wanted}.values()), count)
    extend(sample, compiled, kept_n, start, workers, progress, engine)
    digest = sample.digest()
    Expectation(
        path=path,
        scenario=scenario_from(path, file),
        seed=start,
        scenario_hash=scenario_hash(loaded),
        outcomes_digest=digest,
        replication_digests=sample.digests,
        layout=layout,
        columns=columns_of(layout),
        whole=sample.whole,
        means={name: array.astype(np.float32).astype(np.float64) for name, array in sample.means().items()},
        outcomes=kept(wanted, sample.values, count),
        versions={name: version for name, version in versions().items() if name != "git"},
        history=[*old.history, history_entry(reason.strip(), digest)],
    ).write()
    return path


def _demand_its_own(path: Path, old: Path, new: Path) -> None:
    """Raise RequestError where the expectation is that of another scenario."""
    if old.resolve() == new.resolve():
        return
    other, same = (command("check", one, "--accept", "REASON", "--scenario", new) for one in (path.with_name("NAME.json"), path))
    message = f"{path} is the expectation of {old}, not of {new}; to make a new one: {other}; to take it over: {same}"
    raise RequestError(message)


def _no_margins(margins: Mapping[str, float]) -> list[str]:
    """What is wrong with margins."""
    return [
        f"margin of {name} = {margin!r}; a number of at least 0"
        for name, margin in margins.items()
        if isinstance(margin, bool) or not isinstance(margin, Real) or not 0.0 <= margin < math.inf
    ]


def default_statistics(loaded: LoadedScenario, layout: Layout) -> list[str]:
    """What is judged of every scenario: money and support, capability by pillar, and each program's slip."""
    years = layout.fiscal_years()
    names = [
        f"fiscal_years.{year}.{column}.mean" for year in sorted({years[len(years) // 2], years[-1]}) for column in JUDGED_BY_YEAR
    ]
    buckets = loaded.scenario.money.buckets
    names += [f"fiscal_years.{years[-1]}.operational_{name}_bn.mean" for name in layout.buckets if buckets[name].pillar]
    named = [name for name in layout.programs if not loaded.scenario.programs[name].residual]
    return names + [f"programs.{name}.slip_months.P80" for name in named]


def default_margin(statistic: Statistic, values: Floats) -> float:
    """A part of the outcome's standard deviation, to two digits; 0 where it does not vary."""
    known = values[np.isfinite(values)]
    sd = moments(known)[1] if len(known) else 0.0
    return float(f"{(MEAN_MARGIN_SDS if statistic.share is None else QUANTILE_MARGIN_SDS) * sd:.2g}")


def _statistics(loaded: LoadedScenario, layout: Layout, margins: Mapping[str, float]) -> list[tuple[Statistic, float | None]]:
    """What is judged, with its margin where one is given; the defaults first."""
    names = dict.fromkeys([*default_statistics(loaded, layout), *margins])
    return [(statistic, margins.get(statistic.name)) for statistic in find_statistics(names, layout)]


def _old_margins(old: Accepted, layout: Layout) -> dict[str, float]:
    """Margins of an earlier acceptance, for all that the scenario still has."""
    found = {}
    for name, judged in old.outcomes.items():
        for statistic, margin in judged.margins.items():
            if is_statistic(f"{name}.{statistic}", layout):
                found[f"{name}.{statistic}"] = margin
    return found


def kept(wanted: Iterable[tuple[Statistic, float | None]], values_of: Callable[[str], Floats], exact: int) -> dict[str, Kept]:
    """What an expectation keeps of the outcomes it is judged by.

    Args:
        wanted: statistics with their margins; None: the default.
        values_of: replications of an outcome by its name.
        exact: how many of them, from the first, are compared bit by bit.
    """
    units: dict[str, str] = {}
    margins: dict[str, dict[str, float]] = {}
    for statistic, margin in wanted:
        name, values = statistic.outcome.name, values_of(statistic.outcome.name)
        statistic.demand(values)
        units[name] = statistic.unit
        held = margins.setdefault(name, {})
        held[str(statistic.outcome.statistic)] = default_margin(statistic, values) if margin is None else margin
    return {name: _kept(units[name], held, values_of(name), exact) for name, held in margins.items()}


def _kept(unit: str, margins: dict[str, float], values: Floats, exact: int) -> Kept:
    grid = grid_of(values, margins.values())
    return Kept(unit, margins, value_digest(values[:exact]), grid.rounded(values), grid)
