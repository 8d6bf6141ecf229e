"""What a comparison says: for people in words and tables, for programs as plain data and rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from alliancesim.study.differences.changes import InputDifference, input_sheet
from alliancesim.study.differences.compared import home_currencies
from alliancesim.study.differences.difference import Difference
from alliancesim.study.differences.drivers import Decomposition
from alliancesim.study.differences.horizons import horizon, horizon_notes
from alliancesim.study.runs.run import Run
from alliancesim.study.sheet import Sheet, with_interval
from alliancesim.study.statistics.estimate import Value, finite
from alliancesim.study.statistics.paired import FUNCTIONALS

MOST_SHOWN = 20
MOST_SENTENCES = 8
MOST_EXPLAINED = 3
ENDS = ("", "_low", "_high")
Listing = tuple[list[str], Iterator[list[Any]]]
"""Names of columns, and rows."""
MOVED = tuple(one.name for one in FUNCTIONALS)
QUANTILES = tuple(one.name for one in FUNCTIONALS if one.p is not None)


@dataclass
class Pair:
    """Run B against the reference A: all differences, the most material ones first."""

    a: Run
    b: Run
    n: int
    differences: list[Difference]
    inputs: list[InputDifference]
    only_a: list[str]
    """Programs of A that B has not."""
    only_b: list[str]
    decompositions: list[Decomposition] = field(default_factory=list)
    """Why outcomes differ, where that was asked for."""

    def __str__(self) -> str:
        return "\n\n".join([self.heading(), *self.sentences(), *map(str, self.sheets())])

    def heading(self) -> str:
        """One line that says what is compared."""
        a, b = self.labels()
        return f"A {a}, B {b}: {self.n:,} paired replications, seed {self.a.seed}"

    def labels(self) -> tuple[str, str]:
        """The names of both scenarios; their run folders where the names are the same."""
        a, b = self.a.scenario, self.b.scenario
        return (str(self.a.folder), str(self.b.folder)) if a == b else (a, b)

    def sentences(self) -> list[str]:
        """The most material clear differences in words."""
        told = [one.sentence() for one in self.differences if one.clear()]
        return told[:MOST_SENTENCES] or ["No outcome differs clearly."]

    def most_material(self) -> list[str]:
        """The outcomes that differ most, of those that can be shared out."""
        same = horizon(self.a) == horizon(self.b)
        return [one.name for one in self.differences if one.clear() and (same or not one.outcome.is_cut)][:MOST_EXPLAINED]

    def sheets(self, *, every: bool = False) -> list[Sheet]:
        """The tables for people; `every` adds what is below the most material outcomes."""
        shown = self.differences if every else [one for one in self.differences if one.mean.value != 0.0][:MOST_SHOWN]
        sheets = [self._moved(shown), self._paired(shown), input_sheet(self.inputs, every=every)]
        return sheets + [one.sheet() for one in self.decompositions]

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        said: dict[str, Any] = side(self.b) | {
            "differences": [one.plain() for one in self.differences],
            "inputs": [one.plain() for one in self.inputs],
            "only_a": self.only_a,
            "only_b": self.only_b,
            "notes": self.notes(),
        }
        return said | ({"drivers": [one.plain() for one in self.decompositions]} if self.decompositions else {})

    def notes(self) -> list[str]:
        """What a reader should know of the two runs."""
        notes = [f"Only in A: {', '.join(self.only_a)}."] if self.only_a else []
        notes += [f"Only in B: {', '.join(self.only_b)}."] if self.only_b else []
        codes = {run.manifest["versions"].get("code") for run in (self.a, self.b)}
        if len(codes) > 1:
            notes.append("The runs were made by different versions of alliancesim: part of the difference may be the model's.")
        if homes := home_currencies(self.a, self.b):
            notes.append(f"The home currencies are {homes}, so neither money nor exchange rates are compared.")
        return notes + horizon_notes(self.a, self.b) + self._own_horizons()

    def _own_horizons(self) -> list[str]:
        """Which outcomes are not like for like where the horizons differ."""
        own = {f"programs.*.{one.outcome.column.name}" for one in self.differences if one.outcome.is_of_own_horizon}
        if not own or horizon(self.a) == horizon(self.b):
            return []
        return [f"Counted over the whole horizon of each run, so not like for like: {', '.join(sorted(own))}."]

    def _moved(self, shown: list[Difference]) -> Sheet:
        columns = ["outcome", "unit", *(f"{name}, B - A" for name in MOVED)]
        sheet = Sheet("Differences with 95 % intervals, the most material first", columns, text_columns=2)
        for one in shown:
            cells = [one.cell(name) for name in MOVED]
            sheet.rows.append([one.name, one.outcome.column.scale[1], cells[0] + ("" if one.clear() else " ?"), *cells[1:]])
        left = len(self.differences) - len(shown)
        notes = ["`?`: the interval of the mean holds zero, sorted last. `open`: summed over the fiscal years open at the as-of "
                 "date. Months count up to the horizon."]  # fmt: skip
        notes += [f"{left} smaller or no differences are not shown (--all)."] if left else []
        sheet.note = " ".join([*notes, *self.notes()])
        return sheet

    def _paired(self, shown: list[Difference]) -> Sheet:
        columns = ["outcome", "unit", "A mean", "B mean", "better when", "% B better", "% B above A", "% variance saved"]
        sheet = Sheet("Levels, probabilities and pairing, with 95 % intervals", columns, text_columns=2)
        for one in shown:
            scale, unit = one.outcome.column.scale
            shares = [_percent(value) for value in (one.better, one.above, one.variance_saved)]
            means = [with_interval(mean, scale) for mean in (one.mean_a, one.mean_b)]
            sheet.rows.append([one.name, unit, *means, one.outcome.better or "neither", *shares])
        sheet.note = "Variance saved by pairing: of the difference of means, against independent draws; below 0: pairing costs."
        return sheet


@dataclass
class Comparison:
    """A reference and what differs from it in every other run."""

    pairs: list[Pair]

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.pairs))

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON."""
        first = self.pairs[0]
        head = {"reference": side(first.a), "seed": first.a.seed, "n": first.n}
        return head | {"comparisons": [pair.plain() for pair in self.pairs]}

    def rows(self) -> Listing:
        """Names of columns, and a row for every outcome of every pair."""
        values = ["mean_a", "mean_b", *(f"difference_{name.lower()}" for name in MOVED), "share_above", "share_equal",
                  "share_better", "variance_saved"]  # fmt: skip
        ends = [f"{name}{end}" for name in values for end in ENDS]
        bounds = [f"difference_{name.lower()}_bound" for name in QUANTILES]
        return ["a", "b", "outcome", "unit", "better_when", *ends, *bounds], self._rows()

    def shares(self) -> Listing:
        """Names of columns, and a row for every group of changed inputs in every attribution."""
        columns = ["a", "b", "outcome", "statistic", "unit", "group", *(f"share{end}" for end in ENDS), "bound"]
        return columns, (
            [*pair.labels(), one.outcome.name, one.statistic, one.outcome.column.unit, share.group.name, *_ends(share.value),
             one.bound]
            for pair in self.pairs for one in pair.decompositions for share in one.shares
        )  # fmt: skip

    def _rows(self) -> Iterator[list[Any]]:
        for pair in self.pairs:
            for one in pair.differences:
                moved = [one.by_statistic[name] for name in MOVED]
                values = [one.mean_a, one.mean_b, *moved, one.above, one.equal, one.better, one.variance_saved]
                head = [*pair.labels(), one.name, one.outcome.column.unit, one.outcome.better or "neither"]
                yield head + [end for value in values for end in _ends(value)] + [one.bounds.get(name) for name in QUANTILES]


def side(run: Run) -> dict[str, str]:
    """What identifies a run, as plain data."""
    return {"scenario": run.scenario, "folder": str(run.folder), "scenario_hash": str(run.manifest["scenario_hash"])}


def _ends(value: Value | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if value is None else (finite(value.value), value.low, value.high)


def _percent(value: Value | None) -> str:
    return "-" if value is None else with_interval(value, 100.0)
