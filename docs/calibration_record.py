"""The record and the baseline's own output: what each comparison of calibration.yaml compares."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from statistics import median, stdev
from typing import Any

import numpy as np
from calibration_inputs import DATA

from alliancesim.engine.reference import Engine
from alliancesim.plan.compile import compile_plan
from alliancesim.plan.fields import SWITCHES
from alliancesim.scenario.load import load_scenario
from alliancesim.scenario.planned import center
from alliancesim.study.runs.run import run
from alliancesim.units import months_since

BASELINE = DATA.parent / "japan-2025-08.yaml"
REPLICATIONS, TRACED, SEED = 1000, 200, 7
AS_OF_MONTHS = months_since("2025-09", 2023, 4)
"""The end of the as-of month."""
OFF = {f"mechanisms.{switch}": "false" for switch in SWITCHES}
NEXT_FY, AUDITED_FY, LATE_YEARS = 2026, 2027, range(2026, 2032)
Values = np.ndarray[Any, np.dtype[np.float64]]


def fact(table: str, row: str, column: str = "value") -> str:
    """A cell of a fact table; of budget.csv the row is `series/year`."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            if row in (cells.get("id"), f"{cells.get('series')}/{cells.get('fiscal_year')}"):
                return cells[column]
    message = f"no row {row} in {table}.csv"
    raise KeyError(message)


def number(row: str) -> float:
    """The value of a row of delays.csv, or of `budget/series/year`."""
    table, _, rest = row.partition("/")
    return float(fact(table, rest) if rest else fact("delays", row))


def recorded_slips(channel: str) -> dict[str, float]:
    """Slips of first deliveries in programs.csv by program, months."""
    with (DATA / "programs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    slips = [(row["id"], row["delay_months_first"]) for row in rows if row["channel"] == channel]
    return {program: float(slip) for program, slip in slips if slip}


def audited_contracts() -> float:
    """FMS contracts of FY2017, bn, which D056 names beside its value."""
    found = re.search(r"\(([\d.]+)\)", fact("delays", "D056", "model_use"))
    assert found is not None
    return float(found[1])


COMPUTED: dict[str, Callable[[list[float]], float]] = {
    "late_share_sd": stdev,
    "price_production": lambda growth_percent: 1.0 + median(growth_percent) / 100.0,
    "contract_year_share": lambda later: 1.0 - later[0],
    "past_due": lambda value: value[0] / audited_contracts(),
    "unsettled": lambda value: value[0] / audited_contracts(),
}
"""What is compared of the rows on record, where it is not their mean."""


class Simulated:
    """The baseline, or what `settings` make of it, in N replications; and with every mechanism off."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="calibration-")
        place = Path(self.folder.name)
        self.loaded = load_scenario(BASELINE, settings)
        self.run = run(BASELINE, REPLICATIONS, SEED, 2, place / "noisy", settings)
        self.plan = run(BASELINE, 1, SEED, 1, place / "plan", {**(settings or {}), **OFF})
        self.names = self.run.layout.programs
        self.first_fy = self.run.layout.first_fy

    def at(self, fy: int) -> int:
        """Position of a fiscal year."""
        return fy - self.first_fy

    def fiscal(self, column: str) -> Values:
        """Shape (replication, year)."""
        return self.run.values("fiscal_years", column)

    def programs(self, column: str, names: list[str]) -> Values:
        """Shape (replication, program)."""
        return self.run.values("programs", column)[:, [self.names.index(name) for name in names]]

    def by_year(self, column: str, names: list[str]) -> Values:
        """Shape (replication, program, year)."""
        return self.run.values("program_years", column)[:, [self.names.index(name) for name in names]]

    def of_channel(self, channel: str) -> list[str]:
        """Named programs of a channel."""
        described = self.run.manifest["programs"]
        return [name for name in self.names if described[name]["channel"] == channel and not described[name]["residual"]]

    def to_come(self, names: list[str]) -> Values:
        """Months of first deliveries beyond the current estimate, of programs not yet delivered. Shape (replication, program)."""
        first = self.programs("first_delivery_months", names)
        planned = np.array([self.run.manifest["programs"][name]["planned_first_months"] for name in names])
        return (first - planned)[:, planned >= AS_OF_MONTHS]

    def growing(self, *, development: bool) -> list[str]:
        """Programs whose cost growth is drawn as that of developments, or not, and that contract after the as-of year."""
        programs = self.loaded.scenario.programs
        wide = {
            leaf.path[1]
            for leaf in self.loaded.provenance.values()
            if leaf.path[2:3] == ("cost_growth",) and "development start" in (leaf.note or "")
        }
        ahead = [name for name in self.names if any(lot.fy >= NEXT_FY for lot in programs[name].lots)]
        return [name for name in ahead if not programs[name].residual and (name in wide) == development]

    def growth(self, names: list[str]) -> Values:
        """Cost of what is contracted after the as-of year over its plan, for cost growth alone. Shape (replication, program)."""
        planned = self._planned_after(names)
        return 1.0 + self.programs("cost_growth_bn", names) / planned

    def price(self, names: list[str]) -> Values:
        """The same for all causes: exchange rate, prices, learning and stretch-out too."""
        known = self.by_year("contracted_bn", names)[:, :, : self.at(NEXT_FY)].sum(axis=2)
        return (self.programs("contracted_cost_bn", names) - known) / self._planned_after(names)

    def _planned_after(self, names: list[str]) -> Values:
        known = self.by_year("contracted_bn", names)[:, :, : self.at(NEXT_FY)].sum(axis=2)
        planned = self.programs("planned_cost_bn", names) - known
        return np.where(planned > 1.0, planned, np.nan)

    @cached_property
    def fms(self) -> list[str]:
        """Named programs paid for in advance."""
        return self.of_channel("fms")

    def unit_bn(self) -> Values:
        """Mean price of a unit contracted in the horizon, shape (replication, program of `fms`)."""
        programs = self.loaded.scenario.programs
        before = np.array([sum(float(lot.units) for lot in programs[name].lots if lot.fy < self.first_fy) for name in self.fms])
        units = self.by_year("contracted_units", self.fms)[:, :, -1] - before
        return self.by_year("contracted_bn", self.fms).sum(axis=2) / np.maximum(units, 1.0)

    def fms_flow(self) -> Values:
        """Mean contracts a year of FY2023-27 paid for in advance, bn."""
        return self.by_year("contracted_bn", self.fms).sum(axis=1)[:, : self.at(2028)].mean(axis=1)

    def past_due(self, fy: int) -> Values:
        """Value due by plan at the end of a fiscal year and not delivered, paid in advance, bn."""
        due = self.plan.values("program_years", "delivered_units")[0, [self.names.index(name) for name in self.fms], self.at(fy)]
        missing = np.maximum(0.0, due - self.by_year("delivered_units", self.fms)[:, :, self.at(fy)])
        return (missing * self.unit_bn()).sum(axis=1)

    def unsettled_deliveries(self, fy: int) -> Values:
        """Value delivered within the settlement lag and so not settled, bn."""
        years = center(self.loaded.scenario.channels["fms"].settlement_lag_months) / 12.0
        delivered, k = self.by_year("delivered_units", self.fms), self.at(fy)
        whole, part = int(years), years % 1.0
        before = (1.0 - part) * delivered[:, :, k - whole] + part * delivered[:, :, k - whole - 1]
        return ((delivered[:, :, k] - before) * self.unit_bn()).sum(axis=1)

    def fields(self) -> dict[str, float]:
        """Figures the words of the page ask for, beside those of the rows on record."""
        named = self.by_year("contracted_bn", self.fms)[:, :, self.at(NEXT_FY - 1)].sum(axis=1).mean()
        unspent = number("budget/unspent_budget_fuyougaku/2022") / number("budget/mod_initial_outlay_incl_saco/2022")
        return {"named": named / number("budget/fms_budget_contract_base/2025"), "unspent_2022": unspent}

    @cached_property
    def late_shares(self) -> Values:
        """Share of the F-35 tranches delivered in each of LATE_YEARS more than a month after plan; nan where none is.

        Shape (TRACED, year). From traces of the reference engine: the tables do not hold tranches.
        """
        engine = Engine(compile_plan(self.loaded))
        plan = _tranches(Engine(compile_plan(load_scenario(BASELINE, OFF))), 0)
        shares = np.full((TRACED, len(LATE_YEARS)), np.nan)
        for r in range(TRACED):
            found = [(t, t - plan[name] > 1.0) for name, t in _tranches(engine, r).items() if name in plan]
            for y, fy in enumerate(LATE_YEARS):
                late = [is_late for t, is_late in found if int(t // 12) == self.at(fy)]
                if late:
                    shares[r, y] = np.mean(late)
        return shares


def _tranches(engine: Engine, replication: int) -> dict[str, float]:
    """Month of delivery of every tranche of F-35 lots."""
    found: dict[str, float] = {}

    def tell(t: float, rank: object, subject: str, text: str, program: str | None) -> None:
        if program in ("f35a", "f35b") and text.startswith("delivery done"):
            found[subject] = t

    engine.simulate(engine.compiled.params, SEED, replication, tell)
    return found


def _money(column: str) -> Callable[[Simulated], Values]:
    """A fiscal-year column in the next fiscal year."""
    return lambda s: s.fiscal(column)[:, s.at(NEXT_FY)]


def _slip(channel: str) -> Callable[[Simulated], Values]:
    return lambda s: s.programs("slip_months", list(recorded_slips(channel))).mean(axis=1)


def _contract_year_share(s: Simulated) -> Values:
    signed = s.by_year("contracted_bn", list(s.names)).sum(axis=1) + s.fiscal("hns_bn") + s.fiscal("commitment_bn")
    return (1.0 - s.fiscal("burden_new_bn") / signed)[:, s.at(NEXT_FY)]


def _carried_share(s: Simulated) -> Values:
    return (s.fiscal("carry_out_bn") / s.fiscal("topline_bn"))[:, s.at(NEXT_FY) : s.at(NEXT_FY + 5)].mean(axis=1)


QUANTITIES: dict[str, Callable[[Simulated], Values]] = {
    **{f"slip_{channel}": _slip(channel) for channel in ("fms", "domestic", "dcs", "licensed_production", "codevelopment")},
    "slip_to_come": lambda s: s.to_come(s.of_channel("codevelopment")).mean(axis=1),
    "late_share": lambda s: np.nanmean(s.late_shares, axis=1),
    "late_share_sd": lambda s: np.nanstd(s.late_shares, axis=1, ddof=1),
    "growth_development": lambda s: s.growth(s.growing(development=True)),
    "growth_sd": lambda s: np.nanstd(s.growth(s.growing(development=True)), axis=1, ddof=1),
    "growth_production": lambda s: s.growth(s.growing(development=False)),
    "price_production": lambda s: s.price(s.growing(development=False)),
    "contract_year_share": _contract_year_share,
    "lapsed_share": lambda s: _money("unspent_bn")(s) / _money("topline_bn")(s),
    "carried_share": _carried_share,
    "obligatory": _money("obligatory_bn"),
    "burden": _money("burden_bn"),
    "burden_new": _money("burden_new_bn"),
    "burden_existing": _money("burden_existing_bn"),
    "past_due": lambda s: s.past_due(AUDITED_FY) / s.fms_flow(),
    "unsettled": lambda s: s.unsettled_deliveries(AUDITED_FY) / s.fms_flow(),
}
"""The simulated side of each comparison: shape (replication,), or (replication, program) where programs are counted each."""
