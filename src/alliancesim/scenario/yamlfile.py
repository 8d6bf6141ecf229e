"""YAML text as a tree of nodes that know their place; the only file that knows the YAML library.

YAML 1.2 core types, read from the event stream of the C parser. What could make a file mean something else than it
shows (anchors, aliases, tags, duplicate keys, several documents) is refused: ``extends`` and ``set`` do what anchors would.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from alliancesim.errors import Finding, nearest

MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 40
MOST_DIGITS = 2**53  # above it a float no longer holds every whole number

Key = str | int
KeyPath = tuple[Key, ...]
"""Keys and indices from the root of a scenario to a place in it."""


class Place(NamedTuple):
    """Where something stands; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A value of the tree: a scalar, a mapping of nodes or a list of nodes."""

    value: Any
    at: Place
    key_at: Place | None = None
    origin: Any = None
    """Provenance of a scalar, once `provenance.unwrap` has seen it."""
    refused: bool = False
    """Already reported; what else is wrong with it follows from that."""
    by_setting: bool = False
    """Given by a dotted path, after what its file gives otherwise."""

    def where(self) -> Place:
        """The place a finding points to: the key of a mapping or list, else the value itself."""
        if self.key_at is not None and isinstance(self.value, dict | list):
            return self.key_at
        return self.at

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value


def dotted(path: KeyPath) -> str:
    """The path as a user writes it: ``programs.tomahawk.lots.0.units``."""
    return ".".join(str(part) for part in path)


def finding(place: Place, path: KeyPath | str, found: str, allowed: str = "", suggestion: str | None = None) -> Finding:
    """A finding at a place."""
    text = path if isinstance(path, str) else dotted(path)
    return Finding(place.file, place.line, place.column, text, found, allowed, suggestion)


def node_at(root: Node, path: KeyPath) -> Node:
    """The node of a path, or the nearest one above it that the tree has."""
    node = root
    for key in path:
        if isinstance(node.value, dict) and key in node.value:
            node = node.value[key]
        elif isinstance(node.value, list) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
        else:
            break
    return node


def nodes(root: Node) -> Iterator[tuple[KeyPath, Node]]:
    """Every node of a tree with its path, the last entries first."""
    queue: list[tuple[KeyPath, Node]] = [((), root)]
    while queue:
        path, node = queue.pop()
        yield path, node
        if isinstance(node.value, dict | list):
            pairs = node.value.items() if isinstance(node.value, dict) else enumerate(node.value)
            queue.extend(((*path, key), child) for key, child in pairs)


def from_plain(value: Any, place: Place) -> Node:
    """Plain data as nodes that all stand at one place."""
    if isinstance(value, dict):
        return Node({key: from_plain(child, place) for key, child in value.items()}, place, place)
    if isinstance(value, list | tuple):
        return Node([from_plain(child, place) for child in value], place, place)
    return Node(value, place)


@dataclass(frozen=True, slots=True)
class Naming:
    """The value of a scenario that names a file, so that a path of no use is told where it is written."""

    node: Node
    path: KeyPath
    allowed: str


def read_text(path: Path, shown: str, naming: Naming | None = None) -> tuple[str | None, list[Finding]]:
    """The text of a UTF-8 file of bearable size; None where there is none, with the finding that says why."""
    start = Place(shown, 1, 1)

    name = "" if naming is None else f"'{naming.node.value}'"

    def unusable(found: str, allowed: str, suggestion: str | None = None) -> tuple[None, list[Finding]]:
        if naming is None:
            return None, [finding(start, "", found.strip(), allowed, suggestion)]
        return None, [finding(naming.node.at, naming.path, found, naming.allowed, suggestion)]

    try:
        if path.is_dir():
            return unusable(f"{name} is a folder", "give a file")
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return unusable(f"no such file {name}", "give the path of a file that exists", nearest(path.name, _siblings(path)))
    except (OSError, ValueError) as error:
        return unusable(f"{name} cannot be read ({getattr(error, 'strerror', None) or error})", "give a readable file")
    if len(raw) > MOST_BYTES:
        return None, [finding(start, "", f"more than {MOST_BYTES:,} bytes", "a file is at most 4 MiB")]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        return None, [
            finding(Place(shown, line, column), "", f"byte 0x{raw[error.start]:02x} is not UTF-8", "files are UTF-8 text")
        ]
    return text.removeprefix("\ufeff"), []


def _siblings(path: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return []


def parse(text: str, shown: str, line: int = 1) -> tuple[Node | None, list[Finding]]:
    """The tree of a text whose first line counts as ``line``."""
    bad = _UNPRINTABLE.search(text)
    if bad:
        before = text[: bad.start()]
        place = Place(shown, before.count("\n") + line, bad.start() - before.rfind("\n"))
        return None, [finding(place, "", f"character U+{ord(bad.group()):04X} cannot stand in YAML", "remove it")]
    builder = _Builder(shown, line)
    try:
        root = builder.build(text)
    except _StopError:
        return None, builder.findings
    except yaml.MarkedYAMLError as error:
        quoted = error.context is not None and "quoted scalar" in error.context
        mark = (error.context_mark if quoted else None) or error.problem_mark or error.context_mark
        place = Place(shown, mark.line + line, mark.column + 1) if mark else Place(shown, line, 1)
        problem = (error.problem or "syntax error").replace("\n", " ")
        return None, [*builder.findings, finding(place, "", f"not YAML: {problem}", _hint(problem))]
    except yaml.YAMLError as error:
        return None, [
            *builder.findings,
            finding(Place(shown, line, 1), "", f"not YAML: {' '.join(str(error).split())}", "YAML 1.2"),
        ]
    return root, builder.findings


def dump(value: Any) -> str:
    """Plain data as YAML text."""
    text: str = yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _hint(problem: str) -> str:
    if "tab" in problem or "\\t" in problem or "start any token" in problem:
        return "indent with spaces, quote text that begins with a special character"
    if "mapping values are not allowed" in problem:
        return "quote text that contains ': '"
    return "check the indentation and quotes"


_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, Any] = {word: None for word in ("", "~", "null", "Null", "NULL")}
_WORDS |= {word: True for word in ("true", "True", "TRUE")} | {word: False for word in ("false", "False", "FALSE")}


class _StopError(Exception):
    """Reading on makes no sense; the finding is already noted."""


class _Builder:
    """Builds nodes from events, without recursion (its depth is bounded by `MOST_DEPTH`)."""

    def __init__(self, shown: str, line: int) -> None:
        self.shown = shown
        self.line = line
        self.findings: list[Finding] = []
        self.anchored = False
        self.open_nodes: list[Node] = []
        self.keys: list[Any] = []
        """Beside each open node: the pending key of a mapping, else None."""
        self.names: list[Key] = []
        """Beside each open node: its own key or index."""

    def build(self, text: str) -> Node | None:
        parser = yaml.CSafeLoader(text)
        root: Node | None = None
        open_nodes, keys = self.open_nodes, self.keys
        documents = 0
        while True:
            event = parser.get_event()
            if event is None or isinstance(event, yaml.StreamEndEvent):
                break
            if isinstance(event, yaml.ScalarEvent):
                node = self._scalar(event)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], self._place(event))
            elif isinstance(event, yaml.AliasEvent):
                self._anchored(event, f"alias *{event.anchor}")
                raise _StopError
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                open_nodes.pop()
                keys.pop()
                self.names.pop()
                continue
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document", "one document per file")
                    raise _StopError
                continue
            else:
                continue
            if getattr(event, "anchor", None):
                self._anchored(event, f"anchor &{event.anchor}")
            tag = getattr(event, "tag", None)
            if tag:
                self._refuse(event, f"tag {tag}", "tags are not used")
            path = self._path() if isinstance(node.value, dict | list) else ()
            if not open_nodes:
                root = node
            elif isinstance(open_nodes[-1].value, list):
                open_nodes[-1].value.append(node)
            elif keys[-1] is None:
                keys[-1] = node
            else:
                self._entry(open_nodes[-1].value, keys[-1], node)
                keys[-1] = None
            if isinstance(node.value, dict | list):
                if len(open_nodes) >= MOST_DEPTH:
                    self._refuse(event, f"nested deeper than {MOST_DEPTH} levels", "a scenario needs no such depth")
                    raise _StopError
                open_nodes.append(node)
                self.names.append(path[-1] if path else "")
                keys.append(None)
        return root

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.shown, mark.line + self.line, mark.column + 1)

    def _path(self) -> KeyPath:
        """The path of what is read now."""
        if not self.open_nodes:
            return ()
        top, key = self.open_nodes[-1], self.keys[-1]
        if isinstance(top.value, list):
            return (*self.names[1:], len(top.value))
        named = key is not None and isinstance(key.value, str | int)
        return (*self.names[1:], *((key.value,) if named else ()))

    def _refuse(self, event: Any, found: str, allowed: str) -> None:
        self.findings.append(finding(self._place(event), self._path(), found, allowed))

    def _anchored(self, event: Any, found: str) -> None:
        if not self.anchored:  # said once, a file may have thousands
            self._refuse(event, found, "anchors and aliases are not used; write values out, or use extends and set")
        self.anchored = True

    def _entry(self, mapping: dict[Key, Node], key: Node, node: Node) -> None:
        name = key.value
        node.key_at = key.at
        if key.refused:
            return
        if isinstance(name, bool) or not isinstance(name, str | int):
            shown = "a collection" if isinstance(name, dict | list) else "nothing" if name is None else str(name)
            self.findings.append(
                finding(key.at, self._path()[:-1], f"key {shown}", "keys are names, fiscal years or dates (quote other text)")
            )
            return
        first = mapping.get(name)
        if first is not None:
            line = first.key_at.line if first.key_at else first.at.line
            self.findings.append(
                finding(key.at, self._path(), f"duplicate key, first given in line {line}", "give each key once")
            )
            return
        mapping[name] = node

    def _scalar(self, event: Any) -> Node:
        text = event.value
        place = self._place(event)
        if event.style or not event.implicit[0]:
            return Node(text, place)
        if text in _WORDS:
            return Node(_WORDS[text], place)
        if _INT.fullmatch(text) or _OCTAL.fullmatch(text) or _HEX.fullmatch(text):
            base = {"0o": 8, "0x": 16}.get(text[:2], 10)
            number = int(text, base) if len(text) < 40 else MOST_DIGITS + 1
            if abs(number) <= MOST_DIGITS:
                return Node(number, place)
            self.findings.append(finding(place, self._path(), f"number {_short(text)}", "whole numbers of at most 2^53"))
            return Node(None, place, refused=True)
        if _NOT_FINITE.fullmatch(text):
            self.findings.append(finding(place, self._path(), f"{text} is not a finite number", "finite numbers only"))
            return Node(None, place, refused=True)
        if _FLOAT.fullmatch(text):
            value = float(text)
            if math.isfinite(value):
                return Node(value, place)
            self.findings.append(finding(place, self._path(), f"number {_short(text)} is not finite", "finite numbers only"))
            return Node(None, place, refused=True)
        return Node(text, place)


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:20] + "..."
