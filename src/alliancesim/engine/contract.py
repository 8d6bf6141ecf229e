"""Funding one program in one year: units, cost, and the payments that follow."""

from __future__ import annotations

import math

from alliancesim.kernels import kernel
from alliancesim.plan.columns import (
    CONTRACTED_BN,
    CONTRACTED_COST,
    COST_BY_CAUSE,
    COST_ESCALATION,
    COST_EXCHANGE,
    COST_GROWTH,
    COST_LEARNING,
    COST_STRETCH_OUT,
    EXPORTS,
    FOREIGN_BN,
    PLANNED_COST,
)
from alliancesim.plan.fields import (
    LEARNING_PRIOR,
    LEARNING_SLOPE,
    MINIMUM,
    ON_DELIVERY,
    PASSTHROUGH,
    STRETCH_OUT,
    W_BUDGET_LIMITS,
)
from alliancesim.plan.layout import (
    BEFORE_MONTHS,
    CASH_AUTHORITY_LEFT,
    CASH_NOW_HOME,
    PAY_YEARS,
    Outcomes,
    Plan,
    State,
    World,
)
from alliancesim.rules.cost import growth_mult, learning_mult, log_mean, stretch_mult
from alliancesim.rules.elementary import log
from alliancesim.rules.exchange import MILLIONS_PER_BN, home_bn, passthrough_mult
from alliancesim.rules.grid import snap_bn
from alliancesim.rules.money import funded_units, paid_until


@kernel
def price_drift(plan: Plan, w: World, p: int, y: int, goods: int) -> float:
    """Price growth from a program's price year to y beyond what the plan contains; 1 before it. goods: 0 domestic, 1 foreign."""
    since = min(max(0, plan.program_price_year[p]), y)
    return w.price[goods, y] / w.price[goods, since] / w.plan_growth[y - since - plan.plan_growth_first]


@kernel
def cost_factors(plan: Plan, w: World, s: State, p: int, y: int, asked: float, deferred_years: float):  # type: ignore[no-untyped-def]
    """Factors on a unit's planned cost: (domestic prices, foreign prices, pass-through, learning, growth, stretch-out)."""
    row = w.program[p]
    home = price_drift(plan, w, p, y, 0)
    foreign = price_drift(plan, w, p, y, 1)
    through = 1.0
    c = plan.program_passthrough_currency[p]
    if c >= 0:
        m = max(0, BEFORE_MONTHS + 12 * y - plan.passthrough_lag_months)
        through = passthrough_mult(w.rate[c, m], w.price_rate[p, c], row[PASSTHROUGH])
    first = plan.opening_units[p] + 0.5 * first_lot_units(plan, s, p, asked)
    made = row[LEARNING_PRIOR] + plan.opening_units[p] + s.bought[p] + 0.5 * asked + s.learned[p]
    learning = learning_mult(made, row[LEARNING_PRIOR] + first, row[LEARNING_SLOPE])
    revealed = (s.bought_after[p] + 0.5 * asked) / plan.remaining_units[p] if plan.remaining_units[p] > 0.0 else 1.0
    return (
        home,
        foreign,
        through,
        learning,
        growth_mult(w.growth_log[p], revealed),
        stretch_mult(deferred_years, w.scalar[STRETCH_OUT]),
    )


@kernel
def first_lot_units(plan: Plan, s: State, p: int, asked: float) -> float:
    """Units of a program's first lot within the horizon: by plan, else as contracted, else those asked for now."""
    for k in range(plan.years):
        if plan.lot_units[p, k] > 0.0:
            return plan.lot_units[p, k]
    for k in range(plan.years):
        if s.funded[p, k] > 0.0:
            return s.funded[p, k]
    return asked


@kernel
def affordable_units(w: World, s: State, p: int, y: int, unit_bn: float, headroom) -> float:  # type: ignore[no-untyped-def]
    """Most units that authority, this year's cash and later years' expected cash allow. headroom: shape (PAY_YEARS,) bn."""
    if unit_bn <= 0.0:
        return math.inf
    most = s.cash[CASH_AUTHORITY_LEFT] / unit_bn
    on_delivery = delivery_from(s, p, y) - y
    for k in range(PAY_YEARS):
        share = w.pay[p, k]
        if k == on_delivery:
            share += w.payment[p, ON_DELIVERY]
        if share > 0.0:
            most = min(most, headroom[k] / (unit_bn * share))
    return most


@kernel
def backlog_years(s: State, p: int, y: int) -> float:
    """Unit-years by which a program's backlog is late in year y."""
    aged = 0.0
    for k in range(y):
        aged += s.backlog[p, k] * (y - k)
    return aged


@kernel
def take_units(plan: Plan, s: State, p: int, y: int, units: float) -> None:
    """Contract units of a program in year y, those due longest first."""
    left = units
    for k in range(y + 1):
        taken = min(left, s.backlog[p, k])
        s.backlog[p, k] -= taken
        left -= taken
    s.wanted[p] -= units
    s.funded[p, y] = units
    s.undelivered[p, y] = units
    s.pipeline[p] += units
    s.bought[p] += units
    if y > plan.as_of_year:
        s.bought_after[p] += units


@kernel
def drop_backlog(s: State, p: int) -> None:
    """Give up the units of a program that are due and not contracted."""
    s.dropped[p] += s.wanted[p]
    s.wanted[p] = 0.0
    s.backlog[p, :] = 0.0


@kernel
def begin_free(plan: Plan, w: World, s: State, out: Outcomes, y: int, p: int, units: float) -> None:
    """Begin a lot that takes no home money; exports count for the learning of the program they name."""
    take_units(plan, s, p, y, units)
    if plan.learning_of[p] >= 0:
        s.learned[plan.learning_of[p]] += units
    if plan.program_export[p] == 1:
        drift = 1.0 if y <= plan.as_of_year else price_drift(plan, w, p, y, 0)
        out.fiscal[y, EXPORTS] += snap_bn(units * w.unit_bn[p, y] * drift)


@kernel
def lot_wait(plan: Plan, p: int, provisional_months: float) -> float:
    """Months after the start of the fiscal year at which a program's lot begins."""
    return plan.program_begin_months[p] if plan.program_free[p] == 1 else provisional_months


@kernel
def fund_program(plan: Plan, w: World, s: State, out: Outcomes, y: int, p: int, headroom) -> float:  # type: ignore[no-untyped-def]
    """Contract what can be contracted of a program in year y. Returns payments of the year outside the topline (base `apart`)."""
    s.backlog[p, y] += s.due[p, y]
    s.wanted[p] += s.due[p, y]
    asked = s.wanted[p]
    if asked <= 0.0 or s.held[p] == y:
        return 0.0
    if plan.program_free[p] == 1:
        begin_free(plan, w, s, out, y, p, asked)
        return 0.0
    aged = backlog_years(s, p, y)
    apart = plan.bucket_apart[plan.program_bucket[p]] == 1
    past = y <= plan.as_of_year
    home_factor = foreign_factor = through = learning = growth = stretch = 1.0
    if not past:
        home_factor, foreign_factor, through, learning, growth, stretch = cost_factors(plan, w, s, p, y, asked, aged / asked)
    common = learning * growth * stretch
    foreign_share = esc_unit = fx_unit = 0.0
    for c in range(len(plan.process)):
        share = 0.0 if apart else w.share[p, c]
        if share == 0.0:
            continue
        foreign_share += share
        rate = w.budget[c, y] if past else w.price_rate[p, c]
        fx_unit += share * w.budget[c, y] / rate
        esc_unit += share * w.budget[c, y] / rate * foreign_factor
    unit = w.unit_bn[p, y]
    home_unit = unit * (1.0 - foreign_share)
    exchanged = home_unit * through + unit * fx_unit
    escalated = home_unit * through * home_factor + unit * esc_unit
    unit_bn = escalated * common
    units = asked
    if not (past or apart) and plan.switch[W_BUDGET_LIMITS] == 1:
        most = affordable_units(w, s, p, y, unit_bn, headroom)
        units = funded_units(asked, most, unit_bn, w.program[p, MINIMUM], plan.program_divisible[p] == 1)
    if units <= 0.0:
        return 0.0
    take_units(plan, s, p, y, units)
    home = snap_bn(units * home_unit * through * home_factor * common)
    total = home
    apart_now = pay_home(w, s, p, y, home, headroom, apart)
    for c in range(len(plan.process)):
        share = 0.0 if apart else w.share[p, c]
        if share == 0.0:
            continue
        rate = w.budget[c, y] if past else w.price_rate[p, c]
        foreign_m = snap_bn(units * unit * share * MILLIONS_PER_BN / rate * foreign_factor * common)
        total += snap_bn(home_bn(foreign_m, w.budget[c, y]))
        pay_foreign(w, s, p, y, c, foreign_m, headroom)
    if w.payment[p, ON_DELIVERY] > 0.0 and not apart:
        s.delivery_year[p, y] = delivery_from(s, p, y)
    s.lot_cost[p, y] = total
    if not apart:
        s.cash[CASH_AUTHORITY_LEFT] -= total
    if plan.program_advance[p] == 1:
        for k in range(PAY_YEARS):
            s.advance[p, y + k] += total * w.pay[p, k]
    out.program_year[p, y, CONTRACTED_BN] = total
    out.program_year[p, y, FOREIGN_BN] = total - home
    exchange = exchanged / unit if unit > 0.0 else 1.0
    prices = escalated / exchanged if exchanged > 0.0 else 1.0
    charge_cost(out, p, snap_bn(units * unit), total, exchange, prices, learning, stretch)
    return apart_now


@kernel
def pay_home(w: World, s: State, p: int, y: int, amount: float, headroom, apart: bool) -> float:  # type: ignore[no-untyped-def]
    """Spread a home-currency amount over its payment years, exactly. Returns this year's part if it lies outside the topline."""
    on_delivery = snap_bn(amount * w.payment[p, ON_DELIVERY])
    paid = 0.0
    reached = 0.0
    now = 0.0
    last = w.last_payment[p]
    for k in range(last + 1):
        reached += w.pay[p, k]
        part = paid_until(amount, reached, on_delivery, k == last) - paid
        paid += part
        if apart:
            if k == 0:
                now = part
            else:
                s.due_apart[y + k] += part
            continue
        headroom[k] -= part
        if k == 0:
            s.cash[CASH_NOW_HOME] += part
        else:
            s.due_home[y + k] += part
    if apart:
        s.due_apart[delivery_from(s, p, y)] += amount - paid
        return now
    s.delivery_home[p, y] = amount - paid
    s.delivery_due_home[delivery_from(s, p, y)] += amount - paid
    reserve_delivery(s, p, y, amount - paid, headroom)
    return now


@kernel
def pay_foreign(w: World, s: State, p: int, y: int, c: int, amount: float, headroom) -> None:  # type: ignore[no-untyped-def]
    """Spread an amount in millions of a foreign currency over its payment years, exactly."""
    on_delivery = snap_bn(amount * w.payment[p, ON_DELIVERY])
    paid = 0.0
    reached = 0.0
    last = w.last_payment[p]
    for k in range(last + 1):
        reached += w.pay[p, k]
        part = paid_until(amount, reached, on_delivery, k == last) - paid
        paid += part
        headroom[k] -= snap_bn(home_bn(part, w.budget[c, y]))
        if k == 0:
            s.now_foreign[c] += part
        else:
            s.due_foreign[c, y + k] += part
    s.delivery_foreign[p, y, c] = amount - paid
    s.delivery_due_foreign[c, delivery_from(s, p, y)] += amount - paid
    reserve_delivery(s, p, y, snap_bn(home_bn(amount - paid, w.budget[c, y])), headroom)


@kernel
def delivery_from(s: State, p: int, y: int) -> int:
    """The year in which the payment on delivery of year y's lot is budgeted first."""
    return max(y + 1, s.lot_delivery_year[p, y])


@kernel
def reserve_delivery(s: State, p: int, y: int, amount: float, headroom) -> None:  # type: ignore[no-untyped-def]
    """Take a payment on delivery out of the room of the year it is expected in."""
    later = delivery_from(s, p, y) - y
    if later < PAY_YEARS:
        headroom[later] -= amount


@kernel
def charge_cost(
    out: Outcomes, p: int, planned: float, actual: float, exchange: float, escalation: float, learning: float, stretch: float
) -> None:
    """Share the difference among its causes by logarithmic means; growth takes the rest, the money grid's residue with it."""
    row = out.program[p]
    row[PLANNED_COST] += planned
    row[CONTRACTED_COST] += actual
    if planned <= 0.0 or actual <= 0.0:
        row[COST_BY_CAUSE + COST_GROWTH] += actual - planned
        return
    weight = log_mean(actual, planned)
    parts = 0.0
    for cause, factor in ((COST_EXCHANGE, exchange), (COST_ESCALATION, escalation), (COST_LEARNING, learning),
                          (COST_STRETCH_OUT, stretch)):  # fmt: skip
        if factor <= 0.0 or factor == 1.0:
            continue
        part = snap_bn(weight * log(factor))
        row[COST_BY_CAUSE + cause] += part
        parts += part
    row[COST_BY_CAUSE + COST_GROWTH] += actual - planned - parts
