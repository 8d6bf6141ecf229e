"""The mutation check: every rule, changed in one engine only, is caught by parity or by a worked case.

Usage: ``python tests/parity/mutate.py [--workers N] [WORD ...]``. Each mutant is a copy of the package with one rule changed,
or one line of the batch engine's scheduler. Its batch engine, without the compiler, runs the corpus, the tutorial and the
baseline; the outcomes are compared with those of the sound reference engine. Of rules, what that does not catch, their tests
and worked cases must. The result is written to docs/mutation.md; with words, only mutants that have one of them in
their name are made (`scheduler` for the scheduler), and nothing is written. The exit status is 1 when a mutant survives.
"""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from corpus import CORPUS, SEED  # noqa: E402
from harness import ROOT, Simulation  # noqa: E402
from mutants import EQUIVALENT, PACKAGE, Mutant, rule_mutants  # noqa: E402
from schedulers import EQUAL, SLIPS  # noqa: E402

from alliancesim.engine.reference import Engine  # noqa: E402
from alliancesim.plan.layout import Compiled, Floats  # noqa: E402

PAGE = ROOT / "docs" / "mutation.md"
FIRST = ("busy", "busy_known", "prices_and_cost_growth", "nothing_is_known", "demands_by_a_coin")
"""Scenarios in which much happens come first: most mutants need no other."""
FILES = {ROOT / "scenarios" / "tutorial.yaml": 2, ROOT / "scenarios" / "japan-2025-08.yaml": 2}
"""Scenarios after the corpus, and how many replications of each."""
TESTS = ("tests/rules", "tests/cases")
PATIENCE_SECONDS = 120
TESTS_PATIENCE_SECONDS = 600
"""Long enough for a machine that does other work: tests cut short would let a mutant survive that they catch."""
HEAD = """# Mutation check

Every rule of the model and many a line of the batch engine's scheduler, changed in the batch engine only, and what catches
it: the first scenario of the [adversarial corpus](parity.md) whose outcomes part from the reference engine's, or a test.
Written by `python tests/parity/mutate.py`.

"""


def expected() -> bytes:
    """What the sound reference engine gives: (name, plan, seed, outcomes) by scenario, as a pickle."""
    plans: list[tuple[str, Compiled, int]] = [
        (name, Simulation(CORPUS[name]()).compiled, 1) for name in [*FIRST, *(name for name in CORPUS if name not in FIRST)]
    ]
    plans += [(path.stem, Simulation.of(path).compiled, count) for path, count in FILES.items()]
    rows: list[tuple[str, Compiled, int, tuple[Floats, ...]]] = []
    for name, compiled, count in plans:
        outcomes, _ = Engine(compiled).replications(compiled.params, SEED, 0, count)
        rows.append((name, compiled, SEED, tuple(outcomes)))
    return pickle.dumps(rows)


def caught_by(mutant: Mutant | None, answers: Path) -> str:
    """What catches a mutant, why nothing has to, or nothing; without a mutant, what the sound package itself is caught by."""
    with tempfile.TemporaryDirectory(prefix="alliancesim-mutant-") as folder:
        package = Path(folder) / PACKAGE.name
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
        if mutant is not None:
            mutant.apply(package)
        environment = os.environ | {"PYTHONPATH": folder, "NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, str(HERE / "probe.py"), str(answers)]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return "parity: no end"
        if done.returncode:
            return f"parity: {done.stderr.strip().splitlines()[-1]}"
        if done.stdout.strip():
            return f"parity: {done.stdout.strip()}"
        if mutant is None:
            return ""
        if mutant in SLIPS:
            return EQUAL.get(mutant.what, "")
        return EQUIVALENT.get((mutant.rule, mutant.what), "") or failing_test(environment)


def failing_test(environment: dict[str, str]) -> str:
    """The first of the rules' own tests and worked cases that fails on a mutant, or nothing."""
    for tests in TESTS:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", tests]
        try:
            done = subprocess.run(
                command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=TESTS_PATIENCE_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return f"{tests}: no end"
        if done.returncode:
            named = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
            return (named[0].split(" - ")[0] if named else f"{tests} stops").removeprefix("FAILED ").removeprefix("ERROR ")
    return ""


def page(rows: list[tuple[Mutant, str]]) -> str:
    """The result as Markdown."""
    of_rules = [row for row in rows if row[0] not in SLIPS]
    of_scheduler = [row for row in rows if row[0] in SLIPS]
    rules = len({mutant.rule for mutant, _ in of_rules})
    parts = (("Rules", f"mutants of {rules} rules", of_rules), ("Scheduler", "slips of the scheduler", of_scheduler))
    return HEAD + "\n".join(section(title, of, part) for title, of, part in parts)


def section(title: str, of: str, rows: list[tuple[Mutant, str]]) -> str:
    """A table of mutants and what caught them."""
    reasons = {*EQUIVALENT.values(), *EQUAL.values()}
    same = sum(by in reasons for _, by in rows)
    caught = sum(bool(by) for _, by in rows) - same
    lines = [f"## {title}", "", f"{caught} of {len(rows)} {of} are caught; {same} change no outcome, for the reason given.", ""]
    lines += ["| rule | mutant | caught by |", "| --- | --- | --- |"]
    for mutant, by in rows:
        found = f"nothing: {by}" if by in reasons else by or "**nothing**"
        lines.append(f"| `{mutant.rule}` | {mutant.what.replace('|', '&#124;')} | {found} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Make the mutants, print what catches each, and write the page; 1 if one survives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("words", nargs="*", metavar="WORD")
    wanted = parser.parse_args()
    words = wanted.words or [""]
    mutants = [m for m in (*rule_mutants(), *SLIPS) if any(word in f"{m.rule}: {m.what}" for word in words)]
    rows: list[tuple[Mutant, str]] = []
    with tempfile.TemporaryDirectory(prefix="alliancesim-answers-") as folder, ThreadPoolExecutor(wanted.workers) as pool:
        answers = Path(folder) / "expected.pickle"
        answers.write_bytes(expected())
        if sound := caught_by(None, answers):
            print(f"the sound package itself is caught: {sound}")  # noqa: T201
            return 1
        for mutant, by in zip(mutants, pool.map(lambda one: caught_by(one, answers), mutants), strict=True):
            rows.append((mutant, by))
            print(f"{mutant.rule}: {mutant.what}: {by or 'SURVIVES'}", flush=True)  # noqa: T201
    if not wanted.words:
        PAGE.write_text(page(rows), encoding="utf-8")
    return int(not all(by for _, by in rows))


if __name__ == "__main__":
    sys.exit(main())
