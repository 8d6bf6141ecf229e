"""The clock of the reference engine: a SimPy environment in which simultaneous events carry their own order."""

from __future__ import annotations

from heapq import heappush
from typing import Any

import simpy


class Milestone(simpy.Event):
    """An instant of the calendar: an event that has its value before it happens."""

    _ok = True
    _value = None


class Calendar(simpy.Environment):
    """A SimPy environment whose simultaneous events are ordered by `order_key`, never by insertion.

    Milestones go straight into SimPy's heap: `schedule` adds a delay to the present, and a constructor costs an event.
    """

    def at(self, t: float, key: int) -> Any:
        """An event at month t (now or later), carrying its order among simultaneous ones."""
        event = object.__new__(Milestone)
        event.callbacks = []
        heappush(self._queue, (t, key, next(self._eid), event))  # type: ignore[misc]
        return event

    @property
    def events(self) -> int:
        """Events scheduled so far."""
        return next(self._eid)
