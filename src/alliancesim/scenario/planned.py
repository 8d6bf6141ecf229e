"""What a scenario says before anything is drawn: dated values year by year, and the planned cost of lots."""

from __future__ import annotations

import math
from typing import Any

from alliancesim.scenario.model import Scenario
from alliancesim.scenario.money import Money
from alliancesim.scenario.pipelines import Lot, Program
from alliancesim.scenario.values import Dated, Distribution
from alliancesim.scenario.yamlfile import KeyPath
from alliancesim.units import fiscal_year, months_since


def center(value: float | Distribution) -> float:
    """The value used where nothing is drawn."""
    return value.center() if isinstance(value, Distribution) else float(value)


def ends(value: float | Distribution) -> tuple[float, float]:
    """The two ends of what is written: of a distribution without ends its center, twice."""
    if isinstance(value, Distribution) and value.low is not None and value.high is not None:
        return float(value.low), float(value.high)
    return center(value), center(value)


def lowest(value: float | Distribution, least: float = -math.inf) -> float:
    """The least that can be drawn, of a lognormal the least number above 0; least: the bound of its key, draws are kept to it."""
    low = ends(value)[0]
    if isinstance(value, Distribution):
        low = {"normal": -math.inf, "lognormal": math.ulp(0.0), "exponential": 0.0}.get(value.dist, low)
    return max(least, low)


def highest(value: float | Distribution, most: float = math.inf) -> float:
    """The most that can be drawn; most: the bound of its key, draws are kept to it."""
    return min(most, math.inf if isinstance(value, Distribution) and value.high is None else ends(value)[1])


def grown(share: float, years: int) -> float:
    """Growth over whole years at a constant annual rate, by products alone: the rules' power stands in a layer above this one."""
    factor = 1.0
    for _ in range(abs(years)):
        factor *= 1.0 + share
    return factor if years >= 0 else 1.0 / factor


def dated_year(dated: Dated, fy: int) -> tuple[int | None, int]:
    """The given year whose value a fiscal year takes (None = the constant), and the years of growth on top of it."""
    if not dated.by_fy:
        return None, 0
    given = sorted(dated.by_fy)
    taken = max((g for g in given if g <= fy), default=given[0])
    return taken, max(0, fy - given[-1])


def dated_value(dated: Dated, fy: int) -> float:
    """A dated value in a fiscal year."""
    taken, years = dated_year(dated, fy)
    value = dated.constant if taken is None else dated.by_fy[taken]
    base = 0.0 if value is None else center(value)
    return base * grown(center(dated.then_growth_share), years)


def hns_in_bucket_bn(money: Money, bucket: str, fy: int) -> float:
    """Host-nation support of a fiscal year, where a bucket's authority holds it."""
    return dated_value(money.hns_bn, fy) if money.hns_bn is not None and money.hns_bucket == bucket else 0.0


def is_initiative(scenario: Scenario, program: Program) -> bool:
    """Whether a program's channel is one of initiatives."""
    channel = scenario.channels.get(program.channel)
    return channel is not None and channel.initiative


def is_free(scenario: Scenario, program: Program) -> bool:
    """Whether a program takes no home money: an initiative or an export."""
    return program.bid is not None or is_initiative(scenario, program)


def waiting_programs(scenario: Scenario) -> set[str]:
    """Programs whose lots do not become due unless a revision adds them or a bid still open is won."""
    added = {name for revision in scenario.money.revisions.values() for name in revision.adds}
    return added | {name for name, program in scenario.programs.items() if program.bid is not None and program.bid.result is None}


def lots_of(scenario: Scenario, program: Program) -> list[Lot]:
    """The lots of a program: as written, none of a lost bid, and of an initiative one unit in the year of its start."""
    if program.bid is not None and program.bid.result == "lost":
        return []
    if program.start is not None and is_initiative(scenario, program):
        return [Lot(fy=fiscal_year(program.start, scenario.horizon.fy_first_month), units=1.0)]
    return program.lots


def begin_months(scenario: Scenario, program: Program) -> float:
    """Months after the start of its fiscal year at which an initiative begins; 0 for any other program."""
    if program.start is None or not is_initiative(scenario, program):
        return 0.0
    month = scenario.horizon.fy_first_month
    return months_since(program.start, fiscal_year(program.start, month), month)


def first_is_history(program: Program, estimate: float, first_contract: float) -> bool:
    """Whether the first delivery lies behind the lots of the file: before the first is contracted, or with earlier units."""
    return estimate < first_contract or (estimate <= 0.0 and program.delivered_before_units > 0.0)


def overrides(program: Program, stage: str, item: str) -> bool:
    """Whether a program has its own value of a stage's item, in place of its channel's."""
    return getattr(program.stages.get(stage), item, None) is not None


def stage_value(scenario: Scenario, program: Program, stage: str, item: str) -> Any:
    """A structural value of a stage, the program's override before the channel's."""
    owner = program if overrides(program, stage, item) else scenario.channels[program.channel]
    return getattr(owner.stages[stage], item)


def stage_key_path(path: KeyPath, program: Program, stage: str, item: str) -> KeyPath:
    """Where a structural value of a stage stands: below the program, itself at `path`, if it overrides it, else its channel."""
    owner = path if overrides(program, stage, item) else ("channels", program.channel)
    return (*owner, "stages", stage, item)


def has_line(scenario: Scenario, program: Program, stage: str) -> bool:
    """Whether a program's stage uses a production line."""
    resource = scenario.resources.get(stage_value(scenario, program, stage, "resource"))
    return resource is not None and resource.kind == "line"


def price_fy(scenario: Scenario, program: Program) -> int:
    """Fiscal year of a program's planned prices."""
    if program.price_fy is not None:
        return program.price_fy
    first_lot = min((lot.fy for lot in lots_of(scenario, program)), default=scenario.horizon.first_fy)
    return max(scenario.horizon.first_fy, first_lot)


def planned_unit_bn(program: Program) -> float:
    """Planned cost of a unit at the prices of its price year; 1 for a program known by value; else the mean of lots on record."""
    if program.quantity == "value" or program.residual:
        return 1.0
    if program.unit_cost_bn is not None:
        return center(program.unit_cost_bn)
    recorded = [(lot.cost_bn, lot.units) for lot in program.lots if lot.cost_bn is not None]
    return math.fsum(cost for cost, _ in recorded) / math.fsum(units for _, units in recorded) if recorded else 0.0


def planned_lot_bn(scenario: Scenario, program: Program, fy: int, units: float, cost_bn: float | None) -> float:
    """Planned value of a lot of a fiscal year: on record, else units at that year's planned prices."""
    if cost_bn is not None:
        return cost_bn
    if program.quantity == "value":
        return units
    return (
        units * planned_unit_bn(program) * grown(center(scenario.economy.plan_escalation_share), fy - price_fy(scenario, program))
    )
