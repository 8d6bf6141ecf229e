"""The identities of docs/model.md, restated without the engine's own helpers; each raises AssertionError where it does not hold.

Money lies on a grid of 2^-20 bn and time on one of 1/1024 month, so sums are exact and are compared with ==.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from harness import Run, Simulation

from alliancesim.engine.reference.resources import Pool
from alliancesim.plan.columns import CAUSES, COST_CAUSES

MONEY_GRID = 2.0**20
MONTH_GRID = 1024.0
TOLD_MONTHS = 0.006
"""Traces show durations with two decimals."""


def on_grid(value: float, ticks: float) -> bool:
    """Whether a number is a whole number of ticks."""
    return float(value * ticks).is_integer()


def snapped(amount_bn: float) -> float:
    """The nearest point of the money grid."""
    return math.floor(amount_bn * MONEY_GRID + 0.5) / MONEY_GRID


def years_of(run: Run) -> list[dict[str, float]]:
    """Every fiscal year's outcomes by name."""
    names = [name for name in run.outcomes_at("fiscal")]
    return [dict(zip(names, (float(x) for x in row), strict=True)) for row in run.outcomes.fiscal]


def check_money(run: Run) -> None:
    """Sources equal uses; what is due, paid, carried and reserved goes from year to year without loss."""
    lapse = run.scenario_value("money.lapse_share", 0.0)
    before: dict[str, float] | None = None
    reserve = snapped(run.scenario_value("money.reserve.initial_bn", 0.0))
    for row in years_of(run):
        sources = (
            row["topline_bn"] + row["supplementary_bn"] + row["compensation_bn"] + row["carry_in_bn"] + row["reserve_used_bn"]
        )
        uses = row["outlays_bn"] + row["unspent_bn"] + row["carry_out_bn"] + row["reserve_filled_bn"]
        assert sources == uses, (sources, uses)
        loss = row["execution_loss_bn"]
        charged = max(loss, 0.0) - row["reserve_used_bn"] - row["compensation_bn"]
        assert charged >= 0.0
        lapsed = snapped(lapse * (row["personnel_bn"] + row["hns_bn"]))
        due = row["personnel_bn"] + row["obligatory_bn"] + row["general_material_bn"] + row["arrears_paid_bn"]
        left, gain = row["topline_bn"] + row["carry_in_bn"] - due, max(-loss, 0.0)
        met = min(gain, max(-left, 0.0))
        assert row["arrears_bn"] - charged == max(-left, 0.0) - met
        assert row["unspent_bn"] - lapsed + row["reserve_filled_bn"] == max(left, 0.0) + gain - met
        reserve += row["reserve_filled_bn"] - row["reserve_used_bn"]
        assert reserve >= 0.0
        assert row["carry_in_bn"] == (before["carry_out_bn"] if before else 0.0)
        assert row["arrears_paid_bn"] == (before["arrears_bn"] if before else 0.0)
        assert all(on_grid(value, MONEY_GRID) for name, value in row.items() if name.endswith("_bn") and name not in OFF_GRID), (
            row
        )
        before = row


OFF_GRID = ("gdp_bn", "fms_unsettled_bn", "planning_loss_bn", "sustainment_needed_bn")
"""Not sums of payments: kept as they are computed."""


def check_burden(run: Run) -> None:
    """The burden rolls forward: less what is paid, plus what is new, revalued at each year's budget rate."""
    before: dict[str, float] | None = None
    for row in years_of(run):
        assert row["burden_bn"] == row["burden_existing_bn"] + row["burden_new_bn"]
        if before is not None:
            rolled = before["burden_bn"] + row["burden_revaluation_bn"] + before["carry_out_bn"]
            rolled += row["burden_new_bn"] - row["obligatory_bn"] - before["prepaid_bn"] - row["apart_obligatory_bn"]
            rolled -= row["deobligated_bn"]
            assert row["burden_bn"] == rolled, (row["burden_bn"], rolled)
        before = row


def check_authority(run: Run) -> None:
    """Authority is not overdrawn by lots: only host-nation support and promised purchases may go beyond it."""
    limited = run.scenario_value("mechanisms.budget_limits", True)
    first = run.simulation.compiled.plan.as_of_year + 1
    for y, row in enumerate(years_of(run)):
        if limited and y >= first:
            ceiling = max(row["authority_bn"], row["hns_bn"] + row["commitment_bn"])
            assert row["authority_used_bn"] <= ceiling + 1e-3


def check_contracts(run: Run) -> None:
    """What is contracted takes authority, and is paid in the year or owed at its end."""
    bases = {name: block.get("base", "topline") for name, block in run.scenario_value("money.buckets", {}).items()}
    signed = {base: np.zeros(run.simulation.years) for base in ("topline", "apart")}
    for name in run.simulation.labels.programs:
        base = bases.get(run.scenario_value(f"programs.{name}.bucket", None), "topline")
        signed[base] = signed[base] + run.program_year(name, "contracted_bn")
    total = signed["topline"] + signed["apart"]
    for y, row in enumerate(years_of(run)):
        promised = row["hns_bn"] + row["commitment_bn"]
        paid = row["general_material_bn"] - promised + row["apart_outlay_bn"] - row["apart_obligatory_bn"]
        assert row["authority_used_bn"] == signed["topline"][y] + promised, y
        assert abs(paid + row["burden_new_bn"] - total[y]) <= CONVERTED_BN, (y, paid, row["burden_new_bn"], total[y])


CONVERTED_BN = 1e-3
"""What rounding may lose when the foreign payments of a contract are converted year by year."""


def check_quantity(run: Run) -> None:
    """Planned to date = delivered + in pipeline + backlog + canceled; only a revision or review cancels before the contract."""
    drops = bool(run.scenario_value("money.revisions", {})) or run.scenario_value("money.cost_review", None) is not None
    for name in run.simulation.labels.programs:
        columns = {key: run.program_year(name, key) for key in run.outcomes_at("program_year")}
        for y in range(run.simulation.years):
            now = {key: float(column[y]) for key, column in columns.items()}
            begun = now["delivered_units"] + now["in_pipeline_units"] + now["canceled_units"]
            assert now["planned_units"] == begun + now["backlog_units"], (name, y, now)
            dropped = begun - now["contracted_units"]
            assert 0.0 <= dropped <= now["canceled_units"] * drops, (name, y, now)
            assert min(now.values()) >= 0.0, (name, y, now)


def check_delay(run: Run) -> None:
    """Delay by cause sums to slip, and slip is what lies between delivery and promise."""
    compiled = run.simulation.compiled
    for p, name in enumerate(run.simulation.labels.programs):
        for slip, part in (("slip_months", "delay"), ("completion_slip_months", "completion_delay")):
            total = run.program(name, slip)
            parts = [run.program(name, f"{part}_{cause}_months") for cause in CAUSES]
            assert total == sum(parts), (name, total, parts)
            assert on_grid(total, MONTH_GRID), (name, total)
        horizon = 12.0 * run.simulation.years
        first = run.program(name, "first_delivery_months")
        assert first <= horizon, (name, first)
        if not run.program(name, "first_delivery_censored"):
            promise = compiled.baseline_months[p]
            promise = compiled.planned_first[p] if math.isnan(promise) else promise
            unplanned = math.isnan(promise)
            assert run.program(name, "slip_months") == (0.0 if unplanned else first - promise)
        done = run.program(name, "completion_months")
        assert done <= horizon, (name, done)
        if not run.program(name, "completion_censored"):
            unplanned = math.isnan(compiled.planned_completion[p])
            assert run.program(name, "completion_slip_months") == (0.0 if unplanned else done - compiled.planned_completion[p])
            lacking = run.program_year(name, "backlog_units")[-1] + run.program_year(name, "in_pipeline_units")[-1]
            assert lacking == 0.0, name
        for milestone, censored in (("first_delivery", first), ("completion", done)):
            if run.program(name, f"{milestone}_censored"):
                assert censored == horizon


def check_cost(run: Run) -> None:
    """Cost growth by cause sums to contracted less planned."""
    for name in run.simulation.labels.programs:
        growth = run.program(name, "contracted_cost_bn") - run.program(name, "planned_cost_bn")
        parts = [run.program(name, f"cost_{cause}_bn") for cause in COST_CAUSES]
        assert growth == sum(parts), (name, growth, parts)
        assert run.program(name, "contracted_cost_bn") == float(sum(run.program_year(name, "contracted_bn")))


def check_capability(run: Run) -> None:
    """Capability lies within its components, shares within 0 and 1, scores within 0 and 100; packages are what is operational."""
    for row in years_of(run):
        assert 0.0 <= row["availability_share"] <= 1.0
        assert row["sustainment_paid_bn"] >= row["sustainment_needed_bn"] or row["availability_share"] <= 1.0
    for name in run.simulation.labels.packages:
        shares = [component_shares(run, block) for block in run.scenario_value(f"packages.{name}.components", {}).values()]
        together, capability = run.package(name, "components_share"), run.package(name, "capability_share")
        for y in range(run.simulation.years):
            present = [share[y] for share in shares]
            assert min(present) <= together[y] <= max(present), (name, y, present, together[y])
            assert 0.0 <= capability[y] <= together[y], (name, y)
    for area in run.simulation.labels.areas:
        assert 0.0 <= min(run.score(area)), area
        assert max(run.score(area)) <= 100.0, area


def component_shares(run: Run, block: dict[str, Any]) -> list[float]:
    """How much of a component is operational at each year's end."""
    years = range(run.simulation.years)
    units = {name: run.program_year(name, "operational_units") for name in block["programs"]}
    return [min(1.0, sum(float(units[name][y]) / alone for name, alone in block["programs"].items())) for y in years]


def check_order(run: Run) -> None:
    """Nothing begins before its contract, nothing ends before it begins, and cumulative quantities never fall."""
    contracts: dict[str, float] = {}
    stated = {
        f"{name} FY{state['fy']}" for name, block in run.simulation.tree["programs"].items() for state in block.get("state", [])
    }
    for line in run.told:
        begun = re.match(r"(contracted|begins) [-\d.e+]+ units", line.text)
        if begun:
            contracts[line.subject] = line.months
        done = re.search(r"done: (-?[\d.]+) months, (-?[\d.]+) planned", line.text)
        assert done or " done" not in line.text, line
        if done:
            lasted = float(done.group(1))
            lot = re.sub(r" tranche \d+$", "", line.subject)
            assert lasted >= 0.0, line
            assert lot in stated or line.months - lasted >= contracts[lot] - TOLD_MONTHS, (line, contracts[lot])
    for name in run.simulation.labels.programs:
        for column in ("planned_units", "contracted_units", "delivered_units", "operational_units", "canceled_units"):
            series = run.program_year(name, column).tolist()
            assert series == sorted(series), (name, column, series)
        delivered, operational = run.program_year(name, "delivered_units"), run.program_year(name, "operational_units")
        assert (operational <= delivered).all(), (name, operational, delivered)
        if contracts and not run.program(name, "first_operational_censored"):
            mine = [t for subject, t in contracts.items() if subject.startswith(f"{name} FY")]
            assert run.program(name, "first_operational_months") >= min(mine)
            if run.simulation.compiled.planned_first_lot[run.simulation.labels.programs.index(name)] >= 0:
                assert run.program(name, "first_operational_months") >= run.program(name, "first_delivery_months")


def check_clock(run: Run) -> None:
    """Events happen in the order of time, and those of one instant in the order of their ranks."""
    now, rank = -math.inf, 0
    for line in run.told:
        if line.rank.name == "COMPLETION" or line.text.startswith(("contracted", "begins")):
            continue  # a stage without work ends within the instant that granted it; history is told when it is read
        assert line.months >= now, (line, now)
        assert line.months > now or line.rank >= rank, (line, rank)
        now, rank = line.months, line.rank


ENTITY = (1 << 32) - 1
"""The part of an event's order key that names who it is about."""


ROUNDING = 1e-6
"""What a scaled number of slots may lack of a whole one."""


class Grant(NamedTuple):
    """One grant: by which resource, when, at which scale of its capacity, how many were in work before, how long it waited."""

    resource: int
    months: float
    scale: float
    in_use: int
    waited: float


@contextmanager
def watched() -> Iterator[list[Grant]]:
    """Every grant from a queue while the context is open, in the order of grants."""
    grants: list[Grant] = []
    grant, take = Pool.grant, Pool.take
    granting: list[Pool] = []

    def watched_grant(pool: Pool, event: Any) -> None:
        granting.append(pool)
        grant(pool, event)
        granting.pop()

    def watched_take(pool: Pool, now: float, waited: float) -> None:
        if granting and granting[-1] is pool:
            grants.append(Grant(pool.grant_key & ENTITY, now, pool.scale, pool.in_use, waited))
        take(pool, now, waited)

    Pool.grant, Pool.take = watched_grant, watched_take  # type: ignore[method-assign]
    try:
        yield grants
    finally:
        Pool.grant, Pool.take = grant, take  # type: ignore[method-assign]


def check_grants(simulation: Simulation, grants: list[Grant]) -> None:
    """No grant while the work in use fills the capacity of the year; nobody is granted before asking."""
    plan = simulation.compiled.plan
    series = simulation.engine.world.series
    for grant in grants:
        year = min(int(grant.months // 12), simulation.years - 1)
        line = simulation.compiled.resource_kind[grant.resource] == "line"
        slots = 1.0 if line else series[plan.resource_series + grant.resource, year] * grant.scale
        assert grant.in_use + 1 <= slots + ROUNDING, grant
        assert grant.waited >= 0.0, grant


CHECKS: tuple[Callable[[Run], None], ...] = (
    check_money,
    check_burden,
    check_authority,
    check_contracts,
    check_quantity,
    check_delay,
    check_cost,
    check_capability,
    check_order,
    check_clock,
)
