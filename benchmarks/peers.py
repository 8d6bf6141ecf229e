"""The plain pipeline workload as users of SimPy, Ciw, salabim and Cimba would write it, with each library's usual random numbers.

Each function runs `count` replications and returns an array (count, len(MEASURES)). Where a library lets the user draw, all
durations of a replication are drawn at once by NumPy, the fastest usual way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import workload
from workload import (
    HORIZON_MONTHS,
    LOT_YEARS,
    MONTHS,
    PROGRAMS,
    RESOURCE_OF_STAGE,
    RESOURCES,
    SIGMA,
    SLOTS,
    planned_months,
    priority,
)

from alliancesim.plan import columns
from alliancesim.plan.layout import Outcomes

MEASURES = ("units delivered", "first delivery, month", "completion, month", *(f"months waited for {name}" for name in RESOURCES))
Measures = np.ndarray[Any, np.dtype[np.float64]]
Runner = Callable[[int, int], Measures]
"""Takes a seed and how many replications."""
RELEASE = [12.0 * y for _ in range(PROGRAMS) for y in range(LOT_YEARS)]
PRIORITY = [priority(p) for p in range(PROGRAMS) for _ in range(LOT_YEARS)]
LOG_MONTHS = np.log([planned_months(p) for p in range(PROGRAMS) for _ in range(LOT_YEARS)])


def measures(delivered: list[float], waited: list[float]) -> list[float]:
    """MEASURES of one replication. delivered: month by lot, inf if never; waited: months by resource."""
    table = np.array(delivered).reshape(PROGRAMS, LOT_YEARS)
    first, last = np.minimum(table.min(1), HORIZON_MONTHS), np.minimum(table.max(1), HORIZON_MONTHS)
    return [float(np.isfinite(table).sum()), float(first.mean()), float(last.mean()), *waited]


def durations(generator: np.random.Generator) -> list[list[float]]:
    """Months of every lot's stages."""
    drawn: list[list[float]] = generator.lognormal(LOG_MONTHS, SIGMA).tolist()
    return drawn


def of_outcomes(outcomes: Outcomes) -> Measures:
    """MEASURES of our own engine's replications."""
    units = outcomes.program_year[:, :, -1, columns.DELIVERED_UNITS].sum(1)
    first, last = (outcomes.program[..., at].mean(1) for at in (columns.FIRST_DELIVERY, columns.COMPLETION))
    waited = outcomes.resource_year[..., 2].sum(2)
    return np.column_stack([units, first, last, *waited.T])


def run_simpy(seed: int, count: int) -> Measures:
    """SimPy processes and its own PriorityResource."""
    import simpy

    def replicate(generator: np.random.Generator) -> list[float]:
        env = simpy.Environment()
        pools = [simpy.PriorityResource(env, SLOTS) for _ in RESOURCES]
        months = durations(generator)
        delivered = [math.inf] * len(RELEASE)
        waited = [0.0] * len(RESOURCES)

        def lot(i: int) -> Iterator[simpy.Event]:
            yield env.timeout(RELEASE[i])
            for used, duration in zip(RESOURCE_OF_STAGE, months[i], strict=True):
                if used < 0:
                    yield env.timeout(duration)
                    continue
                asked = env.now
                with pools[used].request(PRIORITY[i]) as request:
                    yield request
                    waited[used] += env.now - asked
                    yield env.timeout(duration)
            delivered[i] = env.now

        for i in range(len(RELEASE)):
            env.process(lot(i))
        env.run(until=HORIZON_MONTHS)
        return measures(delivered, waited)

    return np.array([replicate(np.random.default_rng((seed, r))) for r in range(count)])


def run_salabim(seed: int, count: int) -> Measures:
    """salabim components (as generators, its faster way) and its resources."""
    import salabim

    salabim.yieldless(False)

    def replicate(generator: np.random.Generator) -> list[float]:
        env = salabim.Environment(trace=False, random_seed=None)
        pools = [salabim.Resource(name, capacity=SLOTS, env=env, monitor=False) for name in RESOURCES]
        months = durations(generator)
        delivered = [math.inf] * len(RELEASE)
        waited = [0.0] * len(RESOURCES)

        class Lot(salabim.Component):  # type: ignore[misc]
            def setup(self, i: int) -> None:
                self.i = i

            def process(self) -> Iterator[Any]:
                i = self.i
                for used, duration in zip(RESOURCE_OF_STAGE, months[i], strict=True):
                    if used < 0:
                        yield self.hold(duration)
                        continue
                    asked = env.now()
                    yield self.request((pools[used], 1, PRIORITY[i]))
                    waited[used] += env.now() - asked
                    yield self.hold(duration)
                    self.release(pools[used])
                delivered[i] = env.now()

        for i, release in enumerate(RELEASE):
            Lot(at=release, i=i, env=env, suppress_trace=True)
        env.run(till=HORIZON_MONTHS)
        return measures(delivered, waited)

    return np.array([replicate(np.random.default_rng((seed, r))) for r in range(count)])


def run_ciw(seed: int, count: int) -> Measures:
    """A Ciw network: a node for each stage, a customer class for each program."""
    import ciw

    names = [workload.name_of(p) for p in range(PROGRAMS)]
    stages = range(len(MONTHS))
    routing = [[1.0 if to == of + 1 else 0.0 for to in stages] for of in stages]
    arrivals = [0.0, *[12.0] * (LOT_YEARS - 1), math.inf]
    network = ciw.create_network(
        arrival_distributions={name: [ciw.dists.Sequential(arrivals), *[None] * (len(MONTHS) - 1)] for name in names},
        service_distributions={
            name: [
                ciw.dists.Lognormal(math.log(months), sigma) for months, sigma in zip(planned_months(p), SIGMA, strict=True)
            ]
            for p, name in enumerate(names)
        },
        routing={name: routing for name in names},
        number_of_servers=[SLOTS if used >= 0 else math.inf for used in RESOURCE_OF_STAGE],
        priority_classes={name: priority(p) for p, name in enumerate(names)},
    )  # fmt: skip
    program_of = {name: p for p, name in enumerate(names)}

    def replicate(r: int) -> list[float]:
        ciw.seed(seed * 1_000_003 + r)
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_time(HORIZON_MONTHS)
        delivered = [math.inf] * len(RELEASE)
        waited = [0.0] * len(RESOURCES)
        arrived = [0] * PROGRAMS
        for record in simulation.get_all_records():
            used = RESOURCE_OF_STAGE[record.node - 1]
            if used >= 0:
                waited[used] += record.waiting_time
            if record.node == len(MONTHS):
                p = program_of[record.customer_class]
                delivered[p * LOT_YEARS + arrived[p]] = record.exit_date
                arrived[p] += 1
        return measures(delivered, waited)

    return np.array([replicate(r) for r in range(count)])
