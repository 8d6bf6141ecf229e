"""References, cycles, and what must add up: every finding between the parts of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from alliancesim.errors import Finding
from alliancesim.scenario.checks.capability import check_capability
from alliancesim.scenario.checks.changes import check_changes, check_kind
from alliancesim.scenario.checks.checker import Checker
from alliancesim.scenario.checks.conditions import check_conditions, check_readings
from alliancesim.scenario.checks.economy import check_economy
from alliancesim.scenario.checks.general import check_blocks, check_general, check_growth, check_years
from alliancesim.scenario.checks.horizon import check_dates, check_horizon
from alliancesim.scenario.checks.linkage import check_linkage
from alliancesim.scenario.checks.money import check_money, check_residuals
from alliancesim.scenario.checks.pipelines import check_cycles, check_pipelines, check_program
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.provenance import split
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
    """What would be wrong if an alternative were chosen and is not wrong as it is: in the program, and in others beside it."""
    name = dotted(path[:2])
    instead = check.scenario.model_copy(update={"programs": {**check.scenario.programs, str(path[1]): program}})
    told = {(one.path, one.found) for one in check.findings}
    apart = Checker(instead, check.root, check.left_out)
    for rule in (check_program, check_kind, check_readings):
        rule(apart, path, program)
    own = {*node_at(check.root, path).value, "channels"}
    for one in apart.findings:
        first = one.path.removeprefix(f"{dotted(path)}.").partition(".")[0]
        same = (name + one.path.removeprefix(dotted(path)), one.found)
        if first in own or (first != "stages" and same not in told):  # a stage may be of the channel that is chosen
            check.findings.append(one)
        told.add(same)
    beside = Checker(instead, check.root, check.left_out)
    check_blocks(beside, program, path[:2])
    for rest in (check_pipelines, check_cycles, check_changes, check_conditions, check_residuals, check_capability):
        rest(beside)
    for one in beside.findings:
        if (one.path, one.found) not in told:
            _chosen(check, path, one)


def _chosen(check: Checker, path: KeyPath, one: Finding) -> None:
    """Notes at an alternative what is found beside it where it is chosen, if nothing is noted there yet."""
    if not f"{one.path}.".startswith(f"{dotted(path[:2])}."):
        check.add(path, f"chosen, {one.path}: {one.found}", one.allowed, one.suggestion)
        return
    here = (*path, *split(one.path)[2:])
    if dotted(here) not in {other.path for other in check.findings}:
        check.add(here, f"chosen, {one.found}", one.allowed, one.suggestion)
