"""Parity in full: both engines over many replications of everything, and how many outcomes differ.

Usage: ``python tests/parity/full.py``. The exit status is 1 when an outcome differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from corpus import CORPUS, SEED  # noqa: E402
from harness import BASELINE, SHIPPED, Simulation, Tree  # noqa: E402
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis.strategies import SearchStrategy  # noqa: E402
from pair import Pair  # noqa: E402
from strategies import scenarios, seeds, tied  # noqa: E402

BASELINE_REPLICATIONS = 2000
SHIPPED_REPLICATIONS = 100
CORPUS_REPLICATIONS = 20
RANDOM_SCENARIOS = 300
TIED_SCENARIOS = 150
RANDOM_REPLICATIONS = 20
AT_ONCE = 50


class Result(NamedTuple):
    """What came of one comparison."""

    scenario: str
    scenarios: int
    replications: int
    differences: int
    first: str


def compare(name: str, both: Pair, seed: int, count: int) -> Result:
    """A scenario's replications, some at a time."""
    total, first = 0, ""
    for begin in range(0, count, AT_ONCE):
        differences, where = both.compare(seed, begin, min(AT_ONCE, count - begin))
        total, first = total + differences, first or where
    return Result(name, 1, count, total, first)


def together(name: str, results: list[Result]) -> Result:
    """Results of many scenarios as one; the first difference names its scenario."""
    first = next((f"{result.scenario}: {result.first}" for result in results if result.first), "")
    return Result(
        name, len(results), sum(result.replications for result in results), sum(result.differences for result in results), first
    )


def made_up(name: str, trees: SearchStrategy[Tree], count: int) -> Result:
    """Scenarios made by hypothesis, the same ones every time."""
    results: list[Result] = []

    @settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(trees, seeds)
    def look(tree: Tree, seed: int) -> None:
        results.append(compare(f"number {len(results)}, seed {seed}", Pair(Simulation(tree).compiled), seed, RANDOM_REPLICATIONS))

    look()
    return together(name, results)


def comparisons() -> Iterator[Result]:
    """Everything that is compared."""
    yield compare(BASELINE.stem, Pair(Simulation.of(BASELINE).compiled), SEED, BASELINE_REPLICATIONS)
    for path in SHIPPED:
        if path != BASELINE:
            yield compare(path.stem, Pair(Simulation.of(path).compiled), SEED, SHIPPED_REPLICATIONS)
    corpus = [compare(name, Pair(Simulation(make()).compiled), SEED, CORPUS_REPLICATIONS) for name, make in CORPUS.items()]
    yield together("adversarial corpus", corpus)
    yield made_up("random scenarios", scenarios(), RANDOM_SCENARIOS)
    yield made_up("random, full of ties", tied(), TIED_SCENARIOS)


def main() -> int:
    """Print a line for each comparison; 1 if there was a difference."""
    line = "{:24}  {:>9}  {:>12}  {:>11}  {}"
    print(line.format("scenario", "scenarios", "replications", "differences", "first difference"))  # noqa: T201
    failed = False
    for result in comparisons():
        failed |= result.differences > 0
        print(line.format(*result), flush=True)  # noqa: T201
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
