"""References, cycles, and what must add up: every finding between the parts of a scenario."""

from __future__ import annotations

from alliancesim.errors import Finding
from alliancesim.scenario.checks.capability import check_capability
from alliancesim.scenario.checks.changes import check_changes
from alliancesim.scenario.checks.checker import Checker
from alliancesim.scenario.checks.conditions import check_conditions
from alliancesim.scenario.checks.economy import check_economy
from alliancesim.scenario.checks.general import check_capacity, check_general, check_years
from alliancesim.scenario.checks.horizon import check_dates, check_horizon
from alliancesim.scenario.checks.linkage import check_linkage
from alliancesim.scenario.checks.money import check_money, check_residuals
from alliancesim.scenario.checks.pipelines import check_pipelines
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.yamlfile import Key, Node


def crosscheck(scenario: Scenario, root: Node, left_out: set[tuple[Key, ...]] | None = None) -> list[Finding]:
    """Everything that does not hold between the parts of a scenario.

    Args:
        scenario: valid part by part.
        root: the tree it was made from, for names and places.
        left_out: entries of the tree that are broken and therefore missing in the scenario.
    """
    check = Checker(scenario, root, left_out or set())
    check_dates(check)
    check_general(check)
    if not check_horizon(check):
        return check.findings
    check_years(check)
    check_capacity(check)
    check_economy(check)
    check_linkage(check)
    check_money(check)
    check_pipelines(check)
    check_changes(check)
    check_conditions(check)
    check_residuals(check)
    check_capability(check)
    return check.findings
