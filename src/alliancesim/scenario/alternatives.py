"""The choice between alternative ways to one program, made when a scenario is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from alliancesim.errors import Finding, nearest
from alliancesim.scenario.overlay import COMMAND_LINE, other_kind, overlay
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.shape import describe, shape_at
from alliancesim.scenario.yamlfile import Key, KeyPath, Node, dotted, finding


def choose(root: Node, files: Sequence[Path] = ()) -> tuple[list[Finding], dict[KeyPath, Program]]:
    """Lays the chosen alternative of every program over it, in place; what is wrong with the choices, and the others.

    The chosen alternative and the choice then are the program itself and leave the tree. The other alternatives stay; by
    path, each is given as the program it would be, so that its mistakes are found before somebody chooses it.

    Args:
        root: the overlaid tree.
        files: those it was read from, nearest first.
    """
    findings: list[Finding] = []
    others: dict[KeyPath, Program] = {}
    programs = root.value.get("programs")
    entries = programs.value if programs is not None and isinstance(programs.value, dict) else {}
    for name, program in entries.items():
        keys = program.value if isinstance(program.value, dict) else {}
        alternatives, choice = keys.get("alternatives") or Node({}, program.at), keys.get("choice")
        known = alternatives.value if isinstance(alternatives.value, dict) else {}
        for key, node in known.items():
            if isinstance(node.value, dict) and (choice is None or key != choice.value):
                written_out = _laid_over(program, node)
                try:
                    others["programs", name, "alternatives", key] = Program.model_validate(written_out.plain())
                except ValidationError as error:  # what else is wrong with it is told of the alternative or of the program
                    findings += _missing(error, node, ("programs", name, "alternatives", key), _current(program, known, choice))
        if choice is None or not isinstance(choice.value, str):
            continue
        if choice.value not in known:
            listed = [str(key) for key in known]
            said = f"known: {', '.join(listed) or 'none'}"
            at: KeyPath = ("programs", name, "choice")
            findings.append(finding(choice.at, at, f"no alternative '{choice.value}'", said, nearest(choice.value, listed)))
            if not known:
                continue
        else:
            at = ("programs", name, "alternatives", choice.value)
            findings += _overridden(program, known[choice.value], at, [COMMAND_LINE, *map(str, files)])
        taken = choice.value if choice.value in known else next(iter(known))  # so that nothing else follows from the mistake
        rest = {key: node for key, node in known.items() if key != taken}
        program.value = _laid_over(program, known[taken]).value
        if rest:
            program.value["alternatives"] = Node(rest, alternatives.at, alternatives.key_at)
    return findings, others


def _current(program: Node, known: dict[Key, Node], choice: Node | None) -> Node:
    """The program as it is chosen to be."""
    chosen = known.get(choice.value) if choice is not None and isinstance(choice.value, str) else None
    return program if chosen is None else _laid_over(program, chosen)


def _missing(error: ValidationError, alternative: Node, path: KeyPath, current: Node) -> Iterator[Finding]:
    """Findings on what the program as it is has, and would lack with an alternative."""
    for detail in error.errors(include_url=False):
        key = detail["loc"][0]
        if detail["type"] == "missing" and len(detail["loc"]) == 1 and key in current.value:
            node = alternative.value.get(key, alternative)
            yield finding(node.where(), (*path, key), "missing", describe(shape_at((*path[:2], key))))


def _laid_over(program: Node, alternative: Node) -> Node:
    """The program that an alternative makes of another, without a choice."""
    kept = Node({key: node for key, node in program.value.items() if key not in ("choice", "alternatives")}, program.at)
    return overlay(kept, alternative) if isinstance(alternative.value, dict) else kept


def _overridden(program: Node, alternative: Node, path: KeyPath, files: list[str]) -> Iterator[Finding]:
    """Findings on values laid over a program to no effect: the chosen alternative, given farther off or before, has others."""
    if not isinstance(program.value, dict) or not isinstance(alternative.value, dict):
        return
    for key, node in alternative.value.items():
        below = program.value.get(key)
        if below is None:
            continue
        if _mergeable(below, node):
            yield from _overridden(below, node, (*path, key), files)
        elif below.plain() != node.plain() and _rank(below, files) < _rank(node, files):
            own, said = (*path[:2], *path[4:], key), f"set {dotted((*path, key))}"
            yield finding(below.where(), own, f"the choice '{path[3]}' gives it", said)


def _mergeable(base: Node, top: Node) -> bool:
    """Whether one is laid over the other key by key."""
    both = isinstance(base.value, dict) and isinstance(top.value, dict)
    return both and not other_kind(base.value, top.value)


def _rank(node: Node, files: list[str]) -> tuple[int, bool]:
    """How far off a value is given, the command line nearest; a setting of a file is nearer than what else is in it."""
    file = node.where().file
    return files.index(file) if file in files else len(files), not node.by_setting
