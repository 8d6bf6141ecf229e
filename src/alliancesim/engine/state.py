"""The mutable state of one replication and its outcomes: allocation and the start of a replication."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliancesim.engine.conditions import begin_conditions
from alliancesim.engine.delivery import count_total
from alliancesim.kernels import kernel
from alliancesim.plan.columns import COLUMNS
from alliancesim.plan.fields import PRESSURE_INITIAL, RESERVE_INITIAL, S_RUNOFF, S_RUNOFF_APART, SUPPORT_INITIAL, TARIFF_INITIAL
from alliancesim.plan.layout import (
    CASH,
    CASH_RESERVE,
    LINK,
    LINK_HNS,
    LINK_PRESSURE,
    LINK_REGIME,
    LINK_SUPPORT,
    LINK_TARIFF,
    NONE,
    UNREVIEWED,
    Compiled,
    Outcomes,
    Plan,
    State,
    World,
)
from alliancesim.rules.exchange import MILLIONS_PER_BN
from alliancesim.rules.grid import snap_bn


def new_state(compiled: Compiled) -> State:
    """Arrays for one replication's state."""
    plan = compiled.plan
    programs, currencies = plan.program_share_at.shape
    years, span = plan.years, plan.series_at.shape[1]
    by_year = (programs, years)
    shapes: dict[str, tuple[int, ...]] = {
        "link": (len(LINK),), "cash": (len(CASH),), "hns_from": (years,), "commitment": (span,), "demand": (span,),
        "tax_months": (len(plan.tax_months),), "tax_counted": (len(plan.tax_months),),
        "backlog": by_year, "bought": (programs,), "bought_after": (programs,),
        "funded": by_year, "lot_cost": by_year, "due_home": (span,), "due_foreign": (currencies, span),
        "due_apart": (span,), "now_foreign": (currencies,), "delivery_home": by_year, "delivery_foreign": (*by_year, currencies),
        "delivery_due_home": (span,), "delivery_due_foreign": (currencies, span),
        "undelivered": by_year, "pipeline": (programs,), "delivered": (programs,), "operational": (programs,),
        "canceled": (programs,), "advance": (programs, span), "settle": (programs, span),
        "advanced": (programs,), "settled": (programs,), "wanted": (programs,), "planned": (programs,),
        "component": plan.component_at.shape,
        "due": (programs, span), "dropped": (programs,), "learned": (programs,), "total": (programs,),
        "authority_mult": (len(plan.bucket_apart),), "residual": (len(plan.bucket_apart), span),
        "condition": (len(plan.condition_at),), "stock": (len(plan.workforce_at),), "required": (len(plan.workforce_at),),
        "scale": (len(plan.resource_at),), "room": (len(plan.resource_at), 2),
    }  # fmt: skip
    arrays: dict[str, Any] = {name: np.zeros(shape) for name, shape in shapes.items()}
    slots = [min(expected_year(compiled, p, y), span - 1) for p in range(programs) for y in range(years)]
    return State(
        **arrays,
        revised=np.zeros(len(plan.revision_months), np.int64),
        review=np.zeros(programs, np.int64),
        held=np.zeros(programs, np.int64),
        delivery_year=np.zeros(by_year, np.int64),
        lot_delivery_year=np.array(slots, np.int64).reshape(by_year),
    )


def expected_year(compiled: Compiled, p: int, y: int) -> int:
    """Fiscal-year index in which the last of a lot slot is delivered by plan."""
    job = compiled.lots[p * compiled.plan.years + y]
    return math.ceil((12.0 * y + job.planned_last_months) / 12.0) - 1


def new_outcomes(compiled: Compiled, *replications: int) -> Outcomes:
    """Zeroed arrays for one replication's outcomes, or with a leading axis for several."""
    plan = compiled.plan
    programs, currencies = plan.program_share_at.shape
    years = plan.years
    shapes: dict[str, tuple[int, ...]] = {
        "fiscal": (years,), "currency": (currencies, years), "program": (programs,), "program_year": (programs, years),
        "resource_year": (len(plan.resource_at), years), "package_year": (len(compiled.labels.packages), years),
        "area_year": (len(compiled.labels.areas), years), "condition": (plan.workforce_first, years),
        "workforce": (len(plan.workforce_at), years),
    }  # fmt: skip
    arrays: dict[str, Any] = {name: np.zeros((*replications, *shape, len(COLUMNS[name]))) for name, shape in shapes.items()}
    return Outcomes(**arrays, bucket=np.zeros((*replications, len(plan.bucket_apart), years)))


@kernel
def begin(plan: Plan, w: World, s: State) -> None:
    """Reset the state to the start of the first fiscal year."""
    for array in (s.cash, s.commitment, s.demand, s.bought, s.bought_after, s.due_apart, s.now_foreign,
                  s.operational, s.canceled, s.due_home, s.advanced, s.settled, s.wanted, s.planned,
                  s.dropped, s.learned):  # fmt: skip
        array[:] = 0.0
    s.hns_from[:] = 1.0
    s.link[:] = 0.0
    s.link[LINK_PRESSURE] = w.scalar[PRESSURE_INITIAL]
    s.link[LINK_SUPPORT] = w.scalar[SUPPORT_INITIAL]
    s.link[LINK_REGIME] = float(plan.initial_regime)
    s.link[LINK_TARIFF] = w.scalar[TARIFF_INITIAL]
    s.link[LINK_HNS] = 1.0
    s.cash[CASH_RESERVE] = snap_bn(w.scalar[RESERVE_INITIAL])
    s.tax_months[:] = plan.tax_months
    s.due[:] = plan.planned_units
    for b in range(len(plan.bucket_residual)):
        r = plan.bucket_residual[b]
        if r != NONE:
            s.residual[b] = s.due[r]
    count_total(plan, s)
    s.authority_mult[:] = 1.0
    s.revised[:] = NONE
    s.review[:] = UNREVIEWED
    s.held[:] = NONE
    s.backlog[:] = 0.0
    s.funded[:] = 0.0
    s.lot_cost[:] = 0.0
    s.delivery_home[:] = 0.0
    s.delivery_foreign[:] = 0.0
    s.delivery_year[:] = NONE
    s.delivery_due_home[:] = 0.0
    s.delivery_due_foreign[:] = 0.0
    s.undelivered[:] = 0.0
    s.advance[:] = 0.0
    s.settle[:] = 0.0
    for p in range(len(s.delivered)):
        s.pipeline[p] = plan.opening_units[p]
        s.delivered[p] = plan.delivered_before[p]
        s.operational[p] = plan.delivered_before[p]
    begin_conditions(plan, w, s)
    for y in range(len(s.due_home)):
        runoff = snap_bn(w.series[S_RUNOFF, y])
        s.due_apart[y] = snap_bn(w.series[S_RUNOFF_APART, y])
        home = runoff
        for c in range(len(plan.process)):
            share = w.values[plan.opening_share_at[c]] if plan.opening_share_at[c] >= 0 else 0.0
            part = snap_bn(runoff * share)
            home -= part
            s.due_foreign[c, y] = snap_bn(part * MILLIONS_PER_BN / w.budget[c, 0])
        s.due_home[y] = home
