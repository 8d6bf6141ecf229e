"""References, cycles, and what must add up: every finding between the parts of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from alliancesim.errors import Finding
from alliancesim.scenario.checks.capability import check_capability
from alliancesim.scenario.checks.changes import check_changes, check_kind
from alliancesim.scenario.checks.checker import Checker
from alliancesim.scenario.checks.conditions import check_conditions, check_readings
from alliancesim.scenario.checks.economy import check_economy
from alliancesim.scenario.checks.general import check_general, check_growth, check_years
from alliancesim.scenario.checks.horizon import check_dates, check_horizon
from alliancesim.scenario.checks.linkage import check_linkage
from alliancesim.scenario.checks.money import check_money, check_residuals
from alliancesim.scenario.checks.pipelines import check_cycles, check_pipelines, check_program
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.yamlfile import KeyPath, Node, dotted, node_at


def crosscheck(
    scenario: Scenario, root: Node, left_out: set[KeyPath] | None = None, others: Mapping[KeyPath, Program] | None = None
) -> list[Finding]:
    """Everything that does not hold between the parts of a scenario.

    Args:
        scenario: valid part by part.
        root: the tree it was made from, for names and places.
        left_out: entries of the tree that are broken and therefore missing in the scenario.
        others: alternatives that are not chosen by path, each as the program it would be.
    """
    check = Checker(scenario, root, left_out or set())
    check_dates(check)
    check_general(check)
    if not check_horizon(check):
        return check.findings
    check_years(check)
    check_growth(check)
    check_economy(check)
    check_linkage(check)
    check_money(check)
    check_pipelines(check)
    check_cycles(check)
    check_changes(check)
    check_conditions(check)
    check_residuals(check)
    check_capability(check)
    for path, program in (others or {}).items():
        _alternative(check, path, program)
    return check.findings


def _alternative(check: Checker, path: KeyPath, program: Program) -> None:
    """What is wrong with an alternative that is not chosen: its own keys, the program that it would be, and others beside it."""
    programs = {**check.scenario.programs, str(path[1]): program}
    apart = Checker(check.scenario.model_copy(update={"programs": programs}), check.root, check.left_out)
    for rule in (check_program, check_kind, check_readings):
        rule(apart, path, program)
    own = {*node_at(check.root, path).value, "channels"}
    told = {one.found for one in check.findings if one.path == dotted(path[:2])}
    for one in apart.findings:
        first = one.path.removeprefix(f"{dotted(path)}.").partition(".")[0]
        if first in own or (one.path == dotted(path) and one.found not in told):
            check.findings.append(one)
    told = {one.found for one in check.findings}
    beside = Checker(apart.scenario, check.root, check.left_out)
    check_cycles(beside)
    check_residuals(beside)
    for one in beside.findings:
        if one.found not in told:
            check.add(path, f"chosen, {one.found}", one.allowed)
