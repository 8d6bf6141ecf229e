"""The delay ledger: how far each delivery lies from its promise, and what each cause contributed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from alliancesim.plan.columns import (
    CAUSES,
    COMPLETION,
    COMPLETION_CENSORED,
    COMPLETION_SLIP,
    CONTRACTED_COST,
    ESTIMATE,
    FIRST_CENSORED,
    FIRST_DELIVERY,
    FIRST_OPERATIONAL,
    FUNDING,
    OPERATIONAL_CENSORED,
    SLIP,
)
from alliancesim.plan.layout import NONE, Compiled, Floats


@dataclass(slots=True)
class Progress:
    """One job on its way: what it has been charged so far, and what it is in the middle of."""

    lot: int
    tranche: int
    contract_months: float
    path_months: float = 0.0  # planned durations of the stages it has passed, up to delivery
    charged: list[float] = field(default_factory=lambda: [0.0] * len(CAUSES))
    since_months: float = 0.0  # when its present wait or work began
    planned_months: float = 0.0  # how long that was to last
    cause: int = ESTIMATE  # what an overrun of it would be charged to
    delivered: bool = False

    def enter(self, cause: int, t: float, planned_months: float) -> None:
        """A new part of its way begins at month t: a wait, or work of planned length; an overrun is charged to cause."""
        self.cause, self.since_months, self.planned_months = cause, t, planned_months

    def fork(self, tranche: int) -> Progress:
        """The same history for another tranche of the lot."""
        sibling = self.frozen()
        sibling.tranche, sibling.since_months, sibling.delivered = tranche, self.since_months, self.delivered
        return sibling

    def frozen(self) -> Progress:
        """A copy that later stages do not change."""
        return Progress(self.lot, self.tranche, self.contract_months, self.path_months, self.charged.copy())

    def so_far(self, t: float) -> list[float]:
        """Charges up to month t, an overrun of the present stage included."""
        charged = self.charged.copy()
        charged[self.cause] += max(0.0, t - self.since_months - self.planned_months)
        return charged


@dataclass(slots=True)
class Arrival:
    """A delivery that counts: when, and by which job (charges frozen at that moment)."""

    months: float
    job: Progress


def write_program(
    row: Floats, compiled: Compiled, p: int, first: Arrival | None, last: Arrival | None, operational: float | None,
    active: list[Progress],
) -> None:  # fmt: skip
    """Fill the time columns of one program's outcomes. active: its jobs under way at the horizon, in entity order."""
    horizon = compiled.plan.horizon_months
    contracted = row[CONTRACTED_COST] > 0.0
    row[FIRST_OPERATIONAL] = horizon if operational is None else operational
    row[OPERATIONAL_CENSORED] = float(operational is None)
    planned = compiled.planned_first[p]
    baseline = compiled.baseline_months[p]
    known = 0.0 if math.isnan(baseline) or math.isnan(planned) else planned - baseline
    if compiled.planned_first_lot[p] == NONE:
        row[FIRST_DELIVERY] = horizon if math.isnan(planned) else planned
        row[FIRST_CENSORED] = float(math.isnan(planned))
        row[SLIP] = known
        row[SLIP + 1 + ESTIMATE] = known
    else:
        job = compiled.lots[compiled.planned_first_lot[p]]
        write_arrival(row, FIRST_DELIVERY, FIRST_CENSORED, SLIP, compiled, first, active[:1], 12.0 * job.year,
                      job.planned_path_months, known, contracted)  # fmt: skip
    if math.isnan(compiled.planned_completion[p]):
        row[COMPLETION] = horizon
        row[COMPLETION_CENSORED] = 1.0
        return
    write_arrival(row, COMPLETION, COMPLETION_CENSORED, COMPLETION_SLIP, compiled, last, active[-1:],
                  compiled.planned_last_contract[p], compiled.planned_last_path[p], 0.0, contracted)  # fmt: skip


def write_arrival(
    row: Floats, at: int, censored_at: int, slip_at: int, compiled: Compiled, arrival: Arrival | None, waiting: list[Progress],
    planned_contract: float, planned_path: float, known: float, contracted: bool,
) -> None:  # fmt: skip
    """One delivery against its plan: contract later (funding), another path (estimate), and what its stages were charged.

    known: slip of the current estimate against the baseline, charged to estimate. A delivery not reached by the horizon
    has the delays run up so far; if nothing is under way, the time since the planned contract, charged to funding, or to
    estimate when lots were contracted and failed.
    """
    horizon = compiled.plan.horizon_months
    row[at] = horizon if arrival is None else arrival.months
    row[censored_at] = float(arrival is None)
    parts = [0.0] * len(CAUSES)
    job = arrival.job if arrival is not None else (waiting[0] if waiting else None)
    if job is None:
        parts[ESTIMATE if contracted and arrival is None else FUNDING] = max(0.0, horizon - planned_contract)
    else:
        parts = job.charged if arrival is not None else job.so_far(horizon)
        parts = parts.copy()
        parts[FUNDING] += job.contract_months - planned_contract
        if arrival is not None:
            parts[ESTIMATE] += job.path_months - planned_path
    parts[ESTIMATE] += known
    for cause, months in enumerate(parts):
        row[slip_at + 1 + cause] = months
    row[slip_at] = (arrival.months - planned_contract - planned_path + known) if arrival is not None else math.fsum(parts)
