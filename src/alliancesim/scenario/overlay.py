"""Trees laid over trees: ``extends``, ``set`` and settings of the command line, with every place kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from alliancesim.errors import Finding, nearest
from alliancesim.scenario import provenance
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.shape import Shape, allowed_keys, core, fields, is_block, key_shape, pattern, step, words
from alliancesim.scenario.values import Dated, Distribution
from alliancesim.scenario.yamlfile import Key, Naming, Node, Place, finding, from_plain, node_at, parse, read_text

LONGEST_CHAIN = 16
COMMAND_LINE = "--set"


@dataclass(slots=True)
class Assembly:
    """What reading a scenario with all it extends has given so far."""

    files: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    named: list[provenance.Origin] = field(default_factory=list)
    """Wherever a file or a setting names a source."""


def assemble(path: Path, into: Assembly) -> Node | None:
    """The overlaid tree of a file and all it extends, ``set`` applied; None where nothing could be read."""
    text, findings = read_text(path, str(path))
    into.findings += findings
    return None if text is None else _assemble(path, text, into, [])


def apply_settings(root: Node, settings: Mapping[str, Any], into: Assembly) -> None:
    """Applies PATH=VALUE settings; texts are read as YAML, anything else is taken as it is."""
    for number, (dotted_path, value) in enumerate(settings.items(), start=1):
        place = Place(COMMAND_LINE, number, 1)
        node: Node | None
        if isinstance(value, str):
            node, findings = parse(value, COMMAND_LINE, number)
            into.findings += findings
            if findings:
                continue
            node = node or Node(None, place)
        else:
            node = from_plain(value, place)
            if not _finite(node):
                said = "finite numbers, text, lists or mappings"
                into.findings.append(finding(place, str(dotted_path), f"{str(value)[:60]} cannot stand in a scenario", said))
                continue
        node.key_at = place
        node, findings = provenance.unwrap(node, into.named, provenance.split(str(dotted_path)))
        into.findings += findings
        _mark_assumed(node)
        _set(root, str(dotted_path), node, place, into)


def overlay(base: Node, top: Node) -> Node:
    """Mappings merge, lists and scalars replace, null deletes what the base has."""
    if not isinstance(base.value, dict) or not isinstance(top.value, dict) or other_kind(base.value, top.value):
        return top
    merged = dict(base.value)
    for key, node in top.value.items():
        below = merged.get(key)
        if below is None:
            merged[key] = node
        elif node.value is None and not node.refused:
            del merged[key]
        else:
            merged[key] = overlay(below, node)
    return Node(merged, top.at, top.key_at)


def other_kind(base: dict[Key, Node], top: dict[Key, Node]) -> bool:
    """Whether one is a distribution that the other does not merely adjust: its parameters do not mix with other values."""
    return is_distribution(top) or (is_distribution(base) and not set(top) <= fields(Distribution).keys())


def is_distribution(mapping: dict[Key, Node]) -> bool:
    """Whether a mapping is a distribution, and not one that has an entry of the name `dist`."""
    return "dist" in mapping and not isinstance(mapping["dist"].value, dict)


def _assemble(path: Path, text: str, into: Assembly, chain: list[Path]) -> Node | None:
    shown = str(path)
    root, findings = parse(text, shown)
    into.findings += findings
    into.files.append(path)
    if root is None or not isinstance(root.value, dict):
        if not findings:
            empty = root is None or (root.value is None and not root.refused)
            place = Place(shown, 1, 1) if root is None or empty else root.at
            found = "empty file" if empty else "not a mapping"
            into.findings.append(finding(place, "", found, "a scenario is a mapping of keys to values"))
        return None
    below = root.value.pop("extends", None)
    root, findings = provenance.unwrap(root, into.named)
    into.findings += findings
    sets = root.value.pop("set", None)
    if below is not None and below.value is not None:
        base = _extended(path, below, into, [*chain, _real(path)])
        if base is None:
            return None
        base.value["expect"] = Node({}, base.at)  # what holds of a scenario need not hold of its variants
        root = overlay(base, root)
    if sets is not None and sets.value is not None:
        if isinstance(sets.value, dict):
            for key, node in sets.value.items():
                _set(root, str(key), node, node.key_at or node.at, into)
        else:
            into.findings.append(finding(sets.where(), "set", "not a mapping", "set is a mapping of dotted paths to values"))
    return root


def _extended(path: Path, below: Node, into: Assembly, chain: list[Path]) -> Node | None:
    if below.refused:
        return None
    said = "the path of one file, relative to this one"
    if not isinstance(below.value, str):
        into.findings.append(finding(below.where(), "extends", "not text", said))
        return None
    target = path.parent / below.value
    text, findings = read_text(target, str(target), Naming(below, ("extends",), said))
    into.findings += findings
    if text is None:
        return None
    if _real(target) in chain:
        names = " -> ".join(file.name for file in [*chain[chain.index(_real(target)) :], target])
        into.findings.append(finding(below.at, "extends", f"circular: {names}", "a file may not extend itself"))
        return None
    if len(chain) >= LONGEST_CHAIN:
        into.findings.append(finding(below.at, "extends", f"chain of more than {LONGEST_CHAIN} files", "shorten it"))
        return None
    return _assemble(target, text, into, chain)


def _set(root: Node, dotted_path: str, value: Node, place: Place, into: Assembly) -> None:
    """Replaces or deletes what stands at a dotted path."""
    shape: Shape = Scenario
    node = root
    parts = dotted_path.split(".")
    for index, part in enumerate(parts):
        key = _key(node, shape, part)
        if not isinstance(node.value, dict | list):
            said = "set the whole value, it has no parts"
            into.findings.append(finding(place, dotted_path, f"'{'.'.join(parts[:index])}' is {node.value!r}", said))
            return
        children: dict[Key, Node] = node.value if isinstance(node.value, dict) else dict(enumerate(node.value))
        stages = _stages(root, parts[:index])
        if key not in children and key not in stages and not _may_be_added(shape, key):
            known = list(dict.fromkeys([*allowed_keys(shape), *map(str, children), *stages]))
            meant = nearest(part, known)
            where = f"'{'.'.join(parts[:index])}' has no '{part}'" if index else f"no '{part}'"
            suggestion = ".".join([*parts[:index], meant, *parts[index + 1 :]]) if meant else None
            above = ".".join(parts[:index])
            said = f"known: {', '.join(known)}" if known else f"it is empty: give a whole entry, {above}={{{part}: ...}}"
            into.findings.append(finding(place, dotted_path, where, said, suggestion))
            return
        if index == len(parts) - 1:
            _put(node, key, value, place)
            return
        child = children.get(key)
        if child is None or child.value is None:
            child = Node({}, place, place)
            _put(node, key, child, place)
        node = child
        shape = step(shape, key)


def _stages(root: Node, parts: list[str]) -> list[str]:
    """The stages that a program may override at a path: those of the channels that it, or an alternative of it, names."""
    if parts[:1] != ["programs"] or parts[-1] != "stages":
        return []
    program = node_at(root, ("programs", parts[1]))
    alternatives = node_at(program, ("alternatives",)) if "alternatives" in _children(program) else Node({}, program.at)
    channels = [_children(one).get("channel") for one in (program, *_children(alternatives).values())]
    named = [str(channel.value) for channel in channels if channel is not None]
    known = _children(root.value.get("channels"))
    found = [_children(_children(known.get(name)).get("stages")) for name in named]
    return list(dict.fromkeys(str(stage) for stages in found for stage in stages))


def _children(node: Node | None) -> dict[Key, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _put(node: Node, key: Key, value: Node, place: Place) -> None:
    """Put a value at a key, or delete what is there; null where nothing is stays, for the validation to tell."""
    children: Any = node.value
    at, there = (int(key), True) if isinstance(children, list) else (key, key in children)
    if value.value is None and not value.refused and there:
        del children[at]
        return
    value.key_at = place
    _mark_setting(value)
    children[at] = value


def _mark_setting(node: Node) -> None:
    node.by_setting = True
    for child in _children(node).values():
        _mark_setting(child)


def _key(node: Node, shape: Shape, part: str) -> Key:
    """A part of a dotted path as the key it means: an index of a list, a fiscal year, or a name."""
    if part.isascii() and part.isdigit() and len(part) < 9 and not (isinstance(node.value, dict) and part in node.value):
        keys = key_shape(shape)
        if isinstance(node.value, list) or core(shape) is Dated or keys is None or core(keys) is int:
            return int(part)
    return part


def _may_be_added(shape: Shape, key: Key) -> bool:
    """Whether a key that the file leaves out can be set: fixed keys, fiscal years, dates, words; never a new name."""
    if shape is None:
        return False
    if is_block(shape):
        return step(shape, key) is not None
    keys = key_shape(shape)
    if keys is None:
        return isinstance(key, str) and key in allowed_keys(shape)
    return (core(keys) is int and isinstance(key, int)) or str(key) in words(keys) or pattern(keys) is not None


def _mark_assumed(node: Node) -> None:
    """Values set on the command line are assumptions unless they say better."""
    for _, leaf in provenance.numbers(node):
        if leaf.origin is None or (leaf.origin.source is None and leaf.origin.citation is None):
            leaf.origin = replace(leaf.origin or provenance.NOTHING, source="assumed", note="set on the command line")


def _finite(node: Node) -> bool:
    if isinstance(node.value, dict):
        return all(isinstance(key, str | int) and _finite(child) for key, child in node.value.items())
    if isinstance(node.value, list):
        return all(_finite(child) for child in node.value)
    if isinstance(node.value, float):
        return abs(node.value) < float("inf")
    return node.value is None or isinstance(node.value, str | bool) or (isinstance(node.value, int) and abs(node.value) <= 2**53)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
