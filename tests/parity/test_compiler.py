"""Without the compiler, and on a plainer processor, the same outcomes come out of both engines, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import CORPUS, SEED
from harness import ROOT, Simulation
from pair import Pair

from alliancesim.plan.layout import Compiled
from alliancesim.study.runs.digest import replication_digest

CODE = """
import sys
sys.path[:0] = [{parity!r}, {tests!r}]
from test_compiler import digests
for line in digests():
    print(line)
"""
FILES = {ROOT / "scenarios" / "tutorial.yaml": 3, ROOT / "scenarios" / "japan-2025-08.yaml": 1}
"""Scenarios and how many replications of each."""
PLAIN_PROCESSOR = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-FMA_Usable",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
}
"""Environment in which the C library and the compiler use what every processor of this kind has, and nothing of this one."""


def sample() -> Iterator[tuple[str, Compiled, int]]:
    """What is run with and without compiler: name, scenario, replications."""
    for path, count in FILES.items():
        yield path.stem, Simulation.of(path).compiled, count
    for name, make in CORPUS.items():
        yield name, Simulation(make()).compiled, 1


def digests() -> list[str]:
    """Digests of a few replications of many scenarios by both engines."""
    lines = []
    for name, compiled, count in sample():
        both = Pair(compiled)
        for kind, engine in (("reference", both.reference), ("batch", both.batch)):
            outcomes, _ = engine.replications(compiled.params, SEED, 0, count)
            rows = [type(outcomes)(*(array[r] for array in outcomes)) for r in range(count)]
            lines += [f"{name} {kind} {r} {replication_digest(row)}" for r, row in enumerate(rows)]
    return lines


def elsewhere(**environment: str) -> list[str]:
    """The digests as another process finds them, on a plain processor."""
    here = Path(__file__).parent
    code = CODE.format(tests=str(here.parent), parity=str(here))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | PLAIN_PROCESSOR | environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_compiled_and_plain_python_agree() -> None:
    assert digests() == elsewhere(NUMBA_DISABLE_JIT="1")


@pytest.mark.slow
def test_what_is_compiled_for_another_processor_agrees(tmp_path: Path) -> None:
    assert digests() == elsewhere(NUMBA_CACHE_DIR=str(tmp_path))


def test_a_replication_does_not_depend_on_those_run_before() -> None:
    simulation = Simulation.of(ROOT / "scenarios" / "tutorial.yaml")
    alone = Simulation(simulation.tree).run(7, 5).outcomes
    after = [simulation.run(7, r) for r in (3, 5, 1)][1].outcomes

    assert all((a == b).all() for a, b in zip(alone, after, strict=True))
