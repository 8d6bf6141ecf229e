"""How the cost of a run grows: with replications, and with programs.

One command, from the root of a clone with the package installed: ``python benchmarks/bench_growth.py``

Every size is a whole run from the command line, ``alliancesim run``, in a process and a temporary folder of its own: start,
replications, Parquet tables, summary. Wall time and that process's peak memory are printed. Compilation is not part of it: a
small run comes first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import workload
from bench_reference import SCENARIO

MIB = 2**20 if sys.platform == "darwin" else 2**10
"""Units of ru_maxrss in a MiB."""


def run(scenario: Path, count: int, seed: int, workers: int, folder: Path) -> tuple[float, float]:
    """One run of the command. Returns wall seconds and peak MiB of its process."""
    command = [
        sys.executable, "-m", "alliancesim", "run", str(scenario), "-n", str(count), "--seed", str(seed),
        "--workers", str(workers), "--out", str(folder / f"run-{len(list(folder.iterdir()))}"),
    ]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)}\n{said}")
    return seconds, usage.ru_maxrss / MIB


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", nargs="?", type=Path, default=SCENARIO)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="numbers of replications")
    parser.add_argument("--programs", type=int, nargs="+", default=[40, 400], help="programs of the plain pipeline workload")
    parser.add_argument("-n", type=int, default=2_000, help="replications of the plain pipeline workload")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(options.scenario, 1, options.seed, options.workers, folder)
        small, _ = run(options.scenario, 2, options.seed, options.workers, folder)
        print(f"{options.scenario.name}, {options.workers} workers; a run of 2 replications takes {small:.2f} s")
        print(f"{'replications':>12}{'wall s':>10}{'ms each':>12}{'ms each beyond the start':>28}{'peak MiB':>12}")
        for count in options.sizes:
            seconds, peak = run(options.scenario, count, options.seed, options.workers, folder)
            each, beyond = seconds / count * 1e3, (seconds - small) / count * 1e3
            print(f"{count:>12,}{seconds:>10.2f}{each:>12.3f}{beyond:>28.3f}{peak:>12.0f}")
        print(f"\nplain pipeline, {options.n:,} replications, {options.workers} workers")
        print(f"{'programs':>12}{'wall s':>10}{'ms each':>12}{'us a program beyond the start':>32}{'peak MiB':>12}")
        for programs in options.programs:
            scenario = folder / f"plain-{programs}.yaml"
            scenario.write_text(json.dumps(workload.scenario(programs)))
            start, _ = run(scenario, 2, options.seed, options.workers, folder)
            seconds, peak = run(scenario, options.n, options.seed, options.workers, folder)
            each = (seconds - start) / options.n / programs * 1e6
            print(f"{programs:>12,}{seconds:>10.2f}{seconds / options.n * 1e3:>12.3f}{each:>32.2f}{peak:>12.0f}")


if __name__ == "__main__":
    main()
