"""A resource as the reference engine sees it: a priority queue, work in use, and statistics by fiscal year."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import simpy

from alliancesim.plan.columns import EFFECTIVE_RATE, GRANTS, UTILIZATION, WAIT, WAITING
from alliancesim.plan.layout import Rank, order_key
from alliancesim.rules.grid import snap_months
from alliancesim.rules.stages import finish_time

if TYPE_CHECKING:
    from alliancesim.engine.calendar import Calendar


class Pool:
    """Slots (capacity by year) or a line (one order at a time, at a rate by year).

    Requests of one instant are collected first and granted after, by (priority, time asked, entity), so the order in which
    they were made does not matter. A capacity cut lets the work in hand finish.
    """

    def __init__(self, env: Calendar, number: int, kind: str, capacity: list[float], out: Any) -> None:
        self.env = env
        self.grant_key = order_key(Rank.GRANT, number)
        self.line = kind == "line"
        self.capacity = capacity
        self.out = out  # (Y, resource-year column)
        self.years = len(out)
        self.busy = [0.0] * self.years
        self.granted = [0.0] * self.years
        self.waited = [0.0] * self.years
        self.queue: list[tuple[int, float, int, simpy.Event]] = []
        self.in_use = 0
        self.pending = False
        self.begins: Any = None
        self.ends: Any = None
        self.count = 0
        self.rate_share = 1.0

    def disrupt(self, begins: Any, ends: Any, count: int, rate_share: float) -> None:
        """Take over this replication's disruptions. begins, ends: shape (most,) months."""
        self.begins, self.ends, self.count, self.rate_share = begins, ends, count, rate_share

    def slots(self, year: int) -> float:
        """How many orders may be in work at once."""
        return 1.0 if self.line else self.capacity[min(year, self.years - 1)]

    def rate(self, t: float) -> float:
        """Units a month of a line in the fiscal year of month t."""
        return self.capacity[min(int(t / 12.0), self.years - 1) if t > 0.0 else 0]

    def request(self, priority: int, entity: int) -> simpy.Event:
        """Join the queue; the event fires when the order is granted."""
        event = simpy.Event(self.env)
        heappush(self.queue, (priority, self.env.now, entity, event))
        if not self.pending:
            self.look()
        return event

    def release(self) -> None:
        """Give the place back and serve the queue."""
        self.in_use -= 1
        if self.queue and not self.pending:
            self.look()

    def look(self) -> None:
        """Have the queue looked at when this instant's requests are all in."""
        self.pending = True
        self.env.at(self.env.now, self.grant_key).callbacks.append(self.grant)

    def grant(self, _: Any) -> None:
        """Grant from the head of the queue while there is room."""
        self.pending = False
        now = self.env.now
        room = self.slots(int(now / 12.0)) - self.in_use
        while self.queue and room > 0.0:
            _, asked, _, event = heappop(self.queue)
            self.take(now, now - asked)
            event.succeed()
            room -= 1.0

    def take(self, now: float, waited: float) -> None:
        """Count one order into work at month `now`."""
        self.in_use += 1
        year = int(now / 12.0)
        if year < self.years:
            self.granted[year] += 1.0
            self.waited[year] += waited

    def finish(self, start: float, work: float) -> float:
        """When work begun at `start` ends, on the month grid; its busy time is booked by fiscal year."""
        end = start + work
        if self.count:
            end = snap_months(finish_time(start, work, self.begins, self.ends, self.count, self.rate_share))
        year = int(start / 12.0) if start > 0.0 else 0
        if start >= 0.0 and year < self.years and end <= 12.0 * year + 12.0:
            self.busy[year] += end - start
            return end
        begin = max(0.0, start)
        while year < self.years and begin < end:
            upto = min(end, 12.0 * (year + 1))
            self.busy[year] += upto - begin
            begin = upto
            year += 1
        return end

    def read(self, year: int) -> None:
        """Year-end reading."""
        row = self.out[year]
        room = 12.0 * self.slots(year)
        row[UTILIZATION] = self.busy[year] / room if room > 0.0 else 0.0
        row[GRANTS] = self.granted[year]
        row[WAIT] = self.waited[year]
        lost = 0.0
        for i in range(self.count):
            lost += max(0.0, min(self.ends[i], 12.0 * (year + 1)) - max(self.begins[i], 12.0 * year))
        row[EFFECTIVE_RATE] = 1.0 - lost * (1.0 - self.rate_share) / 12.0
        row[WAITING] = len(self.queue)
