"""Conditions, workforces, and what reads them."""

from __future__ import annotations

from harness import Tree
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from strategies.values import FIRST_FY, MILESTONES, amounts, growths, shares


@st.composite
def elasticities(draw: DrawFn, names: tuple[str, ...]) -> Tree:
    """By which conditions something is slowed or scaled."""
    return {name: draw(st.sampled_from((0.5, 1.0, -0.5, 0.0))) for name in draw(st.sets(st.sampled_from(names), max_size=2))}


@st.composite
def conditioned(draw: DrawFn, tree: Tree, fact: int) -> None:
    """Conditions and workforces added to a scenario, moved and read by what is there; fact: months of history."""
    names, kinds = ("skill", "trust"), ("crews",)
    floors = st.sampled_from((0.05, 0.5))
    skill, trust = {"initial": draw(amounts(0.5, 2)), "floor": draw(floors)}, {"ceiling": draw(amounts(1, 3))}
    tree["conditions"] = {"skill": skill, "trust": trust}
    tree["workforce"] = {
        "crews": {
            "initial": draw(amounts(50, 150)),
            "required": {FIRST_FY: 100.0, "then_growth_share": draw(growths)},
            "cohort": {FIRST_FY: 50.0, "then_growth_share": draw(growths)},
            "recruiting_share": draw(st.sampled_from((0.0, 0.2))),
            "attrition_share": draw(st.sampled_from((0.0, 0.1, 1.0))),
            "recruiting_sd_share": draw(st.sampled_from((0.0, 0.3))),
            "scaled_by": draw(elasticities((*names, "support"))),
            "planned_share": draw(st.sampled_from((1.0, 0.8))),
            "floor": draw(st.sampled_from((0.05, 0.7))),
            "ceiling": draw(st.sampled_from((1.5, 0.9))),
        }
    }
    if draw(st.booleans()):
        tree["workforce"]["crews"]["known"] = {FIRST_FY + draw(st.integers(0, max(0, fact - 1) // 12)): draw(amounts(50, 150))}
    for resource in tree["resources"].values():
        resource["scaled_by"] = draw(elasticities((*names, *kinds)))
    for channel in tree["channels"].values():
        for stage in channel["stages"].values():
            if draw(st.booleans()):
                stage["slowed_by"] = draw(elasticities((*names, *kinds, "support")))
    for package in tree.get("packages", {}).values():
        package["enablers"]["will"] = {"condition": draw(st.sampled_from((*names, *kinds, "support")))}
    for program in tree["programs"].values():
        for stage in program.get("stages", {}).values():
            stage["slowed_by"] = draw(elasticities((*names, *kinds, "support")))
        if "bid" in program:
            program["bid"]["conditions"] = draw(elasticities(names))
        crew = draw(st.sampled_from((0.0, 2.5)))
        if "bid" not in program:
            program["crew"] = {"crews": crew}
        program["effects"] = {
            f"effect{i}": {
                "on": draw(st.sampled_from(MILESTONES)),
                "condition": draw(st.sampled_from(names)),
                draw(st.sampled_from(("add", "mult"))): draw(amounts(0, 2)),
            }
            for i in range(draw(st.integers(0, 2)))
        }
    if draw(st.booleans()):
        linkage = tree.setdefault("linkage", {})
        linkage["ties_condition"] = "trust"
        decay = {"ties_damping_share": draw(shares), "decay_condition": "skill", "decay_elasticity": draw(amounts(-1, 1))}
        linkage["pressure"] = linkage.get("pressure", {}) | decay
