"""Scenarios written as Python mappings, run through loader, compiler and reference engine: what every test here stands on."""

from __future__ import annotations

import copy
import importlib
import itertools
import re
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from alliancesim.engine.reference import Engine
from alliancesim.plan.columns import (
    AREA_YEAR,
    CONDITION_YEAR,
    CURRENCY_YEAR,
    FISCAL_YEAR,
    PACKAGE_YEAR,
    PROGRAM,
    PROGRAM_YEAR,
    RESOURCE_YEAR,
    WORKFORCE_YEAR,
)
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled, Outcomes
from alliancesim.plan.order import Rank
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.scenario.yamlfile import dump

Tree = dict[str, Any]
AT = {
    "fiscal": {column.name: i for i, column in enumerate(FISCAL_YEAR)},
    "program": {column.name: i for i, column in enumerate(PROGRAM)},
    "program_year": {column.name: i for i, column in enumerate(PROGRAM_YEAR)},
    "resource_year": {column.name: i for i, column in enumerate(RESOURCE_YEAR)},
    "currency": {column.name: i for i, column in enumerate(CURRENCY_YEAR)},
    "condition": {column.name: i for i, column in enumerate(CONDITION_YEAR)},
    "workforce": {column.name: i for i, column in enumerate(WORKFORCE_YEAR)},
    "package_year": {column.name: i for i, column in enumerate(PACKAGE_YEAR)},
    "area_year": {column.name: i for i, column in enumerate(AREA_YEAR)},
}
DATE = re.compile(r"(\d{4})-(\d{2})(-\d{2})?")
YEARS = ("first_fy", "last_fy", "fy", "price_fy", "base_fy")
"""Keys whose values are fiscal years."""
FOLDER = tempfile.TemporaryDirectory(prefix="alliancesim-tests-")
NUMBER = itertools.count()
ROOT = Path(__file__).parent.parent
TUTORIAL = ROOT / "scenarios" / "tutorial.yaml"
BASELINE = ROOT / "scenarios" / "japan-2025-08.yaml"
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))


def docs_module(name: str) -> ModuleType:
    """A script of docs/ as a module."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT / "docs"))


def overlay(tree: Tree, changes: Mapping[str, Any]) -> Tree:
    """A deep copy of a mapping with dotted paths set; the value `...` takes a key out."""
    result = copy.deepcopy(tree)
    for path, value in changes.items():
        *parents, last = path.split(".")
        node = result
        for key in parents:
            node = node.setdefault(int(key) if key.isdigit() else key, {})
        key = int(last) if last.isdigit() else last
        if value is ...:
            node.pop(key, None)
        else:
            node[key] = copy.deepcopy(value)
    return result


def shifted(node: Any, years: int, months: int, key: str = "") -> Any:
    """A scenario with its fiscal years moved by years, and all its dates by years and months."""
    if isinstance(node, dict):
        return {moved(name, years, months): shifted(part, years, months, str(name)) for name, part in node.items()}
    if isinstance(node, list):
        return [shifted(part, years, months) for part in node]
    return node + years if key in YEARS else moved(node, years, months) if isinstance(node, str) else node


def moved(name: Any, years: int, months: int) -> Any:
    """A fiscal year or a date later; any other name as it is."""
    if isinstance(name, int):
        return name + years
    match = DATE.fullmatch(name)
    if match is None:
        return name
    year, month = divmod(int(match[1]) * 12 + int(match[2]) - 1 + 12 * years + months, 12)
    return f"{year:04d}-{month + 1:02d}{match[3] or ''}"


def plain(years: int = 6, **changes: Any) -> Tree:
    """The smallest scenario with a program: one bucket, one domestic channel, one lot of ten units. Keys use __ for dots."""
    tree: Tree = {
        "name": "plain",
        "source": "assumed",
        "horizon": {"first_fy": 2025, "last_fy": 2024 + years},
        "economy": {"gdp": {"base_fy": 2024, "base_bn": 600000.0}},
        "money": {"topline_bn": 1000.0, "personnel_bn": 300.0, "buckets": {"arms": {"authority_bn": 700.0}}},
        "channels": {
            "domestic": {
                "payment": {"shares": [0.25, 0.5, 0.25]},
                "stages": {"build": {"duration_months": 20.0, "milestone": "delivered"}},
            }
        },
        "programs": {
            "ship": {
                "title": "Ship",
                "bucket": "arms",
                "channel": "domestic",
                "unit_cost_bn": 8.0,
                "lots": [{"fy": 2025, "units": 10}],
            }
        },
    }
    return overlay(tree, {key.replace("__", "."): value for key, value in changes.items()})


DOLLAR: Tree = {
    "spot_rate": 100.0,
    "process": {"kind": "gbm", "volatility_per_month": 0.03},
    "plan_rate": 100.0,
    "budget_rate": {2025: 100.0},
}
"""A currency for `plain`."""


def load(tree: Tree, files: Mapping[str, str] | None = None) -> LoadedScenario:
    """A mapping through the scenario loader; files: texts that lie beside it."""
    folder = Path(FOLDER.name) / f"{next(NUMBER)}"
    folder.mkdir()
    for name, text in (files or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "scenario.yaml"
    path.write_text(dump(unshared(tree)), encoding="utf-8")
    return load_scenario(path)


def unshared(node: Any) -> Any:
    """A copy in which no part stands twice, so that it is written without anchors."""
    if isinstance(node, dict):
        return {key: unshared(value) for key, value in node.items()}
    return [unshared(item) for item in node] if isinstance(node, list | tuple) else node


class Told:
    """One line of a trace."""

    __slots__ = ("months", "program", "rank", "subject", "text")

    def __init__(self, months: float, rank: Rank, subject: str, text: str, program: str | None) -> None:
        self.months, self.rank, self.subject, self.text, self.program = months, rank, subject, text, program

    def __repr__(self) -> str:
        return f"{self.months:.4f} {self.rank.name} {self.subject}: {self.text}"


class Simulation:
    """A compiled scenario ready to be run replication by replication."""

    def __init__(self, tree: Tree, loaded: LoadedScenario | None = None) -> None:
        self.tree = tree
        self.compiled: Compiled = compile_plan(loaded or load(tree))
        self.engine = Engine(self.compiled)
        self.labels = self.compiled.labels
        self.years = self.compiled.plan.years

    @classmethod
    @cache
    def of(cls, path: Path) -> Simulation:
        """A scenario file, compiled once for all tests."""
        loaded = load_scenario(path)
        return cls(loaded.resolved(), loaded)

    @classmethod
    def with_files(cls, tree: Tree, files: Mapping[str, str]) -> Simulation:
        """A mapping that names files beside it."""
        return cls(tree, load(tree, files))

    def run(self, seed: int = 1, replication: int = 0) -> Run:
        """One replication."""
        outcomes, events = self.engine.simulate(self.compiled.params, seed, replication)
        return Run(self, outcomes, events, [])

    def traced(self, seed: int = 1, replication: int = 0) -> Run:
        """One replication with its trace."""
        told: list[Told] = []
        outcomes, events = self.engine.simulate(self.compiled.params, seed, replication, lambda *line: told.append(Told(*line)))
        return Run(self, outcomes, events, told)

    def runs(self, count: int, seed: int = 1) -> list[Run]:
        """The first replications of a seed."""
        return [self.run(seed, r) for r in range(count)]


class Run:
    """One replication's outcomes, read by name."""

    def __init__(self, simulation: Simulation, outcomes: Outcomes, events: int, told: list[Told]) -> None:
        self.simulation, self.outcomes, self.events, self.told = simulation, outcomes, events, told

    def outcomes_at(self, table: str) -> dict[str, int]:
        """Columns of a table with their positions."""
        return AT[table]

    def scenario_value(self, path: str, default: Any) -> Any:
        """A value of the scenario's mapping by dotted path."""
        node: Any = self.simulation.tree
        for key in path.split("."):
            if not isinstance(node, dict) or key not in node:
                return default
            node = node[key]
        return node

    def fiscal(self, column: str) -> Any:
        """A fiscal-year column, shape (year,)."""
        return self.outcomes.fiscal[:, AT["fiscal"][column]]

    def program(self, name: str, column: str) -> float:
        """One outcome of one program."""
        return float(self.outcomes.program[self.simulation.labels.programs.index(name), AT["program"][column]])

    def program_year(self, name: str, column: str) -> Any:
        """A column of one program, shape (year,)."""
        return self.outcomes.program_year[self.simulation.labels.programs.index(name), :, AT["program_year"][column]]

    def resource_year(self, name: str, column: str) -> Any:
        """A column of one resource, shape (year,)."""
        return self.outcomes.resource_year[self.simulation.labels.resources.index(name), :, AT["resource_year"][column]]

    def currency(self, name: str, column: str) -> Any:
        """A column of one currency, shape (year,)."""
        return self.outcomes.currency[self.simulation.labels.currencies.index(name), :, AT["currency"][column]]

    def condition(self, name: str) -> Any:
        """A condition at the ends of years, shape (year,)."""
        return self.outcomes.condition[self.simulation.labels.conditions.index(name), :, 0]

    def package(self, name: str, column: str) -> Any:
        """A column of one package, shape (year,)."""
        return self.outcomes.package_year[self.simulation.labels.packages.index(name), :, AT["package_year"][column]]

    def score(self, area: str) -> Any:
        """Points of one area of the scorecard, shape (year,)."""
        return self.outcomes.area_year[self.simulation.labels.areas.index(area), :, AT["area_year"]["score"]]

    def workforce(self, name: str, column: str) -> Any:
        """A column of one workforce, shape (year,)."""
        return self.outcomes.workforce[self.simulation.labels.workforces.index(name), :, AT["workforce"][column]]


def run(tree: Tree, seed: int = 1, replication: int = 0) -> Run:
    """One replication of a mapping."""
    return Simulation(tree).run(seed, replication)


def same(one: Outcomes, other: Outcomes) -> bool:
    """Whether two replications' outcomes are equal bit for bit (not-a-number equals itself)."""
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def differences(one: Outcomes, other: Outcomes) -> int:
    """How many values differ, bit for bit but for the sign of 0."""
    return sum(int(unequal(a, b).sum()) for a, b in zip(one, other, strict=True))


def unequal(one: Any, other: Any) -> Any:
    """Where two arrays of one shape differ; not-a-number equals itself."""
    assert one.shape == other.shape
    return (one != other) & ~(np.isnan(one) & np.isnan(other))


def place(compiled: Compiled, table: str, at: Any) -> str:
    """A position of an outcome array by the names of its row and column."""
    labels, years = compiled.labels, [f"FY{compiled.plan.first_fy + y}" for y in range(compiled.plan.years)]
    columns = list(AT.get(table, ()))
    axes: dict[str, list[Any]] = {
        "fiscal": [years, columns], "currency": [labels.currencies, years, columns], "bucket": [labels.buckets, years],
        "program": [labels.programs, columns], "program_year": [labels.programs, years, columns],
        "resource_year": [labels.resources, years, columns], "condition": [labels.conditions, years, columns],
        "workforce": [labels.workforces, years, columns], "package_year": [labels.packages, years, columns],
        "area_year": [labels.areas, years, columns],
    }  # fmt: skip
    return " ".join([table, *(names[i] for names, i in zip(axes[table], at, strict=True))])


def first_difference(compiled: Compiled, one: Outcomes, other: Outcomes, first: int = 0) -> str:
    """Where two batches of outcomes part, in words, or nothing; first: the replication they begin with."""
    count = differences(one, other)
    if not count:
        return ""
    for table, a, b in zip(Outcomes._fields, one, other, strict=True):
        places = np.argwhere(unequal(a, b))
        if len(places):
            at = tuple(places[0])
            where = f"replication {first + at[0]}, {place(compiled, table, at[1:])}"
            return f"{where}: {a[at]!r} and {b[at]!r}; {count} values differ"
    return ""
