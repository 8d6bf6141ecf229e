"""How much faster two threads are than one: chunks of the baseline by the batch engine, canonical form and digests included.

One command, from the root of a clone with the package installed: ``python benchmarks/bench_threads.py``

One thread and more take turns, round by round, each over the same replications, so that a slow phase of the machine hits all;
ratios of wall time are taken within a round and given as median with smallest and largest. Two threads can be twice as fast only
where the machine gives them two cores: `cores` is processor time by wall time. `--processes` adds worker processes, their start
included and their processor time not. Nothing is written to disk.
"""

from __future__ import annotations

import argparse
import os
import time
from contextlib import closing
from pathlib import Path

from rounds import spread

from alliancesim.plan.compile import compile_plan
from alliancesim.plan.layout import Compiled
from alliancesim.scenario.load import load_scenario
from alliancesim.study.runs.batch import Fanout, chunks

SCENARIO = Path(__file__).parents[1] / "scenarios" / "japan-2025-08.yaml"


def measured(compiled: Compiled, n: int, size: int, seed: int, fanout: Fanout) -> tuple[float, float]:
    """Wall and processor seconds of n replications, from a compiled scenario to the last digest."""
    spans = [(first, min(size, n - first)) for first in range(0, n, size)]
    began, worked = time.perf_counter(), time.process_time()
    with closing(chunks(compiled, spans, seed, fanout)) as stream:
        for _ in stream:
            pass
    return time.perf_counter() - began, time.process_time() - worked


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", nargs="?", type=Path, default=SCENARIO)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("-n", type=int, default=4096, help="replications in a round")
    parser.add_argument("--chunk", type=int, default=64, help="replications in a chunk")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", action="store_true", help="measure worker processes, too")
    options = parser.parse_args()
    compiled = compile_plan(load_scenario(options.scenario))
    ways = {"1 thread": Fanout("batch"), f"{options.workers} threads": Fanout("batch", options.workers)}
    if options.processes:
        ways[f"{options.workers} processes"] = Fanout("batch", options.workers, processes=True)
    measured(compiled, options.chunk, options.chunk, options.seed, ways["1 thread"])
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, fanout in ways.items():
            taken[name].append(measured(compiled, options.n, options.chunk, options.seed, fanout))
    print(
        f"{options.scenario.name}: {options.rounds} rounds of {options.n} replications in chunks of {options.chunk}, "
        f"seed {options.seed}, {os.cpu_count()} cores; median (min to max)"
    )
    for name, pairs in taken.items():
        each = spread([1e6 * wall / options.n for wall, _ in pairs], ",.0f")
        ratio = spread([alone / wall for (alone, _), (wall, _) in zip(taken["1 thread"], pairs, strict=True)], ".2f")
        cores = spread([worked / wall for wall, worked in pairs], ".2f")
        print(f"{name:<12} {each} us per replication, {ratio} times one thread, {cores} cores")


if __name__ == "__main__":
    main()
