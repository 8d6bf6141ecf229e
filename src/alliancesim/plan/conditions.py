"""Conditions, workforces, effects and factors of them as arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alliancesim.plan.arrays import firsts, ints
from alliancesim.plan.fields import CONDITION, MILESTONES, WORKFORCE
from alliancesim.plan.layout import NONE
from alliancesim.plan.params import Vector
from alliancesim.plan.pipelines import stage_parts, stage_path
from alliancesim.scenario.conditions import SUPPORT
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.planned import stage_value


def condition_names(scenario: Scenario) -> list[str]:
    """What can be read by name, in the order of its numbers: conditions, then workforces, then domestic support."""
    return [*sorted(scenario.conditions), *sorted(scenario.workforce), SUPPORT]


def compile_conditions(scenario: Scenario, vector: Vector, key: Callable[[str], int]) -> dict[str, Any]:
    """The plan's section of conditions; `key` hashes addresses."""
    names = condition_names(scenario)
    conditions, kinds, programs = sorted(scenario.conditions), sorted(scenario.workforce), sorted(scenario.programs)
    years = range(scenario.horizon.first_fy, scenario.horizon.last_fy + 1)
    known = [[vector.at(f"workforce.{kind}.known.{fy}", optional=True) for fy in years] for kind in kinds]
    crew = [[vector.at(f"programs.{name}.crew.{kind}", optional=True) for kind in kinds] for name in programs]
    ties, decay = scenario.linkage.ties_condition, scenario.linkage.pressure.decay_condition
    prefixes = [*(f"conditions.{name}" for name in conditions), *(f"workforce.{kind}" for kind in kinds)]
    return {
        "condition_at": vector.table(prefixes, CONDITION),
        "workforce_first": len(conditions),
        "workforce_at": vector.table([f"workforce.{kind}" for kind in kinds], WORKFORCE),
        "workforce_known_at": ints(known, len(kinds), len(years)),
        "workforce_key": ints([key(f"workforce/{kind}") for kind in kinds]),
        "crew_at": ints(crew, len(programs), len(kinds)),
        "ties_condition": NONE if ties is None else names.index(ties),
        "decay_condition": NONE if decay is None else names.index(decay),
        **_effects(scenario, vector, names),
        **_powers(scenario, vector, names),
    }


def _effects(scenario: Scenario, vector: Vector, names: list[str]) -> dict[str, Any]:
    """Effects by program and milestone, those of one milestone in the order of their names."""
    first, at, condition, is_mult = [0], [], [], []
    for program in sorted(scenario.programs):
        effects = scenario.programs[program].effects
        for milestone in MILESTONES:
            for name in sorted(name for name, effect in effects.items() if effect.on == milestone):
                how = "add" if effects[name].mult is None else "mult"
                at.append(vector.at(f"programs.{program}.effects.{name}.{how}"))
                condition.append(names.index(effects[name].condition))
                is_mult.append(int(how == "mult"))
            first.append(len(at))
    fields = {"first": first, "at": at, "condition": condition, "is_mult": is_mult}
    return {f"effect_{name}": ints(values) for name, values in fields.items()}


def _powers(scenario: Scenario, vector: Vector, names: list[str]) -> dict[str, Any]:
    """Elasticities of conditions by what they scale: every program's stages, then resources, then workforces."""
    owners: list[tuple[str, list[str]]] = []
    for program in sorted(scenario.programs):
        for stage, work in stage_parts(scenario, program):
            path = stage_path(scenario, program, stage, "slowed_by")
            owners.append((path, [] if work else sorted(stage_value(scenario, scenario.programs[program], stage, "slowed_by"))))
    for name in sorted(scenario.resources):
        owners.append((f"resources.{name}.scaled_by", sorted(scenario.resources[name].scaled_by)))
    for kind in sorted(scenario.workforce):
        owners.append((f"workforce.{kind}.scaled_by", sorted(scenario.workforce[kind].scaled_by)))
    at = [vector.at(f"{path}.{name}") for path, read in owners for name in read]
    condition = [names.index(name) for _, read in owners for name in read]
    return {
        "power_first": firsts(len(read) for _, read in owners),
        "power_at": ints(at),
        "power_condition": ints(condition),
    }
