"""Exchange rates, gross domestic product and price escalation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from alliancesim.scenario.values import (
    Block,
    Change,
    Dated,
    FiscalYear,
    Growth,
    JumpRate,
    LogChange,
    Month,
    NonNegative,
    Positive,
    Share,
)


class ExchangeState(Block):
    """One of the two states between which `regime_switching` moves, month by month."""

    drift_per_month: LogChange = 0.0
    volatility_per_month: Share = 0.0
    leave_probability: Share
    """Probability that the next month is in the other state."""


class ExchangeProcess(Block):
    """The monthly law of a currency's log rate.

    ``fixed``: stays at the last known rate. ``gbm``: x += drift_per_month - volatility^2 / 2 + volatility z.
    ``ou``: mean-reverting to log(level_rate) with half_life_months, exact discretization. ``jump_diffusion``: gbm and jumps.
    ``regime_switching``: gbm by the numbers of the month's state, `calm` or `turbulent`. ``bootstrap``: the history's own
    monthly changes in blocks of random length. What a kind does not name has no effect on it.
    """

    kind: Literal["fixed", "gbm", "ou", "jump_diffusion", "regime_switching", "bootstrap"] = "fixed"
    drift_per_month: LogChange = 0.0
    """Growth of the mean rate, jumps included; of bootstrap: added to the history's own."""
    volatility_per_month: Share = 0.0
    level_rate: Positive | None = None
    """What the rate of `ou` returns to; it must be given."""
    half_life_months: Positive = 12.0
    jumps_per_month: JumpRate = 0.0
    """Mean number of jumps in a month, up to 10."""
    jump_mean_log: LogChange = 0.0
    """Mean size of a jump of the log rate."""
    jump_sd_log: Share = 0.0
    """Standard deviation of a jump's size."""
    calm: ExchangeState | None = None
    turbulent: ExchangeState | None = None
    turbulent_probability: Share | None = None
    """Probability of the turbulent state in the as-of month, filtered by `alliancesim fit`; none: its share in the long run."""
    mean_block_months: Annotated[float, Field(ge=1)] = 6.0
    """Mean length of a block; blocks are geometric."""
    history_from: Month | None = None
    """First month of the history that is resampled; none: all that is on record without a gap."""


class Currency(Block):
    """A foreign currency; every rate is home-currency units per unit of it."""

    history: str | None = None
    """CSV beside the scenario with columns month, currency, per_unit_avg, per_unit_eom; fact up to the as-of month."""
    spot_rate: Positive | None = None
    """The rate at the start of the simulation where there is no history: one of the two is given."""
    process: ExchangeProcess = ExchangeProcess()
    plan_rate: Dated
    """What the multi-year plan assumed."""
    budget_rate: dict[FiscalYear, Positive] = {}
    """Budget rates already set; later years take the market's mean over the months named by `BudgetRateRule`."""
    cover_share: Share = 0.0
    """Lever: share of a year's foreign payments bought forward at the budget rate."""


class BudgetRateRule(Block):
    """A year's budget rate is the mean market rate from first to last month before the fiscal year begins, 18 months at most."""

    first_month_before: int = 7
    """At least last_month_before, at most 18."""
    last_month_before: int = 5
    """At least 1."""


class Shock(Block):
    """A move of one currency on top of its process, dated or with a random onset (first arrival at a hazard)."""

    currency: str
    size_share: Change
    """0.2 lifts home units per foreign unit by 20 percent at its height; above -1."""
    onset: Month | None = None
    hazard_per_year: NonNegative = 0.0
    ramp_months: NonNegative = 0.0
    half_life_months: NonNegative = 0.0
    """0 = permanent."""


class AnnualGrowth(Block):
    """An AR(1) of annual growth: g' = mean + persistence (g - mean) + sd z. Known years are fact."""

    mean_share: Growth = 0.0
    persistence_share: Share = 0.0
    sd_share: Share = 0.0
    known_share: dict[FiscalYear, Growth] = {}
    """Growth on record; that of `gdp` from the year after base_fy on."""


class Gdp(AnnualGrowth):
    """Nominal gross domestic product by fiscal year, in bn of home currency."""

    base_fy: FiscalYear
    """The first fiscal year or the one before it."""
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
    plan_escalation_share: Growth = 0.0
    """Annual price growth that the multi-year plan already contains."""
    passthrough_lag_months: int = Field(default=12, ge=0, le=120)
    """Lag with which domestic content feels the exchange rate."""
