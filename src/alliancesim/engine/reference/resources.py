"""A resource as the reference engine sees it: a priority queue, work in use, and statistics by fiscal year."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from alliancesim.plan.order import Rank, order_key
from alliancesim.rules.conditions import scaled_slots

if TYPE_CHECKING:
    from alliancesim.engine.reference.calendar import Calendar, Milestone
    from alliancesim.engine.reference.calls import Calls


class Pool:
    """Slots (capacity by year) or a line (one order at a time, at a rate by year).

    Requests of one instant are collected first and granted after, by (priority, time asked, entity), so the order in which
    they were made does not matter. A capacity cut lets the work in hand finish.
    """

    def __init__(
        self, env: Calendar, number: int, kind: str, capacity: list[float], begins: Any, ends: Any, count: int,
        rate_share: float, calls: Calls,
    ) -> None:  # fmt: skip
        self.env = env
        self.calls = calls
        self.grant_key = order_key(Rank.GRANT, number)
        self.line = kind == "line"
        self.capacity = capacity
        self.scale = 1.0  # factor of conditions on it
        self.year = 0
        self.queue: list[tuple[int, float, int, Milestone]] = []
        self.next_look = env.milestone(self.grant)
        self.pending = False
        self.in_use = 0
        self.room = self.slots(0)
        self.begins, self.ends, self.count, self.rate_share = begins, ends, count, rate_share  # of its disruptions
        self.disrupted = count > 0
        self.granted = 0.0  # this year's statistics so far
        self.waited = 0.0
        self.busy = 0.0
        self.since = 0.0

    def slots(self, year: int) -> float:
        """How many orders may be in work at once."""
        return 1.0 if self.line else scaled_slots(self.capacity[min(year, len(self.capacity) - 1)], self.scale)

    def rate(self, t: float) -> float:
        """Units a month of a line in the fiscal year of month t, at the present scale."""
        return self.capacity[self.calls.year_of(t, len(self.capacity))] * self.scale

    def rescale(self, scale: float) -> None:
        """Another factor on the capacity holds from now on."""
        self.scale = scale
        self.room = self.slots(self.year)
        if self.queue and not self.pending:
            self.look()

    def request(self, priority: int, entity: int, granted: Milestone) -> None:
        """Join the queue; the milestone happens when the order is granted."""
        heappush(self.queue, (priority, self.env.now, entity, granted))
        if not self.pending:
            self.look()

    def look(self) -> None:
        """Have the queue looked at when this instant's requests are all in."""
        self.pending = True
        self.env.plan(self.next_look, self.env.now, self.grant_key)

    def grant(self, _: Any) -> None:
        """Grant from the head of the queue while there is room."""
        self.pending = False
        now = self.env.now
        while self.queue and self.in_use < self.room:
            _, asked, _, granted = heappop(self.queue)
            self.take(now, now - asked)
            self.env.happen(granted)

    def take(self, now: float, waited: float) -> None:
        """Count one order into work at month `now`."""
        self.busy += self.in_use * (now - self.since)
        self.since = now
        self.in_use += 1
        self.granted += 1.0
        self.waited += waited

    def release(self, now: float) -> None:
        """Give the place back at month `now` and serve the queue."""
        self.busy += self.in_use * (now - self.since)
        self.since = now
        self.in_use -= 1
        if self.queue and not self.pending:
            self.look()

    def finish(self, start: float, work: float) -> float:
        """When work begun at `start` ends, on the month grid."""
        if not self.disrupted:
            return start + work
        calls = self.calls
        return calls.snap_months(calls.finish_time(start, work, self.begins, self.ends, self.count, self.rate_share))

    def read(self, year: int) -> tuple[float, ...]:
        """The year's numbers as `occupancy.read_resources` takes them; the next year's room holds from now on."""
        reading = (self.busy, self.in_use, self.since, self.granted, self.waited, len(self.queue))
        self.granted = self.waited = self.busy = 0.0
        self.since = 12.0 * (year + 1)
        self.year = year + 1
        self.room = self.slots(self.year)
        return reading
