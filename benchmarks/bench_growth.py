"""How the cost of a run grows: with replications, and with programs.

One command, from the root of a clone with the package installed: ``python benchmarks/bench_growth.py``

Every size is a whole run from the command line, ``alliancesim run``, in a process and a temporary folder of its own: start,
replications, Parquet tables, summary. The sizes take turns, round by round, small ones several times in a round. What a
replication costs beyond the start is taken from processor time, since others may have the processor meanwhile. Compilation is
not part of it: a small run comes first.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import workload
from bench_reference import SCENARIO
from rounds import spread

START = 2
"""Replications of a run that is all start."""
MIB = 2**20 if sys.platform == "darwin" else 2**10
"""Units of ru_maxrss in a MiB."""


def run(scenario: Path, count: int, seed: int, workers: int, folder: Path) -> tuple[float, float, float]:
    """One run of the command. Returns wall seconds, processor seconds and peak MiB of its process."""
    out = folder / f"run-{len(list(folder.iterdir()))}"
    command = [
        sys.executable, "-m", "alliancesim", "run", str(scenario), "-n", str(count), "--seed", str(seed),
        "--workers", str(workers), "--out", str(out),
    ]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)}\n{said}")
    shutil.rmtree(out)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB


def mean(scenario: Path, count: int, options: argparse.Namespace, folder: Path) -> tuple[float, float, float]:
    """Means over as many runs as take about as long as one of 10,000 replications, and the largest peak."""
    found = [run(scenario, count, options.seed, options.workers, folder) for _ in range(max(1, 10_000 // max(count, 1_000)))]
    wall, worked, peak = zip(*found, strict=True)
    return statistics.fmean(wall), statistics.fmean(worked), max(peak)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", nargs="?", type=Path, default=SCENARIO)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="numbers of replications")
    parser.add_argument("--programs", type=int, nargs="+", default=[40, 400], help="programs of the plain pipeline workload")
    parser.add_argument("-n", type=int, default=2_000, help="replications of the plain pipeline workload")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(options.scenario, 1, options.seed, options.workers, folder)
        print(f"{options.scenario.name}, {options.workers} workers, {options.rounds} rounds; median (min to max)")
        found: dict[int, list[tuple[float, float, float]]] = {size: [] for size in (START, *options.sizes)}
        for _ in range(options.rounds):
            for size, rows in found.items():
                rows.append(mean(options.scenario, size, options, folder))
        start = statistics.median(worked for _, worked, _ in found[START])
        print(f"the start takes {spread([wall for wall, _, _ in found[START]], '.2f')} s, {start:.2f} s of processor time")
        print(f"{'replications':>12}{'wall s':>26}{'processor ms each beyond the start':>38}{'peak MiB':>12}")
        for size in options.sizes:
            wall = spread([wall for wall, _, _ in found[size]], ".2f")
            each = spread([(worked - start) / size * 1e3 for _, worked, _ in found[size]], ".3f")
            print(f"{size:>12,}{wall:>26}{each:>38}{max(peak for _, _, peak in found[size]):>12.0f}")
        print(f"\nplain pipeline, {options.n:,} replications, {options.workers} workers")
        print(f"{'programs':>12}{'processor us a program beyond the start':>42}{'peak MiB':>12}")
        for programs in options.programs:
            scenario = folder / f"plain-{programs}.yaml"
            scenario.write_text(json.dumps(workload.scenario(programs)))
            rounds = [
                (mean(scenario, START, options, folder), mean(scenario, options.n, options, folder))
                for _ in range(options.rounds)
            ]
            each = spread([(large[1] - small[1]) / options.n / programs * 1e6 for small, large in rounds], ".2f")
            print(f"{programs:>12,}{each:>42}{max(large[2] for _, large in rounds):>12.0f}")


if __name__ == "__main__":
    main()
