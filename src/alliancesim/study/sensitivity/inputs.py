"""The inputs of a sensitivity analysis: which numbers of a scenario are varied, and over what."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np

from alliancesim.errors import RequestError, nearest
from alliancesim.plan.layout import Compiled
from alliancesim.plan.params import Number, numbers
from alliancesim.rules.draws import DISTRIBUTIONS, quantile
from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.provenance import Leaf, split
from alliancesim.scenario.values import PARAMETERS, Distribution
from alliancesim.study.runs.layout import Floats
from alliancesim.study.sensitivity.fitness import findings_about
from alliancesim.study.sensitivity.ties import MEDIAN_OF

SPREAD_SHARE = 0.2
"""How far a number without a distribution is moved to either side, as a share of it, unless the user says otherwise."""
MOST_TOLD = 3


@dataclass(frozen=True)
class Input:
    """One number that is varied, by a distribution of the scenario language."""

    name: str
    """Dotted path."""
    dist: str
    """One of rules.draws.DISTRIBUTIONS."""
    parameters: tuple[float, ...]
    low: float = -math.inf
    high: float = math.inf
    """Bounds of the key; values outside are clipped to them."""
    origin: str = ""
    """Where the distribution comes from, in words."""

    def values(self, shares: Floats) -> Floats:
        """The quantiles at these shares in (0, 1), clipped to the bounds. Any shape."""
        a, b, c = (*self.parameters, 0.0, 0.0)[:3]
        kind = DISTRIBUTIONS.index(self.dist)
        distinct, place = np.unique(shares, return_inverse=True)  # a design asks for few values again and again
        found = np.array([quantile(kind, a, b, c, share) for share in distinct.tolist()])
        return np.clip(found, self.low, self.high)[place].reshape(shares.shape)

    def text(self) -> str:
        """The distribution for people: `80 to 120`, or `normal 1, 0.2`."""
        shown = [f"{value:.4g}" for value in self.parameters]
        return " to ".join(shown) if self.dist == "uniform" else f"{self.dist} {', '.join(shown)}"


@dataclass(frozen=True)
class Selection:
    """What is varied, and what was matched but cannot be."""

    inputs: tuple[Input, ...]
    without_range: tuple[str, ...]
    """Numbers that are 0, or whose bounds leave no room, and that no range was given for."""

    def note(self) -> str:
        """What was left out, in words."""
        if not self.without_range:
            return ""
        more = len(self.without_range) - MOST_TOLD
        few = ", ".join(self.without_range[:MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
        return f"Not varied, being 0 or without room: {few}; --range gives one a range."


def select(
    loaded: LoadedScenario, compiled: Compiled, patterns: Sequence[str] = (), ranges: Mapping[str, str] | None = None,
    spread_share: float = SPREAD_SHARE,
) -> Selection:  # fmt: skip
    """The inputs of a scenario.

    Args:
        loaded: the scenario; compiled: its plan.
        patterns: dotted paths, with `*`, `?` and `[...]` as in file names; none: the numbers the scenario gives as
            distributions, and where it has none every number its files give.
        ranges: `LOW..HIGH` by path or pattern; what they match is varied too.
        spread_share: a number without distribution or range is uniform within this share of itself, within its bounds.

    Raises:
        RequestError: with every pattern that matches nothing and every range that is none.
    """
    known = dict(numbers(loaded.scenario))
    parameters = compiled.labels.parameters
    mistakes: list[str] = []
    given: dict[str, Input] = {}
    chosen: dict[str, None] = {}
    for pattern in patterns:
        chosen |= dict.fromkeys(_matching(pattern, parameters, known, mistakes))
    for pattern, text in (ranges or {}).items():
        for name in _matching(pattern, parameters, known, mistakes):
            made = _given_range(name, text, mistakes)
            if made is not None:
                given[name] = replace(made, low=known[name].low, high=known[name].high)
    for end in (0, 1) if given else ():
        for found in findings_about(loaded, {name: one.parameters[end] for name, one in given.items()}):
            mistakes.append(f"--range {found.path}: {found.found}; {found.allowed.replace(' or a distribution', '')}")
    if mistakes:
        raise RequestError("\n".join(mistakes))
    if not patterns and not ranges:
        drawn = [name for name in parameters if isinstance(known[name].value, Distribution)]
        chosen = dict.fromkeys(drawn or [name for name in parameters if leaves(loaded, name)])
    return vary([name for name in parameters if name in chosen or name in given], known, given, spread_share)


def leaves(loaded: LoadedScenario, name: str) -> list[Leaf]:
    """The numbers of the files that make up a parameter: one, several for a distribution, none where a default stands."""
    path = split(name)
    leaf = loaded.provenance.get(path)
    if leaf is not None:
        return [leaf]
    beside = (loaded.provenance.get((*path, key)) for key in PARAMETERS)
    return [part for part in beside if part is not None]


def vary(names: Iterable[str], known: Mapping[str, Number], given: Mapping[str, Input], spread_share: float) -> Selection:
    """Inputs of these names: the one given, else over the distribution the number has, else over a range about it.

    Raises RequestError where the spread makes no sense or nothing is left to vary.
    """
    if not 0.0 < spread_share < 1.0:
        message = f"spread = {spread_share:g}; a share above 0 and below 1"
        raise RequestError(message)
    inputs: list[Input] = []
    without: list[str] = []
    for name in names:
        made = given.get(name) or _own(name, known, spread_share)
        if made is None:
            without.append(name)
        else:
            inputs.append(made)
    if not inputs:
        message = f"nothing to vary; {Selection((), tuple(without)).note() or 'name numbers with --parameter'}"
        raise RequestError(message)
    return Selection(tuple(inputs), tuple(without))


def _own(name: str, known: Mapping[str, Number], spread_share: float) -> Input | None:
    """The distribution a number has, or a range about it; a 90th percentile is moved by its excess over the median."""
    number = known[name]
    if isinstance(number.value, Distribution):
        return Input(name, number.value.dist, number.value.parameters(), number.low, number.high, "own distribution")
    fixed = 0.0
    parent, _, last = name.rpartition(".")
    median = known.get(f"{parent}.{MEDIAN_OF[last]}") if last in MEDIAN_OF else None
    if median is not None:
        fixed = min(median.center(), number.value)
    reach = abs(number.value - fixed) * spread_share
    low, high = max(number.low, number.value - reach), min(number.high, number.value + reach)
    origin = f"+-{100 * spread_share:g} %" + (" of its excess over the median" if median is not None else "")
    return Input(name, "uniform", (low, high), number.low, number.high, origin) if low < high else None


def _given_range(name: str, text: str, mistakes: list[str]) -> Input | None:
    """A range the user wrote as `LOW..HIGH`."""
    ends = text.split("..")
    try:
        low, high = (float(end) for end in ends)
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        mistakes.append(f"--range {name}={text}: '{text}'; write LOW..HIGH with LOW below HIGH, for example 0.8..1.2")
        return None
    return Input(name, "uniform", (low, high), origin="given range")


def _matching(pattern: str, parameters: Sequence[str], known: Mapping[str, Number], mistakes: list[str]) -> list[str]:
    """The parameters a pattern matches; a mistake where there is none."""
    found = [name for name in parameters if fnmatchcase(name, pattern)]
    if found:
        return found
    planned = [name for name in known if fnmatchcase(name, pattern)]
    if planned:
        mistakes.append(
            f"parameter '{pattern}': {planned[0]} is part of the plan itself (lots, opening state, dates), which is compiled "
            "once; compare two scenarios instead"
        )
        return []
    known_parts = parameters if pattern.strip("*.") == pattern else _beginnings(parameters)
    meant = nearest(pattern.strip("*."), known_parts)
    example = "a dotted path such as channels.fms.stages.offer.duration_months; * matches any"
    hint = f"did you mean '{meant}'?" if meant else example
    mistakes.append(f"parameter '{pattern}' matches no number of the scenario; {hint}")
    return []


def _beginnings(parameters: Iterable[str]) -> list[str]:
    """Every beginning of a path."""
    return sorted({name[:end] for name in parameters for end in range(len(name)) if name[end] == "."})
