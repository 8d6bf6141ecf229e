"""The first event in which two versions part: what `explain --json` wrote with one of them, beside the same replication now."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliancesim.errors import CheckFailed, StoreError
from alliancesim.study.explain import Event, explain
from alliancesim.study.runs.digest import plain_of, replication_digest

CONTEXT = 3
"""Events told before the first that differs."""


@dataclass(frozen=True)
class TraceResult:
    """Two traces of one replication."""

    path: Path
    seed: int
    replication: int
    same_outcomes: bool
    before: list[Event]
    """The last events both have, up to the first that differs."""
    at: int | None
    """Position of the first event that differs; None where none does."""
    old: Event | None
    """None where the old trace has ended."""
    new: Event | None

    def lines(self) -> list[str]:
        """What happened in both, and then in each."""
        where = f"seed {self.seed}, replication {self.replication}"
        if self.at is None:
            same = "the same outcomes" if self.same_outcomes else "but outcomes differ: the change is in amounts no event tells"
            return [f"{self.path}: {where}: every event is the same, {same}"]
        shown = [f"  both  {event}" for event in self.before]
        shown += [f"  {side}  {event or '(no further event)'}" for side, event in (("old ", self.old), ("new ", self.new))]
        return [f"{self.path}: {where}: event {self.at + 1} is the first that differs", *shown]

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        events = {"old": None if self.old is None else self.old.__dict__, "new": None if self.new is None else self.new.__dict__}
        head = {"trace": str(self.path), "seed": self.seed, "replication": self.replication}
        position = None if self.at is None else self.at + 1
        return head | {"same_outcomes": self.same_outcomes, "first_differing_event": position, **events}

    def demand(self) -> None:
        """Raise CheckFailed unless nothing differs."""
        if self.at is not None or not self.same_outcomes:
            message = f"{self.path}: replication {self.replication} is not what it was"
            raise CheckFailed(message)


def compare_trace(trace: str | os.PathLike[str], scenario: str | os.PathLike[str]) -> TraceResult:
    """Simulate a traced replication again and find the first event that differs.

    Args:
        trace: what `alliancesim explain SCENARIO --seed S --replication R --json` wrote with another version.
        scenario: the scenario now; what the trace was asked for (its program, its settings) holds for it too.

    Raises:
        StoreError: the file is no such trace.
    """
    path = Path(trace)
    try:
        plain = plain_of(path.read_text(encoding="utf-8"))
        old = [Event(*(event[name] for name in ("months", "date", "rank", "subject", "text"))) for event in plain["events"]]
        seed, replication, digest = int(plain["seed"]), int(plain["replication"]), plain["digest"]
        program, settings = plain["program"], dict(plain["settings"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = (
            f"{path}: not a trace ({_why(error)}); "
            "write one with: alliancesim explain SCENARIO --seed S --replication R --json > before.json"
        )
        raise StoreError(message) from error
    story = explain(scenario, replication, seed, program, settings)
    new = story.events
    same = replication_digest(story.outcomes) == digest
    at = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), None)
    if at is None and len(old) != len(new):
        at = min(len(old), len(new))
    if at is None:
        return TraceResult(path, seed, replication, same, [], None, None, None)
    ends = (events[at] if at < len(events) else None for events in (old, new))
    return TraceResult(path, seed, replication, same, new[max(0, at - CONTEXT) : at], at, *ends)


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or "it cannot be read"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error}"
    return f"no {error}" if isinstance(error, KeyError) else "a value of it is of another kind"
