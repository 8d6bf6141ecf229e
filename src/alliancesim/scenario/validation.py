"""Pydantic's complaints as findings with places: a tree in, a `Scenario` out or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from alliancesim.errors import Finding, nearest
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.shape import (
    allowed_keys,
    bounds,
    core,
    describe,
    has_fixed_keys,
    is_date,
    key_shape,
    percent,
    shape_at,
    words,
)
from alliancesim.scenario.spelling import unknown_key
from alliancesim.scenario.values import Dated
from alliancesim.scenario.yamlfile import KeyPath, Node, finding, node_at, nodes

_SYNTHETIC = ("number", "distribution", "by_fy", "constant", "[key]")
_MOST_ROUNDS = 12
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_DATED_KEYS = "fiscal years 1900 to 2200"


def validate(root: Node) -> tuple[Scenario | None, list[Finding], set[KeyPath]]:
    """The scenario of a tree, what is wrong with it, and the parts left out to get a scenario all the same.

    What is broken is left out (a program, an optional key) and the rest validated again, so that the cross-checks can look
    at what is sound. None where it cannot be left out. A key like none that is known says nothing, so nothing is missing
    without it.
    """
    findings: list[Finding] = list(_internal_keys(root))
    refused = {path for path, node in nodes(root) if node.refused}  # they stand as nothing, where a value was meant
    left_out: set[KeyPath] = {_prunable(found) for found in _internal_paths(root)} - {()}
    tree = root.plain()
    for path in left_out:
        _drop(tree, path)
    if any(not _prunable(found) for found in _internal_paths(root)):
        _, more, _, _ = _validated(root, tree)
        return None, findings + more, left_out
    for _ in range(_MOST_ROUNDS):
        scenario, more, broken, strange = _validated(root, tree)
        findings += more
        if scenario is not None:
            return None if any(path[0] == "horizon" for path in refused) else scenario, findings, left_out | refused
        dropped = {_prunable(path) for path in broken}
        if () in dropped:
            return None, findings, left_out
        for path in {*dropped, *strange}:
            _drop(tree, path)
        left_out |= dropped
    return None, findings, left_out


def _validated(root: Node, tree: Any) -> tuple[Scenario | None, list[Finding], list[KeyPath], list[KeyPath]]:
    """The scenario, else what is wrong with the tree: findings, paths of what is broken, and of keys like none that is known."""
    try:
        return Scenario.model_validate(tree), [], [], []
    except ValidationError as error:
        details = error.errors(include_url=False)
    except RecursionError:  # cannot happen below the depth bound, but bad input must never end in a traceback
        return None, [finding(root.where(), "", "nested too deep", "a flatter file")], [()], []
    findings: list[Finding] = []
    broken: list[KeyPath] = []
    strange: list[KeyPath] = []
    for detail in details:
        path, _ = _path(root, detail["loc"])
        item = _finding(root, detail)
        alone = detail["type"] == "extra_forbidden" and has_fixed_keys(shape_at(path[:-1]))
        (strange if alone and item is not None else broken).append(path)
        if item is not None:
            findings.append(item)
    return None, findings, broken, strange


def _path(root: Node, loc: KeyPath) -> tuple[KeyPath, Node]:
    """The user's path of a pydantic location, and the deepest node on it."""
    node = root
    path: KeyPath = ()
    for index, key in enumerate(loc):
        value = node.value
        if isinstance(value, dict) and key in value:
            node = value[key]
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            node = value[key]
        elif key in _SYNTHETIC:
            continue
        else:
            return (*path, *(part for part in loc[index:] if part not in _SYNTHETIC)), node
        path = (*path, key)
    return path, node


def _finding(root: Node, detail: ErrorDetails) -> Finding | None:
    path, node = _path(root, detail["loc"])
    if node.refused:
        return None
    if (meant := _uncut(root, path)) is not None:
        return finding(node.key_at or node.at, path, f"key {path[-1]}", "decimals follow a point", meant)
    kind = detail["type"]
    shape = shape_at(path)
    if detail["loc"] and detail["loc"][-1] == "[key]":
        parent = shape_at(path[:-1])
        known = words(key_shape(parent))
        allowed = _DATED_KEYS if parent is not None and core(parent) is Dated else describe(parent)
        return finding(node.key_at or node.at, path, f"key {_shown(path[-1])}", allowed, nearest(path[-1], known))
    if kind == "invalid_key":
        return finding(node.key_at or node.at, path, f"key {_shown(path[-1])}", "keys are names")
    if kind == "missing":
        return finding(node.where(), path, "missing", describe(shape))
    if kind == "extra_forbidden":
        parent = shape_at(path[:-1])
        if parent is None or core(parent) is not Dated:
            return unknown_key(node, path, parent)
        allowed = f"allowed: {_DATED_KEYS}, then_growth_share"
        return finding(
            node.key_at or node.at, path, f"unknown key '{path[-1]}'", allowed, nearest(path[-1], allowed_keys(parent))
        )
    if kind == "value_error":
        if any(below.refused for _, below in nodes(node)):
            return None
        message = detail["msg"].removeprefix("Value error, ")
        found, _, allowed = message.partition("; ")
        return finding(node.where(), path, found, allowed)
    if isinstance(node.value, str) and is_date(shape) and _DATE.fullmatch(node.value):
        return finding(node.where(), path, f"'{node.value}' is not in the calendar", "a date that exists")
    near = nearest(node.value, words(shape)) if isinstance(node.value, str) else None
    if node.value is None and key_shape(shape_at(path[:-1])) is not None:
        siblings = [str(key) for key, other in node_at(root, path[:-1]).value.items() if other.value is not None]
        if (near := nearest(path[-1], siblings)) is not None:
            return finding(node.where(), path, "nothing to delete", f"known: {', '.join(siblings)}", near)
    said = describe(shape) if shape is not None else detail["msg"]
    if node.value is None and _can_go(path):  # null deletes what the file below has
        return finding(node.where(), path, "nothing, and nothing to delete", f"{said}, or leave the key out")
    hint = percent(path, bounds(shape)) if isinstance(node.value, int | float) else ""
    return finding(node.where(), path, _shown(node.value), said + hint, near)


def _shown(value: Any) -> str:
    """What was found, in the words of YAML."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "..."
        return f"text '{text}'" if re.fullmatch(r"[-+.\d][\d_,.eE%-]*", text) else f"'{text}'"
    return f"{value!r}"


def _uncut(root: Node, path: KeyPath) -> str | None:
    """The number that a comma in it cut in two: `300,5` in a mapping is 300 and a key 5, no year, without a value."""
    node, beside = node_at(root, path), node_at(root, path[:-1]).value
    cut = path and isinstance(path[-1], int) and path[-1] < 1000 and isinstance(beside, dict)
    if not cut or node.value is not None or node.key_at is None:
        return None
    place = node.key_at
    earlier = (
        one for one in beside.values() if (one.at.file, one.at.line) == (place.file, place.line) and one.at.column < place.column
    )
    before = max(earlier, key=lambda one: one.at.column, default=None)
    return f"{before.value}.{path[-1]}" if before is not None and isinstance(before.value, int) else None


def _prunable(path: KeyPath) -> KeyPath:
    """The smallest part around a path that a scenario can do without; empty where there is none.

    An optional key falls back to its default, a mapping of names loses the entry. The horizon is never touched and neither
    is a key of the root, because too much else depends on them.
    """
    if path[:1] == ("horizon",):
        return ()
    return next((path[:length] for length in range(len(path), 1, -1) if _can_go(path[:length])), ())


def _can_go(path: KeyPath) -> bool:
    """Whether a place may be left out: an optional key, or an entry of a mapping of names."""
    parent, key = shape_at(path[:-1]), path[-1]
    if parent is None or isinstance(key, int):
        return False
    if not has_fixed_keys(parent):
        return key_shape(parent) is not None
    info = core(parent).model_fields.get(key)
    return info is None or not info.is_required()


def _drop(tree: Any, path: KeyPath) -> None:
    for key in path[:-1]:
        if isinstance(tree, dict):
            tree = tree.get(key)
        elif isinstance(tree, list) and isinstance(key, int) and key < len(tree):
            tree = tree[key]
    if isinstance(tree, dict):
        tree.pop(path[-1], None)


def _internal_paths(root: Node) -> Iterator[KeyPath]:
    """Paths of dated values written with the keys that only the models know."""
    for path, _ in nodes(root):
        if path[-1:] in (("by_fy",), ("constant",)) and core(shape_at(path[:-1])) is Dated:
            yield path


def _internal_keys(root: Node) -> Iterator[Finding]:
    for path in _internal_paths(root):
        _, node = _path(root, path)
        said = f"allowed: {_DATED_KEYS}, then_growth_share"
        yield finding(node.key_at or node.at, path, f"unknown key '{path[-1]}'", said)
