"""The delay ledger: how far each delivery lies from its promise, and what each cause contributed."""

from __future__ import annotations

import math

from alliancesim.engine.delivery import UNITS_APART
from alliancesim.kernels import kernel
from alliancesim.plan.columns import (
    CAUSES,
    COMPLETION,
    COMPLETION_CENSORED,
    COMPLETION_SLIP,
    ESTIMATE,
    FIRST_CENSORED,
    FIRST_DELIVERY,
    FIRST_OPERATIONAL,
    FUNDING,
    OPERATIONAL_CENSORED,
    SLIP,
)
from alliancesim.plan.layout import NONE
from alliancesim.plan.network import (
    PROMISE_COMPLETION,
    PROMISE_CONTRACT,
    PROMISE_FIRST,
    PROMISE_KNOWN,
    PROMISE_LAST_CONTRACT,
    PROMISE_LAST_PATH,
    PROMISE_PATH,
)

TICKET = ("contract", "path", "since", "planned", *CAUSES)
"""What a job carries, all in months: when its lot was contracted, the planned durations it has passed up to delivery, when its
present wait or work began and how long that was to last, and what it has been charged by cause so far."""
CONTRACT, PATH, SINCE, PLANNED, CHARGED = range(5)


@kernel
def charge_overrun(ticket, cause: int, t: float) -> None:  # type: ignore[no-untyped-def]
    """Charge what the present wait or work has run over by month t."""
    ticket[CHARGED + cause] += max(0.0, t - ticket[SINCE] - ticket[PLANNED])


@kernel
def write_program(  # type: ignore[no-untyped-def]
    row, promise, horizon: float, first: float, first_ticket, last: float, last_ticket, operational: float, due: float,
    bought: float, wanted: float,
) -> None:  # fmt: skip
    """Fill the time columns of one program's outcomes.

    first, last, operational: months, infinity if not reached. The tickets are those of the jobs that delivered, as they were at
    that moment; of what is not reached by the horizon, that of the first or last job under way, overrun charged, and one with
    contract nan if nothing is under way. Units that were due, earlier contracts included, were contracted within the horizon, or
    are wanted still.
    """
    idle_cause = NONE if due == 0.0 else ESTIMATE if bought > 0.0 else FUNDING
    row[FIRST_OPERATIONAL] = min(operational, horizon)
    row[OPERATIONAL_CENSORED] = 0.0 if operational < math.inf else 1.0
    known = promise[PROMISE_KNOWN]
    if math.isnan(promise[PROMISE_CONTRACT]):
        unplanned = math.isnan(promise[PROMISE_FIRST])
        row[FIRST_DELIVERY] = min(first, horizon) if unplanned else promise[PROMISE_FIRST]
        row[FIRST_CENSORED] = 1.0 if unplanned and first == math.inf else 0.0
        row[SLIP] = known
        row[SLIP + 1 + ESTIMATE] = known
    else:
        row[FIRST_DELIVERY] = min(first, horizon)
        row[FIRST_CENSORED] = 0.0 if first < math.inf else 1.0
        idle = math.isnan(first_ticket[CONTRACT])
        write_slip(row, SLIP, first, first_ticket, promise[PROMISE_CONTRACT], promise[PROMISE_PATH], known, idle, idle_cause,
                   horizon)  # fmt: skip
    row[COMPLETION] = min(last, horizon)
    row[COMPLETION_CENSORED] = 0.0 if last < math.inf else 1.0
    if math.isnan(promise[PROMISE_COMPLETION]):
        return
    contract, path = promise[PROMISE_LAST_CONTRACT], promise[PROMISE_LAST_PATH]
    idle = math.isnan(last_ticket[CONTRACT])
    if wanted > UNITS_APART and last == math.inf:  # its last units are not even contracted
        idle, idle_cause = True, FUNDING
    write_slip(row, COMPLETION_SLIP, last, last_ticket, contract, path, 0.0, idle, idle_cause, horizon)


@kernel
def write_slip(  # type: ignore[no-untyped-def]
    row, at: int, months: float, ticket, contract: float, path: float, known: float, idle: bool, idle_cause: int, horizon: float
) -> None:
    """One delivery against its plan: contract later (funding), another path (estimate), and what its stages were charged.

    known: slip of the current estimate against the baseline, charged to estimate. A delivery not reached by the horizon
    has the delays run up so far; if it is idle (nothing under way, or not all contracted), the time since the planned contract,
    charged to idle_cause: funding, or estimate when lots were contracted and failed. NONE: nothing was ever due, and what is not
    due is not late.
    """
    arrived = months < math.inf
    parts = row[at + 1 : at + 1 + len(CAUSES)]
    if idle:
        parts[:] = 0.0
        if idle_cause == NONE:
            row[at] = 0.0
            return
        parts[idle_cause] = max(0.0, horizon - contract)
    else:
        parts[:] = ticket[CHARGED : CHARGED + len(CAUSES)]
        parts[FUNDING] += ticket[CONTRACT] - contract
        if arrived:
            parts[ESTIMATE] += ticket[PATH] - path
    parts[ESTIMATE] += known
    total = 0.0
    for cause in range(len(CAUSES)):
        total += parts[cause]
    row[at] = months - contract - path + known if arrived else total
