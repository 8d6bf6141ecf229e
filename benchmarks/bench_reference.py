"""How much the reference engine costs, beside a bare SimPy timeout loop, and how much memory replications take.

One command, from the root of a clone with the package installed: ``python benchmarks/bench_reference.py``

The two are timed in turns, round by round, in process time, so that a slow phase of the machine hits both; ratios are taken
within a round and given as median with smallest and largest. Peak memory is that of this process.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import simpy
from rounds import peak_mib, ratio, spread

from alliancesim.engine.reference import Engine
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario

SCENARIO = Path(__file__).parents[1] / "scenarios" / "japan-2025-08.yaml"


LIVE_PROCESSES = 300
"""About as many as a replication of the baseline has under way: the heap is then as deep, and the memory as wide."""


BARE_EVENTS = 20_000
"""Of a bare loop in one round: about as long as a replication, for the speed of a shared machine changes from one to the next."""


def bare_loop(events: int, processes: int = 1) -> float:
    """Process seconds per event of SimPy processes that only wait."""
    env = simpy.Environment()

    def loop(months):  # type: ignore[no-untyped-def]
        while True:
            yield env.timeout(months)

    for number in range(processes):
        env.process(loop(1.0 + number / 1024.0))
    began = time.process_time()
    env.run(until=events / processes)
    return (time.process_time() - began) / events


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", nargs="?", type=Path, default=SCENARIO)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("-n", type=int, default=1, help="replications in a round")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    compiled = compile_plan(load_scenario(options.scenario))
    engine = Engine(compiled)
    engine.simulate(compiled.params, options.seed, 0)
    bare_loop(BARE_EVENTS)
    start = peak_mib()
    bare, crowd, own, counts = [], [], [], []
    for number in range(options.rounds):
        bare.append(bare_loop(BARE_EVENTS))
        crowd.append(bare_loop(BARE_EVENTS, LIVE_PROCESSES))
        began = time.process_time()
        events = 0
        for replication in range(options.n):
            events += engine.simulate(compiled.params, options.seed, number * options.n + replication)[1]
        seconds = time.process_time() - began
        own.append(seconds / events)
        counts.append(events / options.n)
    total = options.rounds * options.n
    print(
        f"{options.scenario.name}: {options.rounds} rounds of {options.n} replications, seed {options.seed}; median (min to max)"
    )
    print(f"events per replication   {spread(counts, ',.0f')}")
    print(f"bare timeout loop        {spread([x * 1e6 for x in bare], '.2f')} us per event")
    print(f"{LIVE_PROCESSES} of them together     {spread([x * 1e6 for x in crowd], '.2f')} us per event")
    print(f"reference engine         {spread([x * 1e6 for x in own], '.2f')} us per event")
    print(f"ratio                    {spread(ratio(own, bare), '.2f')}")
    print(f"ratio to {LIVE_PROCESSES} together    {spread(ratio(own, crowd), '.2f')}")
    print(f"one replication          {spread([x * c * 1e3 for x, c in zip(own, counts, strict=True)], '.1f')} ms")
    print(f"peak memory              {peak_mib():.0f} MiB after {total} replications, {start:.0f} MiB after the first")


if __name__ == "__main__":
    main()
