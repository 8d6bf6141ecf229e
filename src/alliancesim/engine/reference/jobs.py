"""Jobs: lots and their tranches on their way through the stages of a pipeline."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from alliancesim.engine.ledger import write_program
from alliancesim.engine.reference.calendar import Milestone
from alliancesim.engine.reference.context import Context
from alliancesim.engine.reference.progress import Arrival, Progress
from alliancesim.engine.reference.resources import Pool
from alliancesim.engine.reference.steps import Step
from alliancesim.plan.columns import DISRUPTION, ESTIMATE, PREREQUISITES, REWORK, TRADE_PRESSURE
from alliancesim.plan.fields import (
    COMPLETION_EVENT,
    FIRST_DELIVERY_EVENT,
    FIRST_OPERATIONAL_EVENT,
    MILESTONES,
    W_FAILURE,
    W_QUEUEING,
    W_REWORK,
)
from alliancesim.plan.layout import NONE
from alliancesim.plan.order import COMPLETION_KEY, JOBS_PER_LOT, REQUEST_KEY, Rank
from alliancesim.plan.pipelines import tranches
from alliancesim.rules.grid import snap_months


class Jobs:
    """Every job of one replication, and what programs have reached."""

    def __init__(self, context: Context, steps: list[list[Step]]) -> None:
        self.context = context
        self.calls = context.calls
        self.steps = steps
        self.program_z = context.world.program_z.tolist()
        compiled = context.compiled
        self.reworks = context.on(W_REWORK)
        self.fails = context.on(W_FAILURE)
        self.queues = context.on(W_QUEUEING)
        programs = len(compiled.stages)
        self.first = [Arrival() for _ in range(programs)]
        self.latest: list[tuple[float, list[float]]] = [(math.inf, [])] * programs  # delivery so far: month, ticket
        self.completed = [False] * programs  # milestone reached, though more may have become due since
        self.operational = [math.inf] * programs
        self.active: list[dict[int, Progress]] = [{} for _ in range(programs)]
        self.awaited: dict[tuple[int, int], list[Milestone]] = {}

    def start_opening(self) -> None:
        """Start the lots that are in the pipeline before the first fiscal year."""
        lots = self.context.compiled.lots
        for i in range(self.context.plan.years * len(self.steps), len(lots)):
            begun = 12.0 * lots[i].year + float(self.context.plan.program_begin_months[lots[i].program])
            self.start(i, lots[i].units, begun, 0.0)

    def start(self, lot: int, units: float, t: float, wait: float) -> None:
        """A lot is contracted at month t, after `wait` months for the budget."""
        job = self.context.compiled.lots[lot]
        stages = self.context.compiled.stages[job.program]
        progress = Progress(lot, 0, t)
        stage, begin = 0, t
        if job.state_stage != NONE:
            stage = job.state_stage
            begin = max(t, self.context.as_of - float(snap_months(job.state_done_share * job.stage_months[stage])))
            passed = min(stage, stages.delivered + 1)
            progress.path_months = math.fsum(job.stage_months[:passed])
            progress.since_months = begin - math.fsum(job.stage_months[passed:stage])
            progress.charged[ESTIMATE] += progress.since_months - t - progress.path_months
        self.active[job.program][lot * JOBS_PER_LOT] = progress
        if self.context.trace is not None:
            contract = f"contracted {units:g} units after waiting {wait:g} months"
            free = self.context.plan.program_free[job.program] == 1
            what = f"begins {units:g} units, without home money" if free else contract
            self.context.tell(t, Rank.BUDGET, self.subject(progress), what, job.program)
        self.context.env.walk(self.flow, job.program, progress, units, stage, begin, 0.0)

    def subject(self, progress: Progress) -> str:
        """A job's name in the trace."""
        job = self.context.compiled.lots[progress.lot]
        tranche = f" tranche {progress.tranche + 1}" if progress.tranche else ""
        return f"{self.context.compiled.labels.programs[job.program]} FY{self.context.plan.first_fy + job.year}{tranche}"

    def flow(
        self, resumed: Milestone, p: int, progress: Progress, units: float, s: int, t: float, offset: float
    ) -> Iterator[None]:
        """A job through its stages from stage s, entered at month t (which may lie in the past).

        resumed: where it goes on; somebody must have that milestone planned at each yield. offset: months of line work of its own
        lot's earlier tranches. Every month that passes is planned or charged to a cause; all of a repeated stage is rework. A
        stage that is history, or without noise, lasts as planned. This loop is where the engine's time goes, hence its length
        and its local names.
        """
        context, steps, queues = self.context, self.steps[p], self.queues
        pools, program_z, years = context.pools, self.program_z[p], context.plan.years
        env, as_of, tracing = context.env, context.as_of, context.trace is not None
        calls = self.calls
        snap_duration, noisy_months = calls.snap_duration, calls.noisy_months
        seed, replication = context.seed, context.replication
        planned_months = context.compiled.lots[progress.lot].stage_months
        entity = progress.lot * JOBS_PER_LOT + progress.tranche
        key = COMPLETION_KEY | entity
        index = calls.first_draw(context.plan.first_fy + context.compiled.lots[progress.lot].year, progress.tranche)
        charged = book = progress.charged
        visits = [0] * len(steps)
        returns = [0] * len(steps)
        gates: list[int] = []  # that have sent it back and are to be passed again, the next one last
        serves = False
        if t > env.now:
            env.plan(resumed, t, REQUEST_KEY | entity)
            yield
        if s > context.compiled.stages[p].delivered and not progress.delivered:
            self.deliver(p, progress, units, progress.since_months)
        while s < len(steps):
            step = steps[s]
            pool: Pool | None = pools[step.resource] if step.resource >= 0 else None
            entered = t
            ahead = 0.0
            if step.is_line and pool is not None:
                if visits[s] == 0 and progress.tranche == 0:
                    units = self.fork(p, progress, units, s, t)
                ahead = 0.0 if gates else offset
                plain = ahead + snap_duration(units / pool.rate(t))
            else:
                plain = planned_months[s]
            repeated = bool(gates)
            if repeated:
                book = [0.0] * len(charged)
            elif step.counts:
                progress.path_months += plain
            if step.after and t >= as_of:
                progress.enter(REWORK if repeated else PREREQUISITES, t, 0.0)
                yield from self.prerequisites(step.after, resumed)
                t = max(t, env.now)
                book[PREREQUISITES] += t - entered
            scale = steps[gates[-1]].rework_work if repeated else 1.0
            if step.is_line:
                own = plain - ahead
            else:
                elapsed = as_of - t
                own = plain if step.stretch == scale == 1.0 else calls.drawn_months(plain, step.stretch * scale, elapsed)
                if own > 0.0 and step.noisy and elapsed < own:
                    own = noisy_months(
                        own, elapsed if elapsed > 0.0 else 0.0, step.median, step.sigma, step.system_loading,
                        step.program_loading, step.own_loading,
                        step.system_z[calls.year_of(t, years)], program_z, seed, replication, step.key,
                        index + visits[s],
                    )  # fmt: skip
                elif own != plain and own > 0.0:
                    own = snap_duration(own)
            months = own
            if step.elasticity > 0.0 and own > 0.0 and t >= as_of:
                months = snap_duration(own * calls.pressure_mult(calls.felt_pressure(t), step.elasticity))
                book[TRADE_PRESSURE] += months - own
            if step.slow and own > 0.0 and t >= as_of:
                months = self.slowed(step.slow, t, months, book)
            added = months - own
            if pool is None:
                progress.cause, progress.since_months, progress.planned_months = step.cause, t, plain + added
                if repeated:
                    progress.enter(REWORK, t, 0.0)
                t += months
                if months > 0.0 and t > 0.0:
                    env.plan(resumed, t, key)
                    yield
            else:
                asked = t
                in_line = queues and t + ahead >= as_of  # whose turn has come by then has its place
                t = max(t, as_of) if in_line else t + ahead
                progress.cause, progress.since_months, progress.planned_months = step.wait_cause, asked, ahead
                if repeated:
                    progress.enter(REWORK, asked, 0.0)
                if t > env.now:
                    env.plan(resumed, t, REQUEST_KEY | entity)
                    yield
                if in_line:
                    pool.request(step.priority, entity, resumed)
                    yield
                    t = env.now
                else:
                    pool.take(env.now, 0.0)
                begun = t
                book[step.wait_cause] += begun - asked - ahead
                if step.is_line:
                    months = snap_duration(scale * units / pool.rate(t))
                progress.cause, progress.since_months, progress.planned_months = step.cause, t, plain - ahead + added
                if repeated:
                    progress.enter(REWORK, t, 0.0)
                t = pool.finish(t, months) if pool.disrupted else t + months
                if t > begun and t > 0.0:
                    env.plan(resumed, t, key)
                    yield
                pool.release(env.now)
                book[DISRUPTION] += t - begun - months
                if step.is_line:
                    book[step.wait_cause] += months - own
            book[step.cause] += own + ahead - plain
            visits[s] += 1
            if repeated:
                charged[REWORK] += t - entered
                book = charged
                if gates[-1] == s:
                    gates.pop()
            if tracing:
                planned = f"{(plain - ahead) * scale + ahead:.2f} planned{' of it again' if repeated else ''}"
                what = f"{step.name} done: {t - entered:.2f} months, {planned}"
                context.tell(t, Rank.COMPLETION, self.subject(progress), what, p)
            if step.risky and t > as_of:
                chance = step.failure_probability
                if self.fails and chance > 0.0 and calls.uniform(seed, replication, step.failure_key, index + visits[s]) < chance:
                    self.cancel(p, progress, units, s, t, entity)
                    return
                chance = step.rework_probability if self.reworks and returns[s] < step.rework_most else 0.0
                if chance > 0.0 and calls.uniform(seed, replication, step.rework_key, index + visits[s] - 1) < chance:
                    returns[s] += 1
                    gates.append(s)
                    s = step.rework_to
                    if tracing:
                        what = f"{step.name}: back to {steps[s].name}"
                        context.tell(t, Rank.COMPLETION, self.subject(progress), what, p)
                    continue
            if step.delivers and not progress.delivered:
                self.deliver(p, progress, units, t)
            if step.serves and not serves:
                serves = True
                self.take_into_service(p, units, t)
            s += 1
        self.active[p].pop(entity, None)

    def fork(self, p: int, progress: Progress, units: float, s: int, t: float) -> float:
        """Split a lot into tranches at its line; returns the units of the first, which this job carries on."""
        stages = self.context.compiled.stages[p]
        parts = tranches(units, stages.tranche_units)
        rate = self.context.pools[stages.resource[s]].rate(t)
        done = self.calls.snap_duration(parts[0] / rate)
        for k, part in enumerate(parts[1:], start=1):
            sibling = progress.fork(k)
            self.active[p][progress.lot * JOBS_PER_LOT + k] = sibling
            self.context.env.walk(self.flow, p, sibling, part, s, t, done)
            done += self.calls.snap_duration(part / rate)
        return parts[0]

    def prerequisites(self, after: tuple[tuple[int, int], ...], resumed: Milestone) -> Iterator[None]:
        """Wait until every milestone a stage needs has been reached."""
        for program, milestone in after:
            if not self.reached(program, milestone):
                self.awaited.setdefault((program, milestone), []).append(resumed)
                yield

    def reached(self, p: int, milestone: int) -> bool:
        """Whether a program's milestone lies behind."""
        if milestone == FIRST_DELIVERY_EVENT:
            return float(self.context.state.delivered[p]) > 0.0
        if milestone == FIRST_OPERATIONAL_EVENT:
            return float(self.context.state.operational[p]) > 0.0
        return self.completed[p]

    def slowed(self, factors: tuple[tuple[int, int], ...], t: float, months: float, book: list[float]) -> float:
        """Months of a stage that begins at month t, as conditions are; what they add is charged to its causes."""
        for n, cause in factors:
            mult = self.calls.slow_mult(n, t)
            longer = months if mult == 1.0 else self.calls.snap_duration(months * mult)
            book[cause] += longer - months
            months = longer
        return months

    def announce(self, p: int, milestone: int) -> None:
        """A milestone is reached: it moves conditions, and wakes whoever waits for it."""
        now = self.context.env.now
        if self.calls.apply_effects(p, milestone, now):
            self.context.rescale()
            if self.context.trace is not None:
                program = self.context.compiled.labels.programs[p]
                self.context.tell(now, Rank.COMPLETION, program, f"{MILESTONES[milestone]}: {self.conditions_told()}", p)
        for waiting in self.awaited.pop((p, milestone), ()):
            self.context.env.happen(waiting)

    def conditions_told(self) -> str:
        """The present value of every condition, for the trace."""
        values = zip(self.context.compiled.labels.conditions, self.context.state.condition.tolist(), strict=False)
        return ", ".join(f"{name} {value:.3g}" for name, value in values)

    def deliver(self, p: int, progress: Progress, units: float, t: float) -> None:
        """A tranche is delivered."""
        progress.delivered = True
        year = self.context.compiled.lots[progress.lot].year
        delivered = self.calls.deliver_units(p, year, units, t)
        self.latest[p] = t, progress.numbers()
        if self.first[p].months == math.inf:
            self.first[p] = Arrival(t, progress.ticket())
            self.announce(p, FIRST_DELIVERY_EVENT)
        if not self.completed[p] and delivered >= self.context.state.total[p]:
            self.completed[p] = True
            self.announce(p, COMPLETION_EVENT)

    def complete_dropped(self) -> None:
        """Programs that lack nothing, since what was not contracted has been dropped, are complete by their last delivery."""
        for p, (months, _) in enumerate(self.latest):
            if not self.completed[p] and self.calls.is_complete(p, months):
                self.completed[p] = True
                self.announce(p, COMPLETION_EVENT)

    def take_into_service(self, p: int, units: float, t: float) -> None:
        """A tranche becomes operational."""
        self.context.state.operational[p] += units
        if self.operational[p] == math.inf:
            self.operational[p] = t
            self.announce(p, FIRST_OPERATIONAL_EVENT)

    def cancel(self, p: int, progress: Progress, units: float, s: int, t: float, entity: int) -> None:
        """A job has failed: its units are canceled, unless they were delivered before."""
        if not progress.delivered:
            self.calls.cancel_units(p, self.context.compiled.lots[progress.lot].year, units, t)
        self.active[p].pop(entity, None)
        what = f"failed in {self.context.compiled.stages[p].names[s]}"
        self.context.tell(t, Rank.COMPLETION, self.subject(progress), what, p)

    def close(self) -> None:
        """Write the programs' outcomes at the horizon."""
        horizon = self.context.plan.horizon_months
        for p, (first, latest, operational) in enumerate(zip(self.first, self.latest, self.operational, strict=True)):
            months, numbers = latest
            last = Arrival(months, np.array(numbers)) if self.calls.is_complete(p, months) else Arrival()
            waiting = [entity for entity, job in self.active[p].items() if not job.delivered]
            if waiting and first.months == math.inf:
                first.ticket = self.active[p][min(waiting)].ticket_at(horizon)
            if waiting and last.months == math.inf:
                last.ticket = self.active[p][max(waiting)].ticket_at(horizon)
            promise = self.context.network.promise[p]
            bought, wanted = float(self.context.state.bought[p]), float(self.context.state.wanted[p])
            write_program(self.context.out.program[p], promise, horizon, first.months, first.ticket, last.months, last.ticket,
                          operational, self.calls.units_due(p), bought, wanted)  # fmt: skip
