"""Conditions: named quantities of the world that completed work moves; workforces; and how both speed or slow what reads them."""

from __future__ import annotations

from typing import Literal

from alliancesim.scenario.values import Block, Dated, Elasticity, FiscalYear, NonNegative, Positive, Quantity, Share

Milestone = Literal["first_delivery", "first_operational", "completion"]
SUPPORT = "support"
"""The condition that every scenario has: domestic support, at least `linkage.support.floor_share`, over what it starts with."""

Elasticities = dict[str, Elasticity]
"""By condition or workforce: the exponent of its value in a factor."""


class Condition(Block):
    """A named quantity of the world. What reads it takes 1 as what plans assume; effects of programs move it."""

    title: str = ""
    initial: NonNegative = 1.0
    """Value at the start of the first fiscal year."""
    floor: NonNegative = 0.05
    ceiling: Positive = 20.0
    """The value is kept from floor to ceiling."""


class Workforce(Block):
    """People of one kind, by fiscal year; read as their staffing share (stock over required) over the planned one.

    stock' = stock (1 - attrition) + recruiting_share x cohort x noise x product of scaled_by, at the start of each year.
    """

    title: str = ""
    initial: Positive
    """People at the start of the first fiscal year, where no stock is on record."""
    known: dict[FiscalYear, Positive] = {}
    """People at the start of a fiscal year, on record."""
    required: Dated
    """People the plan needs, crews of units that become operational in the horizon not included."""
    cohort: Dated
    """Young people to recruit from, in any unit, by the fiscal year before whose budget recruits have come; of the first year
    `initial` tells."""
    recruiting_share: NonNegative
    """Recruits a year per member of the cohort."""
    attrition_share: Share
    """Part of the stock that leaves in a year."""
    recruiting_sd_share: Share = 0.0
    """Standard deviation of the log of a year's recruiting."""
    scaled_by: Elasticities = {}
    """Recruiting is multiplied by value^elasticity of each condition named."""
    planned_share: Positive = 1.0
    """Staffing share that planned durations assume; what is read is the share over it."""
    floor: Positive = 0.05
    ceiling: Positive = 1.5
    """What is read is kept from floor to ceiling."""


class Effect(Block):
    """What a program does to a condition when it reaches a milestone: add to it, or multiply it."""

    on: Milestone = "completion"
    condition: str
    add: Quantity | None = None
    mult: NonNegative | None = None
