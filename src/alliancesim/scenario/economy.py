"""Exchange rates, gross domestic product and price escalation."""

from __future__ import annotations

from typing import Literal

from alliancesim.scenario.values import Block, Dated, FiscalYear, Month, NonNegative, Positive, Quantity, Share


class ExchangeProcess(Block):
    """The monthly law of a currency's log rate.

    ``fixed``: stays at the last known rate. ``gbm``: x += drift_per_month - volatility^2 / 2 + volatility z.
    ``ou``: mean-reverting to log(level_rate) with half_life_months, exact discretization.
    """

    kind: Literal["fixed", "gbm", "ou"] = "fixed"
    drift_per_month: Quantity = 0.0
    volatility_per_month: NonNegative = 0.0
    level_rate: Positive = 1.0
    half_life_months: Positive = 12.0


class Currency(Block):
    """A foreign currency; every rate is home-currency units per unit of it."""

    history: str | None = None
    """CSV beside the scenario with columns month, currency, per_unit_avg, per_unit_eom; fact up to the as-of month."""
    spot_rate: Positive | None = None
    """The rate at the start of the simulation; needed where there is no history."""
    process: ExchangeProcess = ExchangeProcess()
    plan_rate: Dated
    """What the multi-year plan assumed."""
    budget_rate: dict[FiscalYear, Positive] = {}
    """Budget rates already set; later years take the market's mean over the months named by `BudgetRateRule`."""
    cover_share: Share = 0.0
    """Lever: share of a year's foreign payments bought forward at the budget rate."""


class BudgetRateRule(Block):
    """A year's budget rate is the mean market rate from first to last month before the fiscal year begins."""

    first_month_before: int = 7
    last_month_before: int = 5


class Shock(Block):
    """A move of one currency on top of its process, dated or with a random onset (first arrival at a hazard)."""

    currency: str
    size_share: Quantity
    """0.2 lifts home units per foreign unit by 20 percent at its height."""
    onset: Month | None = None
    hazard_per_year: NonNegative = 0.0
    ramp_months: NonNegative = 0.0
    half_life_months: NonNegative = 0.0
    """0 = permanent."""


class AnnualGrowth(Block):
    """An AR(1) of annual growth: g' = mean + persistence (g - mean) + sd z. Known years are fact."""

    mean_share: Quantity = 0.0
    persistence_share: Share = 0.0
    sd_share: NonNegative = 0.0
    known_share: dict[FiscalYear, Quantity] = {}


class Gdp(AnnualGrowth):
    """Nominal gross domestic product by fiscal year, in bn of home currency."""

    base_fy: FiscalYear
    base_bn: Positive
    """GDP of `base_fy`; growth starts the year after."""
    reference_bn: Positive | None = None
    """The fixed denominator a plan may use (defaults to base_bn)."""
    tariff_elasticity: NonNegative = 0.0
    """Points of annual growth lost per point of tariff above `linkage.tariff.reference_share`."""


class Economy(Block):
    """The economy the budget lives in."""

    gdp: Gdp
    escalation: AnnualGrowth = AnnualGrowth()
    """Prices of domestic defense goods."""
    foreign_escalation: AnnualGrowth = AnnualGrowth()
    """Prices of foreign defense goods, in their own currencies."""
    budget_rate_rule: BudgetRateRule = BudgetRateRule()
    plan_escalation_share: Quantity = 0.0
    """Annual price growth that the multi-year plan already contains."""
    passthrough_lag_months: int = 12
    """Lag with which domestic content feels the exchange rate."""
