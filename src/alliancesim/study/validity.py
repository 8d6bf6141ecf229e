"""Whether a scenario can be used: everything that `run` would refuse, and under `strict` what a shipped file owes."""

from __future__ import annotations

import os
from collections.abc import Mapping

from alliancesim.errors import Finding, PlanError, ScenarioError
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.mistakes import plan_mistakes, touches
from alliancesim.scenario.facts import check_facts, unsourced
from alliancesim.scenario.load import LoadedScenario, read_scenario
from alliancesim.study.gate.ranges import unknown_outcomes
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
    reading = read_scenario(scenario, settings)
    loaded, findings = reading.loaded, reading.findings
    if loaded is None:
        raise ScenarioError(findings)
    if strict:
        findings += [*unsourced(loaded), *check_facts(loaded)]
    findings += plan_mistakes(loaded, reading.broken)
    if not touches(reading.broken, "horizon"):
        findings += _unknown_outcomes(loaded)
    if findings:
        raise ScenarioError(findings)
    Layout.of(compile_plan(loaded)).tables()
    return loaded


def given_layout(loaded: LoadedScenario) -> Layout:
    """What names the outcomes, by the names that the files give: that of the plan, where there is one."""
    horizon = loaded.scenario.horizon
    return Layout(
        first_fy=horizon.first_fy,
        years=horizon.last_fy - horizon.first_fy + 1,
        currencies=tuple(loaded.names("currencies")),
        buckets=tuple(loaded.names("money", "buckets")),
        programs=tuple(sorted(loaded.names("programs"))),
        resources=tuple(sorted(loaded.names("resources"))),
        conditions=tuple(sorted(loaded.names("conditions"))),
        workforces=tuple(sorted(loaded.names("workforce"))),
        packages=tuple(loaded.names("packages")),
        areas=tuple(loaded.names("scorecard", "areas")),
    )


def _unknown_outcomes(loaded: LoadedScenario) -> list[Finding]:
    """Outcomes of `expect` that there are not; none where no tables can be made, which is told once all else is right."""
    layout = given_layout(loaded)
    try:
        layout.tables()
    except PlanError:
        return []
    return unknown_outcomes(loaded, layout)
