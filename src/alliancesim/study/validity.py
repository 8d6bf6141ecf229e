"""Whether a scenario can be used: everything that `run` would refuse, and under `strict` what a shipped file owes."""

from __future__ import annotations

import os
from collections.abc import Mapping

from alliancesim.errors import ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.facts import check_facts, unsourced
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.study.gate.ranges import ranges
from alliancesim.study.runs.layout import Layout


def validate(
    scenario: str | os.PathLike[str], settings: Mapping[str, str] | None = None, *, strict: bool = False
) -> LoadedScenario:
    """Load a scenario, compile its plan, and find the outcomes it expects something of.

    Args:
        scenario: the file.
        settings: values by dotted path laid over it.
        strict: also refuse numbers without a source, and values that differ from the fact they cite.

    Raises:
        ScenarioError: with every finding.
        PlanError: the scenario is sound but its plan does not work out.
    """
    loaded = load_scenario(scenario, settings)
    findings = [*unsourced(loaded), *check_facts(loaded)] if strict else []
    if findings:
        raise ScenarioError(findings)
    ranges(loaded, Layout.of(compile_plan(loaded)))
    return loaded
