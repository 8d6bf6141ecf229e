"""The reference engine: one replication as SimPy processes. Imports SimPy with `resources`; everything of value is a shared rule.

It answers only "what happens next, and who is woken?"; what a value is, rules and steps say.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from dataclasses import dataclass
from heapq import heappush
from itertools import count
from typing import Any

import numpy as np
import simpy

from alliancesim.engine import alliance, budget, paths, settlement, state
from alliancesim.engine.ledger import Arrival, Progress, write_program
from alliancesim.engine.noise import noisy_months
from alliancesim.engine.resources import Pool
from alliancesim.kernels import pack
from alliancesim.plan.columns import (
    APPROVAL,
    DISRUPTION,
    ESTIMATE,
    OUTLAYS,
    PREREQUISITES,
    QUEUEING,
    REWORK,
    STAFFING,
    TOPLINE,
    TRADE_PRESSURE,
)
from alliancesim.plan.layout import (
    ARRIVALS,
    BACKLOG,
    DURATION,
    ELASTICITY,
    FAILURE_PROBABILITY,
    LINK_REGIME,
    LINK_TARIFF,
    MILESTONES,
    NOISE_MEDIAN,
    NOISE_P90,
    NOISE_PROGRAM,
    NOISE_SYSTEM,
    NONE,
    ON_DELIVERY,
    PAY_YEARS,
    PROVISIONAL_INTERCEPT,
    PROVISIONAL_SLOPE,
    PROVISIONAL_WAIT,
    REGIME_CEILING,
    REWORK_PROBABILITY,
    REWORK_WORK,
    SEVERITY,
    STATEMENTS_CEILING,
    W_BACKGROUND,
    W_FAILURE,
    W_LINKAGE,
    W_QUEUEING,
    W_REWORK,
    W_STAGE_NOISE,
    Compiled,
    Floats,
    Outcomes,
    Rank,
    order_key,
)
from alliancesim.plan.pipelines import tranches
from alliancesim.rules.draws import quantile, uniform
from alliancesim.rules.grid import snap_duration, snap_months
from alliancesim.rules.linkage import REGIMES, RESULTS, pressure_mult
from alliancesim.rules.money import linear_probability

Flow = Generator[simpy.Event, Any, None]
Tracer = Callable[[float, Rank, str, str], None]
"""Receives (month, rank, subject, what happened) in the order of events."""

JOBS_PER_LOT = 32
BACKGROUND_ENTITY = 1 << 24
VISITS = 32
FIRST_DELIVERY_EVENT, FIRST_OPERATIONAL_EVENT, COMPLETION_EVENT = range(len(MILESTONES))


class Calendar(simpy.Environment):
    """A SimPy environment whose simultaneous events are ordered by `order_key`, never by insertion.

    Events go straight into SimPy's heap: `schedule` would add a delay to the present, and cost a third of the run.
    """

    def at(self, t: float, key: int) -> Any:
        """An event at month t (now or later), carrying its order among simultaneous ones."""
        event = simpy.Event(self)
        event._ok = True
        event._value = None
        heappush(self._queue, (t, key, next(self._eid), event))  # type: ignore[misc]
        return event

    def resume(self, event: simpy.Event) -> None:
        """Fire an event within the present one: who waits for it goes on at once."""
        event._ok = True
        event._value = None
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)

    @property
    def events(self) -> int:
        """Events scheduled so far."""
        return next(self._eid)


@dataclass(slots=True)
class Step:
    """One stage of one program in one replication: structure and numbers, gathered once for all its jobs."""

    name: str
    pool: Any  # Pool or None
    is_line: bool
    counts: bool  # part of the path to delivery
    after: tuple[tuple[int, int], ...]
    cause: int  # what its noise is charged to
    wait_cause: int
    priority: int
    noisy: bool
    stretch: float  # duration parameter of this replication over the one the plan was fitted with
    median: float
    p90: float
    system_loading: float
    program_loading: float
    system_z: list[float]
    program_z: float
    elasticity: float
    key: int
    risky: bool
    failure_probability: float
    failure_key: int
    rework_probability: float
    rework_work: float
    rework_to: int
    rework_most: int
    rework_key: int
    delivers: bool
    serves: bool


class Engine:
    """Reusable arrays for replications of one compiled scenario."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.world = paths.new_world(compiled)
        self.state = state.new_state(compiled)
        self.plan_handle = pack(compiled.plan)
        self.world_handle = pack(self.world)
        self.state_handle = pack(self.state)

    def simulate(self, params: Floats, seed: int, replication: int, trace: Tracer | None = None) -> tuple[Outcomes, int]:
        """One replication. params: shape (parameter,). Returns its outcomes and the number of events it took."""
        paths.draw_world(self.plan_handle, params, seed, replication, self.world_handle)
        state.begin(self.plan_handle, self.world_handle, self.state_handle)
        out = state.new_outcomes(self.compiled)
        collecting = gc.isenabled()
        gc.disable()  # thousands of live events make each collection dear, and a replication leaves little garbage
        try:
            events = Replication(self, out, seed, replication, trace).run()
        finally:
            if collecting:
                gc.enable()
        return out, events


class Replication:
    """One random future: processes for the government, the linkage, other customers, and every job."""

    def __init__(self, engine: Engine, out: Outcomes, seed: int, replication: int, trace: Tracer | None) -> None:
        self.compiled = compiled = engine.compiled
        self.plan, self.world, self.state, self.out = compiled.plan, engine.world, engine.state, out
        self.handles = (engine.plan_handle, engine.world_handle, engine.state_handle)
        self.seed, self.replication, self.trace = seed, replication, trace
        world = self.world
        self.env = Calendar()
        self.as_of = self.plan.as_of_months
        switch = self.plan.switch.tolist()
        self.noisy = bool(switch[W_STAGE_NOISE])
        self.reworks = bool(switch[W_REWORK])
        self.fails = bool(switch[W_FAILURE])
        self.queues = bool(switch[W_QUEUEING])
        self.linked = bool(switch[W_LINKAGE])
        self.background = bool(switch[W_BACKGROUND])
        first_capacity = self.plan.resource_series
        self.pools = [
            Pool(self.env, q, kind, world.series[first_capacity + q, : self.plan.years].tolist(), out.resource_year[q])
            for q, kind in enumerate(compiled.resource_kind)
        ]
        for q, pool in enumerate(self.pools):
            if world.disruption_count[q]:
                rate = 1.0 - float(world.resource[q, SEVERITY])
                pool.disrupt(world.disruption_begin[q], world.disruption_end[q], int(world.disruption_count[q]), rate)
        self.steps = self.gather_steps()
        programs = len(compiled.stages)
        self.first: list[Arrival | None] = [None] * programs
        self.last: list[Arrival | None] = [None] * programs
        self.operational: list[float | None] = [None] * programs
        self.active: list[dict[int, Progress]] = [{} for _ in range(programs)]
        self.awaited: dict[tuple[int, int], list[simpy.Event]] = {}
        self.total = [
            float(before) + total for before, total in zip(self.plan.delivered_before, compiled.planned_total, strict=True)
        ]

    def gather_steps(self) -> list[list[Step]]:
        """Every program's stages with this replication's numbers."""
        compiled, world, pools = self.compiled, self.world, self.pools
        rows = world.stage.tolist()
        system_z = world.system_z.tolist()
        program_z = world.program_z.tolist()
        at = self.plan.stage_at[:, DURATION]
        now, base = world.values[at].tolist(), compiled.base[at].tolist()
        steps = []
        for p, stages in enumerate(compiled.stages):
            mine = []
            for s, name in enumerate(stages.names):
                i = stages.first + s
                row = rows[i]
                q = stages.resource[s]
                fails, reworks = row[FAILURE_PROBABILITY], row[REWORK_PROBABILITY] if stages.rework_to[s] != NONE else 0.0
                mine.append(
                    Step(
                        name, pools[q] if q != NONE else None, stages.is_line[s], s <= stages.delivered, stages.after[s],
                        APPROVAL if stages.approval[s] else ESTIMATE, STAFFING if q != NONE and compiled.resource_staff[q] else QUEUEING,
                        compiled.program_priority[p], self.noisy and not row[NOISE_MEDIAN] == row[NOISE_P90] == 1.0,
                        now[i] / base[i] if base[i] > 0.0 and not stages.is_line[s] else 1.0, row[NOISE_MEDIAN], row[NOISE_P90],
                        row[NOISE_SYSTEM], row[NOISE_PROGRAM], system_z[stages.system[s]], program_z[p], row[ELASTICITY], stages.key[s],
                        fails > 0.0 or reworks > 0.0, fails, stages.failure_key[s], reworks, row[REWORK_WORK], stages.rework_to[s],
                        stages.rework_most[s], stages.rework_key[s], s == stages.delivered, s == stages.operational,
                    )
                )  # fmt: skip
            steps.append(mine)
        return steps

    def run(self) -> int:
        """Let time pass to the horizon; returns the number of events."""
        env, compiled = self.env, self.compiled
        for i in range(self.plan.years * len(compiled.stages), len(compiled.lots)):
            self.start(i, compiled.lots[i].units, 12.0 * compiled.lots[i].year, 0.0)
        government = env.process(self.government())
        if self.linked:
            self.start_linkage()
        if self.background:
            for q in range(len(self.pools)):
                if compiled.background_size[q][0] != NONE:
                    if self.world.resource[q, ARRIVALS] > 0.0:
                        self.customers(q, 0, self.as_of)
                    self.start_backlog(q)
        env.run(until=government)
        self.close()
        return env.events

    def tell(self, t: float, rank: Rank, subject: str, text: str) -> None:
        """Hand an event to the trace, if there is one."""
        if self.trace is not None:
            self.trace(t, rank, subject, text)

    # government ----------------------------------------------------------------------------------------------------

    def government(self) -> Flow:
        """Budget, supplementary budget and year-end reading of every fiscal year."""
        plan, w, s = self.handles
        out, env = pack(self.out), self.env
        headroom = np.zeros(PAY_YEARS)
        for y in range(self.plan.years):
            yield env.at(12.0 * y, order_key(Rank.BUDGET, 0))
            support = alliance.support_now(w, s, env.now)
            budget.open_year(plan, w, s, out, y, support, headroom)
            wait = self.provisional_wait(y, support)
            self.tell(env.now, Rank.BUDGET, "budget", f"topline {self.out.fiscal[y, TOPLINE]:,.1f} bn, wait {wait:g} months")
            for p in range(len(self.compiled.stages)):
                units = float(self.state.funded[p, y])
                if units > 0.0:
                    self.state.pipeline[p] += units
                    self.start(p * self.plan.years + y, units, env.now + wait, wait)
            for pool in self.pools:
                if pool.queue:
                    pool.look()
            yield env.at(12.0 * y + self.compiled.supplementary_month, order_key(Rank.BUDGET, 0))
            settlement.supplement(plan, w, s, out, self.seed, self.replication, y, alliance.support_now(w, s, env.now))
            yield env.at(12.0 * (y + 1), order_key(Rank.YEAR_END, 0))
            settlement.read_year(plan, w, s, out, y, env.now)
            for pool in self.pools:
                pool.read(y)
            self.tell(env.now, Rank.YEAR_END, "year end", f"outlays {self.out.fiscal[y, OUTLAYS]:,.1f} bn")

    def provisional_wait(self, y: int, support: float) -> float:
        """Months that contracts wait under a provisional budget; none while the past is fact."""
        a = self.world.scalar
        if y <= self.plan.as_of_year or a[PROVISIONAL_WAIT] <= 0.0:
            return 0.0
        chance = linear_probability(a[PROVISIONAL_INTERCEPT], -a[PROVISIONAL_SLOPE], support)
        u = uniform(self.seed, self.replication, self.plan.provisional_key, self.plan.first_fy + y)
        return snap_duration(a[PROVISIONAL_WAIT]) if u < chance else 0.0

    # linkage -------------------------------------------------------------------------------------------------------

    def start_linkage(self) -> None:
        """Dated events of the linkage, and its two Poisson clocks."""
        compiled, env = self.compiled, self.env
        a = self.world.scalar
        for t, size in compiled.statements:
            self.on(t, Rank.REGIME, 0, lambda t=t, size=size: self.statement(t, size))
        for t, regime in compiled.known_regimes:
            self.on(t, Rank.REGIME, 1, lambda regime=regime: self.enter(regime))
        for t, tariff in compiled.known_tariffs:
            self.on(t, Rank.REGIME, 2, lambda tariff=tariff: self.levy(tariff))
        for i, (t, number, index, known) in enumerate(compiled.rounds):
            self.on(t, Rank.ROUND, i, lambda number=number, index=index, known=known: self.meet(number, index, known))
        for i in range(len(compiled.labels.taxes)):
            env.process(self.tax(i))
        if a[STATEMENTS_CEILING] > 0.0:
            env.process(self.candidates(self.plan.statement_key, 3, float(a[STATEMENTS_CEILING]), 3, self.candidate_statement))
        if a[REGIME_CEILING] > 0.0:
            env.process(self.candidates(self.plan.regime_key, 2, float(a[REGIME_CEILING]), 4, self.candidate_regime))

    def on(self, t: float, rank: Rank, entity: int, act: Callable[[], None]) -> None:
        """Have something done at month t; what lies before the start has been done already."""
        if 0.0 <= t < self.plan.horizon_months:
            self.env.at(t, order_key(rank, entity)).callbacks.append(lambda _: act())
        elif t < 0.0:
            act()

    def statement(self, t: float, size: float) -> None:
        """A dated linking statement."""
        alliance.jump(*self.handles[1:], max(t, 0.0), 1.0, size, 0.0)
        self.tell(t, Rank.REGIME, "statement", f"pressure +{size:g}")

    def enter(self, regime: int) -> None:
        """A regime on record."""
        self.state.link[LINK_REGIME] = float(regime)
        self.tell(self.env.now, Rank.REGIME, "regime", REGIMES[regime])

    def levy(self, tariff: float) -> None:
        """A tariff on record."""
        self.state.link[LINK_TARIFF] = tariff
        self.tell(self.env.now, Rank.REGIME, "tariff", f"{tariff:.1%}")

    def meet(self, number: int, index: int, known: int) -> None:
        """A negotiating round."""
        result = alliance.meet_round(*self.handles, self.seed, self.replication, number, index, known, self.env.now)
        self.tell(self.env.now, Rank.ROUND, f"round {self.compiled.labels.rounds[number]}", RESULTS[result])

    def candidates(self, key: int, stride: int, ceiling: float, entity: int, act: Callable[[int], None]) -> Flow:
        """A Poisson clock from the as-of date on."""
        t = self.as_of
        for k in count():
            t += alliance.next_candidate(self.seed, self.replication, key, stride * k, ceiling)
            if t >= self.plan.horizon_months:
                return
            yield self.env.at(t, order_key(Rank.REGIME, entity))
            act(stride * k)

    def candidate_statement(self, index: int) -> None:
        """A candidate linking statement, thinned."""
        now = self.env.now
        if alliance.meet_statement(*self.handles, self.seed, self.replication, index, now):
            self.tell(now, Rank.REGIME, "statement", f"pressure now {alliance.pressure_now(*self.handles[1:], now):.3f}")

    def candidate_regime(self, index: int) -> None:
        """A candidate change of regime."""
        if alliance.meet_regime(*self.handles, self.seed, self.replication, index):
            self.tell(self.env.now, Rank.REGIME, "regime", REGIMES[int(self.state.link[LINK_REGIME])])

    def tax(self, i: int) -> Flow:
        """A tax measure: in force, or put off until support allows it. What began before the start is part of the start."""
        if self.state.tax_months[i] < 0.0:
            return
        while True:
            t = float(self.state.tax_months[i])
            if t >= self.plan.horizon_months:
                return
            if t > self.env.now:
                yield self.env.at(t, order_key(Rank.ROUND, 1 << 16 | i))
            now = self.env.now
            hit = budget.meet_tax(*self.handles, i, alliance.support_now(*self.handles[1:], now))
            if hit >= 0.0:
                alliance.jump(*self.handles[1:], now, 1.0, 0.0, -hit)
                self.tell(now, Rank.ROUND, f"tax {self.compiled.labels.taxes[i]}", "takes effect")
                return
            self.tell(now, Rank.ROUND, f"tax {self.compiled.labels.taxes[i]}", "put off")

    # other customers -----------------------------------------------------------------------------------------------

    def customers(self, q: int, n: int, t: float) -> None:
        """Schedule the next background order of a resource, a Poisson arrival after month t."""
        key = self.compiled.background_key[q]
        t += alliance.next_candidate(self.seed, self.replication, key, 2 * n, float(self.world.resource[q, ARRIVALS]))
        if t >= self.plan.horizon_months:
            return
        entity = BACKGROUND_ENTITY * (q + 1) + n

        def arrive(_: Any) -> None:
            self.order(q, entity, self.order_size(q, uniform(self.seed, self.replication, key, 2 * n + 1)))
            self.customers(q, n + 1, t)

        self.env.at(t, order_key(Rank.REQUEST, entity)).callbacks.append(arrive)

    def order_size(self, q: int, u: float) -> float:
        """Units (line) or months (slots) of a background order."""
        kind, a, b, c = self.compiled.background_size[q]
        return max(0.0, quantile(kind, a, b, c, u))

    def start_backlog(self, q: int) -> None:
        """What other customers already wait for at the as-of date: one order of units on a line, orders on slots."""
        size = float(self.world.resource[q, BACKLOG])
        if size <= 0.0:
            return
        first = BACKGROUND_ENTITY * (q + 1) + BACKGROUND_ENTITY // 2
        orders = [size] if self.pools[q].line else [
            self.order_size(q, uniform(self.seed, self.replication, self.compiled.background_key[q], (1 << 30) + n)) for n in range(int(size))
        ]  # fmt: skip
        for n, amount in enumerate(orders):
            event = self.env.at(self.as_of, order_key(Rank.REQUEST, first + n))
            event.callbacks.append(lambda _, n=n, amount=amount: self.order(q, first + n, amount))

    def order(self, q: int, entity: int, amount: float) -> None:
        """One background order: into the queue, to work, and out."""
        pool = self.pools[q]

        def work(_: Any) -> None:
            now = self.env.now
            months = snap_duration(amount / pool.rate(now) if pool.line else amount)
            self.env.at(pool.finish(now, months), order_key(Rank.COMPLETION, entity)).callbacks.append(lambda _: pool.release())

        pool.request(self.compiled.background_priority[q], entity).callbacks.append(work)

    # pipelines -----------------------------------------------------------------------------------------------------

    def start(self, lot: int, units: float, t: float, wait: float) -> None:
        """A lot is contracted at month t, after `wait` months for the budget."""
        job = self.compiled.lots[lot]
        stages = self.compiled.stages[job.program]
        progress = Progress(lot, 0, t)
        stage, begin = 0, t
        if job.state_stage != NONE:
            stage = job.state_stage
            begin = self.as_of - float(snap_months(job.state_done_share * job.stage_months[stage]))
            progress.path_months = sum(job.stage_months[: min(stage, stages.delivered + 1)])
            progress.charged[ESTIMATE] += begin - t - sum(job.stage_months[:stage])
        self.active[job.program][lot * JOBS_PER_LOT] = progress
        self.tell(t, Rank.BUDGET, self.subject(progress), f"contracted {units:g} units after waiting {wait:g} months")
        self.env.process(self.flow(job.program, progress, units, stage, begin, 0.0))

    def subject(self, progress: Progress) -> str:
        """A job's name in the trace."""
        job = self.compiled.lots[progress.lot]
        tranche = f" tranche {progress.tranche + 1}" if progress.tranche else ""
        return f"{self.compiled.labels.programs[job.program]} FY{self.plan.first_fy + job.year}{tranche}"

    def flow(self, p: int, progress: Progress, units: float, s: int, t: float, offset: float) -> Flow:
        """A job through its stages from stage s, entered at month t (which may lie in the past).

        offset: months of line work of its own lot's earlier tranches. Every month that passes is planned or charged to a cause.
        """
        at, as_of, steps = self.env.at, self.as_of, self.steps[p]
        planned_months = self.compiled.lots[progress.lot].stage_months
        entity = progress.lot * JOBS_PER_LOT + progress.tranche
        key = order_key(Rank.COMPLETION, entity)
        charged = progress.charged
        index = self.draw_index(progress)
        visits = [0] * len(steps)
        returns = [0] * len(steps)
        repeat_until = NONE
        forks = progress.tranche == 0
        share = 1.0
        serves = False
        if t > self.env.now:
            yield at(t, order_key(Rank.REQUEST, entity))
        if s > self.compiled.stages[p].delivered:
            self.deliver(p, progress, units, t)
        while s < len(steps):
            step = steps[s]
            repeated = s <= repeat_until
            entered = t
            if step.is_line:
                if forks:
                    forks = False
                    units = self.fork(p, progress, units, s, t)
                plain = offset + snap_duration(units / step.pool.rate(t))
            else:
                plain = planned_months[s]
            if step.counts and not repeated:
                progress.path_months += plain
            if step.after and t >= as_of:
                progress.enter(REWORK if repeated else PREREQUISITES, t, 0.0)
                yield from self.prerequisites(step.after)
                t = max(t, self.env.now)
                if not repeated:
                    charged[PREREQUISITES] += t - entered
            own = plain - offset if step.is_line else self.own_months(step, plain, share if repeated else 1.0, t, index + visits[s])
            months = own
            if step.elasticity > 0.0 and own > 0.0 and t >= as_of:
                pressure = alliance.pressure_now(self.handles[1], self.handles[2], t)
                months = snap_duration(own * pressure_mult(pressure, step.elasticity))
            pool = step.pool
            if pool is None:
                progress.enter(REWORK if repeated else step.cause, t, 0.0 if repeated else plain)
                t += months
                if t > self.env.now:
                    yield at(t, key)
            else:
                ahead = offset if step.is_line else 0.0
                asked = t
                if t >= as_of and self.queues:
                    progress.enter(REWORK if repeated else step.wait_cause, t, 0.0 if repeated else ahead)
                    yield pool.request(step.priority, entity)
                    t = self.env.now
                else:
                    pool.take(0.0)
                    t += ahead
                begun = t
                slower = 0.0
                if step.is_line:
                    slower = snap_duration(units / pool.rate(t)) - months
                    months += slower
                progress.enter(REWORK if repeated else step.cause, t, 0.0 if repeated else plain - ahead)
                t = pool.finish(t, months)
                if t > self.env.now:
                    yield at(t, key)
                pool.release()
                if not repeated:
                    charged[step.wait_cause] += begun - asked - ahead + slower
                    charged[DISRUPTION] += t - begun - months
                    months -= slower
            if repeated:
                charged[REWORK] += t - entered
            else:
                charged[step.cause] += own - (plain - offset if step.is_line else plain)
                charged[TRADE_PRESSURE] += months - own
            if self.trace is not None:
                self.trace(t, Rank.COMPLETION, self.subject(progress), f"{step.name} done: {t - entered:.2f} months, {plain:.2f} planned")
            visits[s] += 1
            if step.risky and t > as_of:
                if self.fails and self.draw(step.failure_key, index + visits[s]) < step.failure_probability:
                    self.cancel(p, progress, units, s, t, entity)
                    return
                if self.reworks and returns[s] < step.rework_most and self.draw(step.rework_key, index + returns[s]) < step.rework_probability:
                    returns[s] += 1
                    repeat_until, share, s = s, step.rework_work, step.rework_to
                    self.tell(t, Rank.COMPLETION, self.subject(progress), f"{step.name}: back to {steps[s].name}")
                    continue
            if step.delivers and not progress.delivered:
                self.deliver(p, progress, units, t)
            if step.serves and not serves:
                serves = True
                self.take_into_service(p, units, t)
            s += 1
        self.active[p].pop(entity, None)

    def own_months(self, step: Step, plain: float, share: float, t: float, index: int) -> float:
        """Duration of a stage by itself: planned if it is history or noise is off, else drawn.

        share: work of a repetition; index: of the draw within the stage's address.
        """
        planned = plain if step.stretch == share == 1.0 else plain * step.stretch * share
        if planned <= 0.0:
            return 0.0
        elapsed = self.as_of - t
        if elapsed >= planned or not step.noisy:
            return planned if planned == plain else snap_duration(planned)
        year = min(max(0, int(t // 12.0)), self.plan.years - 1)
        return noisy_months(
            planned, max(0.0, elapsed), step.median, step.p90, step.system_loading, step.program_loading,
            step.system_z[year], step.program_z, self.seed, self.replication, step.key, index,
        )  # fmt: skip

    def draw(self, key: int, index: int) -> float:
        """This replication's uniform at an address."""
        return uniform(self.seed, self.replication, key, index)

    def fork(self, p: int, progress: Progress, units: float, s: int, t: float) -> float:
        """Split a lot into tranches at its line; returns the units of the first, which this job carries on."""
        stages = self.compiled.stages[p]
        parts = tranches(units, stages.tranche_units)
        rate = self.pools[stages.resource[s]].rate(t)
        done = snap_duration(parts[0] / rate)
        for k, part in enumerate(parts[1:], start=1):
            sibling = progress.fork(k)
            self.active[p][progress.lot * JOBS_PER_LOT + k] = sibling
            self.env.process(self.flow(p, sibling, part, s, t, done))
            done += snap_duration(part / rate)
        return parts[0]

    def draw_index(self, progress: Progress) -> int:
        """Index of a job's first draw within a stage's address, by fiscal year and tranche; visits count on from it."""
        fy = self.plan.first_fy + self.compiled.lots[progress.lot].year
        return (fy * JOBS_PER_LOT + progress.tranche) * VISITS

    def prerequisites(self, after: tuple[tuple[int, int], ...]) -> Flow:
        """Wait until every milestone a stage needs has been reached."""
        for program, milestone in after:
            if not self.reached(program, milestone):
                event = simpy.Event(self.env)
                self.awaited.setdefault((program, milestone), []).append(event)
                yield event

    def reached(self, p: int, milestone: int) -> bool:
        """Whether a program's milestone lies behind."""
        if milestone == FIRST_DELIVERY_EVENT:
            return float(self.state.delivered[p]) > 0.0
        if milestone == FIRST_OPERATIONAL_EVENT:
            return float(self.state.operational[p]) > 0.0
        return self.last[p] is not None

    def announce(self, p: int, milestone: int) -> None:
        """Wake whoever waits for a milestone."""
        for event in self.awaited.pop((p, milestone), ()):
            event.succeed()

    def leave_pipeline(self, p: int, progress: Progress, units: float) -> int:
        """Take units out of the pipeline; returns the year index of their lot."""
        s = self.state
        s.pipeline[p] -= units
        year = self.compiled.lots[progress.lot].year
        if year >= 0:
            s.undelivered[p, year] -= units
        return year

    def deliver(self, p: int, progress: Progress, units: float, t: float) -> None:
        """A tranche is delivered."""
        s = self.state
        progress.delivered = True
        year = self.leave_pipeline(p, progress, units)
        s.delivered[p] += units
        if year >= 0 and self.plan.program_advance[p]:
            settled = int((t + float(self.world.values[self.plan.program_settlement_at[p]])) // 12.0)
            if settled < s.settle.shape[1]:
                advanced = s.lot_cost[p, year] * (1.0 - self.world.payment[p, ON_DELIVERY])
                s.settle[p, settled] += advanced * units / s.funded[p, year]
        frozen = Progress(progress.lot, progress.tranche, progress.contract_months, progress.path_months, progress.charged.copy())
        if self.first[p] is None:
            self.first[p] = Arrival(t, frozen)
            self.announce(p, FIRST_DELIVERY_EVENT)
        if self.last[p] is None and s.delivered[p] >= self.total[p] - 1e-9:
            self.last[p] = Arrival(t, frozen)
            self.announce(p, COMPLETION_EVENT)

    def take_into_service(self, p: int, units: float, t: float) -> None:
        """A tranche becomes operational."""
        self.state.operational[p] += units
        if self.operational[p] is None:
            self.operational[p] = t
            self.announce(p, FIRST_OPERATIONAL_EVENT)

    def cancel(self, p: int, progress: Progress, units: float, s: int, t: float, entity: int) -> None:
        """A job has failed: its units are cancelled, unless they were delivered before."""
        if s <= self.compiled.stages[p].delivered:
            self.leave_pipeline(p, progress, units)
            self.state.cancelled[p] += units
        self.active[p].pop(entity, None)
        self.tell(t, Rank.COMPLETION, self.subject(progress), f"failed in {self.compiled.stages[p].names[s]}")

    def close(self) -> None:
        """Write the programs' outcomes at the horizon."""
        for p in range(len(self.compiled.stages)):
            waiting = [progress for _, progress in sorted(self.active[p].items())]
            undelivered = [job for job in waiting if not job.delivered]
            write_program(self.out.program[p], self.compiled, p, self.first[p], self.last[p], self.operational[p], undelivered)
