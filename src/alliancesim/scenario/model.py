"""The root of a scenario file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from alliancesim.scenario.capability import Package, Readiness, Scorecard
from alliancesim.scenario.conditions import Condition, Workforce
from alliancesim.scenario.economy import Currency, Economy, Shock
from alliancesim.scenario.expect import ExpectedRange
from alliancesim.scenario.linkage import Linkage
from alliancesim.scenario.money import Money
from alliancesim.scenario.pipelines import Channel, Program, Resource
from alliancesim.scenario.values import Block, Correlation, FiscalYear, Month
from alliancesim.units import months_since


class Horizon(Block):
    """Fiscal years simulated, and the date up to which everything is fact."""

    first_fy: FiscalYear
    last_fy: FiscalYear
    as_of: Month | None = None
    """Everything before the end of this month is fact; None draws from the start."""
    fy_first_month: int = Field(default=4, ge=1, le=12)
    """Calendar month in which a fiscal year begins."""

    def months(self, date: str) -> float:
        """Model months from the start of the first fiscal year to a date."""
        return months_since(date, self.first_fy, self.fy_first_month)


class Source(Block):
    """Where a value comes from, and how far it can be trusted."""

    citation: str
    """Who said it, where and when."""
    url: str | None = None
    """Where it can be read; for people."""
    confidence: Literal["seed", "sourced", "recalled", "assumed"]


class Mechanisms(Block):
    """Switches: off takes a mechanism out altogether, without touching its numbers or any other draw."""

    exchange_noise: bool = True
    economy_noise: bool = True
    stage_noise: bool = True
    cost_growth: bool = True
    rework: bool = True
    failure: bool = True
    disruptions: bool = True
    background: bool = True
    queueing: bool = True
    """Off: every request is granted at once."""
    budget_limits: bool = True
    """Off: every planned lot is funded whole in its year."""
    linkage: bool = True
    """Off: no statement, change of regime or round; pressure, support and tariff stay at their start, taxes come as planned."""
    effects: bool = True
    """Off: programs move no condition."""
    workforce: bool = True
    """Off: every staffing share stays the planned one."""
    revision: bool = True
    """Off: the build-up plan is never revised; programs that a revision adds stay dormant."""
    cost_review: bool = True
    exports: bool = True
    """Off: no bid that is still open is won."""
    diversification: bool = True
    """Off: every lot is bought of the program it was planned for."""


class Scenario(Block):
    """One scenario: structure, levers, uncertainties. Money is in bn of home currency, foreign money in millions."""

    name: str
    description: str = ""
    home_currency: str = "JPY"
    sources: dict[str, Source] = {}
    facts: str | None = None
    """Folder of fact tables beside the file, `<table>.csv`, cited as `fact: table/row/column-or-year`."""
    horizon: Horizon
    mechanisms: Mechanisms = Mechanisms()
    currencies: dict[str, Currency] = {}
    correlation: dict[str, dict[str, Correlation]] = {}
    """Correlation of currencies' monthly innovations, from -1 to 1, each pair once; pairs not given are uncorrelated."""
    shocks: dict[str, Shock] = {}
    economy: Economy
    linkage: Linkage = Linkage()
    money: Money
    conditions: dict[str, Condition] = {}
    workforce: dict[str, Workforce] = {}
    resources: dict[str, Resource] = {}
    channels: dict[str, Channel] = {}
    programs: dict[str, Program] = {}
    packages: dict[str, Package] = {}
    readiness: Readiness = Readiness()
    scorecard: Scorecard = Scorecard()
    expect: dict[str, ExpectedRange] = {}
    """Not inherited by a file that extends this one."""
