"""The batch engine's event list and waiting lines: binary heaps in arrays.

An event is one whole number: its month in ticks of the month grid, then `plan.layout.order_key`. So one comparison gives the
order (time, rank, entity).
"""

from __future__ import annotations

import numpy as np

from alliancesim.handles import natural
from alliancesim.kernels import kernel
from alliancesim.plan.layout import ENTITY_BITS
from alliancesim.units import MONTH_TICKS

TICK_BITS = ENTITY_BITS + 4
"""Bits of an event below its ticks: four of rank, then the entity. Above them is room for 1,024 months."""

PRIORITY_SHIFT = 27


@kernel
def event_at(t: float, rank: int, entity: int) -> int:
    """The event of an entity at month t (on the month grid, from 0), with its rank."""
    return (int(t * MONTH_TICKS) << TICK_BITS) | (rank << ENTITY_BITS) | entity


@kernel
def month_of(event: int) -> float:
    """The month of an event."""
    return float(event >> TICK_BITS) / MONTH_TICKS


@kernel
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


@kernel
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


@kernel
def put(heap, count: int, hole: bool, event: int) -> int:  # type: ignore[no-untyped-def]
    """Add an event to `count`, in place of the first if that is a hole; returns how many there are now."""
    if hole:
        replace_first(heap, count, event)
        return count
    return push(heap, count, event)


@kernel
def close_hole(heap, count: int) -> int:  # type: ignore[no-untyped-def]
    """Take the first of `count` events away; returns how many are left."""
    if count > 1:
        replace_first(heap, count - 1, heap[count - 1])
    return count - 1


@kernel
def next_month(heap, count: int, hole: bool) -> float:  # type: ignore[no-untyped-def]
    """The month of the next event; infinity if there is none. hole: whether the first place is that of the present event."""
    if not hole:
        return month_of(heap[0]) if count > 0 else np.inf
    if count < 3:
        return month_of(heap[1]) if count == 2 else np.inf
    return month_of(min(heap[1], heap[2]))


@kernel
def grown(array):  # type: ignore[no-untyped-def]
    """A copy with room for twice as many along the last axis."""
    more = np.empty(array.shape[:-1] + (2 * array.shape[-1],), array.dtype)
    more[..., : array.shape[-1]] = array
    return more


@kernel
def place(priority: int, tick: int) -> int:
    """Where an order that asked at a tick stands in a waiting line: by priority, then by time."""
    return (priority << PRIORITY_SHIFT) | tick


@kernel
def asked_at(place: int) -> float:
    """The month at which an order at this place asked."""
    return float(place & ((1 << PRIORITY_SHIFT) - 1)) / MONTH_TICKS


@kernel
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


@kernel
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
