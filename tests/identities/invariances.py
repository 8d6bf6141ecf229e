"""Identities between two scenarios: what a change must leave alone. Each raises AssertionError where it does not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from harness import AT, Simulation, Tree, load, overlay
from ledgers import watched
from strategies import BYSTANDER_CHANNEL, FIRST_FY, FIRST_MONTH

from alliancesim.plan.fields import SWITCHES
from alliancesim.plan.layout import Outcomes

BILLIONS = ("unit_cost_bn", "cost_bn", "personnel_bn", "hns_bn", "topline_bn", "topline_add_bn", "authority_bn", "runoff_bn",
            "apart_bn", "total_bn", "initial_bn", "ceiling_bn", "yield_bn", "commitment_bn_per_year", "base_bn",
            "reference_bn", "deobligation_bn")  # fmt: skip
UNITS = (
    "planned_units",
    "contracted_units",
    "in_pipeline_units",
    "delivered_units",
    "operational_units",
    "backlog_units",
    "canceled_units",
)
REPLICATIONS = 2


def check_bystander(tree: Tree, name: str, block: Tree, seed: int, position: int = 0) -> None:
    """A program without cost or shared resource, put anywhere in the file, leaves every other outcome alone, bit for bit."""
    items = list(tree["programs"].items())
    items.insert(position % (len(items) + 1), (name, block))
    more = overlay(tree, {"programs": dict(items), "channels.own": BYSTANDER_CHANNEL})
    without, with_it = Simulation(tree), Simulation(more)
    kept = [p for p, other in enumerate(with_it.labels.programs) if other != name]
    assert [with_it.labels.programs[p] for p in kept] == list(without.labels.programs)
    for replication in range(REPLICATIONS):
        one, other = without.run(seed, replication).outcomes, with_it.run(seed, replication).outcomes
        equal(one.program, other.program[kept])
        equal(one.program_year, other.program_year[kept])
        equal(one.fiscal, other.fiscal)
        equal(one.resource_year, other.resource_year)
        equal(one.currency, other.currency)
        equal(one.condition, other.condition)
        equal(one.workforce, other.workforce)


def check_order_of_programs(tree: Tree, seed: int) -> None:
    """The order in which a file lists its programs changes nothing."""
    reverse = dict(reversed(tree["programs"].items()))
    one, other = Simulation(tree).run(seed), Simulation(overlay(tree, {"programs": reverse})).run(seed)
    everything(one.outcomes, other.outcomes)


def without_foreign_content(tree: Tree) -> Tree:
    """The same scenario with nothing bought abroad."""
    bare = overlay(tree, {"money.opening_burden.currency_shares": ...} if "opening_burden" in tree["money"] else {})
    for program in bare["programs"].values():
        program.pop("currency_shares", None)
        program.pop("passthrough_share", None)
    bare.pop("shocks", None)
    return bare


def check_yen(tree: Tree, seed: int) -> None:
    """With no foreign content a yen shock and another budget rate change nothing but the rates."""
    bare = without_foreign_content(tree)
    fact = bare["horizon"].get("as_of")
    first = bare["horizon"].get("fy_first_month", FIRST_MONTH)
    onset = f"{FIRST_FY}-{first:02d}" if fact is None else month_after(fact)
    shocks = {f"shock{name}": {"currency": name, "size_share": 0.5, "onset": onset} for name in bare["currencies"]}
    if fact is not None and int(onset[:4]) * 12 + int(onset[5:]) >= (bare["horizon"]["last_fy"] + 1) * 12 + first:
        shocks = {}
    rates = {f"currencies.{name}.budget_rate": {FIRST_FY: 321.0} for name in bare["currencies"]}
    one, other = Simulation(bare).run(seed).outcomes, Simulation(overlay(bare, {"shocks": shocks} | rates)).run(seed).outcomes
    for table in ("fiscal", "program", "program_year", "resource_year", "bucket", "condition", "workforce"):
        equal(getattr(one, table), getattr(other, table))
    if shocks:
        assert not np.array_equal(one.currency, other.currency)


def month_after(month: str) -> str:
    """The month after a month YYYY-MM."""
    year, rest = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year:04d}-{rest + 1:02d}"


def scaled(node: Any, factor: float, money: bool = False) -> Any:
    """A scenario with every amount of money multiplied."""
    if isinstance(node, dict):
        return {
            key: scaled(value, factor, (money or key in BILLIONS) and key != "then_growth_share") for key, value in node.items()
        }
    if isinstance(node, list):
        return [scaled(item, factor, money) for item in node]
    return node * factor if money else node


def check_scale(tree: Tree, seed: int) -> None:
    """Money in a unit half as large leaves dates and quantities alone. Programs known by value must not be in the scenario."""
    one, other = Simulation(tree), Simulation(scaled(tree, 2.0))
    dates = [i for column, i in AT["program"].items() if not column.endswith("_bn")]
    units = [AT["program_year"][column] for column in UNITS]
    for replication in range(REPLICATIONS):
        a, b = one.run(seed, replication).outcomes, other.run(seed, replication).outcomes
        equal(a.program[:, dates], b.program[:, dates])
        equal(a.program_year[:, :, units], b.program_year[:, :, units])
        equal(a.resource_year, b.resource_year)
        equal(a.condition, b.condition)
        equal(a.workforce, b.workforce)
        assert np.allclose(2.0 * a.fiscal[:, AT["fiscal"]["outlays_bn"]], b.fiscal[:, AT["fiscal"]["outlays_bn"]], atol=1e-3)


def check_longer(tree: Tree, seed: int, more_years: int) -> None:
    """A longer horizon leaves the years before alone, bit for bit."""
    years = tree["horizon"]["last_fy"] - tree["horizon"]["first_fy"] + 1
    one = Simulation(tree)
    other = Simulation(overlay(tree, {"horizon.last_fy": tree["horizon"]["last_fy"] + more_years}))
    for replication in range(REPLICATIONS):
        a, b = one.run(seed, replication).outcomes, other.run(seed, replication).outcomes
        equal(a.fiscal, b.fiscal[:years])
        equal(a.program_year, b.program_year[:, :years])
        equal(a.resource_year, b.resource_year[:, :years])
        equal(a.currency, b.currency[:, :years])
        equal(a.condition, b.condition[:, :years])
        equal(a.workforce, b.workforce[:, :years])


def calm(tree: Tree) -> Tree:
    """The same scenario with every mechanism off and nothing that waits for anything."""
    quiet = overlay(tree, {"mechanisms": dict.fromkeys(SWITCHES, False), "linkage": ..., "money.provisional": ...})
    for program in quiet["programs"].values():
        for key in ("state", "stages"):
            program.pop(key, None)
    for resource in quiet["resources"].values():
        resource.pop("scaled_by", None)
    for channel in quiet["channels"].values():
        for stage in channel["stages"].values():
            stage.pop("slowed_by", None)
            stage.pop("after", None)
    return quiet


def check_calm(tree: Tree, seed: int) -> None:
    """With noise, queues, shocks and budget limits off every program meets its current estimate and its planned completion."""
    quiet = calm(tree)
    loaded = load(quiet)
    simulation = Simulation(quiet, loaded)
    run = simulation.run(seed)
    horizon = 12.0 * simulation.years
    compiled = simulation.compiled
    planned = compiled.plan.planned_units.sum(axis=1) + compiled.plan.opening_units
    for p, name in enumerate(simulation.labels.programs):
        if planned[p] == 0.0:
            continue  # dormant, or an export: without its mechanism nothing of it becomes due
        expected = loaded.scenario.programs[name].current_estimate
        estimate = math.nan if expected is None else loaded.scenario.horizon.months(expected)
        first = compiled.planned_first[p] if math.isnan(estimate) else estimate
        lots = [lot for lot in compiled.lots if lot.program == p and (lot.units or units_of(simulation, p, lot.year))]
        later = sorted(lots, key=lambda lot: lot.year)[1:]
        overtaken = any(12.0 * lot.year + lot.planned_path_months < first for lot in later)
        if not math.isnan(first) and not overtaken:
            assert run.program(name, "first_delivery_months") == min(first, horizon), name
            assert bool(run.program(name, "first_delivery_censored")) == (first > horizon), name
        if not math.isnan(estimate) and estimate <= horizon and not overtaken:
            assert run.program(name, "slip_months") == estimate - compiled.baseline_months[p], name
        last = compiled.planned_completion[p]
        if last <= horizon:
            assert run.program(name, "completion_months") == last, name
            assert run.program(name, "completion_slip_months") == 0.0, name


def units_of(simulation: Simulation, p: int, year: int) -> float:
    """Units the plan contracts of a program in a year of the horizon."""
    return float(simulation.compiled.plan.planned_units[p, year]) if year >= 0 else 0.0


def check_capacity(tree: Tree, more: Tree, seed: int) -> None:
    """Where each job visits one first-come-first-served resource once, more capacity makes nobody wait longer."""
    waits = []
    for one in (tree, more):
        simulation = Simulation(one)
        with watched() as grants:
            simulation.run(seed)
        waits.append(sorted((grant.months - grant.waited, grant.waited) for grant in grants))
    few, many = waits
    assert len(many) >= len(few)
    for (asked, waited), (asked_too, waited_less) in zip(few, many, strict=False):
        assert asked == asked_too
        assert waited_less <= waited
    assert sum(w for _, w in many[: len(few)]) <= sum(w for _, w in few)


def equal(one: Any, other: Any) -> None:
    """Two arrays are equal bit for bit; says where they are not."""
    assert one.shape == other.shape
    different = np.argwhere(~((one == other) | (np.isnan(one) & np.isnan(other))))
    assert len(different) == 0, (different[:5].tolist(), [(float(one[tuple(i)]), float(other[tuple(i)])) for i in different[:5]])


def everything(one: Outcomes, other: Outcomes) -> None:
    """All outcomes of two replications are equal."""
    for a, b in zip(one, other, strict=True):
        equal(a, b)
