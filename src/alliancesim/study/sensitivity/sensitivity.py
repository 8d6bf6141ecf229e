"""Which inputs an outcome depends on: Morris screens many, Sobol's indices share its variance among few and chance.

The function under study is any Evaluator; a scenario is one. Its value is the outcome of one replication, so that what a
replication index draws is an input like any other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliancesim.errors import RequestError
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled
from alliancesim.scenario.load import LoadedScenario, as_loaded
from alliancesim.study.runs.batch import check_request
from alliancesim.study.runs.layout import Layout
from alliancesim.study.runs.run import Progress
from alliancesim.study.sensitivity.attribution import (
    CSV_COLUMNS,
    Analysis,
    Asked,
    analyze,
    attribution_sheet,
    csv_cells,
    plain_analysis,
)
from alliancesim.study.sensitivity.design import wrong_design
from alliancesim.study.sensitivity.evaluator import ScenarioEvaluator
from alliancesim.study.sensitivity.inputs import SPREAD_SHARE, Selection, select
from alliancesim.study.sheet import Sheet
from alliancesim.study.statistics.outcome import Outcome, find_outcomes

DEFAULT_N = {"morris": 20, "sobol": 1024}


@dataclass(frozen=True)
class Sensitivity:
    """The sensitivity of a scenario's outcomes to some of its numbers."""

    scenario: str
    selection: Selection
    analysis: Analysis

    def __str__(self) -> str:
        return "\n\n".join([self.heading(), *map(str, self.sheets())])

    def heading(self) -> str:
        """One line that says what was done."""
        it = self.analysis
        what = "base samples of Sobol" if it.method == "sobol" else "trajectories of Morris"
        return (
            f"{self.scenario}: {len(self.selection.inputs)} parameters and chance, {it.n:,} {what}, "
            f"{it.evaluations:,} evaluations, seed {it.seed}"
        )

    def took(self) -> str:
        """The time of it."""
        return f"{self.analysis.evaluations:,} evaluations and their indices in {self.analysis.seconds:.1f} s"

    def sheets(self, *, every: bool = False) -> list[Sheet]:
        """A table by outcome, for people; `every` adds parameters without any effect."""
        ranges = {one.name: f"{one.text()} ({one.origin})" for one in self.selection.inputs}
        sheets = [
            attribution_sheet(one, self.analysis.method, "parameter", "varied over", ranges, every=every)
            for one in self.analysis.attributions
        ]
        sheets[-1].note = " ".join([sheets[-1].note, self.selection.note()]).strip()
        return sheets

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        inputs = [
            {"parameter": one.name, "distribution": one.dist, "parameters": list(one.parameters), "origin": one.origin}
            for one in self.selection.inputs
        ]
        return {
            "scenario": self.scenario,
            **plain_analysis(self.analysis),
            "inputs": inputs,
            "not_varied": list(self.selection.without_range),
        }

    def columns(self) -> list[str]:
        """Names of the columns of `rows`."""
        return ["outcome", "parameter", *CSV_COLUMNS[self.analysis.method]]

    def rows(self) -> Iterator[list[Any]]:
        """One row by outcome and parameter, for CSV."""
        for one in self.analysis.attributions:
            for index in one.indices:
                yield [one.outcome, index.group, *csv_cells(index)]


def sensitivity(
    scenario: str | os.PathLike[str] | LoadedScenario, of: Sequence[str] = (), method: str = "morris", n: int | None = None,
    seed: int = 0, workers: int = 1, parameters: Sequence[str] = (), ranges: Mapping[str, str] | None = None,
    spread_share: float = SPREAD_SHARE, settings: Mapping[str, str] | None = None, progress: Progress | None = None,
) -> Sensitivity:  # fmt: skip
    """What outcomes of a scenario depend on.

    Args:
        scenario: the file, or the scenario loaded.
        of: names of outcomes, see study.statistics.outcome; default: the burden at the end of the horizon.
        method: `morris` or `sobol`.
        n: trajectories or base samples; default 20 or 1024.
        seed: of everything random.
        workers: threads; they change no index.
        parameters, ranges, spread_share: which numbers are varied, and over what: see study.sensitivity.inputs.select.
        settings: values by dotted path laid over the file.
        progress: told how many evaluations are done, and in all.

    Raises:
        ScenarioError, PlanError: the scenario cannot be used.
        RequestError: the request makes no sense.
    """
    loaded = as_loaded(scenario, settings)
    compiled = compile_plan(loaded)
    count = DEFAULT_N.get(method, 2) if n is None else n
    check_request(count, seed, workers, wrong_design(method, count))
    selection = select(loaded, compiled, parameters, ranges, spread_share)
    asked, evaluated = asked_outcomes(of, compiled)
    evaluator = ScenarioEvaluator(compiled, selection.inputs, evaluated, seed, workers)
    analysis = analyze(evaluator, method, count, seed, asked=asked, progress=progress)
    return Sensitivity(loaded.scenario.name, selection, analysis)


def asked_outcomes(names: Sequence[str], compiled: Compiled) -> tuple[list[Asked], list[Outcome]]:
    """The outcomes under study, and all to evaluate: with those that say where they are censored.

    Raises RequestError for unknown names, and for statistics, which single replications do not have.
    """
    layout = Layout.of(compiled)
    found = find_outcomes(names or [f"fiscal_years.{layout.fiscal_years()[-1]}.burden_bn"], layout)
    for one in found:
        if one.statistic is not None:
            message = f"{one.name}.{one.statistic}: the variance of single replications is shared out; ask for {one.name}"
            raise RequestError(message)
    flags = find_outcomes(dict.fromkeys(one.flag for one in found if one.flag is not None), layout)
    return [Asked(one.name, one.column.unit, one.flag) for one in found], [*found, *flags]
