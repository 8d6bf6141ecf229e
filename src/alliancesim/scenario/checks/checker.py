"""The shared tools of the cross-checks: names, dates, numbers, and a place for what is found."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from alliancesim.errors import Finding, nearest
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.shape import has_fixed_keys, is_register, shape_at
from alliancesim.scenario.values import Block, Dated, Distribution
from alliancesim.scenario.yamlfile import Key, KeyPath, Node, finding, node_at
from alliancesim.units import fiscal_year

Number = float | Distribution


@dataclass(slots=True)
class Checker:
    """A scenario under check and what was found so far."""

    scenario: Scenario
    root: Node
    left_out: set[KeyPath]
    """Entries that are broken in themselves and missing in `scenario`; nothing is concluded from their absence."""
    findings: list[Finding] = field(default_factory=list)

    def add(self, path: KeyPath, found: str, allowed: str = "", suggestion: str | None = None) -> None:
        """Notes a finding at the place of a path, or of the nearest one above it that the files give."""
        node = node_at(self.root, path)
        if not node.refused and not self._follows(path, f"{found} {allowed}"):
            self.findings.append(finding(node.where(), path, found, allowed, suggestion))

    def add_key(self, path: KeyPath, found: str, allowed: str = "", suggestion: str | None = None) -> None:
        """Notes a finding at the key that ends a path."""
        node = node_at(self.root, path)
        if not self._follows(path, f"{found} {allowed}"):
            self.findings.append(finding(node.key_at or node.at, path, found, allowed, suggestion))

    def _follows(self, path: KeyPath, words: str) -> bool:
        """Whether a finding may only follow from what was left out.

        That is what is found there, above or below, and what stands beside it and names it. Beside a block that is left out of
        another, all may follow; entries of a mapping of names stand on their own.
        """
        for left in self.left_out:
            if path[: len(left)] == left or left[: len(path)] == path:
                return True
            if path[: len(left) - 1] == left[:-1] and (_holds_together(left) or _names(words, left)):
                return True
        return False

    def names(self, *path: Key) -> list[str]:
        """The names of a register as the files give them, broken entries included."""
        node = self.root
        for key in path:
            if not isinstance(node.value, dict) or key not in node.value:
                return []
            node = node.value[key]
        return [str(key) for key in node.value] if isinstance(node.value, dict) else []

    def refer(self, path: KeyPath, name: str, known: Iterable[str], kind: str, *, key: bool = False) -> bool:
        """Whether a name is known; a finding where it is not."""
        listed = list(known)
        if name in listed:
            return True
        note = self.add_key if key else self.add
        note(path, f"'{name}' is not {kind}", f"known: {', '.join(listed) or 'none'}", nearest(name, listed))
        return False

    @property
    def complete(self) -> bool:
        """Whether no entry was left out."""
        return not self.left_out

    @property
    def first_fy(self) -> int:
        """First simulated fiscal year."""
        return self.scenario.horizon.first_fy

    @property
    def last_fy(self) -> int:
        """Last simulated fiscal year."""
        return self.scenario.horizon.last_fy

    @property
    def end(self) -> float:
        """The horizon's end in months since its start."""
        return 12.0 * (self.last_fy - self.first_fy + 1)

    @property
    def fact_end(self) -> float:
        """The instant before which everything is fact, in months since the horizon's start; 0 without an as-of month."""
        as_of = self.scenario.horizon.as_of
        return 0.0 if as_of is None else float(int(self.months(as_of))) + 1.0

    @property
    def as_of_fy(self) -> int | None:
        """The fiscal year of the as-of month."""
        as_of = self.scenario.horizon.as_of
        return None if as_of is None else self.fy(as_of)

    def months(self, date: str) -> float:
        """Months from the horizon's start to a date."""
        year, month, day = date_parts(date)
        return self.scenario.horizon.months(f"{year:04d}-{month:02d}-{day:02d}")

    def before_end(self, path: KeyPath, date: str) -> bool:
        """Whether a date lies before the horizon's end; a finding where it does not. One that does not exist is told as such."""
        if not exists(date) or self.months(date) < self.end:
            return True
        self.add(path, f"{date} is after the horizon", f"a date up to FY{self.last_fy}")
        return False

    def fy(self, date: str) -> int:
        """The fiscal year a date lies in."""
        return fiscal_year(date, self.scenario.horizon.fy_first_month)

    def start_of(self, fy: int) -> float:
        """Months from the horizon's start to the start of a fiscal year."""
        return 12.0 * (fy - self.first_fy)


def _holds_together(left: KeyPath) -> bool:
    return not is_register(left[:1]) and has_fixed_keys(shape_at(left)) and has_fixed_keys(shape_at(left[:-1]))


def _names(words: str, left: KeyPath) -> bool:
    if is_register(left[:-1]):
        return False
    return re.search(rf"\b{re.escape(str(left[-1]))}\b", words) is not None


def date_parts(date: str) -> tuple[int, int, int]:
    """Year, month and day of a date; the first day where none is given or the day does not exist."""
    year, month = int(date[:4]) or 1, int(date[5:7])
    day = int(date[8:10]) if len(date) > 7 else 1
    return year, month, day if day <= calendar.monthrange(year, month)[1] else 1


def exists(date: str) -> bool:
    """Whether the calendar has a date."""
    year = int(date[:4])
    return year > 0 and (len(date) < 8 or int(date[8:10]) <= calendar.monthrange(year, int(date[5:7]))[1])


def blocks(block: Block, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Block]]:
    """Every block of a scenario with its path, the root included."""
    yield path, block
    for name, value in block:
        yield from _blocks(value, (*path, name))


def _blocks(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Block]]:
    if isinstance(value, Block):
        yield from blocks(value, path)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _blocks(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _blocks(part, (*path, index))


def given(dated: Dated) -> list[tuple[KeyPath, Number]]:
    """The numbers a dated value is written with, each with its key below the value's path."""
    if dated.constant is not None:
        return [((), dated.constant)]
    return [((year,), number) for year, number in dated.by_fy.items()]


def whole(number: float) -> bool:
    """Whether a number is a whole one."""
    return float(number).is_integer()
