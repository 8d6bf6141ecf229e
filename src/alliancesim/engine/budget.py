"""The budget round at the start of a fiscal year: what is appropriated, what is due, and which lots are funded."""

from __future__ import annotations

from alliancesim.engine.contract import fund_program, price_drift
from alliancesim.engine.revision import revised_topline_bn
from alliancesim.kernels import kernel, part
from alliancesim.plan.columns import (
    APART_OBLIGATORY,
    APART_OUTLAY,
    ARREARS_PAID,
    AUTHORITY,
    AUTHORITY_USED,
    BURDEN,
    BURDEN_EXISTING,
    BURDEN_NEW,
    CARRY_IN,
    COMMITMENT,
    DEOBLIGATED,
    FOREIGN_PAYMENTS,
    GDP,
    GENERAL,
    HNS,
    OBLIGATORY,
    PERSONNEL,
    PLANNING_LOSS,
    POWER_LOST,
    REVALUATION,
    TOPLINE,
    TOPLINE_GDP,
    TOPLINE_REFERENCE,
)
from alliancesim.plan.fields import (
    GDP_BASE,
    GDP_REFERENCE,
    GROWTH_MEAN,
    GROWTH_PERSISTENCE,
    GROWTH_SD,
    LATER_YEARS,
    PROVISIONAL_INTERCEPT,
    PROVISIONAL_SLOPE,
    PROVISIONAL_WAIT,
    S_DEOBLIGATION,
    S_HNS,
    S_PERSONNEL,
    S_TOPLINE,
    SHORTFALL_SLOPE,
    SHORTFALL_THRESHOLD,
    TARIFF_ELASTICITY,
    TARIFF_REFERENCE,
    TAX_HIT,
    TAX_SHORTFALL,
    TAX_THRESHOLD,
    TAX_YIELD,
)
from alliancesim.plan.layout import (
    CASH_ARREARS,
    CASH_AUTHORITY_LEFT,
    CASH_CARRY_IN,
    CASH_CREDIT,
    CASH_GDP,
    CASH_GDP_GROWTH,
    CASH_LEFT,
    CASH_NOW_HOME,
    LINK_HNS,
    LINK_TARIFF,
    NONE,
    PAY_YEARS,
    Outcomes,
    Plan,
    State,
    World,
)
from alliancesim.rules.draws import uniform
from alliancesim.rules.economy import compound, next_growth, tariff_drag
from alliancesim.rules.exchange import MILLIONS_PER_BN, home_bn
from alliancesim.rules.grid import snap_bn, snap_duration
from alliancesim.rules.money import linear_probability, purchasing_power_lost, shortfall_mult


@kernel
def meet_tax(plan: Plan, w: World, s: State, i: int, support: float) -> float:
    """A tax step falls due. Returns the support it costs if it takes effect, -1 if it is put off."""
    if support < w.tax[i, TAX_THRESHOLD]:
        s.tax_months[i] += plan.tax_postponed_months[i]
        return -1.0
    return w.tax[i, TAX_HIT]


@part
def share_of_year(months: float, y: int) -> float:
    """Share of year y in which what begins at a month is in force."""
    return min(1.0, max(0.0, (12.0 * y + 12.0 - months) / 12.0))


@kernel
def tax_shortfall_bn(plan: Plan, w: World, s: State, y: int) -> float:
    """Topline missing in year y because tax steps are late: what they bring later than planned, by their dates as now known,
    and what the budget before counted on in vain.
    """
    total = 0.0
    for i in range(len(plan.tax_months)):
        late = share_of_year(plan.tax_months[i], y) - share_of_year(s.tax_months[i], y)
        if y - 1 > plan.as_of_year:
            late += s.tax_counted[i] - share_of_year(s.tax_months[i], y - 1)
        s.tax_counted[i] = share_of_year(s.tax_months[i], y)
        total += late * w.tax[i, TAX_YIELD] * w.tax[i, TAX_SHORTFALL]
    return total


@kernel
def grow_gdp(plan: Plan, w: World, s: State, y: int) -> None:
    """Bring GDP to fiscal year y; a tariff known by then costs growth."""
    if y == 0:
        s.cash[CASH_GDP] = w.scalar[GDP_BASE]
        s.cash[CASH_GDP_GROWTH] = w.growth[0, GROWTH_MEAN]
        if plan.gdp_base_year >= 0:
            return
    if y <= plan.gdp_base_year:
        return
    at = plan.growth_known_at[0, y]
    if at >= 0:
        growth = w.values[at]
        s.cash[CASH_GDP_GROWTH] = growth
    else:
        row = w.growth[0]
        own = next_growth(s.cash[CASH_GDP_GROWTH], row[GROWTH_MEAN], row[GROWTH_PERSISTENCE], row[GROWTH_SD], w.growth_z[0, y])
        s.cash[CASH_GDP_GROWTH] = own
        growth = own - tariff_drag(s.link[LINK_TARIFF], w.scalar[TARIFF_REFERENCE], w.scalar[TARIFF_ELASTICITY])
    s.cash[CASH_GDP] *= 1.0 + growth


@kernel
def provisional_wait(plan: Plan, w: World, seed: int, replication: int, y: int, support: float) -> float:
    """Months that contracts of year y wait under a provisional budget; none while the past is fact."""
    a = w.scalar
    if y <= plan.as_of_year or a[PROVISIONAL_WAIT] <= 0.0:
        return 0.0
    chance = linear_probability(a[PROVISIONAL_INTERCEPT], -a[PROVISIONAL_SLOPE], support)
    u = uniform(seed, replication, plan.provisional_key, plan.first_fy + y)
    return snap_duration(a[PROVISIONAL_WAIT]) if u < chance else 0.0


@kernel
def expected_topline_bn(plan: Plan, w: World, s: State, y: int, later: int) -> float:
    """The topline of year y + later as expected in year y, before cuts."""
    k = y + later
    gdp = s.cash[CASH_GDP] * compound(w.growth[0, GROWTH_MEAN], float(later))
    base = w.series[S_TOPLINE, k] * gdp if plan.topline_is_share == 1 else w.series[S_TOPLINE, k]
    for v in range(len(s.revised)):
        if s.revised[v] != NONE:
            base = revised_topline_bn(plan, w, v, k, base, gdp)
    return base + s.demand[k] * gdp


@kernel
def appropriate(plan: Plan, w: World, s: State, y: int, support: float) -> float:
    """The topline of year y: on record up to the as-of year, else as expected less what low support and late taxes cost."""
    topline = expected_topline_bn(plan, w, s, y, 0)
    if y > plan.as_of_year:
        topline *= shortfall_mult(support, w.scalar[SHORTFALL_THRESHOLD], w.scalar[SHORTFALL_SLOPE])
        topline = max(0.0, topline - tax_shortfall_bn(plan, w, s, y))
    return snap_bn(topline)


@kernel
def at_budget_rate(w: World, foreign, y: int, k: int) -> float:  # type: ignore[no-untyped-def]
    """Foreign payments due in year k, in bn at year y's budget rate. foreign: shape (currency, year), millions."""
    total = 0.0
    for c in range(len(foreign)):
        if foreign[c, k] != 0.0:
            total += snap_bn(home_bn(foreign[c, k], w.budget[c, y]))
    return total


@kernel
def delivery_due(w: World, s: State, y: int, k: int) -> float:
    """Payments on delivery due in year k, at year y's budget rate."""
    return s.delivery_due_home[k] + at_budget_rate(w, s.delivery_due_foreign, y, k)


@kernel
def owed_later(s: State, y: int) -> float:
    """Payments in home currency by profile due after year y and not prepaid, none of payments on delivery, of base `topline`."""
    total = -s.cash[CASH_CREDIT]
    for k in range(y + 1, len(s.due_home)):
        total += s.due_home[k]
    return total


@kernel
def burden_after(w: World, s: State, y: int) -> float:
    """Unpaid part of all contracts after year y's payments, at year y's budget rate."""
    total = -s.cash[CASH_CREDIT]
    for k in range(y + 1, len(s.due_home)):
        total += s.due_home[k] + s.due_apart[k] + at_budget_rate(w, s.due_foreign, y, k) + delivery_due(w, s, y, k)
    return total


@kernel
def deobligate(s: State, y: int, wanted: float) -> float:
    """Release burden in home currency that falls due after year y, the last payments first. Returns how much there was."""
    released = min(wanted, owed_later(s, y))
    left = released
    for k in range(len(s.due_home) - 1, y, -1):
        taken = min(left, s.due_home[k])
        s.due_home[k] -= taken
        left -= taken
    return released


@kernel
def planning(plan: Plan, w: World, s: State, out: Outcomes, y: int) -> None:
    """Planning loss of year y, and purchasing power lost over the plan's remaining purchases."""
    loss = plan_total = now_total = 0.0
    for p in range(s.due.shape[0]):
        wanted = 0.0
        for k in range(y, y + plan.plan_window_years):
            wanted += s.due[p, k]
        if wanted == 0.0 or plan.program_free[p] == 1:
            continue
        foreign_share = 0.0
        apart = plan.bucket_apart[plan.program_bucket[p]] == 1
        for c in range(len(plan.process)):
            foreign_share += 0.0 if apart else w.share[p, c]
        home_growth = price_drift(plan, w, p, y, 0)
        foreign_growth = price_drift(plan, w, p, y, 1)
        for k in range(y, y + plan.plan_window_years):
            units = s.due[p, k]
            if units == 0.0:
                continue
            cost = units * w.unit_bn[p, k]
            plan_total += cost * (1.0 - foreign_share)
            now_total += cost * (1.0 - foreign_share) * home_growth
            for c in range(len(plan.process)):
                if apart or w.share[p, c] == 0.0:
                    continue
                plan_rate = w.series[plan.currency_series + c, k]
                foreign_m = cost * w.share[p, c] * MILLIONS_PER_BN / w.price_rate[p, c]
                plan_total += home_bn(foreign_m, plan_rate)
                now_total += home_bn(foreign_m, w.budget[c, y]) * foreign_growth
                if k == y:
                    loss += snap_bn(home_bn(foreign_m, w.budget[c, y] - plan_rate))
    out.fiscal[y, PLANNING_LOSS] = loss
    out.fiscal[y, POWER_LOST] = purchasing_power_lost(plan_total, now_total)


@kernel
def open_year(plan: Plan, w: World, s: State, out: Outcomes, y: int, support: float, headroom) -> None:  # type: ignore[no-untyped-def]
    """Hold the budget round of year y. headroom: scratch, shape (PAY_YEARS,). Fills s.funded[:, y] and the year's outcomes."""
    row = out.fiscal[y]
    grow_gdp(plan, w, s, y)
    topline = appropriate(plan, w, s, y, support)
    s.hns_from[y] = s.link[LINK_HNS]
    personnel = snap_bn(w.series[S_PERSONNEL, y])
    hns = snap_bn(w.series[S_HNS, y] * s.hns_from[y])
    commitment = snap_bn(s.commitment[y])
    revaluation = 0.0
    if y > 0:
        for k in range(y, len(s.due_home)):
            revaluation += at_budget_rate(w, s.due_foreign, y, k) - at_budget_rate(w, s.due_foreign, y - 1, k)
            revaluation += at_budget_rate(w, s.delivery_due_foreign, y, k) - at_budget_rate(w, s.delivery_due_foreign, y - 1, k)
    due = s.due_home[y]
    credit = min(s.cash[CASH_CREDIT], due)
    s.cash[CASH_CREDIT] -= credit
    deobligated = deobligate(s, y, snap_bn(w.series[S_DEOBLIGATION, y]))
    foreign = at_budget_rate(w, s.due_foreign, y, y)
    foreign_on_delivery = at_budget_rate(w, s.delivery_due_foreign, y, y)
    on_delivery = delivery_due(w, s, y, y)
    obligatory = due - credit + foreign + on_delivery
    existing = burden_after(w, s, y)
    apart_obligatory = s.due_apart[y]
    authority = 0.0
    for b in range(len(plan.bucket_apart)):
        if plan.bucket_apart[b] == 0:
            authority += w.series[plan.bucket_series + b, y] * s.authority_mult[b]
    authority = snap_bn(authority)
    cash = topline + s.cash[CASH_CARRY_IN] - s.cash[CASH_ARREARS] - personnel - obligatory - hns - commitment
    for k in range(PAY_YEARS):
        later = y + k
        expected = expected_topline_bn(plan, w, s, y, k) - w.series[S_PERSONNEL, later]
        abroad = at_budget_rate(w, s.due_foreign, y, later)
        paid = s.due_home[later] + abroad + w.series[S_HNS, later] * s.hns_from[y] + s.commitment[later]
        paid += delivery_due(w, s, y, later)
        headroom[k] = cash if k == 0 else w.scalar[LATER_YEARS] * expected - paid
    planning(plan, w, s, out, y)
    s.now_foreign[:] = 0.0
    s.cash[CASH_NOW_HOME] = 0.0
    s.cash[CASH_AUTHORITY_LEFT] = authority - hns - commitment
    apart_now = 0.0
    for i in range(len(plan.program_order)):
        apart_now += fund_program(plan, w, s, out, y, plan.program_order[i], headroom)
    now = s.cash[CASH_NOW_HOME]
    for c in range(len(plan.process)):
        paid_bn = snap_bn(home_bn(s.now_foreign[c], w.budget[c, y]))
        now += paid_bn
        foreign += paid_bn
    row[TOPLINE] = topline
    row[TOPLINE_GDP] = topline / s.cash[CASH_GDP]
    row[TOPLINE_REFERENCE] = topline / w.scalar[GDP_REFERENCE]
    row[GDP] = s.cash[CASH_GDP]
    row[PERSONNEL] = personnel
    row[OBLIGATORY] = obligatory
    row[GENERAL] = hns + commitment + now
    row[HNS] = hns
    row[COMMITMENT] = commitment
    row[AUTHORITY] = authority
    row[AUTHORITY_USED] = authority - s.cash[CASH_AUTHORITY_LEFT]
    row[BURDEN] = burden_after(w, s, y)
    row[BURDEN_EXISTING] = existing
    row[BURDEN_NEW] = row[BURDEN] - existing
    row[REVALUATION] = revaluation
    row[DEOBLIGATED] = deobligated
    row[FOREIGN_PAYMENTS] = foreign + foreign_on_delivery
    row[APART_OBLIGATORY] = apart_obligatory
    row[APART_OUTLAY] = apart_obligatory + apart_now
    row[CARRY_IN] = s.cash[CASH_CARRY_IN]
    row[ARREARS_PAID] = s.cash[CASH_ARREARS]
    s.cash[CASH_LEFT] = cash - now
