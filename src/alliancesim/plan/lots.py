"""What is to be bought: the planned lots of every program, their units by year, and what was promised of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliancesim.plan.arrays import floats
from alliancesim.plan.layout import NONE
from alliancesim.plan.pipelines import LotPlan, LotTable, planned_lots
from alliancesim.scenario import planned
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.planned import dated_value, first_is_history, hns_in_bucket_bn, is_free


def all_lots(scenario: Scenario, programs: list[str], span: int) -> list[list[LotPlan]]:
    """The planned lots of every program, those of residual programs last."""
    money = scenario.money
    spent = {bucket: np.zeros(span) for bucket in money.buckets}
    lots: dict[str, list[LotPlan]] = {}
    waiting = planned.waiting_programs(scenario)
    for name in sorted(programs, key=lambda n: scenario.programs[n].residual):
        program = scenario.programs[name]
        residual: list[float] = []
        if program.residual and program.bucket is not None:
            bucket = money.buckets[program.bucket]
            for y in range(span):
                fy = scenario.horizon.first_fy + y
                support = hns_in_bucket_bn(money, program.bucket, fy)
                left = dated_value(bucket.authority_bn, fy) - support - spent[program.bucket][y]
                residual.append(max(0.0, left))
        lots[name] = planned_lots(program, residual, scenario)
        if program.bucket is None or is_free(scenario, program) or name in waiting:
            continue
        for lot in lots[name]:
            if 0 <= lot.fy - scenario.horizon.first_fy < span:
                spent[program.bucket][lot.fy - scenario.horizon.first_fy] += planned.planned_lot_bn(
                    scenario, program, lot.fy, lot.units, lot.cost_bn
                )
    return [lots[name] for name in programs]


def quantities(scenario: Scenario, programs: list[str], lots: list[list[LotPlan]], span: int, as_of_year: int) -> dict[str, Any]:
    """Planned units and recorded values by program and year, up to TAIL_YEARS beyond the horizon."""
    units = np.zeros((len(lots), span))
    recorded = np.full((len(lots), span), np.nan)
    opening = np.zeros(len(lots))
    remaining = np.zeros(len(lots))
    for p, plans in enumerate(lots):
        for lot in plans:
            y = lot.fy - scenario.horizon.first_fy
            if y > as_of_year and not scenario.programs[programs[p]].residual:
                remaining[p] += lot.units
            if y < 0:
                opening[p] += lot.units
            elif y < span:
                units[p, y] = lot.units
                if lot.cost_bn is not None:
                    recorded[p, y] = lot.cost_bn / lot.units
    before = [scenario.programs[name].delivered_before_units for name in programs]
    waiting = planned.waiting_programs(scenario)
    due = floats([name not in waiting for name in programs])
    return {
        "lot_units": units,
        "planned_units": units * due[:, None],
        "recorded_unit_bn": recorded,
        "fallback_unit_bn": np.array([planned.planned_unit_bn(scenario.programs[name]) for name in programs]),
        "opening_units": opening,
        "remaining_units": remaining,
        "delivered_before": floats(before),
    }


def promises(scenario: Scenario, programs: list[str], tables: list[LotTable], years: int) -> dict[str, Any]:
    """What was promised, is expected and is planned for each program."""
    result: dict[str, list[Any]] = {
        key: []
        for key in ("baseline_months", "planned_first", "planned_first_lot", "planned_completion",
                    "planned_last_contract", "planned_last_path", "planned_total")
    }  # fmt: skip
    opening = len(tables) * years
    for p, (name, table) in enumerate(zip(programs, tables, strict=True)):
        program = scenario.programs[name]
        estimate = math.nan if program.current_estimate is None else scenario.horizon.months(program.current_estimate)
        baseline = math.nan if program.baseline_delivery is None else scenario.horizon.months(program.baseline_delivery)
        history = bool(table.delivery) and first_is_history(program, estimate, table.delivery[0][0])
        first = min(table.delivery, key=lambda d: d[0] + d[1], default=(math.nan, math.nan, math.nan))
        first_lot = NONE
        if table.delivery and not history:
            earliest = table.delivery.index(first)
            slot = p * years + table.lots[earliest].fy - scenario.horizon.first_fy
            first_lot = opening + earliest if earliest < len(table.opening) else slot
        last = max(reversed(table.delivery), key=lambda d: d[0] + d[2], default=(math.nan, math.nan, math.nan))
        result["baseline_months"].append(baseline)
        result["planned_first"].append(estimate if history else first[0] + first[1])
        result["planned_first_lot"].append(first_lot)
        result["planned_completion"].append(last[0] + last[2])
        result["planned_last_contract"].append(last[0])
        result["planned_last_path"].append(last[2])
        result["planned_total"].append(math.fsum(lot.units for lot in table.lots))
        opening += len(table.opening)
    return {key: tuple(values) for key, values in result.items()}
