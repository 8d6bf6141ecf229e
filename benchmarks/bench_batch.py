"""The batch engine beside the reference engine, and where the batch engine's time goes.

One command, from the root of a clone with the package installed: ``python benchmarks/bench_batch.py``

All are timed in turns, round by round, in process time, on one thread; ratios are taken within a round and given as median
with smallest and largest. The reference engine keeps a bound of its own, 4 times a bare SimPy timeout loop per event; the
second ratio is against a reference engine exactly at that bound.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from bench_reference import LIVE_PROCESSES, SCENARIO, bare_loop
from phases import phases
from rounds import peak_mib, ratio, rounds, spread

from alliancesim.engine import batch, reference
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario

BARE_EVENTS = 100_000
BOUND = 4.0
"""What the reference engine may cost per event, in bare timeout events."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", nargs="?", type=Path, default=SCENARIO)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("-n", type=int, default=4, help="replications of the reference engine in a round; of batch, 100 times")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    compiled = compile_plan(load_scenario(options.scenario))
    seed, few, many = options.seed, options.n, 100 * options.n
    slow, fast = reference.Engine(compiled), batch.Engine(compiled)
    _, slow_events = slow.replications(compiled.params, seed, 0, few)
    _, fast_events = fast.replications(compiled.params, seed, 0, few)
    acts = {
        "bare": (partial(bare_loop, BARE_EVENTS), BARE_EVENTS),
        "crowd": (partial(bare_loop, BARE_EVENTS, LIVE_PROCESSES), BARE_EVENTS),
        "reference": (partial(slow.replications, compiled.params, seed, 0, few), few),
        "batch": (partial(fast.replications, compiled.params, seed, 0, many), many),
        **phases(compiled, seed, many),
    }
    times = rounds(acts, options.rounds)
    own = times["batch"]
    print(f"{options.scenario.name}: {options.rounds} rounds, seed {seed}; us, median (min to max)")
    print(f"events per replication   reference {slow_events.mean():,.0f}, batch {fast_events.mean():,.0f}")
    print(f"bare timeout loop        {spread(times['bare'], '.2f')} per event")
    print(f"{LIVE_PROCESSES} of them together     {spread(times['crowd'], '.2f')} per event")
    print(f"reference                {spread(times['reference'], ',.0f')} per replication")
    print(f"batch                    {spread(own, ',.1f')} per replication")
    print(f"reference over batch     {spread(ratio(times['reference'], own), ',.1f')}")
    at_bound = [BOUND * bare * slow_events.mean() for bare in times["bare"]]
    print(f"reference at its bound   {spread(ratio(at_bound, own), ',.1f')} times batch; asked: at least 60")
    print("\nwhere the batch engine's time goes          us per replication     share of it")
    budgets = [a - b for a, b in zip(times["budgets"], times["states"], strict=True)]
    readings = [a - b for a, b in zip(times["books"], times["budgets"], strict=True)]
    parts = {
        "draws before the clock starts": times["worlds"],
        "state at the start": times["states"],
        "budget rounds": budgets,
        "supplementary budgets and readings": readings,
        "events, their draws and the ledgers": [
            whole - world - books for whole, world, books in zip(own, times["worlds"], times["books"], strict=True)
        ],
    }
    for name, part in parts.items():
        print(f"{name:36}{spread(part, ',.1f'):>26}{spread(ratio(part, own), '.0%'):>22}")
    print(f"\npeak memory of this process {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
