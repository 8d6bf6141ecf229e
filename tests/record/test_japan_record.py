"""The Japan baseline against the record that is not an input; its values are read from scenarios/data, never typed here."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from harness import BASELINE

from alliancesim.engine.reference import Engine
from alliancesim.plan import columns as c
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.fields import ON_DELIVERY, SWITCHES
from alliancesim.plan.layout import Compiled, Outcomes
from alliancesim.scenario.load import LoadedScenario, load_scenario
from alliancesim.scenario.planned import dated_value, waiting_programs

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NOISY = 60
SEED = 7
RECORD_YEARS = (2023, 2024, 2025)
PLAN_YEARS = range(2023, 2028)
GRID_BN = 2.0**-20
KNOWN_SLIP = {
    "jsm": "41 months had run up by the as-of date, a lower bound without a revised date; a forecast must lie after that day",
}
"""Programs whose slip in the file is not the table's, and why."""


def record(series: str, fy: int | str) -> float:
    """A value of budget.csv, bn."""
    with (SCENARIOS / "data" / "budget.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["series"] == series and row["fiscal_year"] == str(fy)]
    assert len(rows) == 1
    return float(rows[0]["value"])


class Baseline(NamedTuple):
    """The baseline with every mechanism off once, and as it is in some replications."""

    loaded: LoadedScenario
    compiled: Compiled
    engine: Engine
    off: Outcomes
    noisy: np.ndarray[Any, Any]  # (replication, Y, fiscal-year column)

    def fiscal(self, fy: int, column: int) -> float:
        return float(self.off.fiscal[fy - self.compiled.plan.first_fy, column])

    def every(self, fy: int, column: int) -> list[float]:
        """The value with mechanisms off, and of all noisy replications."""
        noisy = self.noisy[:, fy - self.compiled.plan.first_fy, column]
        return [self.fiscal(fy, column), *noisy.tolist()]


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    engine = Engine(compile_plan(load_scenario(BASELINE)))
    noisy = np.stack([engine.simulate(engine.compiled.params, SEED, r)[0].fiscal for r in range(NOISY)])
    loaded = load_scenario(BASELINE, {f"mechanisms.{switch}": "false" for switch in SWITCHES})
    compiled = compile_plan(loaded)
    still = Engine(compiled)
    off, _ = still.simulate(compiled.params, SEED, 0)
    return Baseline(loaded, compiled, still, off, noisy)


@pytest.mark.parametrize("fy", RECORD_YEARS)
@pytest.mark.parametrize(
    ("column", "series"),
    [
        (c.OBLIGATORY, "obligatory_outlays"),
        (c.BURDEN_EXISTING, "future_year_burden_existing"),
        (c.BURDEN_NEW, "future_year_burden_new"),
    ],
)
def test_outlays_and_burden(baseline: Baseline, fy: int, column: int, series: str) -> None:
    for value in baseline.every(fy, column):
        assert value == pytest.approx(record(series, fy), rel=0.05)


def test_exchange_exposed_outlays(baseline: Baseline) -> None:
    for value in baseline.every(2024, c.FOREIGN_PAYMENTS):
        assert value == pytest.approx(record("fx_exposed_outlays_request", 2024), rel=0.15)


@pytest.mark.parametrize("fy", [2024, 2025])
def test_cost_of_ten_yen(baseline: Baseline, fy: int) -> None:
    on_record = record("fx_exposed_outlays_request", 2024) / record("budget_exchange_rate_usdjpy", 2024) * 10.0
    for value in baseline.every(fy, c.FOREIGN_PAYMENTS):
        assert value / record("budget_exchange_rate_usdjpy", fy) * 10.0 == pytest.approx(on_record, rel=0.15)


def test_payments_inside_and_after_the_plan(baseline: Baseline) -> None:
    """Of FY2023-27's contracts, due inside and after; host-nation support and supplementary contracts are paid at once."""
    compiled, world, state = baseline.compiled, baseline.engine.world, baseline.engine.state
    years = len(PLAN_YEARS)
    inside = total = 0.0
    for p in range(len(compiled.labels.programs)):
        if compiled.plan.bucket_apart[compiled.plan.program_bucket[p]]:
            continue
        on_delivery = float(world.payment[p, ON_DELIVERY])
        assert float(world.pay[p].sum()) + on_delivery == pytest.approx(1.0)
        for y in range(years):
            value = float(baseline.off.program_year[p, y, c.CONTRACTED_BN])
            total += value
            inside += value * float(world.pay[p, : years - y].sum())
            if max(y + 1, int(state.lot_delivery_year[p, y])) < years:
                inside += value * on_delivery
    at_once = sum(baseline.fiscal(fy, column) for fy in PLAN_YEARS for column in (c.HNS, c.COMMITMENT, c.SUPPLEMENTARY_AUTHORITY))
    assert inside + at_once == pytest.approx(record("plan_new_contracts_payable_in_period", "2023-2027"), rel=0.05)
    assert total - inside == pytest.approx(record("plan_new_contracts_payable_after_period", "post-2027"), rel=0.05)


@pytest.mark.parametrize("fy", RECORD_YEARS)
def test_authority_is_the_initial_budgets_and_used_whole(baseline: Baseline, fy: int) -> None:
    for column in (c.AUTHORITY, c.AUTHORITY_USED):
        for value in baseline.every(fy, column):
            assert abs(value - record("new_contracts_initial_excl_saco", fy)) <= GRID_BN * len(baseline.compiled.labels.programs)


@pytest.mark.parametrize("fy", RECORD_YEARS)
def test_topline_and_nothing_unpaid(baseline: Baseline, fy: int) -> None:
    for value in baseline.every(fy, c.TOPLINE):
        assert value == pytest.approx(record("mod_initial_outlay_excl_saco", fy), abs=GRID_BN)
    assert min(baseline.every(fy, c.UNSPENT)) >= 0.0
    assert baseline.fiscal(fy, c.ARREARS) == 0.0


def test_residuals_and_named_lots_are_the_authority(baseline: Baseline) -> None:
    """In every bucket and year, lots priced here by hand."""
    scenario, compiled = baseline.loaded.scenario, baseline.compiled
    first_fy = compiled.plan.first_fy
    money, escalation = scenario.money, 1.0 + float(scenario.economy.plan_escalation_share)
    residuals = {program.bucket: name for name, program in scenario.programs.items() if program.residual}
    waiting = waiting_programs(scenario)
    assert set(residuals) == set(money.buckets)
    for bucket, residual in residuals.items():
        for y in range(compiled.plan.years):
            fy = first_fy + y
            planned = float(compiled.plan.planned_units[compiled.labels.programs.index(residual), y])
            assert planned > 0.0, f"{bucket} FY{fy}: named lots leave nothing"
            if bucket == money.hns_bucket and money.hns_bn is not None:
                planned += dated_value(money.hns_bn, fy)
            for name, program in scenario.programs.items():
                for lot in () if name in waiting else program.lots:
                    if program.bucket != bucket or lot.fy != fy:
                        continue
                    unit = 1.0
                    if program.quantity == "units":
                        unit = float(program.unit_cost_bn or 0.0) * escalation ** (fy - (program.price_fy or 0))
                    planned += lot.units * unit if lot.cost_bn is None else float(lot.cost_bn)
            assert planned == pytest.approx(dated_value(money.buckets[bucket].authority_bn, fy), abs=1e-6), f"{bucket} FY{fy}"


def test_contracts_by_bucket_are_the_authority(baseline: Baseline) -> None:
    """In the years on record, as the engine contracts them."""
    compiled, money = baseline.compiled, baseline.loaded.scenario.money
    for b, bucket in enumerate(compiled.labels.buckets):
        mine = [p for p in range(len(compiled.labels.programs)) if compiled.plan.program_bucket[p] == b]
        for fy in RECORD_YEARS:
            y = fy - compiled.plan.first_fy
            contracted = sum(float(baseline.off.program_year[p, y, c.CONTRACTED_BN]) for p in mine)
            hns = baseline.fiscal(fy, c.HNS) if bucket == money.hns_bucket else 0.0
            assert abs(contracted + hns - dated_value(money.buckets[bucket].authority_bn, fy)) <= GRID_BN * (len(mine) + 1)


def test_first_deliveries_are_the_current_estimates(baseline: Baseline) -> None:
    compiled, off, scenario = baseline.compiled, baseline.off, baseline.loaded.scenario
    dated = 0
    for p, name in enumerate(compiled.labels.programs):
        program, promised = scenario.programs[name], compiled.baseline_months[p]
        if program.current_estimate is None:
            assert program.residual or not program.lots or name in waiting_programs(scenario)
            continue
        estimate = scenario.horizon.months(program.current_estimate)
        dated += 1
        assert off.program[p, c.FIRST_CENSORED] == 0.0, name
        assert off.program[p, c.FIRST_DELIVERY] == estimate, name
        assert off.program[p, c.SLIP] == estimate - promised, name
    assert dated >= 40


def test_slip_known_is_the_table_s(baseline: Baseline) -> None:
    compiled = baseline.compiled
    with (SCENARIOS / "data" / "programs.csv").open(encoding="utf-8", newline="") as file:
        known = {row["id"]: float(row["delay_months_first"]) for row in csv.DictReader(file) if row["delay_months_first"]}
    slips = {name: float(baseline.off.program[p, c.SLIP]) for p, name in enumerate(compiled.labels.programs)}
    assert len(set(known) & set(slips)) >= 25
    different = {name for name in known if name in slips and slips[name] != known[name]}
    assert different == set(KNOWN_SLIP)
    assert slips["jsm"] > known["jsm"]
