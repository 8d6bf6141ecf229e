"""What holds for every block alike: names, sizes of numbers, distributions within bounds, noise factors, dated values."""

from __future__ import annotations

import math
import re

from alliancesim.scenario.checks.checker import Checker, blocks, given
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.pipelines import Disruptions
from alliancesim.scenario.planned import center, ends, highest, lowest
from alliancesim.scenario.provenance import numbers
from alliancesim.scenario.shape import bounds, is_register, percent, shape_at, span
from alliancesim.scenario.values import TAIL_YEARS, Block, Dated, Distribution, Noise
from alliancesim.scenario.yamlfile import KeyPath

LARGEST = 1e12
REACH_YEARS = 60
MOST_ENTRIES = 2000

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NAMED = tuple(name for name in Scenario.model_fields if is_register((name,)) and name not in ("sources", "correlation"))
"""Keys of the root whose names are looked at; ids of sources are free, and those of correlation name currencies."""
_NARROWER = {"plan_rate": {"gt": 0.0}, "topline_share_of_gdp": {"ge": 0.0, "le": 1.0}}
"""Dated values whose numbers have other bounds than those of all."""


def check_general(check: Checker) -> None:
    """The checks that need no horizon."""
    _names(check)
    for path, node in numbers(check.root):
        if abs(node.value) > LARGEST:
            check.add(path, f"{node.value:g}", f"numbers of at most {LARGEST:g} in size")
    check_blocks(check, check.scenario)


def check_blocks(check: Checker, within: Block, at: KeyPath = ()) -> None:
    """The checks of each block by itself: of those within one that stands at a path."""
    for path, block in blocks(within, at):
        if isinstance(block, Noise):
            _noise(check, path, block)
        elif isinstance(block, Disruptions):
            if center(block.duration_p90_months) < center(block.duration_median_months):
                said = f"at least the median {center(block.duration_median_months):g}"
                check.add((*path, "duration_p90_months"), f"{center(block.duration_p90_months):g} is below the median", said)
        elif isinstance(block, Distribution):
            _distribution(check, path, block, bounds(shape_at(path)))  # no shape for those of a dated value, which come below
        elif isinstance(block, Dated):
            _dated(check, path, block)


def _names(check: Checker) -> None:
    registers: list[tuple[str, ...]] = [(name,) for name in _NAMED]
    registers += [("money", "buckets"), ("money", "taxes"), ("money", "revisions"), ("linkage", "rounds"), ("scorecard", "areas")]
    registers += [("channels", name, "stages") for name in check.names("channels")]
    registers += [("programs", name, part) for name in check.names("programs") for part in ("effects", "alternatives")]
    registers += [("packages", name, part) for name in check.names("packages") for part in ("components", "enablers")]
    registers += [("scorecard", "areas", name, "indicators") for name in check.names("scorecard", "areas")]
    for register in registers:
        seen: dict[str, str] = {}
        names = check.names(*register)
        if len(names) > MOST_ENTRIES:
            check.add(register, f"{len(names)} entries", f"at most {MOST_ENTRIES}")
        for name in names:
            path = (*register, name)
            if not _NAME.fullmatch(name):
                if any(isinstance(key, int) for key in _raw_keys(check, register)):
                    continue  # a key that is no text is reported as such already
                better = re.sub(r"\W+", "_", name).strip("_")
                near = better if _NAME.fullmatch(better) else None
                check.add_key(path, f"name '{name}'", "letters, digits and _, a letter first", near)
            plain = name.lower().replace("_", "")
            if plain in seen:
                check.add_key(path, f"name '{name}' reads like '{seen[plain]}'", "names that differ in letters or digits")
            seen.setdefault(plain, name)


def _raw_keys(check: Checker, register: tuple[str, ...]) -> list[object]:
    node = check.root
    for key in register:
        node = node.value[key]
    return list(node.value)


def _noise(check: Checker, path: KeyPath, noise: Noise) -> None:
    if center(noise.p90) < center(noise.median):
        check.add((*path, "p90"), f"{center(noise.p90):g} is below the median", f"at least the median {center(noise.median):g}")
    a, b = (highest(share, 1.0) for share in (noise.system_loading_share, noise.program_loading_share))
    if a * a + b * b > 1.0 + 1e-9:
        check.add(
            path, f"loadings {a:g} and {b:g}, squares sum to {a * a + b * b:g}", "squares of the two loadings sum to at most 1"
        )


def _dated(check: Checker, path: KeyPath, dated: Dated) -> None:
    limits = _NARROWER.get(str(path[-1]), bounds(Dated))
    for key, number in given(dated):
        if isinstance(number, Distribution):
            _distribution(check, (*path, *key), number, limits)
        elif not _within(number, limits):
            check.add((*path, *key), f"{number:g}", f"a number{span(limits)}{percent((*path, *key), limits)}")


def _distribution(check: Checker, path: KeyPath, drawn: Distribution, limits: dict[str, float]) -> None:
    """The ends, or the center where there are none, keep the bounds of the key; beyond a center draws are clipped to them."""
    low, high = ends(drawn)
    if not (_within(low, limits) and _within(high, limits)):
        found = f"{drawn.dist} about {low:g}" if drawn.low is None else f"{drawn.dist} from {low:g} to {high:g}"
        check.add(path, found, f"numbers{span(limits)}{percent(path, limits)}")
    elif "gt" in limits and lowest(drawn) <= limits["gt"]:
        positive = "lognormal, or " if limits["gt"] == 0.0 and "lt" not in limits else ""
        said = f"numbers{span(limits)}: use {positive}uniform or triangular above {limits['gt']:g}"
        check.add(path, f"{drawn.dist} can reach {limits['gt']:g}", said)
    elif "lt" in limits and highest(drawn) >= limits["lt"]:
        said = f"numbers{span(limits)}: use uniform or triangular below {limits['lt']:g}"
        check.add(path, f"{drawn.dist} can reach {limits['lt']:g}", said)


def _within(number: float, limits: dict[str, float]) -> bool:
    """Whether a number keeps bounds by their pydantic names."""
    return (
        limits.get("ge", -math.inf) <= number <= limits.get("le", math.inf)
        and ("gt" not in limits or number > limits["gt"])
        and ("lt" not in limits or number < limits["lt"])
    )


def check_years(check: Checker) -> None:
    """Values by fiscal year lie near the horizon."""
    low, high = check.first_fy - REACH_YEARS, check.last_fy + REACH_YEARS
    for path, block in blocks(check.scenario):
        if not isinstance(block, Dated):
            continue
        for year in block.by_fy:
            if not low <= year <= high:
                check.add_key((*path, year), f"FY{year} is far from the horizon", f"fiscal years {low} to {high}")


def check_growth(check: Checker) -> None:
    """What grows stays within the bounds of what is written."""
    end = check.last_fy + TAIL_YEARS
    for path, block in blocks(check.scenario):
        if not isinstance(block, Dated) or not block.by_fy or max(ends(block.then_growth_share)) <= 0.0:
            continue
        last = max(block.by_fy)
        years, value, growth = max(0, end - last), max(ends(block.by_fy[last])), max(ends(block.then_growth_share))
        most = _NARROWER.get(str(path[-1]), {}).get("le", LARGEST)
        if value > 0.0 and math.log(value) + years * math.log1p(growth) > math.log(most):
            said = f"growth that leaves it at most {most:g} up to FY{end}, {TAIL_YEARS} years beyond the horizon"
            check.add((*path, "then_growth_share"), f"{growth:g} a year for {years} years makes too much of {value:g}", said)
