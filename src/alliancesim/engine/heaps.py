"""The batch engine's event list and waiting lines: binary heaps in arrays.

An event is one whole number: its month in ticks of the month grid, then `plan.layout.order_key`. So one comparison gives the
order (time, rank, entity).
"""

from __future__ import annotations

import numpy as np

from alliancesim.handles import natural
from alliancesim.kernels import part
from alliancesim.plan.layout import ENTITY_BITS
from alliancesim.units import MONTH_TICKS

EVENTS, HOLE, FULL = range(3)
"""What is kept of an event list: how many events it has, whether its first place is that of the event which happens now, and
whether there was no room for one."""

TICK_BITS = ENTITY_BITS + 4
"""Bits of an event below its ticks: four of rank, then the entity. Above them is room for 1,024 months."""

PRIORITY_SHIFT = 27


@part
def event_at(t: float, rank: int, entity: int) -> int:
    """The event of an entity at month t (on the month grid, from 0), with its rank."""
    return (int(t * MONTH_TICKS) << TICK_BITS) | (rank << ENTITY_BITS) | entity


@part
def month_of(event: int) -> float:
    """The month of an event."""
    return float(event >> TICK_BITS) / MONTH_TICKS


@part
def push(heap, count: int, event: int) -> int:  # type: ignore[no-untyped-def]
    """Add an event to the `count` there are; returns how many there are now."""
    i = count
    while i > 0:
        parent = natural((i - 1) >> 1)
        if heap[parent] <= event:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = event
    return count + 1


@part
def replace_first(heap, count: int, event: int) -> None:  # type: ignore[no-untyped-def]
    """Put an event in place of the first of `count`."""
    i = 0
    child = 1
    while child + 1 < count:
        child = natural(child + int(heap[child + 1] < heap[child]))
        if event <= heap[child]:
            heap[i] = event
            return
        heap[i] = heap[child]
        i = child
        child = 2 * i + 1
    if child < count and heap[child] < event:
        heap[i] = heap[child]
        i = child
    heap[i] = event


@part
def put(heap, kept, event: int) -> None:  # type: ignore[no-untyped-def]
    """Add an event, in place of the first if that is a hole. kept: see EVENTS."""
    if kept[HOLE] == 1:
        replace_first(heap, kept[EVENTS], event)
        kept[HOLE] = 0
    elif kept[EVENTS] == len(heap):
        kept[FULL] = 1
    else:
        kept[EVENTS] = push(heap, kept[EVENTS], event)


@part
def close_hole(heap, kept) -> None:  # type: ignore[no-untyped-def]
    """Take the first event away if its place is a hole."""
    if kept[HOLE] == 1:
        count = kept[EVENTS] - 1
        if count > 0:
            replace_first(heap, count, heap[count])
        kept[EVENTS] = count
        kept[HOLE] = 0


@part
def next_month(heap, kept) -> float:  # type: ignore[no-untyped-def]
    """The month of the next event, that of a hole not counted; infinity if there is none."""
    count = kept[EVENTS]
    if kept[HOLE] == 0:
        return month_of(heap[0]) if count > 0 else np.inf
    if count < 3:
        return month_of(heap[1]) if count == 2 else np.inf
    return month_of(min(heap[1], heap[2]))


@part
def place(priority: int, tick: int) -> int:
    """Where an order that asked at a tick stands in a waiting line: by priority, then by time."""
    return (priority << PRIORITY_SHIFT) | tick


@part
def asked_at(place: int) -> float:
    """The month at which an order at this place asked."""
    return float(place & ((1 << PRIORITY_SHIFT) - 1)) / MONTH_TICKS


@part
def join(first, second, count: int, one: int, two: int) -> None:  # type: ignore[no-untyped-def]
    """Add (one, two) to a waiting line of `count` that is ordered by first, then second."""
    i = count
    while i > 0:
        parent = natural((i - 1) >> 1)
        if first[parent] < one or (first[parent] == one and second[parent] < two):
            break
        first[i], second[i] = first[parent], second[parent]
        i = parent
    first[i], second[i] = one, two


@part
def leave(first, second, count: int) -> None:  # type: ignore[no-untyped-def]
    """Take the head off a waiting line of `count`."""
    last = count - 1
    one, two = first[last], second[last]
    i = 0
    child = 1
    while child < last:
        if child + 1 < last and (
            first[child + 1] < first[child] or (first[child + 1] == first[child] and second[child + 1] < second[child])
        ):
            child += 1
        if one < first[child] or (one == first[child] and two < second[child]):
            break
        first[i], second[i] = first[child], second[child]
        i = child
        child = 2 * i + 1
    first[i], second[i] = one, two
