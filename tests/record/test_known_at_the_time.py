"""Nothing in the baseline's data is a fact of after its as-of date: what is later is a plan, a request or an announcement."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliancesim.scenario.load import LoadedScenario, load_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DATA = SCENARIOS / "data"
AS_OF = "2025-08"
AS_OF_DAY = "2025-08-31"
AS_OF_FY = 2025
SAYS_PLAN = re.compile(r"request|plan|proposed|expire|announced", re.IGNORECASE)
PLANNED_SERIES = re.compile(r"request|^plan_|_plan$|^pillar5y_|^fx_exposed_share_of_budget$")
"""The last: a press estimate of 2024 for the five years of the plan."""
IN_FORCE = ("tax_2026", "tax_2027")
"""Steps of a tax law known by then, which take effect later."""


def rows(table: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load_scenario(SCENARIOS / "japan-2025-08.yaml")


def last_year(text: str) -> int:
    """Last fiscal year that a cell of budget.csv names."""
    return max(int(year) for year in re.findall(r"\d{4}", text))


def test_history_ends_with_the_as_of_month(loaded: LoadedScenario) -> None:
    assert loaded.scenario.horizon.as_of == AS_OF
    assert max(row["month"] for row in rows("jpy_monthly")) == AS_OF
    for history in loaded.histories.values():
        assert max(history) == AS_OF


def test_what_the_file_calls_known(loaded: LoadedScenario) -> None:
    linkage, economy, money = loaded.scenario.linkage, loaded.scenario.economy, loaded.scenario.money
    dates = [known.date for known in linkage.known_regimes]
    dates += [statement.date for statement in linkage.statements]
    dates += [*linkage.tariff.known]
    dates += [date for block in linkage.rounds.values() for date in block.results]
    assert dates
    assert all(date[:7] <= AS_OF for date in dates)
    years = [fy for growth in (economy.gdp, economy.escalation, economy.foreign_escalation) for fy in growth.known_share]
    years += [fy for currency in loaded.scenario.currencies.values() for fy in currency.budget_rate]
    assert max(years) <= AS_OF_FY
    assert max(money.cascade.known) < AS_OF_FY, "no supplementary budget of the as-of year is known"
    assert not loaded.scenario.shocks
    assert all(state.fy <= AS_OF_FY for program in loaded.scenario.programs.values() for state in program.state)


def test_contract_values_of_later_years_are_requests(loaded: LoadedScenario) -> None:
    notes = {row["id"]: row["note"] for row in rows("lots")}
    for name, program in loaded.scenario.programs.items():
        for i, lot in enumerate(program.lots):
            if lot.cost_bn is None or lot.fy <= AS_OF_FY:
                continue
            leaf = loaded.provenance["programs", name, "lots", i, "cost_bn"]
            assert leaf.fact is not None, f"{leaf.name}: the value of a later year cites no request"
            assert "request" in notes[leaf.fact.split("/")[1]], leaf.name


def test_cited_facts_of_later_years_are_plans(loaded: LoadedScenario) -> None:
    texts = {row["id"]: " ".join(row.values()) for row in rows("alliance_trade")}
    days = {row["id"]: row["date"] for row in rows("alliance_trade")}
    lots = {row["id"]: row for row in rows("lots")}
    seen = 0
    for leaf in loaded.provenance.values():
        if leaf.fact is None:
            continue
        seen += 1
        table, row, column = leaf.fact.split("/")
        if table == "budget":
            assert last_year(column) <= AS_OF_FY or PLANNED_SERIES.search(row), leaf.name
        elif table == "alliance_trade":
            assert days[row] <= AS_OF_DAY or SAYS_PLAN.search(texts[row]), leaf.name
        elif table == "lots":
            assert int(lots[row]["fiscal_year"]) <= AS_OF_FY or SAYS_PLAN.search(lots[row]["note"]), leaf.name
    assert seen > 60


def test_tables_hold_nothing_later() -> None:
    for row in rows("budget"):
        assert last_year(row["fiscal_year"]) <= AS_OF_FY or PLANNED_SERIES.search(row["series"]), row
    for row in rows("lots"):
        assert int(row["fiscal_year"]) <= AS_OF_FY or SAYS_PLAN.search(row["note"]), row["id"]
    for row in rows("alliance_trade"):
        says = SAYS_PLAN.search(row["event"] + row["note"]) or row["id"].startswith(IN_FORCE)
        assert row["date"] <= AS_OF_DAY or says, row["id"]


@pytest.mark.parametrize("table", ["budget", "programs", "delays", "alliance_trade", "lots"])
def test_sources_are_of_that_time(table: str) -> None:
    """A source may name the day it was read or published; none that is named is after the as-of date."""
    for row in rows(table):
        days = re.findall(r"\b20\d\d-\d\d-\d\d\b", row["source"])
        days += re.findall(r"\b20\d\d-\d\d\b(?!-\d)", row["source"])
        assert all(day[:7] <= AS_OF for day in days), row
