"""References, cycles, and what must add up: every finding between the parts of a scenario."""

from __future__ import annotations

from alliancesim.errors import Finding
from alliancesim.scenario.checks.checker import Checker, center
from alliancesim.scenario.checks.economy import check_economy
from alliancesim.scenario.checks.general import check_capacity, check_general, check_years
from alliancesim.scenario.checks.horizon import check_dates, check_horizon
from alliancesim.scenario.checks.linkage import check_linkage
from alliancesim.scenario.checks.money import check_money, check_residuals
from alliancesim.scenario.checks.pipelines import check_pipelines
from alliancesim.scenario.history import History
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.yamlfile import Key, Node


def crosscheck(
    scenario: Scenario, root: Node, left_out: set[tuple[Key, ...]] | None = None, histories: dict[str, History] | None = None
) -> list[Finding]:
    """Everything that does not hold between the parts of a scenario.

    Args:
        scenario: valid part by part.
        root: the tree it was made from, for names and places.
        left_out: entries of the tree that are broken and therefore missing in the scenario.
        histories: exchange rates on record by currency.
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
    check_residuals(check)
    _price_years(check, histories or {})
    return check.findings


def _price_years(check: Checker, histories: dict[str, History]) -> None:
    """A program priced before the horizon needs the budget rates of its currencies in that year."""
    for name, program in check.scenario.programs.items():
        if program.price_fy is None or program.price_fy >= check.first_fy:
            continue
        for code, share in program.currency_shares.items():
            currency = check.scenario.currencies.get(code)
            if currency is None or center(share) == 0.0 or program.price_fy in currency.budget_rate:
                continue
            if not _recorded(check, histories.get(code, {}), program.price_fy):
                said = f"currencies.{code}.budget_rate for {program.price_fy}, or a history that reaches back"
                check.add(("programs", name, "price_fy"), f"no {code} budget rate for FY{program.price_fy}", said)


def _recorded(check: Checker, history: History, fy: int) -> bool:
    """Whether the months that make a fiscal year's budget rate are on record."""
    rule = check.scenario.economy.budget_rate_rule
    start = fy * 12 + check.scenario.horizon.fy_first_month - 1
    months = range(start - rule.first_month_before, start - rule.last_month_before + 1)
    return all(f"{month // 12:04d}-{month % 12 + 1:02d}" in history for month in months)
