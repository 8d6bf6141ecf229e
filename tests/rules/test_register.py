"""Every formula is registered with its unit, its source and what it says."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import pytest

import alliancesim.rules
from alliancesim.kernels import RULES

MODULES = [
    importlib.import_module(f"alliancesim.rules.{module.name}") for module in pkgutil.iter_modules(alliancesim.rules.__path__)
]


def test_there_are_rules_in_every_module() -> None:
    assert {note.module for note in RULES.values()} >= {module.__name__ for module in MODULES}


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_has_unit_source_and_docstring(name: str) -> None:
    note = RULES[name]

    assert note.unit.strip()
    assert note.doc.strip().endswith(".")
    assert re.search(
        r"\d{4}|assumed|definition|distribution|normal|inversion|method|integrated|variation of constants|median", note.source
    ), note.source


def test_every_public_function_of_rules_is_registered() -> None:
    for module in MODULES:
        for name, value in vars(module).items():
            home = getattr(getattr(value, "py_func", value), "__module__", None)
            if inspect.isfunction(getattr(value, "py_func", None)) and home == module.__name__ and not name.startswith("_"):
                assert name in RULES or name in ("philox", "normals"), f"{module.__name__}.{name}"
