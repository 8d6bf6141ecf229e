"""The supplementary budget in the middle of a fiscal year, and the reading of the year at its end."""

from __future__ import annotations

from alliancesim.engine.alliance import pressure_now, support_now
from alliancesim.engine.budget import delivery_due, owed_later
from alliancesim.engine.capability import read_capability
from alliancesim.engine.conditions import read_conditions
from alliancesim.kernels import kernel
from alliancesim.plan.columns import (
    ARREARS,
    ARREARS_PAID,
    BACKLOG_UNITS,
    BUDGET_RATE,
    CANCELED_UNITS,
    CARRY_OUT,
    COMPENSATION,
    CONTRACTED_UNITS,
    DELIVERED_UNITS,
    EXECUTION_LOSS,
    GENERAL,
    HNS,
    MARKET_RATE,
    OBLIGATORY,
    OPERATIONAL_UNITS,
    OUTLAYS,
    PAYMENTS,
    PERSONNEL,
    PIPELINE_UNITS,
    PLANNED_UNITS,
    PREPAID,
    PRESSURE,
    REGIME,
    RESERVE_FILLED,
    RESERVE_USED,
    SUPPLEMENTARY,
    SUPPLEMENTARY_AUTHORITY,
    SUPPORT,
    TARIFF,
    UNSETTLED,
    UNSPENT,
)
from alliancesim.plan.fields import (
    CASCADE_INTERCEPT,
    CASCADE_SLOPE,
    COVER,
    LAPSE,
    ON_DELIVERY,
    PREPAY_SHARE,
    RESERVE_CEILING,
    RESERVE_FILL,
    S_SUPPLEMENTARY,
    S_SUPPLEMENTARY_AUTHORITY,
    UNIT_COST,
)
from alliancesim.plan.layout import (
    CASH_ARREARS,
    CASH_CARRY_IN,
    CASH_COMPENSATES,
    CASH_CREDIT,
    CASH_LEFT,
    CASH_RESERVE,
    LINK_REGIME,
    LINK_TARIFF,
    NONE,
    Outcomes,
    Plan,
    State,
    World,
)
from alliancesim.rules.draws import uniform
from alliancesim.rules.exchange import home_bn, settlement_rate
from alliancesim.rules.grid import snap_bn
from alliancesim.rules.money import linear_probability, reserve_draw, reserve_fill


@kernel
def supplement(plan: Plan, w: World, s: State, out: Outcomes, seed: int, replication: int, y: int, support: float) -> None:
    """Pass the supplementary budget of year y: prepay burden as far as there is any, and decide whether it covers a loss."""
    row = out.fiscal[y]
    total = snap_bn(w.series[S_SUPPLEMENTARY, y])
    wanted = snap_bn(total * w.scalar[PREPAY_SHARE])
    prepaid = min(wanted, owed_later(s, y))
    total -= wanted - prepaid
    s.cash[CASH_CREDIT] += prepaid
    chance = linear_probability(w.scalar[CASCADE_INTERCEPT], w.scalar[CASCADE_SLOPE], support)
    u = uniform(seed, replication, plan.cascade_key, plan.first_fy + y)
    covers = u < chance if plan.compensated[y] == NONE else plan.compensated[y] == 1
    s.cash[CASH_COMPENSATES] = 1.0 if covers else 0.0
    row[SUPPLEMENTARY] = total
    row[PREPAID] = prepaid
    row[SUPPLEMENTARY_AUTHORITY] = snap_bn(w.series[S_SUPPLEMENTARY_AUTHORITY, y])


@kernel
def execution_loss(plan: Plan, w: World, s: State, out: Outcomes, y: int) -> float:
    """Settle the year's foreign payments at the market, cover considered. Returns the loss in bn (a gain is negative)."""
    loss = 0.0
    for c in range(len(plan.process)):
        paid = s.due_foreign[c, y] + s.now_foreign[c] + s.delivery_due_foreign[c, y]
        rate = settlement_rate(w.market[c, y], w.budget[c, y], w.currency[c, COVER])
        loss += snap_bn(home_bn(paid, rate - w.budget[c, y]))
        out.currency[c, y, MARKET_RATE] = w.market[c, y]
        out.currency[c, y, BUDGET_RATE] = w.budget[c, y]
        out.currency[c, y, PAYMENTS] = paid
    return loss


@kernel
def settle_deliveries(plan: Plan, w: World, s: State, y: int) -> float:
    """Close payments on delivery of lots that have arrived; move the others a year. Returns what is carried out, bn."""
    due_next = delivery_due(w, s, y, y + 1)
    for p in range(s.delivery_year.shape[0]):
        if w.payment[p, ON_DELIVERY] == 0.0:
            continue
        for k in range(y + 1):
            if s.delivery_year[p, k] != y:
                continue
            if s.undelivered[p, k] <= 0.0:
                s.delivery_year[p, k] = NONE
                continue
            s.delivery_year[p, k] = y + 1
            s.delivery_due_home[y] -= s.delivery_home[p, k]
            s.delivery_due_home[y + 1] += s.delivery_home[p, k]
            for c in range(len(plan.process)):
                s.delivery_due_foreign[c, y] -= s.delivery_foreign[p, k, c]
                s.delivery_due_foreign[c, y + 1] += s.delivery_foreign[p, k, c]
    return delivery_due(w, s, y, y + 1) - due_next


@kernel
def settle_year(plan: Plan, w: World, s: State, out: Outcomes, y: int) -> None:
    """Close the books of year y: losses through the cascade, arrears, carry-over, what lapses."""
    row = out.fiscal[y]
    carried = settle_deliveries(plan, w, s, y)
    loss = execution_loss(plan, w, s, out, y)
    used = reserve_draw(loss, s.cash[CASH_RESERVE])
    gain = max(0.0, -loss)
    lacking = max(0.0, -s.cash[CASH_LEFT])
    met = min(gain, lacking)
    filled = snap_bn(reserve_fill(gain - met, w.scalar[RESERVE_FILL], s.cash[CASH_RESERVE], w.scalar[RESERVE_CEILING]))
    s.cash[CASH_RESERVE] += filled - used
    rest = max(0.0, loss) - used
    compensated = rest if s.cash[CASH_COMPENSATES] == 1.0 else 0.0
    charged = rest - compensated
    short = lacking - met
    spare = max(0.0, s.cash[CASH_LEFT])
    lapsed = snap_bn(w.scalar[LAPSE] * (row[PERSONNEL] + row[HNS]))
    row[EXECUTION_LOSS] = loss
    row[RESERVE_USED] = used
    row[RESERVE_FILLED] = filled
    row[COMPENSATION] = compensated
    row[CARRY_OUT] = carried
    row[OUTLAYS] = (row[PERSONNEL] + row[GENERAL] - lapsed + row[OBLIGATORY] - carried + row[ARREARS_PAID] - short
                    + (loss - charged) + row[SUPPLEMENTARY])  # fmt: skip
    row[UNSPENT] = lapsed + spare + gain - met - filled
    row[ARREARS] = short + charged
    s.cash[CASH_ARREARS] = row[ARREARS]
    s.cash[CASH_CARRY_IN] = carried


@kernel
def read_year(plan: Plan, w: World, s: State, out: Outcomes, y: int, t: float) -> None:
    """The year-end reading: books, quantities, linkage, conditions, capability. t: month of the year's end."""
    settle_year(plan, w, s, out, y)
    row = out.fiscal[y]
    row[PRESSURE] = pressure_now(s, t)
    row[SUPPORT] = support_now(w, s, t)
    row[REGIME] = s.link[LINK_REGIME]
    row[TARIFF] = s.link[LINK_TARIFF]
    unsettled = 0.0
    for p in range(len(s.delivered)):
        s.advanced[p] += s.advance[p, y]
        s.settled[p] += s.settle[p, y]
        s.planned[p] += s.due[p, y]
        unsettled += max(0.0, s.advanced[p] - s.settled[p])
        before = plan.delivered_before[p]
        cell = out.program_year[p, y]
        contracted = before + plan.opening_units[p] + s.bought[p]
        cell[PLANNED_UNITS] = before + plan.opening_units[p] + s.planned[p]
        cell[CONTRACTED_UNITS] = contracted
        cell[DELIVERED_UNITS] = s.delivered[p]
        cell[OPERATIONAL_UNITS] = s.operational[p]
        cell[CANCELED_UNITS] = s.canceled[p] + s.dropped[p]
        cell[PIPELINE_UNITS] = s.pipeline[p]
        cell[BACKLOG_UNITS] = s.wanted[p]
        if plan.program_free[p] == 0:
            out.bucket[plan.program_bucket[p], y] += s.operational[p] * w.program[p, UNIT_COST]
    row[UNSETTLED] = unsettled
    read_conditions(plan, w, s, out, y)
    read_capability(plan, w, s, out, y, t)
