"""Conditions, workforces, effects, and who reads them."""

from __future__ import annotations

from collections.abc import Iterable

from alliancesim.scenario.checks.checker import Checker, given
from alliancesim.scenario.conditions import SUPPORT, Elasticities
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.planned import center, lowest
from alliancesim.scenario.yamlfile import KeyPath

STAGES, RESOURCES = "a condition, a workforce or support", "a condition or a workforce"


def check_conditions(check: Checker) -> None:
    """The checks of `conditions` and `workforce`, and of all that names them."""
    conditions, workforces = check.names("conditions"), check.names("workforce")
    for register, names in (("conditions", conditions), ("workforce", workforces)):
        for name in names:
            if name == SUPPORT:
                check.add_key((register, name), f"name '{name}'", "another name; this one is domestic support")
            elif register == "workforce" and name in conditions:
                check.add_key((register, name), f"name '{name}' is that of a condition", "names unlike those of conditions")
    for name, condition in check.scenario.conditions.items():
        path: KeyPath = ("conditions", name)
        low, high = center(condition.floor), center(condition.ceiling)
        if low > high:
            check.add((*path, "floor"), f"{low:g} is above the ceiling {high:g}", "a floor of at most the ceiling")
        elif not low <= center(condition.initial) <= high:
            check.add((*path, "initial"), f"{center(condition.initial):g}", f"a value from floor {low:g} to ceiling {high:g}")
    _workforces(check)
    _channels(check)
    for name, program in check.scenario.programs.items():
        check_readings(check, ("programs", name), program)
    for name, resource in check.scenario.resources.items():
        _elasticities(check, ("resources", name, "scaled_by"), resource.scaled_by, [*conditions, *workforces], RESOURCES)
    linkage = check.scenario.linkage
    for path, named in (
        (("linkage", "ties_condition"), linkage.ties_condition),
        (("linkage", "pressure", "decay_condition"), linkage.pressure.decay_condition),
    ):
        if named is not None:
            check.refer(path, named, conditions, "a condition")
    if linkage.pressure.decay_condition is not None:
        _above_zero(check, ("linkage", "pressure", "decay_condition"), linkage.pressure.decay_condition)


def _workforces(check: Checker) -> None:
    readable = [*check.names("conditions"), SUPPORT]
    for name, workforce in check.scenario.workforce.items():
        path: KeyPath = ("workforce", name)
        low, high = center(workforce.floor), center(workforce.ceiling)
        if low > high:
            check.add((*path, "floor"), f"{low:g} is above the ceiling {high:g}", "a floor of at most the ceiling")
        for key, number in given(workforce.required):
            if lowest(number) == 0.0:
                check.add((*path, "required", *key), "nobody is required", "a number above 0")
        for fy in workforce.known:
            if not check.first_fy <= fy <= (check.first_fy if check.as_of_fy is None else check.as_of_fy):
                said = "fiscal years from the first to that of the as-of month"
                check.add_key((*path, "known", fy), f"FY{fy} is not on record", said)
        _elasticities(check, (*path, "scaled_by"), workforce.scaled_by, readable, "a condition or support")


def _channels(check: Checker) -> None:
    for name, channel in check.scenario.channels.items():
        for stage_name, stage in channel.stages.items():
            _elasticities(check, ("channels", name, "stages", stage_name, "slowed_by"), stage.slowed_by, _readable(check), STAGES)


def _readable(check: Checker) -> list[str]:
    return [*check.names("conditions"), *check.names("workforce"), SUPPORT]


def check_readings(check: Checker, path: KeyPath, program: Program) -> None:
    """What a program reads of conditions and workforces, and does to conditions."""
    for stage_name, override in program.stages.items():
        _elasticities(check, (*path, "stages", stage_name, "slowed_by"), override.slowed_by or {}, _readable(check), STAGES)
    for kind in program.crew:
        check.refer((*path, "crew", kind), kind, check.names("workforce"), "a workforce", key=True)
    for key, effect in program.effects.items():
        here = (*path, "effects", key)
        check.refer((*here, "condition"), effect.condition, check.names("conditions"), "a condition")
        if (effect.add is None) == (effect.mult is None):
            check.add(here, "neither add nor mult" if effect.add is None else "add and mult", "exactly one of the two")


def _elasticities(check: Checker, path: KeyPath, read: Elasticities, known: Iterable[str], kind: str) -> None:
    """What is read exists, and is above 0 whatever happens."""
    for name in read:
        here = (*path, name)
        if check.refer(here, name, known, kind, key=True):
            _above_zero(check, here, name)


def _above_zero(check: Checker, path: KeyPath, name: str) -> None:
    """A condition that is read as a power has a floor above 0."""
    condition = check.scenario.conditions.get(name)
    if condition is not None and lowest(condition.floor) <= 0.0:
        check.add(path, f"'{name}' can fall to 0", f"conditions.{name}.floor above 0, for its power is read")
