"""What the force adds up to at a year's end, whatever happened at its last instant."""

from __future__ import annotations

from typing import Any

from harness import Tree, overlay

from corpus.register import adversary, build, fleet
from corpus.switches import busy


def counted(tree: Tree, components: Tree, **enabler: Any) -> Tree:
    """The same scenario with a package of each kind of elasticity, readiness, and an area over all of it."""
    block = {"title": "A package", "components": components, "enablers": {"eyes": enabler} if enabler else {}}
    values = {"least": 0.0, "half": 0.5, "mean": 1.0, "sum": 3.0}
    outcomes = [f"packages.{name}.capability_share" for name in values]
    outcomes += ["fiscal_years.availability_share", "fiscal_years.operational_arms_bn", "program_years.a.in_pipeline_units"]
    indicators = {f"i{i}": {"outcome": outcome, "low": 0.0, "high": 2.0} for i, outcome in enumerate(outcomes)}
    return overlay(tree, {
        "packages": {name: block | {"elasticity": elasticity} for name, elasticity in values.items()},
        "readiness": {"need_bn": 3.0, "paid_bucket": "arms", "elasticity": 0.5},
        "scorecard": {"cutpoints": {"C": 0.0}, "areas": {"force": {"title": "The force", "indicators": indicators}}},
    })  # fmt: skip


@adversary
def packages_of_a_busy_force() -> Tree:
    """Packages, an ally that lends by regime, readiness under rising prices, and scores, over all other mechanisms at once."""
    tree = counted(busy(), {"first": {"programs": {"a": 9.0, "b": 4.0}}, "second": {"weight": 0.3, "programs": {"b": 6.0}}},
                   programs={"b": 30.0}, ally_by_regime={"firewalled": 1.0, "contested": 0.6, "ruptured": 0.1})  # fmt: skip
    tree["programs"]["a"]["sustainment_bn_per_unit"] = {"dist": "uniform", "low": 0.1, "high": 0.4}
    tree["packages"]["half"]["elasticity"] = {"dist": "uniform", "low": 0.0, "high": 2.0}
    return tree


@adversary
def packages_enabled_by_conditions() -> Tree:
    """Conditions that deliveries move, staffing that crews strain, and domestic support, as enablers and as indicators."""
    tree = counted(busy(), {"first": {"programs": {"a": 9.0}}, "second": {"programs": {"b": 6.0}}}, condition="command")
    tree["packages"]["mean"]["enablers"] = {"hands": {"condition": "sailors"}, "will": {"condition": "support"}}
    indicators = tree["scorecard"]["areas"]["force"]["indicators"]
    for outcome in ("conditions.command.value", "workforce.sailors.staffing_share"):
        indicators[outcome.split(".")[1]] = {"outcome": outcome, "low": 0.0, "high": 1.5}
    people = {"initial": 90.0, "required": 100.0, "cohort": 50.0, "recruiting_share": 0.2, "attrition_share": 0.1}
    return overlay(tree, {
        "conditions.command": {"initial": 0.1}, "workforce.sailors": people | {"recruiting_sd_share": 0.3},
        "programs.a.crew.sailors": 4.0,
        "programs.a.effects.command": {"on": "first_delivery", "condition": "command", "add": 0.4},
        "programs.b.effects.command": {"on": "completion", "condition": "command", "mult": 2.0},
    })  # fmt: skip


@adversary
def operational_at_the_last_instant() -> Tree:
    """Units that become operational on the day a year ends belong to its packages; a regime that changes then does not."""
    regimes = [{"date": "2025-04", "regime": "linked"}, {"date": "2026-04", "regime": "firewalled"}]
    tree = fleet(4, "ab", build(make={"duration_months": 12.0}), horizon__as_of="2026-06", linkage={"known_regimes": regimes})
    return counted(tree, {"all": {"programs": {"a": 4.0}}, "one": {"programs": {"b": 1.0}}}, ally_by_regime={"linked": 0.5})
