"""Where each number comes from: takes the wrappers off a raw tree and keeps what they say.

Any scalar may be written ``{value: X, unit: ..., source: id, fact: table/row/column, note: why}`` and any block may carry
``source``, ``fact`` or ``note``, inherited by the values below it in the same file until something nearer replaces them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from alliancesim.errors import Finding, nearest
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.values import PARAMETERS
from alliancesim.scenario.yamlfile import Key, KeyPath, Node, Place, dotted, finding, nodes

WORDS = ("seed", "recalled", "assumed")
"""Sources that need no entry in the register; their confidence is the word itself."""

_WRAPPER = ("value", "unit", "source", "fact", "note")
_CARRIED = ("source", "fact", "note")


@dataclass(slots=True, eq=False)
class Citation:
    """One ``fact:`` of a file, and the numbers below it in that file."""

    fact: str
    at: Place
    own: bool
    """Whether it stands beside one value, not at the head of a block."""
    numbers: list[tuple[KeyPath, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unit:
    """A written unit, with the path of the value or distribution it is said of."""

    text: str
    at: Place
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Origin:
    """What the file says of a value's origin."""

    source: str | None = None
    source_at: Place | None = None
    source_path: KeyPath = ()
    """Of the value, or of the key of the block, that names the source."""
    citation: Citation | None = None
    note: str | None = None
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One number of the scenario with its provenance."""

    path: KeyPath
    value: float
    at: Place
    source: str | None = None
    """Id in the `sources` register, or one of the bare words."""
    confidence: str | None = None
    """seed, sourced, recalled, assumed; None where the file says nothing."""
    fact: str | None = None
    """Cited row as ``table/row/column``, completed by the fiscal year where a block cites a series."""
    citation: Citation | None = None
    note: str | None = None

    @property
    def name(self) -> str:
        """The dotted path."""
        return dotted(self.path)


NOTHING = Origin()


def unwrap(node: Node, named: list[Origin], path: KeyPath = ()) -> tuple[Node, list[Finding]]:
    """A tree without wrappers and provenance keys; every scalar keeps its `Origin`.

    Args:
        node: the root of one file, as read, or what is set.
        named: the origins that name a source are added to it, also those that no scalar inherits.
        path: where it stands.
    """
    findings: list[Finding] = []
    return _Unwrapper(findings, named).visit(node, path, NOTHING), findings


def split(dotted_path: str) -> KeyPath:
    """The path that a dotted path means; fiscal years and indices are numbers, for names begin with a letter."""
    parts = dotted_path.split(".")
    return tuple(int(part) if part.isascii() and part.isdigit() and len(part) < 9 else part for part in parts)


@dataclass(slots=True)
class _Unwrapper:
    findings: list[Finding]
    named: list[Origin]

    def visit(self, node: Node, path: KeyPath, above: Origin) -> Node:
        if isinstance(node.value, list):
            node.value = [self.visit(child, (*path, index), above) for index, child in enumerate(node.value)]
            return node
        if not isinstance(node.value, dict):
            node.origin = above
            if above.citation is not None and isinstance(node.value, int | float) and not isinstance(node.value, bool):
                above.citation.numbers.append((path, node.value))
            return node
        if path == ("sources",):
            return node
        content = node.value
        here = self._origin(content, path, above) if any(key in content for key in _CARRIED) else above
        if "value" in content and path:
            return self._wrapped(node, path, here)
        if "unit" in content and ("dist" in content or any(isinstance(key, int) for key in content)):
            here = _measured(here, content.pop("unit"), path)
        for key, child in content.items():
            content[key] = self.visit(child, split(str(key)) if path == ("set",) else (*path, key), here)
        return node

    def _wrapped(self, node: Node, path: KeyPath, here: Origin) -> Node:
        content = node.value
        for key in content:
            if key not in _WRAPPER:
                place = content[key].key_at or content[key].at
                said = "a value with its provenance takes " + ", ".join(_WRAPPER)
                self.findings.append(finding(place, (*path, key), f"unknown key '{key}'", said, nearest(key, _WRAPPER)))
        if "unit" in content:
            here = _measured(here, content["unit"], path)
        inner: Node = content["value"]
        inner.key_at = node.key_at
        return self.visit(inner, path, here)

    def _origin(self, content: dict[Key, Node], path: KeyPath, above: Origin) -> Origin:
        said: dict[str, Node] = {}
        for key in _CARRIED:
            if key not in content:
                continue
            node = content.pop(key)
            if node.value is None and not node.refused:
                continue
            if not isinstance(node.value, str):
                self.findings.append(finding(node.where(), (*path, key), f"{key} is not text", f"{key} is one line of text"))
                continue
            said[key] = node
        source, fact, note = (said.get(key) for key in _CARRIED)
        said_note = note.value if note else above.note
        if source is None and fact is None:
            return replace(above, note=said_note)
        wrapped = "value" in content
        citation = Citation(fact.value, fact.at, wrapped) if fact else None
        if source is None:
            return Origin(citation=citation, note=said_note, unit=above.unit)
        origin = Origin(source.value, source.at, path if wrapped else (*path, "source"), citation, said_note, above.unit)
        self.named.append(origin)
        return origin


def _measured(origin: Origin, unit: Node, path: KeyPath) -> Origin:
    """The origin of what has a unit; what it should be is known only when all files are laid over one another."""
    return origin if unit.refused else replace(origin, unit=Unit(str(unit.plain()), unit.at, path))


_SUFFIXES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), units)
    for pattern, units in (
        (r"_bn_per_year$", ("bn per year", "bn/year", "{home} bn per year")),
        (r"_bn$", ("bn", "{home} bn")),
        (r"_per_month$", ("per month", "1/month")),
        (r"_per_year$", ("per year", "1/year")),
        (r"_of_gdp$", ("share of GDP", "share")),
        (r"_shares?$|^shares$|probability", ("share", "probability")),
        (r"_months$|_months_|_month_before$", ("months", "month")),
        (r"_log$", ("log",)),
        (r"_years?$", ("years", "year")),
        (r"_rate$", ("{home} per {currency}",)),
        (r"_mult$|^median$|^p90$", ("factor",)),
        (r"units$", ("units", "unit")),
        (r"_fy$|^fy$", ("fiscal year", "fy")),
    )
)


def units(path: KeyPath, home: str) -> tuple[str, ...]:
    """The words a unit may be written in at a path, the first one preferred; empty where the key names no unit."""
    for part in _names(path):
        for pattern, words in _SUFFIXES:
            if pattern.search(part):
                currency = path[1] if len(path) > 2 and path[0] == "currencies" else "unit"
                return tuple(word.format(home=home, currency=currency) for word in words)
        if part not in ("constant", "value", *PARAMETERS):
            break
    return ()


def _suffixed(path: KeyPath) -> str:
    return next(iter(_names(path)), "value")


def _names(path: KeyPath) -> Iterator[str]:
    """The key names of a path from its end, without fiscal years; the one above a distribution's parameter follows it."""
    parts = [part for key in path if isinstance(key, str) for part in key.split(".") if not part.isdigit()]
    parameter = parts and parts[-1] in PARAMETERS
    noise = len(parts) > 1 and parts[-2] in ("noise", "cost_growth")
    if parameter and not noise:
        parts = parts[:-1]
    yield from reversed(parts[-2:] if len(parts) > 1 and parts[-2].endswith(("_shares", "_per_month")) else parts[-1:])


def numbers(node: Node, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
    """Every number below a node with its path, in file order; the registers of sources and expectations are left out."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if path or key not in ("sources", "expect"):
                yield from numbers(child, (*path, key))
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            yield from numbers(child, (*path, index))
    elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield path, node


def collect(root: Node, register: Mapping[str, str], row_confidence: Callable[[str], str | None]) -> dict[KeyPath, Leaf]:
    """The provenance of every number of the overlaid tree.

    Args:
        root: the tree after overlay, its scalars with their `Origin`.
        register: confidence by source id.
        row_confidence: confidence of a cited fact row, None where there is no such row.
    """
    leaves = {}
    for path, node in numbers(root):
        origin: Origin = node.origin or NOTHING
        fact = completed(origin.citation.fact, path) if origin.citation else None
        confidence = row_confidence(fact) if fact else None
        if confidence is None and origin.source is not None:
            confidence = origin.source if origin.source in WORDS else register.get(origin.source)
        leaves[path] = Leaf(path, node.value, node.at, origin.source, confidence, fact, origin.citation, origin.note)
    return leaves


def completed(fact: str, path: KeyPath) -> str:
    """A cited series ``table/series`` completed by the fiscal year its value stands under."""
    if fact.count("/") != 1:
        return fact
    years = [key for key in path if isinstance(key, int) and key >= 1900]
    return f"{fact}/{years[-1]}" if years else fact


def _origins(root: Node) -> Iterator[tuple[KeyPath, Origin]]:
    """The origin of every scalar, with its path."""
    for path, node in nodes(root):
        if node.origin is not None and not isinstance(node.value, dict | list):
            yield path, node.origin


def bad_units(root: Node) -> list[Finding]:
    """Findings on units that are not those of their keys, in the home currency of the overlaid tree."""
    home = root.value.get("home_currency")
    currency = Scenario.model_fields["home_currency"].default if home is None else str(home.plain())
    findings: dict[Unit, Finding] = {}
    for _, origin in _origins(root):
        if origin.unit is None:
            continue
        expected = units(origin.unit.path, currency)
        written = origin.unit.text.strip().lower().replace("_", " ")
        if expected and written not in {unit.lower() for unit in expected}:
            said = f"'{_suffixed(origin.unit.path)}' is in {expected[0]}"
            findings[origin.unit] = finding(origin.unit.at, origin.unit.path, f"unit '{origin.unit.text}'", said)
    return list(findings.values())


def bad_sources(named: Iterable[Origin], known: set[str]) -> list[Finding]:
    """Findings on sources that are neither in the register nor one of the bare words.

    Args:
        named: the origins that name a source, in any file.
        known: ids of the register.
    """
    findings: dict[Place, Finding] = {}
    words = [*WORDS, *sorted(known)]
    for origin in named:
        if origin.source is None or origin.source_at is None or origin.source in known or origin.source in WORDS:
            continue
        allowed = "an id of the register `sources`, or seed, recalled, assumed"
        if origin.source == "sourced":
            allowed = "sourced values name their source: " + allowed
        said = f"no source '{origin.source}'"
        told = finding(origin.source_at, origin.source_path, said, allowed, nearest(origin.source, words))
        findings.setdefault(origin.source_at, told)
    return list(findings.values())
