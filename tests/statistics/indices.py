"""Exact and estimated Sobol indices of known functions, and how often their 95 % intervals hold.

`python tests/statistics/indices.py` prints both. The estimates come from `study.sensitivity.attribution.analyze`, the function
behind `alliancesim sensitivity`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from functions import FUNCTIONS, Function

from alliancesim.study.sensitivity.attribution import analyze

N, SEED = 32768, 1
COVERAGE_N, COVERAGE_SEEDS = 256, 200


def estimates(function: Function, n: int, seed: int) -> Iterator[tuple[str, str, float, float, bool]]:
    """Every index: input, kind, exact value, estimate, whether the interval holds the exact value."""
    for index in analyze(replace(function, seed=seed), "sobol", n, seed).attributions[0].indices:
        for kind, exact, found in zip(("first", "total"), function.exact[index.group], (index.first, index.size), strict=True):
            assert found is not None
            assert found.low is not None
            assert found.high is not None
            yield index.group, kind, exact, found.value, found.low <= exact <= found.high


def main() -> int:
    say = partial(print, flush=True)
    say(f"n = {N:,}, seed {SEED}")
    for function in FUNCTIONS:
        say(f"{function.name:20}  input   index  exact    estimate")
        for group, kind, exact, found, _ in sorted(estimates(function, N, SEED)):
            say(f"{'':20}  {group:6}  {kind:5}  {exact:.6f} {found:.6f}")
    for function in FUNCTIONS:
        held: dict[tuple[str, str], int] = {}
        for seed in range(COVERAGE_SEEDS):
            for group, kind, _, _, holds in estimates(function, COVERAGE_N, seed):
                held[group, kind] = held.get((group, kind), 0) + holds
        text = ", ".join(f"{group} {kind} {count / COVERAGE_SEEDS:.3f}" for (group, kind), count in sorted(held.items()))
        say(f"{function.name}: share of 95 % intervals that hold, n = {COVERAGE_N}, {COVERAGE_SEEDS} seeds: {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
