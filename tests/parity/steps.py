"""The check of the shared steps: each of their statements, changed in both engines, is caught by a test that trusts neither.

Usage: ``python tests/parity/steps.py [--seconds S] [WORD ...]``. Both engines call the steps of ``src/alliancesim/engine``, so
parity is blind to a step that is wrong. The tests of TESTS run once, without the compiler, and it is noted which statements each
of them passes. Then every mutant has a process of its own, a copy of this one, in which the tests that pass the changed statement
run, for at most S seconds, until one fails. With words, only mutants with one of them in their name are made. It prints the
mutants that survive and how many do not; some change nothing that a valid scenario can show.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import itertools
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple, TextIO

os.environ["NUMBA_DISABLE_JIT"] = "1"
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import harness  # noqa: E402
import pytest  # noqa: E402
from mutants import PACKAGE  # noqa: E402

TESTS = ("tests/cases", "tests/engine")
TOO_LONG_SECONDS = 5.0
"""Tests that take longer, noting as they go, are left out."""
SWAPS: dict[str, str] = {"min": "max", "max": "min"}
SIGNS: dict[type, type] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
CONTRARY: dict[type, type] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip


class Slip(NamedTuple):
    """A changed statement of a step. line: of the file, `old` a node of `function` that becomes `new`."""

    module: str
    function: ast.FunctionDef
    line: int
    old: ast.AST
    new: ast.AST

    def __str__(self) -> str:
        before, after = (" ".join(ast.unparse(node).split()) for node in (self.old, self.new))
        return f"{self.module}.{self.function.name}, line {self.line}: `{before}` is `{after}`"

    def code(self) -> CodeType:
        """The function as it becomes."""
        copies: dict[int, Any] = {}
        function = copy.deepcopy(self.function, copies)
        return code_of(_Put(copies[id(self.old)], copy.deepcopy(self.new)).visit(function), self.module)


class _Put(ast.NodeTransformer):
    """Puts one node in place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or the one in its place."""
        return self.new if node is self.old else self.generic_visit(node)


class _Noting(ast.NodeTransformer):
    """Has every statement add its place to SEEN first."""

    def __init__(self, module: str) -> None:
        self.module = module

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """A node with its blocks rewritten."""
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                noted = ((note(self.module, statement), self.generic_visit(statement)) for statement in block)
                setattr(node, name, [one for pair in noted for one in pair])
        return node


SEEN: set[tuple[str, int]] = set()


def note(module: str, statement: ast.stmt) -> ast.stmt:
    """A statement that adds the place of another to SEEN."""
    return ast.parse(f"SEEN.add(({module!r}, {statement.lineno}))").body[0]


def steps() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every compiled function of the modules that both engines share."""
    for path in sorted((PACKAGE / "engine").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                node.decorator_list = []
                yield path.stem, node


def step(module: str, name: str) -> FunctionType:
    """A step as it is called."""
    return getattr(importlib.import_module(f"alliancesim.engine.{module}"), name)


def code_of(function: ast.AST, module: str) -> CodeType:
    """The code of a function's tree in its module."""
    tree = ast.fix_missing_locations(ast.Module([function], []))  # type: ignore[list-item]
    found: dict[str, Any] = {}
    place = importlib.import_module(f"alliancesim.engine.{module}").__dict__
    place["SEEN"] = SEEN
    exec(compile(tree, module, "exec"), place, found)
    return next(iter(found.values())).__code__


def slips() -> Iterator[Slip]:
    """Every statement left out, and every term, condition and bound changed."""
    for module, function in steps():
        for statement in ast.walk(function):
            if not isinstance(statement, ast.stmt) or statement is function:
                continue
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            for old, new in changes(statement):
                yield Slip(module, function, statement.lineno, old, new)


def changes(statement: ast.stmt) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What may go wrong in one statement, those inside it left out: a node, and what it becomes."""
    stored = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript)
    if stored or isinstance(statement, ast.AugAssign | ast.Expr | ast.Continue | ast.Break):
        yield statement, ast.Pass()
    if isinstance(statement, ast.AugAssign):
        yield statement, ast.AugAssign(statement.target, SIGNS[type(statement.op)](), statement.value)
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, ast.expr):
            for node in ast.walk(part):
                for new in wrong(node):
                    yield node, new


def wrong(node: ast.AST) -> Iterator[ast.expr]:
    """A term or factor dropped, a condition turned or dropped, a bound turned or dropped, a sign lost."""
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        yield node.left
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in CONTRARY:
        yield ast.Compare(node.left, [CONTRARY[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.BoolOp):
        for left_out in node.values:
            rest = [value for value in node.values if value is not left_out]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SWAPS and len(node.args) == 2:
        yield ast.Call(ast.Name(SWAPS[node.func.id], ast.Load()), node.args, [])
        yield node.args[isinstance(node.args[0], ast.Constant)]


class Check:
    """A pytest plugin whose run of the tests is the check."""

    def __init__(self, words: list[str], seconds: float, told: TextIO) -> None:
        self.words, self.seconds, self.told = words, seconds, told
        self.failed = False
        self.catchers: set[tuple[str, str]] = set()
        """Tests that have caught a mutant of a step come first for the next one."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a failure."""
        self.failed = self.failed or report.failed

    def passes(self, item: pytest.Item) -> bool:
        """Whether a test passes."""
        self.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return not self.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Which tests pass which statements, and then the mutants."""
        once(harness, "load")
        once(harness, "compile_plan")
        sound = {}
        for module, function in steps():
            sound[step(module, function.name)] = step(module, function.name).__code__
            step(module, function.name).__code__ = code_of(_Noting(module).generic_visit(function), module)
        tests: list[tuple[float, pytest.Item, frozenset[tuple[str, int]]]] = []
        signal.signal(signal.SIGALRM, too_long)
        for item in session.items:
            SEEN.clear()
            begin = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, TOO_LONG_SECONDS)
            if self.passes(item):
                tests.append((time.monotonic() - begin, item, frozenset(SEEN)))
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        for function, code in sound.items():
            function.__code__ = code
        made = [slip for slip in slips() if any(word in str(slip) for word in self.words)]
        caught = 0
        for number, slip in enumerate(made, start=1):
            first = sorted(tests, key=lambda test: ((slip.function.name, test[1].nodeid) not in self.catchers, test[0]))
            passing = [item for _, item, seen in first if (slip.module, slip.line) in seen]
            by = self.caught_by(number, slip, passing)
            self.catchers.add((slip.function.name, by))
            caught += bool(by)
            if not by:
                self.told.write(f"{'survives' if passing else 'no test comes by'}: {slip}\n")
        self.told.write(f"{caught} of {len(made)} mutants of the shared steps are caught by {len(tests)} tests\n")
        return True

    def caught_by(self, number: int, slip: Slip, items: list[pytest.Item]) -> str:
        """The test that catches a mutant, or nothing."""
        code = slip.code()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            harness.NUMBER = itertools.count(number << 20)
            step(slip.module, slip.function.name).__code__ = code
            end = time.monotonic() + self.seconds
            by = next((item.nodeid for item in items if time.monotonic() < end and not self.passes(item)), "")
            os.write(writing, by.encode())
            os._exit(0)
        os.close(writing)
        ended, _, _ = select.select([reading], [], [], 2.0 * self.seconds + TOO_LONG_SECONDS)
        if not ended:
            os.kill(child, signal.SIGKILL)
        by = os.read(reading, 1 << 16).decode() if ended else "no end"
        os.close(reading)
        _, status = os.waitpid(child, 0)
        return by or ("broken off" if status else "")


def too_long(*_: Any) -> None:
    """Break off a test."""
    raise TimeoutError


def once(module: Any, name: str) -> None:
    """Have a function of a module called once for each first argument, told by its text."""
    function: Callable[..., Any] = getattr(module, name)
    known: dict[str, Any] = {}

    def again(first: Any, *rest: Any) -> Any:
        if rest:
            return function(first, *rest)
        text = repr(first) if isinstance(first, dict) else str(id(first))
        if text not in known:
            known[text] = function(first), first
        return known[text][0]

    setattr(module, name, again)


def main() -> None:
    """Run the check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("words", nargs="*", metavar="WORD")
    wanted = parser.parse_args()
    os.chdir(harness.ROOT)
    with os.fdopen(os.dup(1), "w", buffering=1) as told, Path(os.devnull).open("w", encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), 1)
        check = Check(wanted.words or [""], wanted.seconds, told)
        pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *TESTS], plugins=[check])


if __name__ == "__main__":
    main()
