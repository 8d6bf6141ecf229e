"""What each distribution of a scenario rests on: its spread, the rows of evidence its note cites, and how thin they are."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.provenance import Leaf

DATA = Path(__file__).resolve().parents[1] / "scenarios" / "data"
Path_ = tuple[object, ...]
CITED = re.compile(r"D(\d{3})(?:-D(\d{3}))?")
ENOUGH = 5
"""With fewer sourced rows evidence is called thin."""
DRAWN = (("mean_share",), ("persistence_share",), ("sd_share",))
BESIDE: dict[Path_, str] = {
    ("resources", "f35_line"): "D031-D033",
    ("resources", "tomahawk_line"): "D113",
    ("resources", "sm3_line"): "D114",
    ("resources", "pac3_seeker_line"): "D098, D112",
    ("resources", "kc46_line"): "D093-D094",
}
"""Rows that a resource rests on by the file's comments, which a program cannot read."""


class Row(NamedTuple):
    """One row of delays.csv."""

    id: str
    metric: str
    value: str
    unit: str
    n: str
    confidence: str


class Distribution(NamedTuple):
    """One distribution, or several alike."""

    group: str
    name: str
    spread: str
    evidence: tuple[str, ...]
    history_months: int
    confidence: str
    tail: float | None = None
    """P90 over median, where it is lognormal."""
    factor: bool = False
    """Whether it is a factor on a duration or cost."""

    def strength(self) -> str:
        """How much stands behind it: a history, rows enough, or thin or no evidence."""
        if self.history_months:
            return f"{self.history_months} months"
        sourced = sum(evidence()[id_].confidence == "sourced" for id_ in self.evidence)
        said = f"{sourced} sourced, {len(self.evidence) - sourced} recalled"
        return "none" if not self.evidence else said if sourced >= ENOUGH else f"thin: {said}"


@cache
def evidence() -> dict[str, Row]:
    """The rows of delays.csv by id."""
    with (DATA / "delays.csv").open(encoding="utf-8", newline="") as file:
        rows = [Row(*(row[key] for key in ("id", "metric", "value", "unit", "n", "confidence"))) for row in csv.DictReader(file)]
    return {row.id: row for row in rows}


def cited(text: str | None) -> tuple[str, ...]:
    """Ids of the rows a note cites; of a range those that there are."""
    found: dict[str, None] = {}
    for first, last in CITED.findall(text or ""):
        for number in range(int(first), int(last or first) + 1):
            if f"D{number:03}" in evidence():
                found[f"D{number:03}"] = None
    return tuple(found)


def distributions(loaded: LoadedScenario) -> Iterator[Distribution]:
    """All distributions of a scenario, in groups."""
    leaves = list(loaded.provenance.values())
    yield from _exchange(loaded, leaves)
    yield from _noise(leaves)
    yield from _growth(leaves)
    for resource, inside in _below(leaves, "disruptions"):
        every = "every {mean_months_between:g} months for {duration_median_months:g} (P90 {duration_p90_months:g})"
        spread = f"{every}, {{severity_share:.0%}} lost".format(**_values(inside))
        yield _row("Disruptions", resource[1], spread, inside, BESIDE.get(resource[:2]))
    for resource, inside in _below(leaves, "background"):
        size = [leaf.value for leaf in inside if "size" in leaf.path]
        spread = f"{_values(inside)['arrivals_per_month']:g} orders a month of {' to '.join(f'{value:g}' for value in size)}"
        yield _row("Other customers", resource[1], spread, inside, BESIDE.get(resource[:2]))
    yield from _chances(leaves)


def _exchange(loaded: LoadedScenario, leaves: list[Leaf]) -> Iterator[Distribution]:
    for where, inside in _below(leaves, "process"):
        months = len(loaded.histories.get(str(where[1]), {}))
        spread = ", ".join(f"{key} {value:g}" for key, value in _values(inside).items())
        one = _row("Exchange rates and prices", where[1], spread, inside)
        yield one._replace(history_months=months)
    for block in ("gdp", "escalation", "foreign_escalation"):
        inside = [leaf for leaf in leaves if leaf.path[:2] == ("economy", block) and leaf.path[2:] in DRAWN]
        spread = ", ".join(f"{key} {value:g}" for key, value in _values(inside).items())
        yield _row("Exchange rates and prices", block.replace("_", " "), spread, inside)


def _noise(leaves: list[Leaf]) -> Iterator[Distribution]:
    for where, inside in _below(leaves, "noise"):
        yield _factor("Stage durations, factor on plan", f"{where[1]} {where[-2]}", inside)


def _growth(leaves: list[Leaf]) -> Iterator[Distribution]:
    alike: dict[tuple[object, ...], list[tuple[Path_, list[Leaf]]]] = {}
    for where, inside in _below(leaves, "cost_growth"):
        if "alternatives" in where:
            continue  # not the baseline's
        alike.setdefault((*sorted(_values(inside).items()), inside[0].note), []).append((where, inside))
    for programs in alike.values():
        names = ", ".join(str(where[1]) for where, _ in programs)
        yield _factor("Cost growth to completion", names, programs[0][1])


def _chances(leaves: list[Leaf]) -> Iterator[Distribution]:
    """Probabilities, rates and sizes of what happens or not."""
    for leaf in leaves:
        path = [str(key) for key in leaf.path]
        stated = path[-1].endswith(("probability", "statement_size", "probability_intercept_share", "intercept_share"))
        if (stated or "rates_per_month" in path or "statements_per_month" in path) and "background" not in path:
            yield _row("Chances and sizes of events", leaf.name, f"{leaf.value:g}", [leaf])


def _factor(group: str, name: str, inside: list[Leaf]) -> Distribution:
    values = _values(inside)
    median, p90 = values.get("median", 1.0), values.get("p90", 1.0)
    spread = f"median {median:g}, P10 {median**2 / p90:.2f}, P90 {p90:g}"
    return _row(group, name, spread, inside)._replace(tail=p90 / median, factor=True)


def _row(group: str, name: object, spread: str, inside: list[Leaf], beside: str | None = None) -> Distribution:
    ids = tuple(dict.fromkeys(id_ for text in [*(leaf.note for leaf in inside), beside] for id_ in cited(text)))
    confidence = ", ".join(sorted({leaf.confidence or "none given" for leaf in inside}))
    return Distribution(group, str(name), spread, ids, 0, confidence)


def _below(leaves: list[Leaf], key: str) -> list[tuple[Path_, list[Leaf]]]:
    """Leaves by the path of the block of this name that they lie in."""
    found: dict[Path_, list[Leaf]] = {}
    for leaf in leaves:
        if key in leaf.path[:-1]:
            found.setdefault(leaf.path[: leaf.path.index(key) + 1], []).append(leaf)
    return list(found.items())


def _values(inside: list[Leaf]) -> dict[str, float]:
    return {str(leaf.path[-1]): leaf.value for leaf in inside}
