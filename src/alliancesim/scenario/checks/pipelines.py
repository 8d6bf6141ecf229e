"""Resources, channels with their stages, and programs with their lots."""

from __future__ import annotations

import math

from alliancesim.scenario.checks.checker import Checker, exists, given, whole
from alliancesim.scenario.checks.money import check_shares
from alliancesim.scenario.conditions import Milestone
from alliancesim.scenario.pipelines import (
    MOST_DISRUPTIONS,
    MOST_TRANCHES,
    MOST_VISITS,
    PAY_YEARS,
    Background,
    Channel,
    Disruptions,
    Payment,
    Program,
    Resource,
    Rework,
    Stage,
    StageOverride,
)
from alliancesim.scenario.planned import (
    begin_months,
    center,
    dated_value,
    ends,
    first_is_history,
    has_line,
    is_free,
    is_initiative,
    lots_of,
    lowest,
    stage_key_path,
    stage_value,
)
from alliancesim.scenario.shape import words
from alliancesim.scenario.values import TAIL_YEARS, Distribution
from alliancesim.scenario.yamlfile import KeyPath
from alliancesim.units import month_name

MOST_STAGES = 40
OLDEST_LOT_YEARS = 30
LATEST_LOT_YEARS = TAIL_YEARS
"""Lots so long after the horizon belong to the plan, though nothing of them is simulated."""
MILESTONES = words(Milestone)


def check_pipelines(check: Checker) -> None:
    """The checks of `resources`, `channels` and `programs`."""
    for name, resource in check.scenario.resources.items():
        _capacity(check, ("resources", name, "capacity"), resource)
        if resource.background is not None:
            _background(check, ("resources", name, "background"), resource.background, resource.kind)
        if resource.disruptions is not None:
            _disruptions(check, ("resources", name, "disruptions"), resource.disruptions)
    for name, channel in check.scenario.channels.items():
        _channel(check, ("channels", name), channel)
    for name, program in check.scenario.programs.items():
        check_program(check, ("programs", name), program)


def _capacity(check: Checker, path: KeyPath, resource: Resource) -> None:
    """Slots come whole; lines and slots in bearable numbers."""
    most = 10_000 if resource.kind == "slots" else 1_000_000
    for key, number in given(resource.capacity):
        if resource.kind == "slots" and (not isinstance(number, int | float) or not whole(number)):
            shown = f"{number:g}" if isinstance(number, int | float) else "a distribution"
            check.add((*path, *key), f"{shown} slots", "a whole number of slots")
        elif center(number) > most:
            check.add((*path, *key), f"{center(number):g}", f"at most {most:,}")
        elif resource.kind == "line" and isinstance(number, Distribution) and lowest(number) <= 0.0:
            check.add((*path, *key), f"{number.dist} can reach 0", "a rate above 0: lognormal, or uniform or triangular above 0")
    if resource.kind == "slots" and center(resource.capacity.then_growth_share) != 0.0:
        check.add((*path, "then_growth_share"), "growing slots", "whole numbers of slots by fiscal year")
    end = check.last_fy + (TAIL_YEARS if resource.kind == "line" else 0)  # plans of lots under way at the horizon go on
    none = [fy for fy in range(check.first_fy, end + 1) if dated_value(resource.capacity, fy) <= 0.0]
    if none and resource.kind == "line":
        check.add(path, f"a line without a rate in FY{none[0]}", "units a month above 0 in every year")
    elif len(none) == check.last_fy - check.first_fy + 1:
        check.add(path, "no capacity in any year", "a capacity above 0 in some year of the horizon")


def _background(check: Checker, path: KeyPath, background: Background, kind: str) -> None:
    if center(background.arrivals_per_month) > 1000.0:
        check.add((*path, "arrivals_per_month"), f"{center(background.arrivals_per_month):g}", "at most 1,000 a month")
    if center(background.backlog) > 100_000.0:
        check.add((*path, "backlog"), f"{center(background.backlog):g}", "at most 100,000")
    elif kind == "slots" and not whole(center(background.backlog)):
        check.add((*path, "backlog"), f"{center(background.backlog):g} orders", "a whole number of orders")
    least = min(ends(background.size))
    if least < 0.0 or center(background.size) <= 0.0:
        check.add((*path, "size"), f"sizes from {least:g}", "sizes above 0")


def _disruptions(check: Checker, path: KeyPath, disruptions: Disruptions) -> None:
    """They fit the room there is for them, even where twice as many come as are expected."""
    least = 2.0 * check.end / MOST_DISRUPTIONS
    between = lowest(disruptions.mean_months_between)
    if between < least:
        said = f"at least {least:g} months with a horizon of {check.end / 12.0:g} years"
        found = f"{between:g}" if between > math.ulp(0.0) else "a distribution that comes near 0"
        check.add((*path, "mean_months_between"), found, said)


def _channel(check: Checker, path: KeyPath, channel: Channel) -> None:
    names = check.names(*path, "stages")
    if channel.payment is not None:
        _payment(check, (*path, "payment"), channel.payment)
        if channel.initiative:
            check.add((*path, "payment"), "the payment of a channel of initiatives", "no payment, initiatives take no money")
    elif not channel.initiative:
        check.add(path, "no payment", "how its contracts are paid, or initiative: true")
    if not names or len(names) > MOST_STAGES:
        check.add((*path, "stages"), f"{len(names)} stages", f"1 to {MOST_STAGES} stages")
        return
    delivered = [name for name, stage in channel.stages.items() if stage.milestone == "delivered"]
    operational = [name for name, stage in channel.stages.items() if stage.milestone == "operational"]
    if len(delivered) != 1:
        found = f"stages {', '.join(delivered)} are all 'delivered'" if delivered else "no stage with milestone 'delivered'"
        check.add((*path, "stages"), found, "exactly one stage with milestone delivered")
    elif operational and operational != names[-1:]:
        wrong = next(name for name in operational if name != names[-1])
        check.add((*path, "stages", wrong, "milestone"), "operational before the last stage", "the last stage is operational")
    elif not operational and delivered[0] != names[-1]:
        check.add((*path, "stages", names[-1]), "the last stage has no milestone", "milestone operational (or delivered)")
    for name, stage in channel.stages.items():
        _stage(check, (*path, "stages", name), stage, name, names)


def _stage(check: Checker, path: KeyPath, stage: Stage | StageOverride, name: str, names: list[str]) -> None:
    if stage.resource is not None:
        check.refer((*path, "resource"), stage.resource, check.names("resources"), "a resource")
    if stage.duration_months is not None and center(stage.duration_months) > 1200.0:
        check.add((*path, "duration_months"), f"{center(stage.duration_months):g}", "at most 1,200 months")
    if stage.rework is not None:
        _rework(check, (*path, "rework"), stage.rework, name, names)
    for index, prerequisite in enumerate(stage.after or []):
        here = (*path, "after", index)
        program, dot, milestone = prerequisite.partition(".")
        if not dot:
            check.add(here, f"'{prerequisite}'", f"program.milestone, milestone one of {', '.join(MILESTONES)}")
        elif check.refer(here, program, check.names("programs"), "a program"):
            check.refer(here, milestone, MILESTONES, "a milestone")


def _rework(check: Checker, path: KeyPath, rework: Rework, name: str, names: list[str]) -> None:
    if check.refer((*path, "to"), rework.to, names, "a stage of the channel") and names.index(rework.to) > names.index(name):
        check.add((*path, "to"), f"'{rework.to}' comes after '{name}'", "the same stage or an earlier one")


def _payment(check: Checker, path: KeyPath, payment: Payment) -> None:
    if (payment.shares is None) == (payment.norden_rayleigh_years is None):
        found = "neither shares nor norden_rayleigh_years" if payment.shares is None else "shares and norden_rayleigh_years"
        check.add(path, found, "exactly one of the two")
        return
    if payment.shares is not None:
        shares = payment.shares
        total = sum(shares)
        if not 1 <= len(shares) <= PAY_YEARS:
            check.add((*path, "shares"), f"{len(shares)} shares", f"shares of 1 to {PAY_YEARS} years")
        elif abs(total - 1.0) > 1e-9:
            check.add((*path, "shares"), f"shares sum to {total:.10g}", "shares that sum to 1")


def check_program(check: Checker, path: KeyPath, program: Program) -> None:
    """What a program names, buys and promises; the second part of its path is its name, also for an alternative of it."""
    if program.bucket is not None:
        check.refer((*path, "bucket"), program.bucket, check.names("money", "buckets"), "a bucket")
    elif program.channel in check.scenario.channels and not is_free(check.scenario, program):
        check.add(path, "no bucket", "the bucket whose authority pays; only initiatives and exports have none")
    _currencies(check, (*path, "currency_shares"), program)
    if program.payment is not None:
        _payment(check, (*path, "payment"), program.payment)
    stages: list[str] | None = None
    if check.refer((*path, "channel"), program.channel, check.names("channels"), "a channel"):
        channel = check.scenario.channels.get(program.channel)
        stages = list(channel.stages) if channel is not None else None
    if stages is not None:
        named = check.names("channels", program.channel, "stages")
        for name, override in program.stages.items():
            _given_up(check, (*path, "stages", name), override)
            if check.refer((*path, "stages", name), name, named, f"a stage of channel '{program.channel}'", key=True):
                _stage(check, (*path, "stages", name), override, name, named)
                if override.noise is not None and "p90" not in override.noise.model_fields_set:
                    found = "noise without p90, in place of the channel's"
                    check.add((*path, "stages", name, "noise"), found, "p90 as well, a block replaces the channel's whole")
        _line(check, path, program, stages)
        _returns(check, path, program, stages)
    _quantity(check, path, program)
    _lots(check, path, program)
    _state(check, path, program)
    _promise(check, path, program)


def _currencies(check: Checker, path: KeyPath, program: Program) -> None:
    """What a program is paid in: known currencies, and home currency alone where it is paid apart."""
    check_shares(check, path, program.currency_shares)
    bucket = check.scenario.money.buckets.get(program.bucket or "")
    if bucket is not None and bucket.base == "apart" and program.currency_shares:
        said = "none: what is paid apart is paid in home currency"
        check.add(path, f"shares of a program of bucket '{program.bucket}'", said)


def _given_up(check: Checker, path: KeyPath, override: StageOverride) -> None:
    """A key set to nothing takes nothing off the channel's stage."""
    for item in sorted(override.model_fields_set):
        if getattr(override, item) is None:
            said = "another value; what the channel has cannot be taken off, a channel without it can be used"
            check.add((*path, item), "nothing, which leaves the channel's", said)


def _line(check: Checker, path: KeyPath, program: Program, stages: list[str]) -> None:
    """One stage of a pipeline is work on a line."""
    lines = [name for name in stages if has_line(check.scenario, program, name)]
    if len(lines) > 1:
        found = f"stages {', '.join(lines)} all use lines"
        check.add(stage_key_path(path, program, lines[1], "resource"), found, "one stage of a pipeline on a line")


def _returns(check: Checker, path: KeyPath, program: Program, stages: list[str]) -> None:
    """A job has its own draws for each time it passes a stage."""
    reworks = {name: stage_value(check.scenario, program, name, "rework") for name in stages}
    most = {name: rework.most for name, rework in reworks.items() if rework is not None}
    if sum(most.values()) >= MOST_VISITS:
        found = f"stages {', '.join(most)} send work back up to {sum(most.values())} times"
        last = list(most)[-1]
        check.add(
            (*stage_key_path(path, program, last, "rework"), "most"), found, f"at most {MOST_VISITS - 1} returns in a pipeline"
        )


def _quantity(check: Checker, path: KeyPath, program: Program) -> None:
    if program.residual:
        if program.quantity != "value":
            check.add((*path, "quantity"), "a residual program in units", "quantity: value")
        if program.lots:
            check.add((*path, "lots"), "lots of a residual program", "no lots; they are computed")
        return
    if is_initiative(check.scenario, program):
        return
    if not program.lots and path[1] not in {other.divert_to for other in check.scenario.programs.values()}:
        check.add(path, "no lots", "lots, or residual: true")
    if program.quantity == "value":
        if program.unit_cost_bn is not None and program.unit_cost_bn != 1.0:
            check.add((*path, "unit_cost_bn"), "a unit cost of a program known by value", "leave it out, a unit is 1 bn")
        return
    for name in ("minimum_units", "tranche_units", "delivered_before_units"):
        number = getattr(program, name)
        if number is not None and not whole(center(number)):
            check.add((*path, name), f"{center(number):g}", "a whole number of units, or quantity: value")
    for index, lot in enumerate(program.lots):
        if not whole(lot.units):
            check.add((*path, "lots", index, "units"), f"{lot.units:g}", "a whole number of units, or quantity: value")
    open_lots = [lot for lot in program.lots if lot.fy >= check.first_fy and lot.cost_bn is None]
    if program.unit_cost_bn is None and open_lots:
        check.add(
            path, f"no unit_cost_bn, and the lot of FY{open_lots[0].fy} has no cost_bn", "one of the two tells the lot's cost"
        )


def _lots(check: Checker, path: KeyPath, program: Program) -> None:
    oldest = check.first_fy - OLDEST_LOT_YEARS
    years: set[int] = set()
    for index, lot in enumerate(program.lots):
        here = (*path, "lots", index)
        if not oldest <= lot.fy <= check.last_fy + LATEST_LOT_YEARS:
            check.add((*here, "fy"), f"FY{lot.fy} is outside the horizon", f"FY{oldest} to FY{check.last_fy + LATEST_LOT_YEARS}")
        elif lot.fy in years:
            check.add((*here, "fy"), f"FY{lot.fy} a second time", "one lot per fiscal year")
        years.add(lot.fy)
        if lot.delivery is not None and exists(lot.delivery) and check.months(lot.delivery) < check.start_of(lot.fy):
            start = month_name(lot.fy * 12 + check.scenario.horizon.fy_first_month - 1)
            check.add((*here, "delivery"), f"{lot.delivery} is before the contract's fiscal year", f"{start} or later")
        tranche = program.tranche_units or lot.units
        if lot.units > tranche * MOST_TRANCHES:
            check.add((*here, "units"), f"{lot.units / tranche:,.0f} tranches", f"at most {MOST_TRANCHES:,} tranches in a lot")
    if program.price_fy is not None and not oldest <= program.price_fy <= check.last_fy:
        check.add((*path, "price_fy"), f"FY{program.price_fy}", f"FY{oldest} to FY{check.last_fy}")


def _state(check: Checker, path: KeyPath, program: Program) -> None:
    years = {lot.fy for lot in lots_of(check.scenario, program)}
    seen: set[int] = set()
    for index, state in enumerate(program.state):
        here = (*path, "state", index)
        if state.fy not in years:
            known = ", ".join(map(str, sorted(years))) or "none"
            check.add((*here, "fy"), f"no lot of FY{state.fy}", f"lots: {known}")
        elif state.fy in seen:
            check.add((*here, "fy"), f"FY{state.fy} a second time", "one state per lot")
        elif check.as_of_fy is None or check.start_of(state.fy) + begin_months(check.scenario, program) >= check.fact_end:
            begun = "lots contracted up to the as-of fiscal year" if program.start is None else "a start up to the as-of month"
            said = begun if check.as_of_fy else "states need horizon.as_of"
            check.add((*here, "fy"), f"the lot of FY{state.fy} has not begun", said)
        seen.add(state.fy)
        if program.channel in check.scenario.channels:
            named = check.names("channels", program.channel, "stages")
            check.refer((*here, "stage"), state.stage, named, f"a stage of channel '{program.channel}'")


def _promise(check: Checker, path: KeyPath, program: Program) -> None:
    baseline, estimate = program.baseline_delivery, program.current_estimate
    if (baseline is None) != (estimate is None):
        one, other = ("baseline_delivery", "current_estimate") if estimate is None else ("current_estimate", "baseline_delivery")
        check.add((*path, one), f"{one} without {other}", "both or none: slip is the one against the other")
    lots = lots_of(check.scenario, program)
    if estimate is None or not exists(estimate) or not lots:
        return
    first = min(lots, key=lambda lot: lot.fy)
    months = check.months(estimate)
    begun = check.start_of(first.fy) + begin_months(check.scenario, program)
    before = months <= 0.0  # what is reached by the horizon's first instant is part of its start
    delivered = before and (program.delivered_before_units > 0.0 or program.quantity == "value")
    if months < begun and not delivered and (first.delivery is None or before):
        of = f"the first lot of FY{first.fy}" if program.start is None else f"the start {program.start}"
        said = f"a date in FY{first.fy} or later; before the horizon, with delivered_before_units"
        check.add((*path, "current_estimate"), f"{estimate} is before {of}", said)
    history = first_is_history(program, months, begun)
    if not history and first.delivery is not None and exists(first.delivery) and check.months(first.delivery) != months:
        said = "one date: leave out the delivery of the first lot, which is current_estimate by default"
        check.add((*path, "current_estimate"), f"{estimate}, but the lot of FY{first.fy} is delivered in {first.delivery}", said)


def check_cycles(check: Checker) -> None:
    """No stage waits for a milestone that waits for it."""
    if not check.complete:
        return
    scenario = check.scenario
    waits: dict[tuple[str, int], list[tuple[str, int]]] = {}
    places: dict[tuple[str, int], KeyPath] = {}
    for name, program in scenario.programs.items():
        channel = scenario.channels.get(program.channel)
        if channel is None:
            continue
        for index, stage_name in enumerate(channel.stages):
            places[name, index] = stage_key_path(("programs", name), program, stage_name, "after")
            waits[name, index] = ([(name, index - 1)] if index else []) + [
                target
                for prerequisite in stage_value(scenario, program, stage_name, "after")
                if (target := _target(check, prerequisite)) is not None
            ]
    done: set[tuple[str, int]] = set()
    for start in waits:
        trail: list[tuple[str, int]] = []
        on_trail: set[tuple[str, int]] = set()
        stack: list[tuple[tuple[str, int], bool]] = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                trail.pop()
                on_trail.discard(node)
                done.add(node)
                continue
            if node in on_trail:
                cycle = trail[trail.index(node) :]
                programs = list(dict.fromkeys(part for part, _ in cycle))
                waiting = next((part for part in cycle if len(waits[part]) > (part[1] > 0)), cycle[0])
                said = "prerequisites that do not wait for themselves"
                check.add(places[waiting], f"a cycle: {' -> '.join([*programs, programs[0]])}", said)
                return
            if node in done:
                continue
            trail.append(node)
            on_trail.add(node)
            stack.append((node, True))
            stack.extend((other, False) for other in waits.get(node, []))


def _target(check: Checker, prerequisite: str) -> tuple[str, int] | None:
    """The stage whose end a prerequisite waits for."""
    name, _, milestone = prerequisite.partition(".")
    program = check.scenario.programs.get(name)
    channel = check.scenario.channels.get(program.channel) if program is not None else None
    if channel is None or milestone not in MILESTONES:
        return None
    stages = list(channel.stages.values())
    if milestone == "first_delivery":
        return next(((name, index) for index, stage in enumerate(stages) if stage.milestone == "delivered"), None)
    return name, len(stages) - 1
