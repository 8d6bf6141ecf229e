"""A scenario file in, a validated scenario out; or every mistake in it at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alliancesim.errors import Finding, RequestError, ScenarioError
from alliancesim.scenario import provenance
from alliancesim.scenario.alternatives import choose
from alliancesim.scenario.crosscheck import crosscheck
from alliancesim.scenario.facts import FactTables
from alliancesim.scenario.history import History, load_history, months_needed
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.overlay import COMMAND_LINE, Assembly, apply_settings, assemble
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.spelling import respell
from alliancesim.scenario.validation import validate
from alliancesim.scenario.values import Block, Dated, Distribution
from alliancesim.scenario.yamlfile import Key, KeyPath, Node, Place, dotted, finding, node_at


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    """A scenario with what its file says beside it."""

    scenario: Scenario
    """Validated, every default filled."""
    provenance: dict[KeyPath, provenance.Leaf]
    """Every number the files give, by path."""
    histories: dict[str, History]
    """Exchange rates on record by currency, then month ``YYYY-MM``: (mean of the month, end of the month)."""
    facts: FactTables
    """The fact tables that values may cite."""
    files: tuple[Path, ...]
    """The scenario's file and all it extends, nearest first."""
    root: Node
    """The overlaid tree, each value with its place."""
    others: dict[KeyPath, Program] = field(default_factory=dict)
    """Alternatives that are not chosen by path, each as the program it would be."""

    def resolved(self) -> dict[str, Any]:
        """The scenario as a user would write it, defaults filled, as plain data fit for JSON."""
        plain = _plain(self.scenario)
        assert isinstance(plain, dict)
        return plain

    def where(self, path: KeyPath) -> Place:
        """The place of a path, or of the nearest one above it that the files give."""
        return node_at(self.root, path).where()

    def names(self, *path: Key) -> list[str]:
        """The names of a register as the files give them, also of entries that are broken and not in the scenario."""
        node = self._given(path)
        return [str(key) for key in node.value] if node is not None and isinstance(node.value, dict) else []

    def text(self, path: KeyPath) -> str | None:
        """The text at a path as the files give it, None where there is none."""
        node = self._given(path)
        return node.value if node is not None and isinstance(node.value, str) else None

    def _given(self, path: KeyPath) -> Node | None:
        node = self.root
        for key in path:
            if not isinstance(node.value, dict) or key not in node.value:
                return None
            node = node.value[key]
        return node


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a scenario gave."""

    loaded: LoadedScenario | None
    """As far as it could be made of what is sound; None where too much is broken."""
    findings: list[Finding]
    broken: set[str]
    """Dotted paths of what is wrong, and of what was left out for it."""


def load_scenario(path: str | os.PathLike[str], settings: Mapping[str, Any] | None = None) -> LoadedScenario:
    """Reads, overlays, validates and cross-checks a scenario.

    Args:
        path: the YAML file.
        settings: values by dotted path laid over the file last, as by ``--set``; texts are read as YAML.

    Raises:
        ScenarioError: with every finding.
    """
    reading = read_scenario(path, settings)
    if reading.findings or reading.loaded is None:
        raise ScenarioError(reading.findings)
    return reading.loaded


def read_scenario(path: str | os.PathLike[str], settings: Mapping[str, Any] | None = None) -> Reading:
    """The same, with whatever is wrong beside what could be made of the rest, so that more can be looked for in it."""
    file = Path(path)
    assembly = Assembly()
    root = assemble(file, assembly)
    findings = assembly.findings
    if root is None:
        return Reading(None, findings, set())
    apply_settings(root, settings or {}, assembly)
    findings += respell(root)
    findings += provenance.bad_units(root)
    more, others = choose(root, assembly.files)
    findings += more
    scenario, more, left_out = validate(root)
    findings += more
    findings += provenance.bad_sources(assembly.named, _source_ids(root))
    if scenario is None:
        return Reading(None, findings, set())
    histories, more = _histories(scenario, root, assembly)
    findings += more
    tables, more = _facts(scenario, root, assembly)
    findings += more
    findings += crosscheck(scenario, root, left_out, others)
    register = {name: source.confidence for name, source in scenario.sources.items()}
    cited: dict[str, str | None] = {}

    def row_confidence(citation: str) -> str | None:
        if citation not in cited:
            fact = tables.look_up(citation)
            cited[citation] = fact.confidence if fact else None
        return cited[citation]

    leaves = provenance.collect(root, register, row_confidence)
    loaded = LoadedScenario(scenario, leaves, histories, tables, tuple(assembly.files), root, others)
    return Reading(loaded, findings, {one.path for one in findings} | {dotted(path) for path in left_out})


def as_loaded(scenario: str | os.PathLike[str] | LoadedScenario, settings: Mapping[str, Any] | None = None) -> LoadedScenario:
    """A scenario from its file with settings laid over it, or as it is where it is loaded already.

    Raises:
        ScenarioError: with every finding.
        RequestError: for settings beside a loaded scenario, over which they cannot be laid.
    """
    if not isinstance(scenario, LoadedScenario):
        return load_scenario(scenario, settings)
    if settings:
        message = f"settings ({', '.join(settings)}) beside a loaded scenario; give them to load_scenario with its file"
        raise RequestError(message)
    return scenario


def _histories(scenario: Scenario, root: Node, assembly: Assembly) -> tuple[dict[str, History], list[Finding]]:
    findings: list[Finding] = []
    histories: dict[str, History] = {}
    needed = months_needed(scenario.horizon, scenario.economy.budget_rate_rule)
    for name, currency in scenario.currencies.items():
        if currency.history is None:
            continue
        node = root.value["currencies"].value[name].value["history"]
        path, shown = _beside(node, currency.history, assembly)
        resampled = currency.process.history_from if currency.process.kind == "bootstrap" else None
        first = min(needed[0], (resampled or needed[0])[:7])
        histories[name], more = load_history(path, shown, name, node, (first, needed[1]))
        findings += more
    return histories, findings


def _facts(scenario: Scenario, root: Node, assembly: Assembly) -> tuple[FactTables, list[Finding]]:
    if scenario.facts is None:
        return FactTables(None), []
    node = root.value["facts"]
    folder, shown = _beside(node, scenario.facts, assembly)
    if os.path.isdir(folder):  # noqa: PTH112  (Path.is_dir raises where a name is too long)
        return FactTables(folder), []
    return FactTables(None), [finding(node.where(), ("facts",), f"no folder '{shown}'"[:200], "a folder of fact tables")]


def _beside(node: Node, written: str, assembly: Assembly) -> tuple[Path, str]:
    """A path relative to the file that names it (to the scenario's file where ``--set`` does)."""
    file = assembly.files[0] if node.at.file == COMMAND_LINE else Path(node.at.file)
    path = file.parent / written
    return path, str(path)


def _source_ids(root: Node) -> set[str]:
    sources = root.value.get("sources")
    return {str(key) for key in sources.value} if sources is not None and isinstance(sources.value, dict) else set()


def _plain(value: Any) -> Any:
    if isinstance(value, Distribution):
        return {"dist": value.dist} | {key: number for key, number in value if key != "dist" and number is not None}
    if isinstance(value, Dated):
        if not value.by_fy and value.then_growth_share == 0.0:
            return _plain(value.constant)
        growth = {} if value.then_growth_share == 0.0 else {"then_growth_share": _plain(value.then_growth_share)}
        return {year: _plain(amount) for year, amount in value.by_fy.items()} | growth
    if isinstance(value, Block):
        return {key: _plain(part) for key, part in value if part is not None}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
