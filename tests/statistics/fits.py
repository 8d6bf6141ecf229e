"""Coverage of the fits: processes are fitted to paths simulated from known numbers, and intervals counted that hold the truth.

Usage: ``python tests/statistics/fits.py [--paths N] [--months N] [PROCESS ...]``. The exit status is 1 when an interval holds
the truth fewer than 181 times of 200 (the same share of another number of paths). With a true coverage of 95 % one parameter
falls short of 181 by chance three times in 1,000.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alliancesim.study.exchange.ensemble import ensemble
from alliancesim.study.exchange.fit import fit_record
from alliancesim.study.exchange.profile import one_thread
from alliancesim.study.exchange.record import Record
from alliancesim.units import month_name

SEED = 20250831
PATHS = 200
MONTHS = 1200
FEWEST_SHARE = 181 / 200
SPOT = 140.0
TRUTH: dict[str, dict[str, float]] = {
    "gbm": {"drift_per_month": 0.001, "volatility_per_month": 0.027},
    "ou": {"level_rate": 120.0, "half_life_months": 24.0, "volatility_per_month": 0.027},
    "jump_diffusion": {
        "drift_per_month": 0.001, "volatility_per_month": 0.02, "jumps_per_month": 0.15, "jump_mean_log": -0.01,
        "jump_sd_log": 0.06,
    },
    "regime_switching": {
        "calm.drift_per_month": 0.001, "calm.volatility_per_month": 0.017, "calm.leave_probability": 0.05,
        "turbulent.drift_per_month": -0.001, "turbulent.volatility_per_month": 0.042, "turbulent.leave_probability": 0.1,
    },
}  # fmt: skip


class Coverage(NamedTuple):
    """How one parameter fared."""

    process: str
    parameter: str
    truth: float
    median: float
    """Of the estimates."""
    hits: int
    paths: int

    def enough(self) -> bool:
        """Whether the interval held the truth often enough."""
        return self.hits >= math.ceil(FEWEST_SHARE * self.paths)


def coverage(process: str, paths: int = PATHS, months: int = MONTHS, first: int = 0) -> list[Coverage]:
    """Fit a process to simulated paths first, first + 1, ... of it."""
    truth = TRUTH[process]
    levels = ensemble(process, truth, math.log(SPOT), months + 1, first + paths, SEED, f"fits/{process}")[first:]
    found = []
    for level in levels:
        record = Record("USD", "simulated", month_name(0), month_name(months), np.ascontiguousarray(level))
        with one_thread():
            found.append(fit_record(record, process).estimates)
    results = []
    for i, (name, value) in enumerate(truth.items()):
        column = [estimates[i] for estimates in found]
        assert {estimate.name for estimate in column} == {name}
        hits = sum(estimate.low <= value <= estimate.high for estimate in column)
        results.append(Coverage(process, name, value, float(np.median([one.value for one in column])), hits, paths))
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Coverage of the intervals of fitted exchange processes.")
    parser.add_argument("process", nargs="*", metavar="PROCESS", help=f"of {', '.join(TRUTH)}; default: all")
    parser.add_argument("--paths", type=int, default=PATHS)
    parser.add_argument("--months", type=int, default=MONTHS)
    given = parser.parse_args(arguments)
    short = 0
    print(f"{given.paths} paths of {given.months} months, seed {SEED}\n")  # noqa: T201
    print("| process | parameter | truth | median estimate | interval holds the truth |")  # noqa: T201
    print("| --- | --- | ---: | ---: | ---: |")  # noqa: T201
    for process in given.process or TRUTH:
        for one in coverage(process, given.paths, given.months):
            short += not one.enough()
            held = f"{one.hits} of {one.paths}" + ("" if one.enough() else " (too few)")
            print(f"| {one.process} | `{one.parameter}` | {one.truth:g} | {one.median:.4g} | {held} |", flush=True)  # noqa: T201
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
