"""The evidence map: sensitivity joined with sources, a ranked list of where the next hour of research pays.

Numbers that are only recalled or assumed are put in groups by block and by what they rest on. Morris screens the groups; Sobol
shares the variance of the outcome among the first of them, all other groups together, and chance; and Morris looks inside the
first groups for the numbers that carry them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliancesim.errors import RequestError
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.params import numbers
from alliancesim.scenario.load import LoadedScenario, as_loaded
from alliancesim.scenario.provenance import Leaf
from alliancesim.study.runs.batch import check_request
from alliancesim.study.runs.run import Progress
from alliancesim.study.sensitivity.attribution import (
    CSV_COLUMNS,
    Analysis,
    analyze,
    attribution_sheet,
    csv_cells,
    plain_analysis,
    plain_index,
)
from alliancesim.study.sensitivity.design import CHANCE, Index, wrong_design
from alliancesim.study.sensitivity.evaluator import ScenarioEvaluator
from alliancesim.study.sensitivity.inputs import SPREAD_SHARE, Input, leaves, vary
from alliancesim.study.sensitivity.sensitivity import asked_outcomes
from alliancesim.study.sheet import Sheet, with_interval
from alliancesim.study.sourcing import CONFIDENCES

WEAK = ("recalled", "assumed", None)
REST = "all other groups"
TRAJECTORIES, BASE_SAMPLES, TOP = 20, 512, 8
MOST_NAMED = 3
LEAST_NAMED_SHARE = 0.1
"""A number is named where it moves the outcome by at least so much of what the strongest of its group does."""


@dataclass(frozen=True)
class Group:
    """Numbers of one block that rest on the same thing."""

    name: str
    confidence: str | None
    source: str
    """A fact row, a source, or the bare word."""
    places: dict[str, str]
    """File and line of each of its numbers, by path."""

    def text(self) -> str:
        """What it is, for a table."""
        word = self.confidence or "without a source"
        return f"{len(self.places)} {word}" + (f" ({self.source})" if self.source != word else "")


@dataclass(frozen=True)
class EvidenceMap:
    """Where the answer leans on weak evidence."""

    scenario: str
    spread_share: float
    groups: dict[str, Group]
    fixed: Counter[str]
    """Weak numbers that are not varied: why, and how many."""
    screening: Analysis
    """Morris over all groups."""
    shares: Analysis
    """Sobol over the first groups, all others together, and chance."""
    inside: Analysis
    """Morris over the numbers of the first groups."""

    def __str__(self) -> str:
        return "\n\n".join([self.heading(), *map(str, self.sheets())])

    def heading(self) -> str:
        """One line that says what was done."""
        count = sum(len(group.places) for group in self.groups.values())
        evaluations = sum(one.evaluations for one in self._analyses())
        weak = f"{count:,} weak numbers in {len(self.groups)} groups"
        moved = f"moved by +-{100 * self.spread_share:g} % or over their distributions"
        return f"{self.scenario}: {weak}, {moved}, {evaluations:,} evaluations, seed {self.shares.seed}"

    def took(self) -> str:
        """The time of it."""
        evaluations = sum(one.evaluations for one in self._analyses())
        return f"{evaluations:,} evaluations and their indices in {sum(one.seconds for one in self._analyses()):.1f} s"

    def _analyses(self) -> tuple[Analysis, ...]:
        return self.screening, self.shares, self.inside

    def ranking(self) -> list[tuple[Group, Index, list[Index]]]:
        """The first groups by their total share of variance, each with its numbers that matter most."""
        inside = {one.group: one for one in self.inside.attributions[0].indices}
        found = []
        for index in self.shares.attributions[0].indices:
            if index.group in self.groups:
                group = self.groups[index.group]
                own = sorted((inside[n] for n in group.places if n in inside), key=lambda one: -one.size.value)
                named = [one for one in own[:MOST_NAMED] if one.size.value >= LEAST_NAMED_SHARE * own[0].size.value > 0.0]
                found.append((group, index, named))
        return found

    def sheets(self, *, every: bool = False) -> list[Sheet]:
        """The tables for people; `every` adds the screening of all groups."""
        answer, screened = self.shares.attributions[0], self.screening.attributions[0]
        texts = {name: group.text() for name, group in self.groups.items()}
        texts[REST] = f"{len(self.groups) - len(self.ranking())} groups"
        sheets = [attribution_sheet(answer, "sobol", "group", "rests on", texts, every=True)]
        sheets[0].title = f"Where the next hour of research pays: {sheets[0].title}"
        sheet = Sheet("The numbers that carry these groups", ["group", "place", "number", f"mean change ({answer.unit}, 95 %)"],
                      text_columns=3)  # fmt: skip
        for group, _, strongest in self.ranking():
            sheet.rows += [[group.name, group.places[one.group], one.group, with_interval(one.size)] for one in strongest]
        sheet.note = f"At most {MOST_NAMED} of each group, by the change that two thirds of the range make. {self._fixed_note()}"
        sheets.append(sheet)
        if every:
            sheets.append(attribution_sheet(screened, "morris", "group", "rests on", texts, every=True))
        return sheets

    def _fixed_note(self) -> str:
        told = [f"{count} {why}" for why, count in self.fixed.items() if count]
        return f"Weak numbers that are not varied: {', '.join(told)}." if told else ""

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        return {
            "scenario": self.scenario,
            "ranking": [
                {**plain_index(index), **_described(group), "strongest": [plain_index(one) for one in strongest]}
                for group, index, strongest in self.ranking()
            ],
            "spread_share": self.spread_share,
            "groups": {name: _described(group) | {"places": group.places} for name, group in self.groups.items()},
            "not_varied": dict(self.fixed),
            "screening": plain_analysis(self.screening),
            "shares": plain_analysis(self.shares),
            "inside": plain_analysis(self.inside),
        }

    def columns(self) -> list[str]:
        """Names of the columns of `rows`."""
        return ["outcome", "group", "confidence", "source", "numbers", *CSV_COLUMNS["sobol"], "strongest"]

    def rows(self) -> Iterator[list[Any]]:
        """One row by ranked group, for CSV."""
        outcome = self.shares.attributions[0].outcome
        for group, index, strongest in self.ranking():
            said = [outcome, group.name, group.confidence or "none given", group.source, len(group.places)]
            yield [*said, *csv_cells(index), " ".join(f"{one.group} ({group.places[one.group]})" for one in strongest)]


def _described(group: Group) -> dict[str, Any]:
    return {"confidence": group.confidence, "source": group.source}


def evidence(
    scenario: str | os.PathLike[str] | LoadedScenario, of: str | None = None, seed: int = 0, workers: int = 1,
    spread_share: float = SPREAD_SHARE, n: int = BASE_SAMPLES, trajectories: int = TRAJECTORIES, top: int = TOP,
    settings: Mapping[str, str] | None = None, progress: Progress | None = None,
) -> EvidenceMap:  # fmt: skip
    """Which weak numbers carry the variance of an outcome.

    Args:
        scenario: the file, or the scenario loaded.
        of: name of the outcome; default: the burden at the end of the horizon.
        seed: of everything random.
        workers: threads.
        spread_share: how far a number without a distribution is moved, as a share of it.
        n: base samples of Sobol; trajectories: of Morris.
        top: groups that Sobol tells apart.
        settings: values by dotted path laid over the file.
        progress: told how many evaluations of a step are done, and in all.

    Raises:
        ScenarioError, PlanError: the scenario cannot be used.
        RequestError: the request makes no sense, or no number is weak.
    """
    loaded = as_loaded(scenario, settings)
    compiled = compile_plan(loaded)
    check_request(
        n, seed, workers, wrong_design("morris", trajectories), wrong_design("sobol", n),
        f"top = {top}; at least 1 group" if top < 1 else None,
    )  # fmt: skip
    asked, wanted = asked_outcomes([of] if of else [], compiled)
    weak = [name for name in compiled.labels.parameters if _is_weak(leaves(loaded, name))]
    if not weak:
        message = f"{loaded.scenario.name}: no parameter is recalled, assumed or without a source"
        raise RequestError(message)
    known = dict(numbers(loaded.scenario))
    selection = vary(weak, known, {}, spread_share)
    groups = _grouped(loaded, selection.inputs)
    group_of = {name: group.name for group in groups.values() for name in group.places}
    every = ScenarioEvaluator(compiled, selection.inputs, wanted, seed, workers)
    screening = analyze(every, "morris", trajectories, seed, group_of, asked, progress)
    first = [one.group for one in screening.attributions[0].indices if one.group != CHANCE and one.size.value > 0.0][:top]
    if not first:
        message = f"{asked[0].name}: no weak number has an effect on it; ask for another outcome"
        raise RequestError(message)
    shared = {name: group if group in first else REST for name, group in group_of.items()}
    shares = analyze(every, "sobol", n, seed, shared, asked, progress)
    within = ScenarioEvaluator(compiled, [one for one in selection.inputs if group_of[one.name] in first], wanted, seed, workers)
    inside = analyze(within, "morris", trajectories, seed, None, asked, progress)
    planned = sum(_is_weak(leaves(loaded, name)) for name in known.keys() - set(compiled.labels.parameters))
    fixed = Counter({
        "are 0 or have no room": len(selection.without_range),
        "are part of the plan itself (lots, opening state)": planned,
    })  # fmt: skip
    return EvidenceMap(loaded.scenario.name, spread_share, groups, fixed, screening, shares, inside)


def _is_weak(parts: Sequence[Leaf]) -> bool:
    return any(part.confidence in WEAK for part in parts)


def _grouped(loaded: LoadedScenario, inputs: Sequence[Input]) -> dict[str, Group]:
    """Groups by block (the first two parts of the path) and by fact row, source or bare word."""
    found: dict[str, Group] = {}
    for one in inputs:
        leaf = max(leaves(loaded, one.name), key=lambda part: CONFIDENCES.index(part.confidence))
        name = f"{_block(one.name)} [{_origin(leaf)}]"
        group = found.setdefault(name, Group(name, leaf.confidence, _origin(leaf), {}))
        group.places[one.name] = f"{Path(leaf.at.file).name}:{leaf.at.line}"
    return found


def _block(name: str) -> str:
    return ".".join(name.split(".")[: 3 if name.startswith("money.buckets.") else 2])


def _origin(leaf: Leaf) -> str:
    """The fact row a number cites, else its source, else its confidence."""
    if leaf.fact is not None:
        return "/".join(leaf.fact.split("/")[:2])
    return leaf.source or leaf.confidence or "without a source"
