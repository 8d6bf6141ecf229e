"""The choice between alternative ways to one program, made when a scenario is read."""

from __future__ import annotations

from difflib import get_close_matches

from alliancesim.errors import Finding
from alliancesim.scenario.overlay import overlay
from alliancesim.scenario.yamlfile import Node, finding


def choose(root: Node) -> list[Finding]:
    """Lays the chosen alternative of every program over it, in place; what is wrong with the choices.

    The chosen alternative and the choice then are the program itself and leave the tree; the other alternatives stay, so
    that their mistakes are found too.
    """
    findings: list[Finding] = []
    programs = root.value.get("programs")
    entries = programs.value if programs is not None and isinstance(programs.value, dict) else {}
    for name, program in entries.items():
        choice = program.value.get("choice") if isinstance(program.value, dict) else None
        if choice is None or not isinstance(choice.value, str):
            continue
        alternatives = program.value.get("alternatives")
        known = alternatives.value if alternatives is not None and isinstance(alternatives.value, dict) else {}
        if choice.value not in known:
            listed = [str(key) for key in known]
            near = get_close_matches(choice.value, listed, 1)
            said = f"known: {', '.join(listed) or 'none'}"
            path = ("programs", name, "choice")
            findings.append(finding(choice.at, path, f"no alternative '{choice.value}'", said, near[0] if near else None))
            if not known:
                continue
        taken = choice.value if choice.value in known else next(iter(known))  # so that nothing else follows from the mistake
        chosen = known[taken]
        rest = {key: node for key, node in known.items() if key != taken}
        kept = {key: node for key, node in program.value.items() if key not in ("choice", "alternatives")}
        merged = overlay(Node(kept, program.at), chosen) if isinstance(chosen.value, dict) else Node(kept, program.at)
        if rest:
            merged.value["alternatives"] = Node(rest, alternatives.at, alternatives.key_at)
        program.value = merged.value
    return findings
