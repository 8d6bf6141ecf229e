"""The batch engine's event list gives events in their order, whatever was put when."""

from __future__ import annotations

import heapq

import pytest
from harness import ROOT, Simulation, plain
from hypothesis import given
from hypothesis import strategies as st

from alliancesim.engine.batch.eventlist import FULL, NO_EVENT, clear_events, event_at, month_of, next_month, put, take
from alliancesim.engine.batch.workspace import Workspace, new_workspace
from alliancesim.handles import pack
from alliancesim.plan.network import Network, network

HORIZON_MONTHS = 120.0
FEW = network(Simulation(plain(10)).compiled)
MANY = network(Simulation.of(ROOT / "scenarios" / "japan-2025-08.yaml").compiled)
"""Networks of few lots, with wide buckets, and of many, with narrow ones."""
AHEAD = st.tuples(st.sampled_from((0.0, 1 / 1024, 0.25, 1.0, 40.0)), st.integers(1, 9), st.integers(0, 3))
STEPS = st.lists(AHEAD | st.sampled_from(("look", "take")), max_size=80)
"""Look at the next event, take it, or put one so many months after the last one taken, with a rank and an entity."""


def opened(net: Network, events: int) -> tuple[Workspace, Workspace]:
    """An empty list with room for so many events, the last one included: its arrays and their handle."""
    space = new_workspace(net, HORIZON_MONTHS, events=events)
    handle = pack(space)
    clear_events(handle)
    return space, handle


@pytest.mark.parametrize("net", [FEW, MANY], ids=["wide buckets", "narrow buckets"])
@given(steps=STEPS)
def test_events_are_taken_in_their_order(net: Network, steps: list[tuple[float, int, int] | str]) -> None:
    space, handle = opened(net, 100)
    waiting: list[int] = []
    now = 0.0
    for step in steps:
        if isinstance(step, tuple):
            event = event_at(min(now + step[0], HORIZON_MONTHS), step[1], step[2])
            put(handle, event)
            heapq.heappush(waiting, event)
        elif step == "look":
            assert next_month(handle) == month_of(waiting[0] if waiting else NO_EVENT)
        elif waiting:
            event = take(handle)
            assert event == heapq.heappop(waiting)
            now = month_of(event)
    while waiting:
        assert take(handle) == heapq.heappop(waiting)
    assert next_month(handle) == month_of(NO_EVENT) > HORIZON_MONTHS
    assert space.kept[FULL] == 0


def test_a_list_without_room_says_so() -> None:
    space, handle = opened(FEW, 3)
    for entity in range(3):
        assert space.kept[FULL] == 0
        put(handle, event_at(1.0, 2, entity))
    assert space.kept[FULL] == 1
    assert [take(handle), take(handle)] == [event_at(1.0, 2, entity) for entity in range(2)]


def test_entries_are_used_again() -> None:
    space, handle = opened(MANY, 2)
    for month in range(100):
        put(handle, event_at(float(month), 2, month))
        assert take(handle) == event_at(float(month), 2, month)
    assert space.kept[FULL] == 0
