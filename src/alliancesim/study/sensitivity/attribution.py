"""What an evaluator's outcomes depend on: the analysis itself, and its tables. It cannot tell what is evaluated."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Progress
from alliancesim.study.sensitivity.design import CHANCE, Design, Index
from alliancesim.study.sensitivity.evaluator import Evaluator
from alliancesim.study.sheet import Sheet, decimals_for, number, with_interval
from alliancesim.study.statistics.estimate import Estimate, estimate

MOST_EVALUATIONS, MOST_VALUES = 10**6, 10**8
MEANINGS = {
    "sobol": "Shares of variance: first-order, alone; total, with all it takes part in. chance: what the replication index "
    "draws. total only: the first-order index is not distinguishable from zero. some effect: exchanging it moved the outcome "
    "in so many base samples, but its size cannot be bounded away from zero.",
    "morris": "Mean absolute change of the outcome when a number moves by two thirds of its range, chance: to another "
    "replication; a large sd: it depends on the other numbers. some effect: it moved the outcome on so many trajectories, but "
    "its size cannot be bounded away from zero.",
}


@dataclass(frozen=True)
class Asked:
    """An outcome to analyze."""

    name: str
    unit: str = ""
    flag: str | None = None
    """The evaluator's outcome that is above 0 where this one is only a lower bound; None where it never is."""


@dataclass(frozen=True)
class Attribution:
    """One outcome: what it is over the sample, and the index of every group of inputs, the largest total first."""

    outcome: str
    unit: str
    estimate: Estimate | None
    """Over the evaluations that are independent of each other. None for Morris, whose grid has other means and spreads."""
    indices: list[Index]
    """Empty where the outcome is the same in all evaluations."""
    evaluations: int
    censored: int
    """Evaluations of which the value is only a lower bound, and stands for it."""

    def settled(self) -> bool:
        """Whether enough evaluations moved to give the indices intervals."""
        return all(one.size.low is not None for one in self.indices)

    def chance(self) -> Index | None:
        """The index of the replication."""
        return next((one for one in self.indices if one.group == CHANCE), None)


@dataclass(frozen=True)
class Analysis:
    """All outcomes of one analysis."""

    method: str
    n: int
    seed: int
    evaluations: int
    seconds: float
    attributions: list[Attribution]


def analyze(
    evaluator: Evaluator, method: str, n: int, seed: int, groups: Mapping[str, str] | None = None,
    asked: Sequence[Asked] | None = None, progress: Progress | None = None,
) -> Analysis:  # fmt: skip
    """Indices of an evaluator's outcomes.

    Args:
        evaluator: the function under study.
        method: `morris` or `sobol`.
        n: trajectories of Morris, base samples of Sobol (a power of 2).
        seed: of the sample and of the intervals.
        groups: group by name of input; an input without one is its own.
        asked: which outcomes; all of the evaluator's if None.
        progress: told how many evaluations are done, and in all.

    Raises:
        RequestError, RunError: the request makes no sense; an evaluation failed.
    """
    started = time.perf_counter()
    names = [one.name for one in evaluator.inputs]
    own = [(groups or {}).get(name, name) for name in names]
    planned = n * (len({*own}) + (3 if method == "sobol" else 2))
    if planned > MOST_EVALUATIONS or planned * len(names) > MOST_VALUES:
        message = (
            f"{planned:,} evaluations of {len(names):,} numbers; at most {MOST_EVALUATIONS:,} evaluations and {MOST_VALUES:,} "
            "values: ask for fewer"
        )
        raise RequestError(message)
    design = Design(method, own, n, seed)
    values = np.stack([one.values(design.shares[:, i]) for i, one in enumerate(evaluator.inputs)], axis=1)
    told = progress or (lambda done, total: None)
    found = evaluator.evaluate(values, design.replications, lambda done: told(done, len(values)))
    by_name = dict(zip(evaluator.outcomes, found.T, strict=True))
    attributions = [_attribution(one, by_name, design) for one in asked or map(Asked, evaluator.outcomes)]
    return Analysis(method, n, seed, len(values), time.perf_counter() - started, attributions)


def _attribution(asked: Asked, by_name: Mapping[str, Floats], design: Design) -> Attribution:
    values = by_name[asked.name]
    late = np.zeros(len(values)) if asked.flag is None else by_name[asked.flag]
    indices = sorted(design.indices(values), key=lambda one: -one.size.value)
    own = design.independent()
    level = None if design.method == "morris" else estimate(values[own], late[own], unit=asked.unit)
    return Attribution(asked.name, asked.unit, level, indices, len(values), int(np.count_nonzero(late > 0.0)))


CSV_COLUMNS = {
    "sobol": ["total", "total_low", "total_high", "first", "first_low", "first_high", "verdict"],
    "morris": ["change", "change_low", "change_high", "sd", "verdict"],
}


def csv_cells(index: Index) -> list[Any]:
    """An index as cells under CSV_COLUMNS of its method."""
    cells: list[Any] = [index.size.value, index.size.low, index.size.high]
    cells += [index.sd] if index.first is None else [index.first.value, index.first.low, index.first.high]
    return [*cells, index.verdict()]


def attribution_sheet(
    one: Attribution, method: str, what: str, about: str, texts: Mapping[str, str], *, every: bool = False
) -> Sheet:  # fmt: skip
    """One outcome's indices as a table; those without any effect only where `every`.

    texts: what to say of a group in the column `about`.
    """
    title = f"{one.outcome} ({one.unit})" + ("" if one.estimate is None else f": {_level_text(one.estimate)}")
    columns = ["first-order (95 %)", "total (95 %)"] if method == "sobol" else ["mean change (95 %)", "sd of changes"]
    sheet = Sheet(title, [what, "verdict", about, *columns], text_columns=3)
    shown = one.indices if every else [index for index in one.indices if not index.idle()]
    for index in shown:
        if index.first is not None:
            cells = [with_interval(index.first), with_interval(index.size)]
        else:
            cells = [with_interval(index.size), _sd_text(index)]
        sheet.rows.append([index.group, index.told(), texts.get(index.group, "the replication index"), *cells])
    left = len(one.indices) - len(shown)
    notes = [MEANINGS[method]] if one.indices else ["The outcome is the same in all evaluations: there is nothing to attribute."]
    notes += [] if one.settled() else ["Too few evaluations moved to tell shares from zero or to bound them: raise -n."]
    count = f"{one.evaluations:,} evaluations"
    notes += [f"{left} more have no effect in any of the {count} (--all)."] if left else []
    notes += [f"no effect: in any of the {count}."] if any(index.idle() for index in shown) else []
    notes += [f"{one.censored:,} of {count} are censored and count by their bounds."] if one.censored else []
    sheet.note = " ".join(notes)
    return sheet


def _level_text(found: Estimate) -> str:
    """Mean and sd of an outcome; its median, where it has one, and that there is no mean where evaluations are censored."""
    if found.mean is None:
        median = "" if math.isinf(found.median.value) else f"median {with_interval(found.median)}, "
        return f"{median}no mean, {found.censored:,} of {found.n:,} independent evaluations are censored"
    return f"mean {with_interval(found.mean)}, sd {_spread_text(found)} over {found.n:,} independent evaluations"


def _spread_text(found: Estimate) -> str:
    """The sd of an outcome, to the digit its standard error (of a normal sample) allows."""
    if not found.sd:
        return "0"
    error = found.sd / math.sqrt(2 * max(1, found.n - 1))
    return number(found.sd, decimals_for(error, found.sd))


def _sd_text(index: Index) -> str:
    if index.sd is None:
        return "-"
    return number(index.sd, decimals_for(index.size.error(), index.sd))


def plain_analysis(analysis: Analysis) -> dict[str, Any]:
    """An analysis as plain data fit for JSON."""
    return {
        "method": analysis.method,
        "n": analysis.n,
        "seed": analysis.seed,
        "evaluations": analysis.evaluations,
        "seconds": round(analysis.seconds, 3),
        "outcomes": [
            {
                "outcome": one.outcome,
                "unit": one.unit,
                **({} if one.estimate is None else one.estimate.plain()),
                "censored_evaluations": one.censored,
                "indices": [plain_index(index) for index in one.indices],
            }
            for one in analysis.attributions
        ],
    }


def plain_index(index: Index) -> dict[str, Any]:
    """An index as plain data fit for JSON: `total` and `first` of Sobol, `change` and `sd` of Morris."""
    said: dict[str, Any] = {"group": index.group, "verdict": index.verdict(), "distinguishable": index.clear()}
    said |= {"moved": index.moved, "blocks": index.blocks}
    if index.first is None:
        return said | {"change": index.size.plain(), "sd": index.sd}
    return said | {"total": index.size.plain(), "first": index.first.plain()}
