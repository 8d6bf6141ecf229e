"""A scenario from its resolved form: what `LoadedScenario.resolved` gave, as it is after a passage through JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliancesim.errors import ScenarioError
from alliancesim.scenario.crosscheck import crosscheck
from alliancesim.scenario.facts import FactTables
from alliancesim.scenario.history import History, months_needed
from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.shape import Shape, core, key_shape, step
from alliancesim.scenario.validation import validate
from alliancesim.scenario.values import Dated
from alliancesim.scenario.yamlfile import Place, finding, from_plain


def rebuild(resolved: Mapping[str, Any], histories: Mapping[str, History], shown: str) -> LoadedScenario:
    """The scenario, validated and cross-checked as if it were read from a file. It carries no provenance.

    Args:
        resolved: the resolved scenario; keys that are fiscal years may be text.
        histories: exchange rates on record by currency.
        shown: the name that findings give as their file.

    Raises:
        ScenarioError: with every finding.
    """
    place = Place(shown, 1, 1)
    root = from_plain(_rekeyed(dict(resolved), Scenario), place)
    scenario, findings, left_out = validate(root)
    if scenario is None:
        raise ScenarioError(findings)
    findings += crosscheck(scenario, root, left_out)
    first, last = months_needed(scenario.horizon, scenario.economy.budget_rate_rule)
    for name, currency in scenario.currencies.items():
        months = histories.get(name, {})
        if currency.history is not None and not (first in months and last in months):
            message = f"its record does not reach from {first} to {last}"
            findings.append(finding(place, ("currencies", name, "history"), message, "a record of these months"))
    if findings:
        raise ScenarioError(findings)
    return LoadedScenario(scenario, {}, dict(histories), FactTables(None), (), root)


def _rekeyed(value: Any, shape: Shape) -> Any:
    """Plain data in which keys that are numbers are numbers again."""
    if isinstance(value, dict):
        keys = None if shape is None else key_shape(shape)
        numbered = shape is not None and (core(shape) is Dated or (keys is not None and core(keys) is int))
        inner = {
            (int(key) if numbered and str(key).isascii() and str(key).isdigit() else key): part for key, part in value.items()
        }
        return {key: _rekeyed(part, None if shape is None else step(shape, key)) for key, part in inner.items()}
    if isinstance(value, list):
        return [_rekeyed(part, None if shape is None else step(shape, i)) for i, part in enumerate(value)]
    return value
