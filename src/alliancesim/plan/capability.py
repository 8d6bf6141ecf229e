"""What the force adds up to, as arrays: packages, readiness, and the places of the outcomes that the scorecard reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from alliancesim.plan.arrays import firsts, ints
from alliancesim.plan.columns import (
    CONDITION_YEAR,
    CURRENCY_YEAR,
    FISCAL_YEAR,
    PACKAGE_YEAR,
    PROGRAM_YEAR,
    WORKFORCE_YEAR,
    Column,
)
from alliancesim.plan.conditions import condition_names
from alliancesim.plan.fields import (
    BUCKET_ARRAY,
    CONDITION_ARRAY,
    CURRENCY_ARRAY,
    FISCAL_ARRAY,
    INDICATOR,
    PACKAGE_ARRAY,
    PROGRAM_ARRAY,
    WORKFORCE_ARRAY,
)
from alliancesim.plan.layout import NONE
from alliancesim.plan.params import Vector
from alliancesim.rules.linkage import REGIMES
from alliancesim.scenario.capability import Component, Enabler
from alliancesim.scenario.load import LoadedScenario

Place = tuple[int, int, int]
"""Outcome array, row and column."""


def compile_capability(loaded: LoadedScenario, vector: Vector, places: dict[str, Place]) -> dict[str, Any]:
    """The plan's arrays for packages, readiness and scorecard.

    Args:
        loaded: the scenario.
        vector: its parameters.
        places: where each outcome that an indicator may name stands.
    """
    scenario = loaded.scenario
    programs, names = sorted(scenario.programs), condition_names(scenario)
    packages = [(f"packages.{name}", package) for name, package in scenario.packages.items()]
    components = [(f"{path}.components.{name}", one) for path, package in packages for name, one in package.components.items()]
    enablers = [(f"{path}.enablers.{name}", one) for path, package in packages for name, one in package.enablers.items()]
    filled: list[tuple[str, Component | Enabler]] = [*components, *enablers]
    targets = [(f"{path}.programs.{name}", programs.index(name)) for path, one in filled for name in one.programs]
    areas = scenario.scorecard.areas
    indicators = [f"scorecard.areas.{area}.indicators.{name}" for area, block in areas.items() for name in block.indicators]
    outcomes = [indicator.outcome for block in areas.values() for indicator in block.indicators.values()]
    bucket = scenario.readiness.paid_bucket
    return {
        "package_elasticity_at": ints([vector.at(f"{path}.elasticity") for path, _ in packages]),
        "component_first": firsts(len(package.components) for _, package in packages),
        "component_at": ints([vector.at(f"{path}.weight") for path, _ in components]),
        "enabler_first": firsts(len(package.enablers) for _, package in packages),
        "enabler_ally_at": ints(
            [[vector.at(f"{path}.ally_by_regime.{regime}", optional=True) for regime in REGIMES] for path, _ in enablers],
            len(enablers), len(REGIMES),
        ),
        "enabler_condition": ints([NONE if one.condition is None else names.index(one.condition) for _, one in enablers]),
        "target_first": firsts(len(one.programs) for _, one in filled),
        "target_program": ints([program for _, program in targets]),
        "target_at": ints([vector.at(path) for path, _ in targets]),
        "readiness_bucket": NONE if bucket is None else list(scenario.money.buckets).index(bucket),
        "indicator_first": firsts(len(block.indicators) for block in areas.values()),
        "indicator_place": ints([places[outcome] for outcome in outcomes], len(indicators), 3),
        "indicator_at": vector.table(indicators, INDICATOR),
    }  # fmt: skip


def outcome_places(names: Callable[..., list[str]]) -> dict[str, Place]:
    """Where an indicator finds each outcome of a fiscal year, by its address: `table.column`, or `table.name.column`.

    names: those of a register, as `LoadedScenario.names` gives them.
    """
    places: dict[str, Place] = {}

    def enter(array: int, row: int, prefix: str, columns: Iterable[Column]) -> None:
        for c, column in enumerate(columns):
            places[f"{prefix}{column.name}"] = (array, row, c)

    enter(FISCAL_ARRAY, 0, "fiscal_years.", FISCAL_YEAR)
    for c, name in enumerate(names("currencies")):
        enter(CURRENCY_ARRAY, c, f"fiscal_years.{name.lower()}_", CURRENCY_YEAR)
    for b, name in enumerate(names("money", "buckets")):
        places[f"fiscal_years.operational_{name}_bn"] = (BUCKET_ARRAY, b, 0)
    for p, name in enumerate(sorted(names("programs"))):
        enter(PROGRAM_ARRAY, p, f"program_years.{name}.", PROGRAM_YEAR)
    for i, name in enumerate(sorted(names("conditions"))):
        enter(CONDITION_ARRAY, i, f"conditions.{name}.", CONDITION_YEAR)
    for h, name in enumerate(sorted(names("workforce"))):
        enter(WORKFORCE_ARRAY, h, f"workforce.{name}.", WORKFORCE_YEAR)
    for m, name in enumerate(names("packages")):
        enter(PACKAGE_ARRAY, m, f"packages.{name}.", PACKAGE_YEAR)
    return places
