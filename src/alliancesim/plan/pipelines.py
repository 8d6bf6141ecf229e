"""Programs and channels as stage tables and lot plans: the part of compilation that knows pipelines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alliancesim.plan.fields import MILESTONES, STAGE
from alliancesim.plan.layout import NONE
from alliancesim.plan.params import Vector
from alliancesim.plan.structure import LotSlot, Stages
from alliancesim.rules.grid import TICK_MONTHS, snap_bn, snap_duration, snap_months
from alliancesim.rules.stages import tranche_count, tranche_size
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.pipelines import MOST_TRANCHES, Program
from alliancesim.scenario.planned import (
    begin_months,
    center,
    dated_value,
    first_is_history,
    has_line,
    lots_of,
    stage_key_path,
    stage_value,
)
from alliancesim.scenario.values import TAIL_YEARS
from alliancesim.scenario.yamlfile import KeyPath, dotted
from alliancesim.units import date_of

LINE_ITEMS = ("rework.probability", "rework.work_share", "failure_probability")
"""What of a line stage acts at the end of its work; the rest acts on its lead time."""


@dataclass(frozen=True)
class LotPlan:
    """A lot as the plan has it."""

    fy: int
    units: float
    cost_bn: float | None
    target_months: float | None
    date_path: KeyPath = ()
    """Where in the program the date of its first delivery stands."""


def stage_path(scenario: Scenario, name: str, stage: str, item: str) -> str:
    """Where a stage's number stands: with the program if it overrides it, else with the channel."""
    block, dot, number = item.partition(".")
    return dotted(stage_key_path(("programs", name), scenario.programs[name], stage, block)) + dot + number


def compile_stages(
    scenario: Scenario, vector: Vector, programs: list[str], key: Callable[[str], int]
) -> tuple[list[list[int]], list[Stages]]:
    """Rows of the stage table, and each program's structure of stages; `key` hashes addresses."""
    rows: list[list[int]] = []
    structures = []
    for name in programs:
        structures.append(structure(scenario, programs, name, len(rows), key))
        rows += [_row(scenario, vector, name, stage, work) for stage, work in stage_parts(scenario, name)]
    return rows, structures


def structure(scenario: Scenario, programs: list[str], name: str, first: int, key: Callable[[str], int]) -> Stages:
    """One program's structure of stages; first: the row of its first one."""
    resources, channels = sorted(scenario.resources), sorted(scenario.channels)
    program = scenario.programs[name]
    channel = scenario.channels[program.channel]
    parts = list(stage_parts(scenario, name))
    lines = [i for i, (_, work) in enumerate(parts) if work]
    ends = [work or not has_line(scenario, program, stage) for stage, work in parts]
    milestone = {channel.stages[stage].milestone: i for i, (stage, _) in enumerate(parts) if ends[i]}
    resource, rework = [], []
    for (stage, work), end in zip(parts, ends, strict=True):
        used = stage_value(scenario, program, stage, "resource")
        resource.append(resources.index(used) if used and (work or end) else NONE)
        rework.append(stage_value(scenario, program, stage, "rework") if end else None)
    names = [stage for stage, _ in parts]
    addresses = [f"program/{name}/stage/{stage}{'/line' if work else ''}" for stage, work in parts]
    return Stages(
        first=first,
        names=tuple(f"{stage} on line" if work else stage for stage, work in parts),
        resource=tuple(resource),
        approval=tuple(bool(stage_value(scenario, program, stage, "approval")) for stage in names),
        after=tuple(
            () if work else tuple(_prerequisite(programs, text) for text in stage_value(scenario, program, stage, "after"))
            for stage, work in parts
        ),
        rework_to=tuple(names.index(block.to) if block else NONE for block in rework),
        rework_most=tuple(block.most if block else 0 for block in rework),
        delivered=milestone["delivered"],
        operational=milestone.get("operational", milestone["delivered"]),
        key=tuple(key(address) for address in addresses),
        rework_key=tuple(key(f"{address}/rework") for address in addresses),
        failure_key=tuple(key(f"{address}/failure") for address in addresses),
        system=stage_systems(scenario, name, names, resources, channels),
        is_line=tuple(work for _, work in parts),
        tranche_units=float(snap_bn(program.tranche_units or 0.0)) if lines else 0.0,
        line=lines[0] if lines else NONE,
    )


def _row(scenario: Scenario, vector: Vector, name: str, stage: str, work: bool) -> list[int]:
    """Positions of a stage's numbers in the order of STAGE; of a line stage those of its work or of its lead time."""
    line = has_line(scenario, scenario.programs[name], stage)
    items = [item for item in STAGE if not line or (item in LINE_ITEMS) == work]
    at = {item: vector.at(stage_path(scenario, name, stage, item), optional="." in item) for item in items}
    return [at.get(item, NONE) for item in STAGE]


def stage_parts(scenario: Scenario, name: str) -> Iterator[tuple[str, bool]]:
    """A program's stages in order, each with whether it is work on a line; a line stage gives its lead and its work."""
    program = scenario.programs[name]
    for stage in scenario.channels[program.channel].stages:
        yield stage, False
        if has_line(scenario, program, stage):
            yield stage, True


def stage_systems(scenario: Scenario, name: str, names: list[str], resources: list[str], channels: list[str]) -> tuple[int, ...]:
    """Noise system of each stage: its resource, else the program's channel."""
    program = scenario.programs[name]
    channel = len(resources) + channels.index(program.channel)
    used = [stage_value(scenario, program, stage, "resource") for stage in names]
    return tuple(resources.index(one) if one else channel for one in used)


def _prerequisite(programs: list[str], text: str) -> tuple[int, int]:
    program, milestone = text.split(".")
    return programs.index(program), MILESTONES.index(milestone)


def tranches(units: float, tranche_units: float) -> list[float]:
    """Units of each tranche of a lot; if more than MOST_TRANCHES were needed, larger ones."""
    size = float(tranche_size(units, tranche_units, MOST_TRANCHES))
    count = int(tranche_count(units, size, MOST_TRANCHES))
    return [size] * (count - 1) + [units - size * (count - 1)]


def line_work(scenario: Scenario, stages: Stages, units: float, at_months: float) -> float:
    """Months a line needs for units at the rate of the fiscal year in which the work begins."""
    if stages.line == NONE:
        return 0.0
    resource = scenario.resources[sorted(scenario.resources)[stages.resource[stages.line]]]
    first, last = scenario.horizon.first_fy, scenario.horizon.last_fy + TAIL_YEARS
    return snap_duration(units / dated_value(resource.capacity, min(last, first + max(0, int(at_months // 12)))))


class LotFitter:
    """Plans the stages of one program's lots so that first tranches arrive on their planned dates."""

    def __init__(self, scenario: Scenario, name: str, stages: Stages) -> None:
        self.scenario = scenario
        self.unmet: list[tuple[KeyPath, str, str]] = []
        """Dates that no stretching meets: where each stands below the program, what was found, what is allowed."""
        self.stages = stages
        program, parts = scenario.programs[name], stage_parts(scenario, name)
        planned = [0.0 if work else stage_value(scenario, program, stage, "duration_months") for stage, work in parts]
        self.template = [center(duration) for duration in planned]

    def work_before_delivery(self, units: float, begin: float) -> float:
        """Line work of the first tranche, if the line comes before delivery."""
        s = self.stages
        if s.line == NONE or s.line > s.delivered:
            return 0.0
        return line_work(self.scenario, s, tranches(units, s.tranche_units)[0], begin)

    def plain(self) -> list[float]:
        """The channel's own durations on the month grid."""
        return [snap_duration(d) if d > 0.0 else 0.0 for d in self.template]

    def fit(self, contract: float, lot: LotPlan, target: float) -> list[float]:
        """Durations stretched by one factor so that contract + path = target, exactly on the grid; plain ones where none does."""
        units = lot.units
        upto = self.stages.delivered + 1
        total = math.fsum(self.template[:upto])
        work = 0.0
        for _ in range(4):
            lead = math.fsum(self.template[: self.stages.line]) if self.stages.line != NONE else 0.0
            factor = (target - contract - work) / total if total > 0.0 else 0.0
            work = self.work_before_delivery(units, contract + lead * factor)
        room = target - contract - work
        months = self.plain()
        if room < 0.0 or (total <= 0.0 and room > TICK_MONTHS):
            self._refuse(lot, contract, target, work)
            return months
        if total > 0.0:
            months[:upto] = [snap_months(d * room / total) for d in self.template[:upto]]
        widest = max(range(upto), key=lambda i: months[i])
        months[widest] += room - math.fsum(months[:upto])
        return months

    def _refuse(self, lot: LotPlan, contract: float, target: float, work: float) -> None:
        horizon = self.scenario.horizon
        begun, due = (date_of(at, horizon.first_fy, horizon.fy_first_month) for at in (contract, target))
        if target < contract + work:
            on_line = f" with {work:.3g} months of work on a line" if work > 0.0 else ""
            found = f"{due} is too early for the lot begun on {begun}{on_line}"
            allowed = "a later date, or a lot of an earlier fiscal year"
        else:
            found = f"{due} is too late for the lot begun on {begun}, whose stages up to delivery take no time to stretch"
            allowed = "duration_months of such a stage, or an earlier date"
        self.unmet.append((lot.date_path, found, allowed))

    def path(self, months: list[float], contract: float, units: float) -> tuple[float, float]:
        """Planned months from contract to the first and to the last tranche's delivery."""
        s = self.stages
        base = math.fsum(months[: s.delivered + 1])
        if s.line == NONE or s.line > s.delivered:
            return base, base
        begin = contract + math.fsum(months[: s.line])
        works: list[float] = []
        for part in tranches(units, s.tranche_units):
            works.append(line_work(self.scenario, s, part, begin + math.fsum(works)))
        return base + works[0], base + math.fsum(works)


def planned_lots(program: Program, residual_bn: list[float], scenario: Scenario) -> list[LotPlan]:
    """A program's planned lots by year, those beyond the horizon too; a residual's from what its bucket leaves."""
    horizon = scenario.horizon
    if program.residual:
        lots = [LotPlan(horizon.first_fy + y, float(snap_bn(bn)), None, None) for y, bn in enumerate(residual_bn) if bn > 0.0]
    else:
        when = {lot.fy: (index, lot) for index, lot in enumerate(lots_of(scenario, program))}
        lots = [
            LotPlan(
                lot.fy,
                float(snap_bn(lot.units)),
                lot.cost_bn,
                None if lot.delivery is None else horizon.months(lot.delivery),
                ("lots", index, "delivery"),
            )
            for _, (index, lot) in sorted(when.items())
        ]
    if lots and lots[0].target_months is None and program.current_estimate is not None:
        estimate = horizon.months(program.current_estimate)
        begun = 12.0 * (lots[0].fy - horizon.first_fy) + begin_months(scenario, program)
        if not first_is_history(program, estimate, begun):
            lots[0] = LotPlan(lots[0].fy, lots[0].units, lots[0].cost_bn, estimate, ("current_estimate",))
    return lots


class LotTable:
    """Lot slots of one program: a job for every fiscal year, and the opening ones."""

    def __init__(self, scenario: Scenario, name: str, index: int, stages: Stages, lots: list[LotPlan]) -> None:
        self.fitter = LotFitter(scenario, name, stages)
        begin = begin_months(scenario, scenario.programs[name])
        first_fy, years = scenario.horizon.first_fy, scenario.horizon.last_fy - scenario.horizon.first_fy + 1
        states = {s.fy: (stages.names.index(s.stage), s.done_share) for s in scenario.programs[name].state}
        self.lots = lots = [lot for lot in lots if lot.fy <= scenario.horizon.last_fy]
        self.slots: list[LotSlot] = []
        self.opening: list[LotSlot] = []
        self.delivery: list[tuple[float, float, float]] = []  # contract, first path, last path of each planned lot
        months = self.fitter.plain()
        by_year = {lot.fy - first_fy: lot for lot in lots}
        before = sorted(y for y in by_year if y < 0)
        pending: list[tuple[int, list[float], tuple[float, float]]] = []
        for y in [*before, *range(years)]:
            lot = by_year.get(y)
            contract = 12.0 * y + begin
            if lot is not None:
                if lot.target_months is not None:
                    months = self.fitter.fit(contract, lot, lot.target_months)
                first, last = self.fitter.path(months, contract, lot.units)
                self.delivery.append((contract, first, last))
            pending.append((y, months, self.fitter.path(months, contract, lot.units if lot else 1.0)))
        for y, durations, path in pending:
            stage, done = states.get(first_fy + y, (NONE, 0.0))
            slot = LotSlot(index, y, by_year[y].units if y < 0 else 0.0, tuple(durations), *path, stage, done)
            (self.opening if y < 0 else self.slots).append(slot)
