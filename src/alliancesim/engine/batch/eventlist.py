"""The batch engine's event list: a calendar queue in arrays, with a bucket for each equal part of a month up to the horizon.

An event is one whole number: its month in ticks of the month grid, then `plan.order.order_key`. So one comparison gives the
order (time, rank, entity). The events of a bucket are linked in that order. Source: R. Brown, Calendar queues, CACM 31 (1988).
"""

from __future__ import annotations

from alliancesim.engine.batch.workspace import Workspace
from alliancesim.kernels import part
from alliancesim.plan.layout import NONE
from alliancesim.plan.order import ENTITY_BITS
from alliancesim.units import MONTH_TICKS

BUCKET, FREE, USED, FULL = range(4)
"""What is kept of an event list: a bucket before which there is no event, the first free entry (linked with the others), how many
entries have been in use, and whether there was no room for an event."""

TICK_BITS = ENTITY_BITS + 4
"""Bits of an event below its ticks: four of rank, then the entity. Above them is room for 1,024 months."""
ENTITY_MASK = (1 << ENTITY_BITS) - 1
RANK_MASK = 0xF
NO_EVENT = (1 << 63) - 1
"""After every event: it stands in a bucket of its own, so that there always is a next event."""


@part
def event_at(t: float, rank: int, entity: int) -> int:
    """The event of an entity at month t (on the month grid, from 0), with its rank."""
    return (int(t * MONTH_TICKS) << TICK_BITS) | (rank << ENTITY_BITS) | entity


@part
def month_of(event: int) -> float:
    """The month of an event."""
    return float(event >> TICK_BITS) / MONTH_TICKS


@part
def clear_events(space: Workspace) -> None:
    """Make an event list that holds none but the last."""
    space.bucket_first[:] = NONE
    space.bucket_first[len(space.bucket_first) - 1] = 0
    space.events[0] = NO_EVENT
    space.following[0] = NONE
    kept = space.kept
    kept[BUCKET], kept[FREE], kept[USED], kept[FULL] = 0, NONE, 1, 0


@part
def put(space: Workspace, event: int) -> None:
    """Add an event."""
    kept, events, following = space.kept, space.events, space.following
    entry = kept[FREE]
    if entry != NONE:
        kept[FREE] = following[entry]
    elif kept[USED] < len(events):
        entry = kept[USED]
        kept[USED] += 1
    else:
        kept[FULL] = 1
        return
    events[entry] = event
    bucket = event >> (TICK_BITS + space.bucket_bits)
    kept[BUCKET] = min(kept[BUCKET], bucket)
    before, last = space.bucket_first[bucket], space.bucket_last[bucket]
    if before == NONE or event >= events[last]:
        if before == NONE:
            space.bucket_first[bucket] = entry
        else:
            following[last] = entry
        space.bucket_last[bucket] = entry
        following[entry] = NONE
    elif event < events[before]:
        space.bucket_first[bucket] = entry
        following[entry] = before
    else:
        while events[following[before]] <= event:
            before = following[before]
        following[entry] = following[before]
        following[before] = entry


@part
def first(space: Workspace) -> int:
    """The entry of the next event."""
    bucket = space.kept[BUCKET]
    while space.bucket_first[bucket] == NONE:
        bucket += 1
    space.kept[BUCKET] = bucket
    return space.bucket_first[bucket]


@part
def next_month(space: Workspace) -> float:
    """The month of the next event; beyond every horizon if there is none."""
    return month_of(space.events[first(space)])


@part
def take(space: Workspace) -> int:
    """Take the next event off the list; there must be one."""
    entry = first(space)
    space.bucket_first[space.kept[BUCKET]] = space.following[entry]
    space.following[entry] = space.kept[FREE]
    space.kept[FREE] = entry
    return space.events[entry]
