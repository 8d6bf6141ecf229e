"""What an event and a replication of the baseline cost in two or more checkouts of the project.

One command, with the project's packages installed: ``python benchmarks/bench_versions.py OLD NEW``, where each is the root of a
checkout, for example made by ``git worktree add ../old COMMIT``

Each checkout runs its own baseline in a process of its own. They take turns, round by round, in process time, so that a slow
phase of the machine hits all; ratios to the first are taken within a round and given as median with smallest and largest.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rounds import spread

CODE = """
import sys, time
from importlib import import_module
from pathlib import Path
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
engine, n, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
compiled = compile_plan(load_scenario(Path("scenarios/japan-2025-08.yaml")))
engine = import_module("alliancesim.engine." + engine).Engine(compiled)
engine.replications(compiled.params, seed, 0, n)
first = 0
for _ in sys.stdin:
    began = time.process_time()
    _, events = engine.replications(compiled.params, seed, first, n)
    print(time.process_time() - began, int(events.sum()), flush=True)
    first += n
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkouts", nargs="+", type=Path, help="roots of checkouts")
    parser.add_argument("--engine", choices=["batch", "reference"], default="batch")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("-n", type=int, help="replications in a round (default: 32, or 1 of the reference engine)")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    n = options.n or (32 if options.engine == "batch" else 1)
    command = [sys.executable, "-c", CODE, options.engine, str(n), str(options.seed)]
    turns = [
        subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root.resolve() / "src")}, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for root in options.checkouts
    ]  # fmt: skip
    found: list[list[tuple[float, float]]] = [[] for _ in turns]
    for _ in range(options.rounds):
        for process, rows in zip(turns, found, strict=True):
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("\n")
            process.stdin.flush()
            answer = process.stdout.readline().split()
            if len(answer) != 2:
                sys.exit(f"{options.checkouts[turns.index(process)]}: no measurement")
            seconds, events = float(answer[0]), int(answer[1])
            rows.append((seconds / events * 1e9, seconds / n * 1e6))
    for process in turns:
        process.communicate()
    print(f"{options.engine} engine, {options.rounds} rounds of {n} replications, seed {options.seed}; median (min to max)")
    for root, rows in zip(options.checkouts, found, strict=True):
        each, whole = zip(*rows, strict=True)
        ratio = spread([own / first for (own, _), (first, _) in zip(rows, found[0], strict=True)], ".2f")
        print(f"{root}: {spread(each, ',.0f')} ns per event, {spread(whole, ',.0f')} us per replication; per event {ratio} times")


if __name__ == "__main__":
    main()
