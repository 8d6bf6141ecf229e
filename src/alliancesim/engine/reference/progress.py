"""A job's progress as the reference engine keeps it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from alliancesim.engine.ledger import TICKET, charge_overrun
from alliancesim.plan.columns import CAUSES, ESTIMATE
from alliancesim.plan.layout import Floats


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
        return Progress(self.lot, tranche, self.contract_months, self.path_months, self.charged.copy(), self.since_months,
                        delivered=self.delivered)  # fmt: skip

    def numbers(self) -> list[float]:
        """Its present ticket for the ledger, see `engine.ledger.TICKET`, as a list."""
        return [self.contract_months, self.path_months, self.since_months, self.planned_months, *self.charged]

    def ticket(self) -> Floats:
        """Its present ticket for the ledger."""
        return np.array(self.numbers())

    def ticket_at(self, t: float) -> Floats:
        """Its ticket at month t, the overrun of the present stage charged."""
        ticket = self.ticket()
        charge_overrun(ticket, self.cause, t)
        return ticket


NOTHING = np.array([math.nan] + [0.0] * (len(TICKET) - 1))
"""The ticket of no job."""


@dataclass(slots=True)
class Arrival:
    """What a program reaches once: when, and by which job."""

    months: float = math.inf
    ticket: Floats = field(default_factory=lambda: NOTHING)
