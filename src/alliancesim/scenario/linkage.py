"""The linkage of trade and defense: regimes, pressure, support, negotiating rounds, and their effects."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from alliancesim.scenario.values import Block, CandidateRate, Elasticity, Month, NonNegative, Positive, Quantity, Share

Regime = Literal["firewalled", "contested", "linked", "ruptured"]
RoundResult = Literal["favorable", "muddle", "failure"]


class DatedRegime(Block):
    """A regime entered at a known date."""

    date: Month
    regime: Regime


class DatedStatement(Block):
    """A linking statement on record (or assumed to come), and the jump of pressure it makes."""

    date: Month
    size: float = Field(ge=0)


class Pressure(Block):
    """Shot noise: p' = -lambda p between jumps, lambda = ln 2 / half_life_months."""

    initial: NonNegative = 0.0
    half_life_months: Positive = 6.0
    statements_per_month: dict[Regime, NonNegative] = {}
    """Poisson rate of linking statements in each regime; a regime not named has none."""
    statements_ceiling_per_month: CandidateRate = 1.0
    """Candidates arrive at this rate and are thinned, so that draws stay aligned across scenarios; at least every rate,
    at most 100."""
    statement_size: NonNegative = 0.0
    """Mean of the exponential jump."""
    ties_damping_share: NonNegative = 0.0
    """Stages feel pressure * max(0, 1 - damping * ties)."""
    decay_condition: str | None = None
    """Condition that makes pressure decay faster: half-life / value^decay_elasticity."""
    decay_elasticity: Elasticity = 0.0


class Support(Block):
    """Domestic support: x' = kappa (mean - x) - b p, read as min(1, max(0, x)); kappa = ln 2 / half_life_months."""

    initial_share: Share = 0.6
    mean_share: Share = 0.6
    half_life_months: Positive = 12.0
    floor_share: Positive = 0.05
    """What reads `support` as a condition sees at least this."""
    pressure_drag_per_month: NonNegative = 0.0
    """b: support lost per month per unit of pressure."""


class Outcome(Block):
    """What a result of a negotiating round does."""

    regime: Regime | None = None
    pressure_add: NonNegative = 0.0
    pressure_mult: NonNegative = 1.0
    hns_mult: NonNegative = 1.0
    """Factor on host-nation support from the next budget on."""
    tariff_share: Share | None = None
    """Tariff rate from then on; unchanged where not given."""
    commitment_bn_per_year: NonNegative = 0.0
    """Purchases promised to the ally, a first charge on later budgets for commitment_years."""
    commitment_years: int = Field(default=0, ge=0, le=30)
    demand_probability: Share = 0.0
    """Probability that the ally then makes a spending demand."""
    demand_share_of_gdp: NonNegative = 0.0
    """Size of the demand: topline to add, as a share of GDP."""


class Round(Block):
    """A dated negotiation. Its result is an ordered logit of pressure, support, concessions and partner ties."""

    dates: list[Month]
    """At most one a month."""
    results: dict[Month, RoundResult] = {}
    """Results on record: no draw touches them. Every date before the as-of month needs one."""
    hns: bool = False
    """Whether the round may move host-nation support (else outcomes' hns_mult is left out)."""
    outcomes: dict[RoundResult, Outcome] = {}
    """Replaces the outcome of `Linkage.outcomes` for the results named."""


class Logit(Block):
    """score = support * s - pressure * p + concessions * c + ties * k; a draw below the cuts decides."""

    support: Quantity = 0.0
    pressure: Quantity = 0.0
    concessions: Quantity = 0.0
    ties: Quantity = 0.0
    cut_failure: Quantity = -1.0
    """P(failure) = logistic(cut_failure - score)."""
    cut_favorable: Quantity = 1.0
    """P(failure or muddle) = logistic(cut_favorable - score)."""


class Demand(Block):
    """How a spending demand is answered: accepted with probability logistic(intercept + support * s - pressure * p)."""

    intercept: Quantity = 0.0
    support: Quantity = 0.0
    pressure: Quantity = 0.0
    phase_years: int = Field(default=3, ge=1, le=30)
    """Years over which an accepted demand reaches its full size."""
    refusal_pressure_add: NonNegative = 0.0


class Tariff(Block):
    """The tariff that the economy feels."""

    initial_share: Share = 0.0
    reference_share: Share = 0.0
    """The rate at which GDP growth is unharmed."""
    known: dict[Month, Annotated[float, Field(ge=0, le=1)]] = {}
    """Rates on record, by the date they began."""


class Linkage(Block):
    """Trade and defense, linked or kept apart. Left out of a scenario, nothing of it happens."""

    initial_regime: Regime = "firewalled"
    known_regimes: list[DatedRegime] = []
    rates_per_month: dict[Regime, dict[Regime, NonNegative]] = {}
    """Monthly rates of the continuous-time Markov chain, from regime to regime."""
    ceiling_per_month: CandidateRate = 0.5
    """Uniformization rate, at least every regime's total exit rate, at most 100."""
    pressure: Pressure = Pressure()
    support: Support = Support()
    statements: list[DatedStatement] = []
    rounds: dict[str, Round] = {}
    logit: Logit = Logit()
    outcomes: dict[RoundResult, Outcome] = {}
    demand: Demand = Demand()
    tariff: Tariff = Tariff()
    concessions: Quantity = 0.0
    """Lever: what is offered in every round."""
    partner_ties: Quantity = 0.0
    """What partnerships beyond the ally give."""
    ties_condition: str | None = None
    """Condition whose value is added to partner_ties."""
