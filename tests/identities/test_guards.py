"""Each identity's test fails when the rule it guards is broken, and only then."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("broken.py")


def names() -> list[str]:
    """The guards that the script holds, read without running it (it patches rules of a process without the compiler)."""
    for node in ast.parse(SCRIPT.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "GUARDS":
            assert isinstance(node.value, ast.Dict)
            return [key.value for key in node.value.keys if isinstance(key, ast.Constant)]
    raise AssertionError


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[str, str]]:
    """What each identity said of the sound and of the broken engine."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, check=False
    )
    assert done.returncode == 0, done.stderr
    return {name: tuple(said) for name, said in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", names())
def test_an_identity_complains_of_the_broken_rule_only(found: dict[str, tuple[str, str]], name: str) -> None:
    sound, broken = found[name]

    assert sound == ""
    assert broken.startswith("AssertionError"), "the rule was broken and the identity did not see it"
