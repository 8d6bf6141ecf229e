"""The plain pipeline workload: this product's engine beside SimPy, Ciw, salabim, Cimba and a C kernel of the same algorithm.

One command, from the root of a clone: ``pip install -e '.[bench]' && python benchmarks/bench_peers.py``

All run on one thread, in turns, round by round, in process time, random numbers included; ratios are taken within a round and
given as median with smallest and largest. First it checks that the C kernel's outcomes are the engine's bit for bit, and
shows that all engines mean the same workload. What is not installed is left out with a message.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable
from functools import partial

import ckernel
import numpy as np
import peers
import workload
from phases import phases
from rounds import ratio, rounds, spread

from alliancesim.engine import batch, reference

ENGINES = {"batch": batch.Engine, "reference": reference.Engine}
CHECKED = 200
"""Replications in which the C kernel must equal the engine."""
REPLICATIONS = {"engine": 400, "c": 400, "c-native": 400, "cimba": 200, "simpy": 6, "ciw": 1, "salabim": 1}
"""Replications of each in one round: about a tenth of a second."""
BOUNDS = {"simpy": "at least 75", "cimba": "at least 6"}


def load_peers() -> dict[str, peers.Runner]:
    """The peers that are installed. To be called before an engine is made: Cimba must teach Numba its types first."""
    found: dict[str, peers.Runner] = {}
    for name in ("simpy", "ciw", "salabim", "cimba"):
        if importlib.util.find_spec(name) is None:
            print(f"{name} is left out: it is not installed (pip install -e '.[bench]')")
        elif name == "cimba":
            from cimba_pipeline import run_cimba

            found[name] = run_cimba
        else:
            found[name] = getattr(peers, f"run_{name}")
    return found


def show_agreement(measured: dict[str, peers.Measures]) -> None:
    """Means with their standard errors: all within Monte Carlo error of one another."""
    print("\nmean (standard error)" + "".join(f"{name:>32}" for name in peers.MEASURES))
    for name, table in measured.items():
        error = table.std(0, ddof=1) / np.sqrt(len(table))
        cells = "".join(f"{f'{mean:,.3f} ({one:.3f})':>32}" for mean, one in zip(table.mean(0), error, strict=True))
        print(f"{f'{name}, n = {len(table):,}':<21}{cells}")


def main() -> int:
    """Check, measure and print; 1 if the C kernel differs from the engine."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=ENGINES, default="batch")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    seed = options.seed
    runners = load_peers()
    compiled = workload.compiled()
    engine = ENGINES[options.engine](compiled)
    outcomes, events = engine.replications(compiled.params, seed, 0, CHECKED)
    replications = dict(REPLICATIONS)
    if options.engine == "reference":
        replications["engine"] = REPLICATIONS["simpy"]
    acts: dict[str, tuple[Callable[[], object], int]] = {}
    acts["engine"] = (partial(engine.replications, compiled.params, seed, 0, replications["engine"]), replications["engine"])
    if ckernel.compiler() is None:
        print("the C kernel is left out: there is no C compiler (gcc)")
    else:
        for name, flags in (("c", ckernel.FLAGS), ("c-native", (*ckernel.FLAGS, "-march=native"))):
            kernel = ckernel.Kernel(compiled, flags)
            differences = kernel.differences(outcomes, seed, 0)
            print(f"{name} ({' '.join(flags)}): {differences} numbers differ from the engine's in {CHECKED} replications")
            if differences:
                return 1
            acts[name] = (partial(kernel.replications, seed, 0, replications[name]), replications[name])
    measured = {"engine": peers.of_outcomes(outcomes)}
    for name, run in runners.items():
        acts[name] = (partial(run, seed, replications[name]), replications[name])
        measured[name] = run(seed + 1, 20 * max(1, replications[name] // 2))
    show_agreement(measured)
    parts = phases(compiled, seed, replications["engine"])
    times = rounds(acts | parts, options.rounds)
    own = times["engine"]
    money = [world + books for world, books in zip(times["worlds"], times["books"], strict=True)]
    print(f"\n{options.rounds} rounds, seed {seed}, {options.engine} engine, {events.mean():,.0f} events; median (min to max)")
    print(f"{'':10}{'us per replication':>36}{'x engine':>30}")
    for name in acts:
        bound = f"  asked: {BOUNDS[name]}" if name in BOUNDS else ""
        print(f"{name:10}{spread(times[name], ',.1f'):>36}{spread(ratio(times[name], own), ',.2f'):>30}{bound}")
    pipeline = [whole - part for whole, part in zip(own, money, strict=True)]
    print(f"\n{'engine: parameters, budget rounds and readings, timed apart':62}{spread(money, ',.1f'):>28}")
    print(f"{'engine: the rest, which is what C does':62}{spread(pipeline, ',.1f'):>28}")
    for name in ("c", "c-native"):
        if name in times:
            print(f"{f'engine over {name}':62}{spread(ratio(own, times[name]), '.2f'):>28}  asked: at most 1.25")
            print(f"{f'engine without money over {name}':62}{spread(ratio(pipeline, times[name]), '.2f'):>28}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
