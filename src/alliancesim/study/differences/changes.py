"""What two runs were given differently: the changes between their resolved scenarios, and scenarios between the two."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alliancesim.errors import RequestError
from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.rebuild import rebuild
from alliancesim.study.runs.run import Run
from alliancesim.study.sheet import Sheet

Path = tuple[str, ...]
Tree = dict[str, Any]
NO_INPUTS = ("name", "description", "sources", "facts", "expect")
"""Keys of a scenario that no replication reads."""
MOST_SHOWN = 30


@dataclass(frozen=True)
class Change:
    """The smallest part of a scenario that one run has otherwise, or not at all (None)."""

    path: Path
    a: Any
    b: Any

    @property
    def name(self) -> str:
        """The dotted path."""
        return ".".join(self.path)


@dataclass(frozen=True)
class InputDifference:
    """One changed value, as text, with what it rests on in either run."""

    name: str
    a: str | None
    b: str | None
    a_rests_on: str | None
    b_rests_on: str | None

    def plain(self) -> dict[str, str | None]:
        """As plain data."""
        said = {"input": self.name, "a": self.a, "a_rests_on": self.a_rests_on}
        return said | {"b": self.b, "b_rests_on": self.b_rests_on}


def inputs(run: Run) -> Tree:
    """All a run was given: its resolved scenario, in which a currency's `history` is the record itself."""
    tree: Tree = copy.deepcopy(run.manifest["resolved"])
    for name, months in run.manifest.get("histories", {}).items():
        tree["currencies"][name]["history"] = {month: list(rates) for month, rates in months.items()}
    return tree


def changes(a: Tree, b: Tree) -> list[Change]:
    """What b has otherwise than a, in the order of the paths, whatever the order of either file."""
    return [change for change in _changes((), a, b) if change.path[0] not in NO_INPUTS and not _is_title(change)]


def mixed(a: Tree, taken: Iterable[Change], said: str) -> LoadedScenario:
    """Scenario a with some changes made. Raises ScenarioError, naming the mixture by `said`, where it does not hold together."""
    tree = copy.deepcopy(a)
    for change in taken:
        holder: Any = tree
        for key in change.path[:-1]:
            holder = holder[int(key)] if isinstance(holder, list) else holder[key]
        last: Any = int(change.path[-1]) if isinstance(holder, list) else change.path[-1]
        if change.b is None:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(change.b)
    histories = {}
    for name, currency in tree.get("currencies", {}).items():
        if isinstance(currency.get("history"), dict):
            histories[name] = {month: (rates[0], rates[1]) for month, rates in currency["history"].items()}
            currency["history"] = "on record"
        elif "history" in currency:
            message = f"a run of {a['name']} was stored without its record of {name}; run it again with this version"
            raise RequestError(message)
    return rebuild(tree, histories, said)


def input_differences(a: Run, b: Run) -> list[InputDifference]:
    """Every value that two runs were given differently, one by one."""
    found = []
    for change in changes(inputs(a), inputs(b)):
        own, other = dict(_values(change.path, change.a)), dict(_values(change.path, change.b))
        for name in dict.fromkeys([*own, *other]):
            rests = (_rests_on(run, name, values.get(name)) for run, values in ((a, own), (b, other)))
            found.append(InputDifference(name, _text(own.get(name)), _text(other.get(name)), *rests))
    return found


def input_sheet(differences: list[InputDifference], *, every: bool = False) -> Sheet:
    """The table for people."""
    sheet = Sheet("Inputs that differ", ["input", "A", "B", "A rests on", "B rests on"], text_columns=5)
    shown = differences if every else differences[:MOST_SHOWN]
    for one in shown:
        sheet.rows.append([one.name, one.a or "-", one.b or "-", one.a_rests_on or "-", one.b_rests_on or "-"])
    if not differences:
        sheet.note = "None."
    elif len(shown) < len(differences):
        sheet.note = f"{len(differences) - len(shown)} more are not shown (--all)."
    return sheet


def _changes(path: Path, a: Any, b: Any) -> Iterator[Change]:
    if a == b:
        return
    if isinstance(a, dict) and isinstance(b, dict) and not _whole(path, a, b):
        for key in sorted({*a, *b}):
            yield from _changes((*path, key), a.get(key), b.get(key))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (own, other) in enumerate(zip(a, b, strict=True)):
            yield from _changes((*path, str(i)), own, other)
    else:
        yield Change(path, a, b)


def _whole(path: Path, a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two mappings change as one: distributions, and records of exchange rates."""
    return _is_distribution(a) or _is_distribution(b) or _is_record(path)


def _is_distribution(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("dist"), str)


def _is_record(path: Path) -> bool:
    return len(path) == 3 and path[0] == "currencies" and path[2] == "history"


def _is_title(change: Change) -> bool:
    """Whether a change is one of a title, not of an entry of that name."""
    return change.path[-1] == "title" and not isinstance(change.a, dict) and not isinstance(change.b, dict)


def _values(path: Path, value: Any) -> Iterator[tuple[str, Any]]:
    """Every value below a path; a distribution and a record of exchange rates count as one."""
    if isinstance(value, dict) and not _is_distribution(value) and not _is_record(path):
        for key, part in value.items():
            yield from _values((*path, key), part)
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield from _values((*path, str(i)), part)
    elif value is not None:
        yield ".".join(path), value


def _text(value: Any) -> str | None:
    if _is_distribution(value):
        return ", ".join([value["dist"], *(f"{key} {part:g}" for key, part in value.items() if key != "dist")])
    if isinstance(value, dict):
        return f"{len(value)} months on record"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else None if value is None else str(value)


def _rests_on(run: Run, name: str, value: Any) -> str | None:
    """Confidence and source of a number (of a distribution, its first parameter's), or `default` where no file gives it.

    None for what is no number, and where the run does not say.
    """
    provenance: dict[str, dict[str, str]] = run.manifest.get("provenance", {})
    if not provenance or not (_is_distribution(value) or (isinstance(value, int | float) and not isinstance(value, bool))):
        return None
    below = (one for path, one in provenance.items() if path.startswith(f"{name}."))
    said = provenance[name] if name in provenance else next(below, None)  # empty where the file gives no source
    if said is None:
        return "default"
    confidence, source = said.get("confidence", "none given"), said.get("source")
    return confidence if source in (None, confidence) else f"{confidence}: {source}"
