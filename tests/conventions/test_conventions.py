"""What every file keeps to: spelling, numbers with names, formulas without NumPy, no trace of one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import ROOT

SOURCES = sorted((ROOT / "src" / "alliancesim").rglob("*.py"))
RULES = sorted((ROOT / "src" / "alliancesim" / "rules").glob("*.py"))
TEXTS = sorted(
    path
    for pattern in (
        "src/**/*.py",
        "tests/**/*.py",
        "tests/**/*.yaml",
        "tests/**/*.md",
        "scenarios/**/*.yaml",
        "docs/**/*",
        "*.md",
        "*.toml",
        "*.txt",
        "*.cff",
        ".ci/*",
        "benchmarks/**/*.py",
    )
    for path in ROOT.glob(pattern)
    if path.is_file() and path.suffix in (".py", ".yaml", ".md", ".toml", ".txt", ".cff", "") and "egg-info" not in str(path)
)
HERE = Path(__file__)

BRITISH = re.compile(
    r"\b(programmes?|defence|behaviour\w*|colour\w*|favour\w*|honour\w*|labour|neighbour\w*|harbour\w*|centre[sd]?|metres?|litres?|"
    r"licen[c]e[sd]?|offence|pretence|catalogue[sd]?|analys(e|ed|es|ing)|artefacts?|grey|judgement|ageing|sceptic\w*|"
    r"labell(ed|ing)|modell(ed|ing|er)|travell(ed|ing|er)|fulfil|enrol|instalments?|aluminium|tonnes?|whilst|amongst|towards|"
    r"(?<!\.)cancell(ed|ing)|misspelt|spelt|learnt|"
    r"(organ|real|util|normal|optim|initial|summar|recogn|minim|maxim|standard|general|prior|random|synchron|capital|central|final|"
    r"visual|serial|special|discret|linear|parametr|penal|emphas|categor|character|author|stabil|neutral|formal|memor|custom)is(e|ed|es|ing|ation|ations|er))\b|cancelled_|_cancelled",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"(?<![\w.])/(?:work|home|root|Users|tmp|opt|mnt|srv)/\w|[A-Z]:\\\\|py[p]i\.org|files\.python[h]osted|localhost:\d"
)
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
FORBIDDEN_WORDS = {  # glossary of the project: one word per thing
    "programme": "program", "config": "scenario", "kpi": "outcome", "metric": "outcome", "trial": "replication",
    "iteration": "replication", "server": "resource",
    "forex": "exchange", "fx1": "budget rate", "dataframe": "table", "lagged": "delayed", "retry": "rework",
    "fyr": "fy", "param": "parameter", "rand": "draw", "rng": "draw", "util": "name what it does", "utils": "name what it does",
    "helper": "name what it does", "helpers": "name what it does", "misc": "name what it does", "manager": "name what it does",
}  # fmt: skip
ALLOWED_NUMBERS = {0, 1, 2, 12, 0.5, -1}
METHODS = ("draws.py", "elementary.py", "grid.py")
"""Numerical methods, whose published constants stand where they are used."""
EXACT_MATH = {"ceil", "floor", "fsum", "inf", "isfinite", "isnan", "nan", "pi", "sqrt", "ulp"}
EXACT_NUMPY = set(
    "arange array broadcast_arrays broadcast_to concatenate cumsum empty float64 floor full inf int8 int32 int64 nan ones stack "
    "uint64 zeros".split()
)
"""What is computed alike on every machine; `cumsum` adds whole numbers."""
LAYERS = ("engine", "plan", "rules")
SIMULATED = [
    *(path for layer in LAYERS for path in sorted((ROOT / "src" / "alliancesim" / layer).rglob("*.py"))),
    ROOT / "src" / "alliancesim" / "scenario" / "planned.py",  # lots are planned with it
]


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines of a text."""
    return enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Places where a pattern stands, this file left out."""
    return [
        f"{path.relative_to(ROOT)}:{n}: {match.group()}"
        for path in paths
        if path != HERE
        for n, line in lines(path)
        for match in pattern.finditer(line)
    ]


def test_spelling_is_that_of_the_united_states() -> None:
    assert found(BRITISH, TEXTS) == []


def test_no_file_knows_one_machine_or_a_registry() -> None:
    assert found(MACHINE, TEXTS) == []


def test_nothing_is_left_for_later() -> None:
    assert found(UNFINISHED, TEXTS) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_public_names_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = [] if ast.get_docstring(tree) else ["module"]
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            nested = any(
                node in ast.walk(other)
                for other in ast.walk(tree)
                if other is not node
                and (isinstance(other, ast.FunctionDef) or (isinstance(other, ast.ClassDef) and other.name.startswith("_")))
            )
            overload = any("overload" in ast.unparse(decorator) for decorator in node.decorator_list)
            if not ast.get_docstring(node) and not nested and not overload:
                bare.append(node.name)

    assert bare == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_names_keep_to_the_glossary(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} - {
        "model_config"
    }
    names |= {path.stem}
    words = {word for name in names for word in re.findall(r"[a-z]+\d*", re.sub(r"([A-Z])", r" \1", name).lower())}

    assert {word: FORBIDDEN_WORDS[word] for word in words & set(FORBIDDEN_WORDS)} == {}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_rules_use_math_and_of_numpy_what_is_exact(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
    }

    assert used <= {"floor", "uint64"} | ({"array", "float64", "int64"} if path.name == "elementary.py" else set())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name.split(".")[0] in ("simpy", "scipy", "pydantic", "pandas")]
    assert not [
        name
        for name in imported
        if name.startswith("alliancesim.")
        and not name.startswith(("alliancesim.rules", "alliancesim.kernels", "alliancesim.units"))
    ]


@pytest.mark.parametrize("path", SIMULATED, ids=lambda path: path.name)
def test_outcomes_are_computed_alike_on_every_machine(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    used = {(node.value.id, node.attr) for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}
    powers = [node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)]

    assert {attribute for name, attribute in used if name == "math"} <= EXACT_MATH
    assert {attribute for name, attribute in used if name == "np"} <= EXACT_NUMPY
    assert not [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module in ("math", "numpy")]
    # Python's sum adds floats otherwise from 3.12 on
    assert not [node for node in nodes if isinstance(node, ast.Name) and node.id == "sum"]
    assert [ast.unparse(node) for node in powers if not (isinstance(node.left, ast.Constant) and node.left.value == 2)] == []


@pytest.mark.parametrize("path", [path for path in RULES if path.name not in METHODS], ids=lambda path: path.name)
def test_numbers_in_rules_have_names(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        id(node) for statement in tree.body if isinstance(statement, ast.Assign | ast.AnnAssign) for node in ast.walk(statement)
    }
    numbers = [
        f"{path.name}:{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
        and id(node) not in named and node.value not in ALLOWED_NUMBERS
    ]  # fmt: skip

    assert numbers == []


def test_source_files_stay_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_numba_is_configured_in_one_place() -> None:
    users = [
        path.name
        for path in SOURCES
        if re.search(r"^\s*(import numba|from numba)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]

    assert users == ["handles.py", "kernels.py"]


def test_no_rule_takes_fast_mathematics() -> None:
    from alliancesim.kernels import OPTIONS

    assert OPTIONS["fastmath"] is False
    assert OPTIONS["error_model"] == "numpy"
