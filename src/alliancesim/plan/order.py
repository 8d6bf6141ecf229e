"""The order of events that happen at one instant, and the numbers of jobs in it."""

from __future__ import annotations

from enum import IntEnum


class Rank(IntEnum):
    """The order of events at one instant. It is part of the model; the reason of each step is given.

    A disruption ends before work can complete at the same instant at full rate. A stage that completes counts in the year
    that ends, and its effects are felt before the year is read. The year is read before the world moves on, or fiscal year
    k would count the contracts of k + 1. A regime changes before the round that meets under it, and a round before the
    budget that answers it. Budgets start lots, which request; a grant looks at all requests of the instant.
    """

    DISRUPTION_END = 1
    COMPLETION = 2
    EFFECT = 3
    YEAR_END = 4
    REGIME = 5
    ROUND = 6
    BUDGET = 7
    REQUEST = 8
    GRANT = 9


ON_COMPLETION, ON_YEAR_END, ON_REGIME = int(Rank.COMPLETION), int(Rank.YEAR_END), int(Rank.REGIME)
ON_ROUND, ON_BUDGET, ON_REQUEST = int(Rank.ROUND), int(Rank.BUDGET), int(Rank.REQUEST)
"""Ranks as the plain numbers that kernels compare."""
ENTITY_BITS = 39
"""An entity is a non-negative number of so many bits."""


def order_key(rank: int, entity: int) -> int:
    """Sort key of simultaneous events: rank first, then entity."""
    return (rank << ENTITY_BITS) | entity


COMPLETION_KEY, REQUEST_KEY = order_key(ON_COMPLETION, 0), order_key(ON_REQUEST, 0)
"""Keys to which an entity is still to be added."""
JOB_BITS = 5
JOBS_PER_LOT = 1 << JOB_BITS
"""Numbers a lot has for its tranches: a job's entity is its lot's number times this, plus its tranche's."""
