"""Packages, readiness and the scorecard."""

from __future__ import annotations

from collections.abc import Iterable

from alliancesim.scenario.capability import Enabler, Scorecard
from alliancesim.scenario.checks.checker import Checker
from alliancesim.scenario.conditions import SUPPORT
from alliancesim.scenario.planned import center
from alliancesim.scenario.yamlfile import KeyPath

MOST_POINTS = 100.0


def check_capability(check: Checker) -> None:
    """The checks of `packages`, `readiness` and `scorecard`."""
    for name, package in check.scenario.packages.items():
        path: KeyPath = ("packages", name)
        if not package.components:
            check.add((*path, "components"), "no components", "at least one component")
        for one, component in package.components.items():
            if not component.programs:
                check.add((*path, "components", one, "programs"), "no programs", "operational units by program")
            _programs(check, (*path, "components", one, "programs"), component.programs)
            for name in component.programs:
                if name in check.scenario.programs and check.scenario.programs[name].bid is not None:
                    found = f"'{name}' is an export"
                    check.add_key((*path, "components", one, "programs", name), found, "programs whose units stay at home")
        for one, enabler in package.enablers.items():
            _enabler(check, (*path, "enablers", one), enabler)
    _readiness(check)
    _scorecard(check, check.scenario.scorecard)


def _programs(check: Checker, path: KeyPath, units: Iterable[str]) -> None:
    for name in units:
        check.refer((*path, name), name, check.names("programs"), "a program", key=True)


def _enabler(check: Checker, path: KeyPath, enabler: Enabler) -> None:
    if not (enabler.programs or enabler.ally_by_regime or enabler.condition):
        check.add(path, "nothing to enable by", "one or more of programs, ally_by_regime, condition")
    _programs(check, (*path, "programs"), enabler.programs)
    if enabler.condition is not None:
        known = [*check.names("conditions"), *check.names("workforce"), SUPPORT]
        check.refer((*path, "condition"), enabler.condition, known, "a condition or workforce")


def _readiness(check: Checker) -> None:
    readiness = check.scenario.readiness
    path: KeyPath = ("readiness", "paid_bucket")
    if readiness.paid_bucket is not None:
        check.refer(path, readiness.paid_bucket, check.names("money", "buckets"), "a bucket")
        return
    needy = [name for name, program in check.scenario.programs.items() if center(program.sustainment_bn_per_unit) > 0.0]
    said = "readiness.paid_bucket, the bucket whose contracts pay for sustainment"
    if readiness.need_bn is not None:
        check.add(("readiness", "need_bn"), "need_bn without paid_bucket", said)
    elif needy:
        check.add(("programs", needy[0], "sustainment_bn_per_unit"), "sustainment needed, but nothing pays for it", said)


def _scorecard(check: Checker, scorecard: Scorecard) -> None:
    path: KeyPath = ("scorecard",)
    points = scorecard.cutpoints
    for grade, cutpoint in points.items():
        same = [other for other in points if points[other] == cutpoint]
        if not 0.0 <= cutpoint <= MOST_POINTS:
            check.add((*path, "cutpoints", grade), f"{cutpoint:g}", f"0 to {MOST_POINTS:g} points")
        elif same[0] != grade:
            check.add((*path, "cutpoints", grade), f"{cutpoint:g}, as for '{same[0]}'", "one grade for each cutpoint")
    if scorecard.areas and 0.0 not in points.values():
        found = "no grade begins at 0 points" if points else "no cutpoints"
        check.add((*path, "cutpoints"), found, "fewest points by grade, 0 for the lowest")
    for name, area in scorecard.areas.items():
        if not area.indicators:
            check.add((*path, "areas", name, "indicators"), "no indicators", "at least one indicator")
        for one, indicator in area.indicators.items():
            if indicator.low == indicator.high:
                below = (*path, "areas", name, "indicators", one, "high")
                check.add(below, f"{center(indicator.high):g}, as low", "two different anchors")
