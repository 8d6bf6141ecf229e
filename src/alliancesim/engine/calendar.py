"""The clock of the reference engine: a SimPy environment in which simultaneous events carry their own order."""

from __future__ import annotations

from collections.abc import Generator
from heapq import heappush
from operator import attrgetter
from typing import Any

import simpy
from simpy.events import NORMAL, URGENT


class Milestone(simpy.Event):
    """An instant of the calendar: an event that has its value before it happens."""

    __slots__ = ("callbacks",)
    _ok = True
    _value = None


class Calendar(simpy.Environment):
    """A SimPy environment whose simultaneous events are ordered by `order_key`, never by insertion.

    Milestones go straight into SimPy's heap: `schedule` adds a delay to the present, and a constructor costs an event.
    """

    now = property(attrgetter("_now"), doc="The present month; read often, hence without a frame of its own.")

    def awaited(self) -> Any:
        """An event that `happen` lets happen."""
        event = object.__new__(Milestone)
        event.callbacks = []
        return event

    def happen(self, event: Any) -> None:
        """Let an awaited event happen now, before all that is planned for this instant."""
        heappush(self._queue, (self._now, NORMAL, next(self._eid), event))

    def at(self, t: float, key: int) -> Any:
        """An event at month t (now or later), carrying its order among simultaneous ones."""
        event = object.__new__(Milestone)
        event.callbacks = []
        heappush(self._queue, (t, key, next(self._eid), event))  # type: ignore[misc]
        return event

    def walk(self, coroutine: Generator[simpy.Event, Any, None]) -> None:
        """Run a coroutine that only waits for milestones, from this instant on; an exception of it ends the simulation.

        What a SimPy process has beyond this (a value, failures, interrupts) would cost each of its steps a tenth.
        """

        def resume(_: Any) -> None:
            event = next(coroutine, None)
            if event is not None:
                event.callbacks.append(resume)

        begin = self.awaited()
        begin.callbacks.append(resume)
        heappush(self._queue, (self._now, URGENT, next(self._eid), begin))

    @property
    def events(self) -> int:
        """Events scheduled so far."""
        return next(self._eid)
