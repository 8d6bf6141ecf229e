"""One job asks in a stationary queue of others: its mean wait by its priority (Cobham 1954).

Each comparison gives a false alarm once in 100,000 times.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from estimates import agree_mean
from harness import AT, Tree, load, plain

from alliancesim.engine import batch
from alliancesim.plan.compile import compile_plan

N = 10_000
FIRST, EQUAL, LAST = 0, 1, 9
"""Priorities of the job; the others' is 1."""


def waits(resource: Tree, stage: Tree, priority: int) -> np.ndarray:
    """Months that a job waits which asks after 20 years; shape (N,)."""
    background = resource["background"] | {"priority": 1}
    tree = plain(40, resources__yard=resource | {"background": background},
                 channels__domestic__stages__build=stage | {"resource": "yard", "milestone": "delivered"},
                 programs__ship__priority=priority, programs__ship__lots=[{"fy": 2045, "units": 1}])  # fmt: skip
    compiled = compile_plan(load(tree))
    out, _ = batch.Engine(compiled).replications(compiled.params, 7, 0, N)
    assert not out.program[:, 0, AT["program"]["first_delivery_censored"]].any()
    return out.program[:, 0, AT["program"]["delay_queueing_months"]]


@pytest.mark.parametrize(("priority", "power"), [(FIRST, 0), (EQUAL, 1), (LAST, 2)])
@pytest.mark.parametrize(
    ("law", "second"), [({"dist": "exponential", "mean": 1.0}, 2.0), ({"dist": "uniform", "low": 0.5, "high": 1.5}, 13 / 12)]
)
def test_one_slot_serves_by_priority(priority: int, power: int, law: Tree, second: float) -> None:
    rate = 0.5
    slot = {"kind": "slots", "capacity": 1, "background": {"arrivals_per_month": rate, "size": law}}
    agree_mean(waits(slot, {"duration_months": 1.0}, priority), rate * second / 2 / (1 - rate) ** power)


@pytest.mark.parametrize(("priority", "power"), [(FIRST, 0), (EQUAL, 1), (LAST, 2)])
def test_three_slots_serve_by_priority(priority: int, power: int) -> None:
    rate, mean, slots = 0.5, 3.0, 3
    load_ = rate * mean
    full = load_**slots / math.factorial(slots) * slots / (slots - load_)
    all_busy = full / (sum(load_**k / math.factorial(k) for k in range(slots)) + full)
    yard = {
        "kind": "slots",
        "capacity": slots,
        "background": {"arrivals_per_month": rate, "size": {"dist": "exponential", "mean": mean}},
    }
    agree_mean(waits(yard, {"duration_months": 1.0}, priority), all_busy * mean / slots / (1 - load_ / slots) ** power)


@pytest.mark.parametrize(("priority", "power"), [(FIRST, 0), (EQUAL, 1), (LAST, 2)])
def test_a_line_works_by_priority(priority: int, power: int) -> None:
    rate, work = 0.25, 2.0
    line = {
        "kind": "line",
        "capacity": 2.0,
        "background": {"arrivals_per_month": rate, "size": {"dist": "exponential", "mean": 2.0 * work}},
    }
    agree_mean(waits(line, {"duration_months": 1.0}, priority), rate * work**2 / (1 - rate * work) ** power)
