"""Mutants: one rule of the model changed in one place, as a source file with another text in it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import alliancesim.rules
from alliancesim.kernels import RULES

PACKAGE = Path(alliancesim.__file__).parent
SUBTLE = "1.0 + 2.0**-20"


EQUIVALENT = {
    ("exp", "`710.0` is `710.693359375`"): "beyond, the square of e^(x / 2) is infinity by itself",
    ("erfc", "`30.0` is `30.029296875`"): "beyond, it is less than the least number",
    ("log_survival", "`30.0` is `30.029296875`"): "the two forms agree where one gives way to the other",
    ("survival_quantile", "`600.0` is `600.5859375`"): "the two forms agree where one gives way to the other",
    ("survival_quantile", "`-2.0 * log_tail` is `-2.0 / log_tail`"): "Newton's method finds the same root from another start",
}
"""Mutants that change how a value is found and not the value, with the reason: by rule and change."""


class Mutant(NamedTuple):
    """A change of one file of the package. what: the change in words, for people."""

    rule: str
    what: str
    file: str
    old: str
    new: str

    def apply(self, package: Path) -> None:
        """Change a copy of the package. Raises ValueError where the old text does not stand exactly once."""
        path = package / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            message = f"{self.rule}, {self.what}: its text stands {text.count(self.old)} times in {self.file}"
            raise ValueError(message)
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


class _First(ast.NodeTransformer):
    """Changes the first node that a change accepts."""

    def __init__(self, change: Callable[[ast.AST], ast.AST | None]) -> None:
        self.change = change
        self.done = ""

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or what the change makes of it."""
        if self.done:
            return node
        before = ast.unparse(node) if isinstance(node, ast.expr) else ""
        changed = self.change(node)
        if changed is None:
            return self.generic_visit(node)
        self.done = f"`{before}` is `{ast.unparse(changed)}`"
        return changed


def _sign(node: ast.AST) -> ast.AST | None:
    """Plus for minus, minus for plus; times for divided by and the reverse."""
    swaps: dict[type, type] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
    if isinstance(node, ast.BinOp) and type(node.op) in swaps:
        return ast.BinOp(node.left, swaps[type(node.op)](), node.right)
    return None


def _comparison(node: ast.AST) -> ast.AST | None:
    """A condition turned into its contrary."""
    turned: dict[type, type] = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq}
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in turned:
        return ast.Compare(node.left, [turned[type(node.ops[0])]()], node.comparators)
    return None


def _constant(node: ast.AST) -> ast.AST | None:
    """A number that is neither 0 nor 1, a little larger."""
    if isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value not in (0.0, 1.0):
        return ast.Constant(node.value * (1.0 + 2.0**-10))
    return None


def _bound(node: ast.AST) -> ast.AST | None:
    """The smaller for the larger, and the reverse."""
    swaps = {"min": "max", "max": "min"}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in swaps:
        return ast.Call(ast.Name(swaps[node.func.id]), node.args, node.keywords)
    return None


CHANGES = (_sign, _comparison, _constant, _bound)


def rule_mutants() -> Iterator[Mutant]:
    """Every registered rule with every change that its text allows: its result shifted a little and by 1, and those above."""
    for module in pkgutil.iter_modules(alliancesim.rules.__path__):
        importlib.import_module(f"alliancesim.rules.{module.name}")
    for note in RULES.values():
        file = note.module.removeprefix("alliancesim.").replace(".", "/") + ".py"
        text = (PACKAGE / file).read_text(encoding="utf-8")
        function = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == note.name)
        old = ast.get_source_segment(text, function) or ""
        whole = isinstance(function.returns, ast.Name) and function.returns.id == "int"
        for shift in ("({}) + 1",) if whole else (f"({{}}) * ({SUBTLE})", "({}) + 1.0"):
            yield Mutant(note.name, f"result: `{shift.format('...')}`", file, old, ast.unparse(_returning(old, shift)))
        for change in CHANGES:
            first = _First(change)
            changed = first.visit(_tree(old))
            if first.done:
                yield Mutant(note.name, first.done, file, old, ast.unparse(ast.fix_missing_locations(changed)))


def _tree(source: str) -> ast.FunctionDef:
    """A function as a tree."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function


def _returning(source: str, shift: str) -> ast.FunctionDef:
    """A function with every result shifted."""
    function = _tree(source)
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            node.value = ast.parse(shift.format(ast.unparse(node.value)), mode="eval").body
    return function
