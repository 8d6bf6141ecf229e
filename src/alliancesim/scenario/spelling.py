"""Misspelled keys, read as what they mean, so that what stands below them is checked too and nothing is missing for them."""

from __future__ import annotations

from alliancesim.errors import Finding, nearest
from alliancesim.scenario.overlay import overlay
from alliancesim.scenario.shape import Shape, allowed_keys, has_fixed_keys, shape_at, step
from alliancesim.scenario.yamlfile import KeyPath, Node, finding

SURE_LIKENESS = 0.8
"""Likeness from which a key is read as another: below it, it may be a key of another block (`after` is like `state`)."""


def respell(root: Node) -> list[Finding]:
    """Renames every unknown key of a block that is surely one of its keys, in place, and tells of it.

    Where the key that is meant stands beside it, it is laid over that. Any other unknown key stays, for `validate` to tell.
    """
    findings: list[Finding] = []
    _respell(root, (), shape_at(()), findings)
    return findings


def _respell(node: Node, path: KeyPath, shape: Shape, findings: list[Finding]) -> None:
    if isinstance(node.value, dict):
        if has_fixed_keys(shape):
            _respell_block(node, path, shape, findings)
        children = list(node.value.items())
    else:
        children = list(enumerate(node.value)) if isinstance(node.value, list) else []
    for key, child in children:
        below = step(shape, key)
        if below is not None:
            _respell(child, (*path, key), below, findings)


def _respell_block(node: Node, path: KeyPath, shape: Shape, findings: list[Finding]) -> None:
    known = allowed_keys(shape)
    for key, child in list(node.value.items()):
        if key in known or child.refused:
            continue
        meant = nearest(key, known, SURE_LIKENESS)
        if meant is None:
            continue
        findings.append(unknown_key(child, (*path, key), shape))
        del node.value[key]
        node.value[meant] = overlay(node.value[meant], child) if meant in node.value else child


def unknown_key(node: Node, path: KeyPath, shape: Shape) -> Finding:
    """The finding of a node whose key, the last of its path, its block of this shape does not know."""
    known = allowed_keys(shape)
    said = "allowed: " + ", ".join(known)
    return finding(node.key_at or node.at, path, f"unknown key '{path[-1]}'", said, nearest(path[-1], known))
