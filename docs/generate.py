"""Write the tables of the documentation that the code knows best: rules, outcome columns, keys of the scenario language.

Usage: ``python docs/generate.py [--check]``. With ``--check`` nothing is written; the exit status is 1 when a table is stale.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

import alliancesim.rules
from alliancesim.kernels import RULES
from alliancesim.plan.columns import CURRENCY_YEAR, TABLES, Column
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.pipelines import Alternative
from alliancesim.scenario.provenance import units
from alliancesim.scenario.shape import core, describe, fields, is_block, key_shape, pattern, words
from alliancesim.scenario.values import Block, Dated, Distribution

Cells = tuple[str, ...]

DOCS = Path(__file__).parent
PLACEHOLDERS = {
    "sources": "<id>", "currencies": "<currency>", "correlation": "<currency>", "shocks": "<shock>", "buckets": "<bucket>",
    "taxes": "<tax>", "rounds": "<round>", "resources": "<resource>", "channels": "<channel>", "stages": "<stage>",
    "programs": "<program>", "currency_shares": "<currency>", "conditions": "<condition>", "workforce": "<kind>",
    "slowed_by": "<condition>", "scaled_by": "<condition>", "effects": "<effect>", "crew": "<kind>",
    "alternatives": "<alternative>", "revisions": "<revision>", "authority_mult": "<bucket>", "scales": "<program>",
    "packages": "<package>", "components": "<component>", "enablers": "<enabler>", "cutpoints": "<grade>", "areas": "<area>",
    "indicators": "<indicator>", "expect": "<name>",
}  # fmt: skip
"""What stands for a free name in a path, by the key above it."""


def table(head: Cells, rows: Iterable[Cells]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def rules() -> str:
    """Every rule by module, with its unit, source and first line."""
    for module in pkgutil.iter_modules(alliancesim.rules.__path__):
        importlib.import_module(f"alliancesim.rules.{module.name}")
    notes = sorted(RULES.values(), key=lambda note: note.module)
    return table(
        ("rule", "unit", "what it gives", "source"),
        [
            (f"`{note.module.rpartition('.')[2]}.{note.name}`", note.unit, note.doc.strip().partition("\n")[0], note.source)
            for note in notes
        ],
    )


def columns() -> str:
    """Every outcome column, one table per table of a run."""
    head = ("column", "unit", "meaning")
    parts = []
    for name, group in TABLES.items():
        parts.append(f"### {name}\n\n{table(head, map(_column, group))}")
        if name == "fiscal_years":
            own = [Column(f"<currency>_{name}", unit, meaning) for name, unit, meaning in CURRENCY_YEAR]
            own.append(Column("operational_<bucket>_bn", "bn", "operational units at planned unit cost"))
            parts.append(f"For every currency (in lower case) and every bucket:\n\n{table(head, map(_column, own))}")
    return "\n\n".join(parts)


def _column(column: Column) -> tuple[str, str, str]:
    return f"`{column.name}`", column.unit, column.meaning


def keys() -> str:
    """Every key of the scenario language, one table per section of a file."""
    head = ("key", "type", "default", "unit", "meaning")
    rows: dict[str, list[Cells]] = {}
    for path, row in listed():
        inner = core(fields(Scenario)[path[0]])
        section = path[0] if is_block(inner) or key_shape(inner) is not None else "top"
        rows.setdefault(section, []).append(row)
    titles = {"top": "The file itself"}
    return "\n\n".join(f"### {titles.get(name, f'`{name}`')}\n\n{table(head, group)}" for name, group in rows.items())


def listed() -> Iterator[tuple[Cells, Cells]]:
    """Every key of the scenario language: its path, and its row of the tables."""
    return _keys(Scenario, ())


def _keys(block: type[Block], above: Cells) -> Iterator[tuple[Cells, Cells]]:
    """Paths below a block and their rows, blocks before their keys."""
    for name, shape in fields(block).items():
        yield from _key((*above, name), shape, block.model_fields[name], meaning(block, name))


def _key(path: Cells, shape: Any, info: FieldInfo | None, said: str) -> Iterator[tuple[Cells, Cells]]:
    inner = core(shape)
    below = None
    if key_shape(inner) is not None:
        below = (*path, _placeholder(path, inner))
        content = inner.__args__[1]
    elif getattr(inner, "__origin__", None) is list and is_block(inner.__args__[0]):
        below = (*path[:-1], f"{path[-1]}[]")
        content = inner.__args__[0]
    if below is not None and key_shape(core(content)) is not None:
        yield from _key(below, content, info, said)
        return
    nested = content if below is not None else shape
    where = below if below is not None else path
    block = core(nested) if is_block(nested) and core(nested) not in (Dated, Distribution) else None
    if block is None:
        kind = "a distribution" if core(nested) is Distribution else describe(nested)
        yield path, _row(where, kind, info, said)
        return
    shown = said or first_paragraph(block.__doc__)
    yield path, _row(where, "a list of blocks" if where[-1].endswith("[]") else "a block", info, shown)
    if block is not Alternative:  # its keys are those of a program
        yield from _keys(block, where)


def _placeholder(path: Cells, mapping: Any) -> str:
    """What stands for the free keys of a mapping."""
    known = words(key_shape(mapping))
    if known:
        return "<result>" if "favorable" in known else "<regime>"
    if core(key_shape(mapping)) is int:
        return "<fiscal year>"
    if path[-1] in PLACEHOLDERS:
        return PLACEHOLDERS[path[-1]]
    return "<date>" if pattern(key_shape(mapping)) else PLACEHOLDERS[path[-2]]


def _row(path: Cells, kind: str, info: FieldInfo | None, said: str) -> Cells:
    named = path
    while named[-1].startswith("<"):
        named = named[:-1]
    unit = units(named, "home")[:1] if "block" not in kind else ()
    return f"`{'.'.join(path)}`", kind, _default(info), unit[0] if unit else "", said


def _default(info: FieldInfo | None) -> str:
    if info is None or info.is_required():
        return "required"
    default = info.get_default(call_default_factory=True)
    if default is None or default in ({}, [], ""):
        return "none"
    if isinstance(default, Block):
        return "its defaults"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


@cache
def _docstrings(block: type[Block]) -> dict[str, str]:
    """The text under each field of a class, as its source has it."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(block))).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for entry, text in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name) and isinstance(text, ast.Expr):
            assert isinstance(text.value, ast.Constant)
            found[entry.target.id] = " ".join(str(text.value.value).split())
    return found


def meaning(block: type[Block], name: str) -> str:
    """What the source says under a field, that of a parent class included."""
    return next((_docstrings(one)[name] for one in block.__mro__ if issubclass(one, Block) and name in _docstrings(one)), "")


def first_paragraph(text: str | None) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())


TARGETS: dict[str, tuple[str, Callable[[], str]]] = {
    "rules": ("model.md", rules),
    "columns": ("outcomes.md", columns),
    "keys": ("writing-scenarios.md", keys),
}


def render(text: str, marker: str, content: str) -> str:
    """The text with what stands between a marker's lines replaced."""
    begin, end = f"<!-- {marker}:begin -->", f"<!-- {marker}:end -->"
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n\n{content}\n\n{end}{tail}"


def stale() -> dict[Path, str]:
    """Files whose tables are not current, with the text they should have."""
    texts: dict[Path, str] = {}
    for marker, (name, make) in TARGETS.items():
        path = DOCS / name
        texts[path] = render(texts.get(path, path.read_text(encoding="utf-8")), marker, make())
    return {path: text for path, text in texts.items() if path.read_text(encoding="utf-8") != text}


def main(arguments: list[str]) -> int:
    """Write the tables, or say which are stale."""
    check = arguments == ["--check"]
    if arguments and not check:
        sys.stderr.write("usage: python docs/generate.py [--check]\n")
        return 2
    found = stale()
    for path, text in found.items():
        if not check:
            path.write_text(text, encoding="utf-8")
        sys.stderr.write(f"{path.name}: {'stale; run python docs/generate.py' if check else 'written'}\n")
    return int(check and bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
