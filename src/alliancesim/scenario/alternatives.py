"""The choice between alternative ways to one program, made when a scenario is read."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import ValidationError

from alliancesim.errors import Finding
from alliancesim.scenario.overlay import overlay
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.yamlfile import Key, Node, finding


def choose(root: Node) -> tuple[list[Finding], dict[tuple[Key, ...], Program]]:
    """Lays the chosen alternative of every program over it, in place; what is wrong with the choices, and the others.

    The chosen alternative and the choice then are the program itself and leave the tree. The other alternatives stay; by
    path, each is given as the program it would be, so that its mistakes are found before somebody chooses it.
    """
    findings: list[Finding] = []
    others: dict[tuple[Key, ...], Program] = {}
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
                except ValidationError:
                    continue  # what is wrong with it is told of the alternative or of the program
        if choice is None or not isinstance(choice.value, str):
            continue
        if choice.value not in known:
            listed = [str(key) for key in known]
            near = get_close_matches(choice.value, listed, 1)
            said = f"known: {', '.join(listed) or 'none'}"
            path = ("programs", name, "choice")
            findings.append(finding(choice.at, path, f"no alternative '{choice.value}'", said, near[0] if near else None))
            if not known:
                continue
        taken = choice.value if choice.value in known else next(iter(known))  # so that nothing else follows from the mistake
        rest = {key: node for key, node in known.items() if key != taken}
        program.value = _laid_over(program, known[taken]).value
        if rest:
            program.value["alternatives"] = Node(rest, alternatives.at, alternatives.key_at)
    return findings, others


def _laid_over(program: Node, alternative: Node) -> Node:
    """The program that an alternative makes of another, without a choice."""
    kept = Node({key: node for key, node in program.value.items() if key not in ("choice", "alternatives")}, program.at)
    return overlay(kept, alternative) if isinstance(alternative.value, dict) else kept
