"""With the compiler off the same outcomes come out, bit for bit: nothing of value depends on compilation."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT, Simulation

CODE = """
import sys
sys.path[:0] = [{tests!r}, {engine!r}]
from test_parity import digests
print(*digests())
"""
FILES = {ROOT / "scenarios" / "tutorial.yaml": 3, ROOT / "scenarios" / "japan-2025-08.yaml": 1}
"""Scenarios and how many replications of each."""


def digests() -> list[str]:
    """Digests of a few replications of two scenarios."""
    lines = []
    for path, count in FILES.items():
        simulation = Simulation.of(path)
        for replication in range(count):
            outcomes = simulation.run(7, replication).outcomes
            lines.append(hashlib.blake2b(b"".join(table.tobytes() for table in outcomes), digest_size=12).hexdigest())
    return lines


@pytest.fixture(scope="module")
def plain_python() -> list[str]:
    """The digests as a process without compiler finds them."""
    here = Path(__file__).parent
    code = CODE.format(tests=str(here.parent), engine=str(here))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_compiled_and_plain_python_agree(plain_python: list[str]) -> None:
    assert digests() == plain_python


def test_a_replication_does_not_depend_on_those_run_before() -> None:
    simulation = Simulation.of(ROOT / "scenarios" / "tutorial.yaml")
    alone = Simulation(simulation.tree).run(7, 5).outcomes
    after = [simulation.run(7, r) for r in (3, 5, 1)][1].outcomes

    assert all((a == b).all() for a, b in zip(alone, after, strict=True))
