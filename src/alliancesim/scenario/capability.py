"""What the delivered force adds up to: capability packages, readiness, and the scorecard."""

from __future__ import annotations

from pydantic import Field

from alliancesim.scenario.linkage import Regime
from alliancesim.scenario.values import Block, Dated, NonNegative, Positive, Quantity, Share


class Component(Block):
    """A part of a package, whole once enough units are operational; each program's units count for the others'."""

    weight: Positive = 1.0
    programs: dict[str, Positive]
    """Operational units of each program that alone make it whole."""


class Enabler(Block):
    """What a package needs beside its components: a factor from 0 to 1, the largest of what is given here."""

    programs: dict[str, Positive] = {}
    """Operational units of each program that alone make it whole."""
    ally_by_regime: dict[Regime, Share] = {}
    """What the ally lends of it in each regime; nothing in a regime not named."""
    condition: str | None = None
    """A condition (or workforce kind) whose value, kept within 0 and 1, is the factor."""


class Package(Block):
    """A capability that needs several things together: a mean of its components, times its enablers."""

    title: str
    elasticity: NonNegative = 1.0
    """Elasticity of substitution between components: 0 is the least of them, 1 their weighted geometric mean."""
    components: dict[str, Component]
    enablers: dict[str, Enabler] = {}


class Readiness(Block):
    """Sustainment paid against sustainment needed, by year."""

    need_bn: Dated | None = None
    """Need of what no program below names, at prices of the first fiscal year."""
    paid_bucket: str | None = None
    """The bucket whose contracts of a year pay for it."""
    elasticity: NonNegative = 1.0
    """Availability is (paid / needed) ^ elasticity, at most 1."""


class Indicator(Block):
    """An outcome of the simulation and the two values between which it earns points."""

    outcome: str
    """`table.column` of a fiscal year, or `table.name.column`."""
    low: Quantity
    """Value that earns 0 points."""
    high: Quantity
    """Value that earns 100 points; may lie below `low`."""
    weight: Positive = 1.0


class Area(Block):
    """One area of the scorecard: the weighted mean of its indicators' points."""

    title: str
    indicators: dict[str, Indicator]


class Scorecard(Block):
    """Grades by area, from outcomes of the simulation."""

    cutpoints: dict[str, float] = {}
    """Fewest points of each grade, for all areas; the lowest grade begins at 0."""
    trend_years: int = Field(default=2, ge=1, le=20)
    """Years ahead over which the trend is read."""
    trend_threshold_points: float = Field(default=3.0, ge=0)
    """Change of the median score, in points, from which on a trend is up or down."""
    areas: dict[str, Area] = {}
