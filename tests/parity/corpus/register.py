"""The register of adversarial scenarios, and what several of them are made of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from harness import Simulation, Tree, overlay, plain

CORPUS: dict[str, Callable[[], Tree]] = {}
"""Makers of scenarios by name; a maker's docstring says what it is after."""
SEED = 7
"""Scenarios in which a draw meets something at one instant are tuned for replication 0 of this seed."""


def adversary(make: Callable[[], Tree]) -> Callable[[], Tree]:
    """Register a maker under its own name."""
    if make.__name__ in CORPUS or not make.__doc__:
        message = f"{make.__name__}: a second one, or one without a reason"
        raise ValueError(message)
    CORPUS[make.__name__] = make
    return make


def build(**stages: Any) -> Tree:
    """Stages of a channel; the last is delivered where none is."""
    if not any(stage.get("milestone") == "delivered" for stage in stages.values()):
        stages[next(reversed(stages))]["milestone"] = "delivered"
    return stages


def fleet(years: int, names: str, stages: Tree, **changes: Any) -> Tree:
    """A scenario with a one-unit ship of each name every year, all alike: everything they do they do at one instant."""
    tree = plain(years, channels__domestic__stages=stages, **changes)
    ship = tree["programs"].pop("ship") | {"unit_cost_bn": 1.0}
    ship["lots"] = [{"fy": 2025 + y, "units": 1} for y in range(years)]
    tree["programs"] = {name: copy.deepcopy(ship) for name in names}
    return tree


def slots(capacity: Any, **more: Any) -> Tree:
    """A resource of slots."""
    return {"kind": "slots", "capacity": capacity, **more}


def line(capacity: Any, **more: Any) -> Tree:
    """A production line."""
    return {"kind": "line", "capacity": capacity, **more}


def first_disruption(tree: Tree, resource: str) -> tuple[float, float]:
    """Months between which the resource's first disruption lasts in replication 0."""
    simulation = Simulation(tree)
    simulation.run(SEED, 0)
    q = simulation.labels.resources.index(resource)
    world = simulation.engine.world
    return float(world.disruption_begin[q, 0]), float(world.disruption_end[q, 0])


def first_month(tree: Tree, subject: str, text: str = "") -> float:
    """Month of the first line of a subject in replication 0's trace."""
    told = Simulation(tree).traced(SEED, 0).told
    return next(line.months for line in told if line.subject == subject and text in line.text and line.months > 0.0)


def lasting(tree: Tree, stage: str, months: float) -> Tree:
    """The same scenario with another duration of a domestic stage."""
    return overlay(tree, {f"channels.domestic.stages.{stage}.duration_months": months})
