"""Pipelines: resources, channels with their stages, programs with their lots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, get_origin, get_type_hints

from pydantic import Field, create_model

from alliancesim.scenario.conditions import Effect, Elasticities
from alliancesim.scenario.linkage import Regime
from alliancesim.scenario.values import (
    Block,
    Dated,
    Distribution,
    FiscalYear,
    Month,
    Noise,
    NonNegative,
    PartShare,
    Positive,
    Quantity,
    Share,
)

PAY_YEARS = 10
"""Years from a contract on in which it is paid: at most TAIL_YEARS, for payments of the horizon's last contracts stand there."""

MOST_TRANCHES = 16
"""Tranches of one lot; a lot grown by backlog beyond them is delivered in larger ones."""

MOST_VISITS = 32
"""Times a job may pass one stage, returns included: so many draws it has there before those of the lot's next tranche."""

MOST_DISRUPTIONS = 128
"""Room for a resource's disruptions in one replication; a mean that could need more is refused."""


class Background(Block):
    """Orders of other customers, arriving as a Poisson process after the as-of date."""

    arrivals_per_month: NonNegative
    """At most 1,000."""
    size: Distribution
    """Units per order on a line; months of service on slots. Drawn for every order."""
    priority: int = Field(default=0, ge=-99, le=99)
    backlog: NonNegative = 0.0
    """Units (line) or orders (slots, a whole number) already waiting at the as-of date; at most 100,000."""


class Disruptions(Block):
    """Alternating renewal: exponential time between, lognormal duration, and a fixed loss of rate while it lasts."""

    mean_months_between: Positive
    """At least a 64th of the horizon's months, for there is room for 128 disruptions."""
    duration_median_months: Positive
    duration_p90_months: Positive
    severity_share: Share
    """1 stops the work, 0.3 leaves 70 percent of the rate."""


class Resource(Block):
    """Who does the work: a production `line` (units a month, one lot at a time) or `slots` (how many at once)."""

    kind: Literal["line", "slots"]
    capacity: Dated
    """Units a month by fiscal year for a line, above 0 in each up to ten beyond last_fy; a whole number of slots for slots."""
    scaled_by: Elasticities = {}
    """Capacity is multiplied by value^elasticity of each condition or workforce named; slots are rounded down."""
    staff: bool = False
    """Waiting for it is charged to staffing instead of queueing."""
    background: Background | None = None
    disruptions: Disruptions | None = None


class Rework(Block):
    """A chance to be sent back to an earlier stage when a stage ends."""

    probability: Share
    to: str
    most: int = Field(default=1, ge=1, le=8)
    """At most so many returns of one job from this stage; 31 from all stages of a pipeline."""
    work_share: Positive = 1.0
    """Planned duration of a repeated stage as a share of its first."""


class Stage(Block):
    """One step of a lot's pipeline."""

    duration_months: NonNegative = 0.0
    """Planned duration net of normal queueing; on a line, the lead time before the units' own work. At most 1,200."""
    approval: bool = False
    """Whether its noise is charged to approval (else to estimate error)."""
    noise: Noise = Noise()
    resource: str | None = None
    pressure_elasticity: NonNegative = 0.0
    """Duration is multiplied by 1 + elasticity * pressure, read when the stage starts."""
    slowed_by: Elasticities = {}
    """Duration is multiplied by value^-elasticity of each condition or workforce named, or of `support`, read likewise."""
    after: list[str] = []
    """Prerequisites `program.milestone` with milestone first_delivery, first_operational or completion."""
    rework: Rework | None = None
    failure_probability: Share = 0.0
    """The job's units are canceled when it fails at the end of this stage."""
    milestone: Literal["delivered", "operational"] | None = None


class StageOverride(Block):
    """What a program changes of a stage; keys not given stay the channel's, a block (`noise`, `slowed_by`) is replaced whole."""

    duration_months: NonNegative | None = None
    approval: bool | None = None
    noise: Noise | None = None
    resource: str | None = None
    pressure_elasticity: NonNegative | None = None
    slowed_by: Elasticities | None = None
    after: list[str] | None = None
    rework: Rework | None = None
    failure_probability: Share | None = None


class Payment(Block):
    """Shares of a contract's value by year from the contract year on, summing to 1; or a Norden-Rayleigh profile."""

    shares: list[Annotated[float, Field(ge=0, le=1)]] | None = None
    """Of 1 to 10 years."""
    norden_rayleigh_years: int | None = Field(default=None, ge=1, le=PAY_YEARS)
    norden_rayleigh_final_share: PartShare = 0.97
    """Share of the curve reached at the final year, above 0 and below 1, then renormalized to 1."""
    on_delivery_share: Share = 0.0
    """Part of the value paid in the fiscal year of delivery; the profile covers the rest."""


class Channel(Block):
    """A template of stages in their order, and how its contracts are paid."""

    stages: dict[str, Stage]
    payment: Payment | None = None
    """Needed unless it is a channel of initiatives."""
    initiative: bool = False
    """Its programs are initiatives (a law, a command, an agreement): one unit each, begun at `start`, without money."""
    advance: bool = False
    """Paid in advance and settled after delivery: the unsettled balance is an outcome."""
    settlement_lag_months: NonNegative = 0.0


class Lot(Block):
    """What the plan contracts in one fiscal year. A lot before the first simulated year is in the pipeline at its start."""

    fy: FiscalYear
    units: float = Field(gt=0, le=1e6)
    """Units, a whole number; for a program known by value, bn of home currency at planned prices."""
    cost_bn: float | None = Field(default=None, ge=0)
    """Contract value on record; replaces units times planned unit cost."""
    delivery: Month | None = None
    """Planned delivery of its first tranche; else the durations of the lot before it."""


class LotState(Block):
    """Where a lot stood at the as-of date, where the record says more than the plan dates do."""

    fy: FiscalYear
    stage: str
    done_share: float = Field(default=0.0, ge=0, le=1)
    """Part of the stage's planned work already done (on a line, of its lead time); the stage has lasted so long."""


class CostGrowth(Noise):
    """Cost growth still to come, beyond the current estimate; revealed as the remaining units are bought."""


class Bid(Block):
    """A bid for an export order: what makes it likely, and the program that learns from the units it sells.

    P(won) = logistic(logit(probability) + support_slope (support - mean) + sum of slope (condition - initial)).
    """

    decision: Month
    """When it is decided; the lots become due of the budgets from then on."""
    probability: Share
    support_slope: Quantity = 0.0
    conditions: dict[str, Quantity] = {}
    """Slope of the logit by condition, on its distance from its initial value."""
    result: Literal["won", "lost"] | None = None
    """On record, for a decision before the end of the as-of month."""
    learning_of: str | None = None
    """The home program whose cumulative quantity the contracted units add to."""


class Acquisition(Block):
    """One thing being acquired, exported or begun."""

    title: str
    bucket: str | None = None
    """Whose authority pays; needed unless the program is an initiative or an export."""
    channel: str
    priority: int = Field(default=5, ge=0, le=99)
    """Lower is funded and served first; ties go by the program's name."""
    quantity: Literal["units", "value"] = "units"
    """`units`: lots, minimum, tranches and what was delivered before are whole. `value`: known by value only; a unit is then 1 bn
    at planned prices, and any fraction can be bought."""
    residual: bool = False
    """What the bucket's named programs leave of its authority; its lots are computed, not written."""
    unit_cost_bn: NonNegative | None = None
    """Planned cost of a unit at the prices and budget rate of price_fy; 1 for quantity `value`."""
    price_fy: FiscalYear | None = None
    """Year of the planned prices; defaults to the first simulated year or the first lot's, whichever is later."""
    currency_shares: dict[str, Share] = {}
    """Part of the cost contracted in each foreign currency."""
    passthrough_share: Quantity = 0.0
    """Elasticity of the domestic part to the main foreign currency's rate, with `economy.passthrough_lag_months`."""
    learning_slope_share: Positive = 1.0
    """Cost of a unit each time cumulative quantity doubles, 1 = no learning."""
    learning_prior_units: NonNegative = 0.0
    """Units made before the first lot here."""
    cost_growth: CostGrowth = CostGrowth()
    payment: Payment | None = None
    lots: list[Lot] = []
    start: Month | None = None
    """When an initiative begins; it has no lots."""
    bid: Bid | None = None
    """The program is an export: its lots are other nations' orders, and take no home money."""
    divert_to: str | None = None
    """The program of which newly due units are bought instead while the regime is one of `divert_regimes`."""
    divert_regimes: list[Regime] = ["ruptured"]
    minimum_units: NonNegative = 1.0
    """Economic minimum of a lot; less is deferred."""
    tranche_units: float | None = Field(default=None, gt=0)
    """Units delivered together where a stage works on a line; none, or no line: a lot is delivered at once."""
    stages: dict[str, StageOverride] = {}
    baseline_delivery: Month | None = None
    """The original promise of the first delivery; slip is measured from it."""
    current_estimate: Month | None = None
    """The first delivery as expected at the as-of date; what the model gives with noise off."""
    delivered_before_units: float = Field(default=0.0, ge=0)
    """Units delivered before the first simulated year."""
    sustainment_bn_per_unit: NonNegative = 0.0
    """What an operational unit needs each year to be kept ready, at prices of the first fiscal year."""
    state: list[LotState] = []
    crew: dict[str, NonNegative] = {}
    """People of each workforce that a unit needs once it is operational, required from the next fiscal year on."""
    effects: dict[str, Effect] = {}
    """What its milestones do to conditions; those reached before the first fiscal year are part of the start."""


def _optional(block: type[Block]) -> dict[str, Any]:
    """The fields of a block, each of them optional."""
    hints = get_type_hints(block, include_extras=True)
    bounds = {name: tuple(info.metadata) for name, info in block.model_fields.items() if get_origin(hints[name]) is not Annotated}
    bounded = {name: Annotated[(hint, *bounds[name])] if bounds.get(name) else hint for name, hint in hints.items()}
    return {name: (bounded[name] | None, None) for name in block.model_fields}


if TYPE_CHECKING:

    class Alternative(Acquisition):
        """What an alternative changes of a program; keys not given stay the program's."""

else:
    Alternative = create_model(
        "Alternative",
        __base__=Block,
        __doc__="What an alternative changes of a program; keys not given stay the program's.",
        **_optional(Acquisition),
    )


class Program(Acquisition):
    """One thing being acquired, exported or begun, and other ways to it."""

    alternatives: dict[str, Alternative] = {}
    """Other ways to the same thing, each with keys of a program that replace those given here."""
    choice: str | None = None
    """The alternative that is laid over the program when the file is read: it then is the program."""
