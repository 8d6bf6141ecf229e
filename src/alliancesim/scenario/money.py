"""Money: toplines, authority by bucket, payments, and what happens when they do not suffice."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from alliancesim.scenario.linkage import Regime
from alliancesim.scenario.values import TAIL_YEARS, Block, Dated, FiscalYear, Month, NonNegative, Quantity, Share


class Bucket(Block):
    """A line of the contract budget (a pillar of the build-up plan, or what lies beside the pillars)."""

    authority_bn: Dated
    """Contract authority by fiscal year, contract base, initial budget."""
    base: Literal["topline", "apart"] = "topline"
    """`apart`: appropriated beside the topline (its payments are no charge on it), but part of the burden on record."""
    pillar: bool = True
    """Whether it is one of the capability pillars reported on."""


class OpeningBurden(Block):
    """Contracts signed before the first simulated year, as yearly payments still due."""

    runoff_bn: Dated
    """Payments due by fiscal year, contracts signed later left out; the last number, mostly 0, holds for all later years, up to
    ten beyond last_fy."""
    currency_shares: dict[str, Share] = {}
    """Share of them in each currency, at the first year's budget rate."""
    apart_bn: Dated | None = None
    """The same for buckets with base `apart`."""


class Supplementary(Block):
    """The mid-year budget: its own path, in month `month` of the fiscal year."""

    month: int = Field(default=8, ge=1, le=11)
    """Whole months after the fiscal year began."""
    total_bn: Dated | None = None
    prepay_share: Share = 0.0
    """Part that pays old burden early."""
    authority_bn: Dated | None = None
    """Contracts it adds, paid within it: at most total_bn."""


class Reserve(Block):
    """A fund that takes the first execution loss."""

    initial_bn: NonNegative = 0.0
    """At most ceiling_bn."""
    ceiling_bn: NonNegative = 0.0
    fill_share: Share = 0.0
    """Share of a year's execution gain that refills it, up to the ceiling."""


class Cascade(Block):
    """After the reserve: a supplementary budget with probability intercept + slope * support, else next year's first charge."""

    supplementary_intercept_share: Quantity = 0.0
    supplementary_slope: Quantity = 0.0
    known: dict[FiscalYear, bool] = {}
    """Whether the supplementary budget covered the loss, by fiscal year up to that of the as-of month; a year whose supplementary
    budget lies before the as-of date and is not named had none."""


class Shortfall(Block):
    """Low support shortens what is appropriated: topline * (1 - slope * max(0, threshold - support))."""

    threshold_share: Share = 0.0
    slope: NonNegative = 0.0


class Provisional(Block):
    """A late vote starts the year under a provisional budget, so that contracts wait."""

    probability_intercept_share: Quantity = 0.0
    probability_slope: Quantity = 0.0
    """Probability = intercept - slope * support, kept within 0 and 1."""
    wait_months: NonNegative = 0.0


class Tax(Block):
    """A tax measure that finances the topline; a late one shows as a shortfall, never as an addition."""

    date: Month
    yield_bn: NonNegative
    """Full-year yield."""
    threshold_share: Share = 0.0
    """Below this support the step is put off by `postponed_months`, and asked again."""
    postponed_months: int = Field(default=12, ge=1, le=120)
    support_hit_share: NonNegative = 0.0
    """Support lost when it takes effect."""
    shortfall_share: Share = 0.0
    """Share of the missing yield by which the topline falls short."""


class Funding(Block):
    """How candidates become contracts."""

    stretch_out_share: NonNegative = 0.0
    """Unit cost added per year of deferral."""
    later_years_share: Share = 1.0
    """Share of a later year's expected cash (topline less personnel) that contracts may fill."""


class Triggers(Block):
    """What brings a revision early; any of them suffices."""

    purchasing_power_lost_share: Share | None = None
    """At least this share was lost at the budget before."""
    regime: Regime | None = None
    """The regime at the budget is this one."""
    demand_accepted: bool = False
    """A spending demand has been accepted."""


class Revision(Block):
    """A revision of the build-up plan, in force from one budget on; at most one of the three topline keys."""

    date: Month | None = None
    """In force with the first budget at or after it, if it has not come early; None: only early."""
    earliest: Month | None = None
    """Early at the first budget from here on at which a trigger holds; None: any budget after the as-of month."""
    triggers: Triggers | None = None
    topline_mult: NonNegative = 1.0
    topline_share_of_gdp: Dated | None = None
    topline_add_bn: Dated | None = None
    authority_mult: dict[str, NonNegative] = {}
    """Factor on a bucket's authority; the bucket's residual program takes the difference."""
    adds: list[str] = []
    """Programs that are dormant until then; lots of years that are past by then are not bought."""
    cancels: list[str] = []
    """Programs whose lots not yet contracted are dropped, backlog included."""
    scales: dict[str, NonNegative] = {}
    """Factor on the units of a program's later lots, rounded to whole units where they are indivisible."""


class CostReview(Block):
    """Review of unit costs: growth of a program's own making, beyond prices and exchange rates, at its first lots to reach it."""

    review_share: Share
    """Growth at which a program is reviewed."""
    hold_probability: Share
    """Probability that its lots then wait one budget."""
    cancellation_share: Share
    """Growth at which cancellation is considered."""
    cancellation_probability: Share
    """Probability that what is not contracted is then dropped."""


class Money(Block):
    """The ministry's money. Topline is given in bn or as a share of GDP, one of the two."""

    topline_bn: Dated | None = None
    topline_share_of_gdp: Dated | None = None
    personnel_bn: Dated
    hns_bn: Dated | None = None
    """Host-nation support: contracted and paid in the year, from authority and topline; with hns_bucket, both or none."""
    hns_bucket: str | None = None
    """The bucket of base `topline` whose authority holds host-nation support; its residual program is smaller by it."""
    buckets: dict[str, Bucket]
    opening_burden: OpeningBurden | None = None
    deobligation_bn: Dated | None = None
    """Burden of earlier years that is released without payment when a year's budget counts it: contracts that end below what was
    obligated. It is taken from the last payments, in home currency."""
    supplementary: Supplementary = Supplementary()
    reserve: Reserve = Reserve()
    cascade: Cascade = Cascade()
    shortfall: Shortfall = Shortfall()
    provisional: Provisional = Provisional()
    taxes: dict[str, Tax] = {}
    funding: Funding = Funding()
    plan_window_years: int = Field(default=5, ge=1, le=TAIL_YEARS)
    """Years of planned purchases, this one included, over which lost purchasing power is measured."""
    revisions: dict[str, Revision] = {}
    cost_review: CostReview | None = None
    lapse_share: Share = 0.0
    """Share of personnel and host-nation support appropriated that lapses unspent each year."""
