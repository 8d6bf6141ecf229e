"""Sheets: small tables of text for people, and numbers written with no digit below their Monte Carlo error."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from alliancesim.study.statistics.estimate import Estimate, Value

DOWN, UP = ROUND_FLOOR, ROUND_CEILING
"""How a lower and an upper bound are rounded, so that they still are bounds."""
MOST_DECIMALS = 6
OUTSIDE = 0.01
"""How far a number may be rounded out of its interval, in errors: not so far that it shows."""
ROUNDING = 1e-9
"""Errors of less than this share of their number are what sums of doubles are off by, not Monte Carlo error."""


@dataclass
class Sheet:
    """A table of text. Columns of numbers are aligned right; all but the first `text_columns` are such."""

    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""
    text_columns: int = 1

    def widths(self) -> list[int]:
        """Characters of every column."""
        return [max(len(row[i]) for row in [self.columns, *self.rows]) for i in range(len(self.columns))]

    def width(self) -> int:
        """Characters of a line of the table."""
        return sum(width + 2 for width in self.widths())

    def __str__(self) -> str:
        """The table in plain text."""
        widths = self.widths()
        lines = [*([self.title] * bool(self.title)), self._line(self.columns, widths), "  ".join("-" * width for width in widths)]
        lines += [self._line(row, widths) for row in self.rows]
        return "\n".join(line.rstrip() for line in [*lines, *([self.note] if self.note else [])])

    def _line(self, cells: list[str], widths: list[int]) -> str:
        pairs = enumerate(zip(cells, widths, strict=True))
        return "  ".join(cell.ljust(width) if i < self.text_columns else cell.rjust(width) for i, (cell, width) in pairs)


def decimals_for(error: float | None, magnitude: float) -> int:
    """Decimals of which the last is the leading digit of the error; three significant digits where there is no error.

    Negative: the number is rounded to tens or more.
    """
    if error is not None and error > ROUNDING * magnitude:
        return max(-9, min(MOST_DECIMALS, -math.floor(math.log10(error))))
    if magnitude == 0.0:
        return 0
    return max(0, min(MOST_DECIMALS, 2 - math.floor(math.log10(magnitude))))


def is_certain(value: Value) -> bool:
    """Whether a number has an interval of no width but for rounding."""
    error = value.error()
    return error is not None and error <= ROUNDING * abs(value.value)


def decimals_of(value: Value, scale: float = 1.0, way: str | None = None) -> int:
    """Decimals at which a value, times scale, has no digit below its error, and lies in its interval; way: as of `number`.

    A number without an error that needs fewer than three significant digits has fewer.
    """
    shown, error = value.value * scale, value.error()
    if error is None or is_certain(value):
        decimals = decimals_for(None, abs(shown))
        return next((few for few in range(decimals) if abs(round(shown, few) - shown) <= ROUNDING * abs(shown)), decimals)
    slack = error * OUTSIDE
    low = -math.inf if value.low is None else (value.low - slack) * scale
    high = math.inf if value.high is None else (value.high + slack) * scale
    decimals = decimals_for(error * scale, abs(shown))
    while decimals < MOST_DECIMALS and not low <= _at(shown, decimals, way) <= high:
        decimals += 1
    return decimals


def number(value: float, decimals: int, way: str | None = None) -> str:
    """A number with thousands separated. way: DOWN or UP; to the nearest if None."""
    if not math.isfinite(value):
        return "-"
    return f"{_at(value, decimals, way):,.{max(0, decimals)}f}"


def _at(value: float, decimals: int, way: str | None) -> float:
    rounded = round(value, decimals) if way is None else float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), way))
    return rounded + 0.0  # no -0


def rounded(value: Value, scale: float = 1.0) -> str:
    """A value, times scale, with no digit below its error."""
    return "-" if math.isinf(value.value) else number(value.value * scale, decimals_of(value, scale))


def with_interval(value: Value, scale: float = 1.0, way: str | None = None) -> str:
    """`value (low to high)`; an end that is missing or infinite is written `?`. way: as of `number`."""
    return "".join(parted(value, scale, way))


def parted(value: Value, scale: float = 1.0, way: str | None = None) -> tuple[str, str]:
    """A value, times scale, and its interval as ` (low to high)`, nothing where it has no width. way: as of `number`."""
    decimals = decimals_of(value, scale, way)
    if is_certain(value) and value.low is not None and value.high is not None:
        return number(value.value * scale, decimals, way), ""
    ends = ["?" if end is None or math.isinf(end) else number(end * scale, decimals, way) for end in (value.low, value.high)]
    return number(value.value * scale, decimals, way), f" ({ends[0]} to {ends[1]})"


def spread(estimate: Estimate, scale: float = 1.0, beyond: str = "-") -> str:
    """`median [P10, P90]`, or the one number where they are the same; each with no digit below its error.

    beyond: what is written for an infinite one.
    """
    low, middle, high = (estimate.quantile[p] for p in (0.1, 0.5, 0.9))
    texts = [beyond if math.isinf(value.value) else rounded(value, scale) for value in (low, middle, high)]
    return texts[1] if low.value == high.value else f"{texts[1]} [{texts[0]}, {texts[2]}]"
