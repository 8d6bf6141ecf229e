"""The clock of the reference engine: a SimPy environment in which simultaneous events carry their own order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import NORMAL, URGENT


class Milestone(simpy.Event):
    """An instant of the calendar, which has its value before it happens; it may be planned again when it has happened."""

    __slots__ = ("acts", "callbacks")
    _ok = True
    _value = None
    acts: list[Callable[[Any], Any]]  # what happens then


class Calendar(simpy.Environment):
    """A SimPy environment whose simultaneous events are ordered by `order_key`, never by insertion.

    Milestones go straight into SimPy's heap: `schedule` adds a delay to the present, and a constructor costs an event.
    """

    now = 0.0  # the present month: SimPy's property costs a call, and it is read at every event

    def __init__(self) -> None:
        super().__init__()
        self.milestones: list[Milestone] = []

    def milestone(self, act: Callable[[Any], Any]) -> Milestone:
        """An instant yet to be planned, once or more often, and what happens then."""
        event = object.__new__(Milestone)
        event.acts = [act]
        self.milestones.append(event)
        return event

    def plan(self, event: Milestone, t: float, key: int) -> None:
        """Let it happen at month t (now or later); key is its order among simultaneous events."""
        event.callbacks = event.acts
        heappush(self._queue, (t, key, next(self._eid), event))  # type: ignore[misc]

    def happen(self, event: Milestone) -> None:
        """Let it happen now, before all that is planned for this instant."""
        event.callbacks = event.acts
        heappush(self._queue, (self._now, NORMAL, next(self._eid), event))

    def at(self, t: float, key: int) -> Any:
        """An event at month t, once, for whoever waits for it."""
        event = object.__new__(Milestone)
        event.callbacks = []
        heappush(self._queue, (t, key, next(self._eid), event))  # type: ignore[misc]
        return event

    def walk(self, coroutine: Callable[..., Iterator[None]], *arguments: Any) -> None:
        """Run a coroutine from this instant on; its first argument is the milestone that resumes it, once planned.

        What a SimPy process has beyond this (a value, failures, interrupts, an event for each wait) takes time at every step.
        """
        event = self.milestone(lambda _: next(steps, None))
        steps = coroutine(event, *arguments)
        event.callbacks = event.acts
        heappush(self._queue, (self._now, URGENT, next(self._eid), event))

    def run(self, until: simpy.Event) -> None:  # type: ignore[override]
        """Let events happen up to one. Raises what a process raised. SimPy's own loop takes a call for each event."""
        queue = self._queue
        while until.callbacks is not None:
            now, _, _, event = heappop(queue)
            self._now = self.now = now
            acts, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for act in acts:
                act(event)
            if not event._ok:
                raise event._value

    def close(self) -> None:
        """Let go of what has not happened: a milestone and what it resumes hold one another."""
        self._queue.clear()
        for event in self.milestones:
            event.acts.clear()
        self.milestones.clear()

    def count_events(self) -> int:
        """Events scheduled so far; to be called once, for it counts as one."""
        return next(self._eid)
