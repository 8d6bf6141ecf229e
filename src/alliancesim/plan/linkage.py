"""The linkage of trade and defense: regimes, rounds, statements, tariffs, taxes. The part of compilation that knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alliancesim.plan.arrays import floats, ints
from alliancesim.plan.fields import ROUND_OUTCOME, TAX
from alliancesim.plan.layout import NONE
from alliancesim.plan.params import Vector
from alliancesim.rules.linkage import REGIMES, RESULTS
from alliancesim.scenario.model import Scenario
from alliancesim.units import month_number


def compile_linkage(scenario: Scenario, vector: Vector, key: Callable[[str], int]) -> dict[str, Any]:
    """The fields of the plan that hold regimes, rounds and their outcomes, and taxes; `key` hashes addresses."""
    linkage, at = scenario.linkage, vector.at
    names, tax_names = sorted(linkage.rounds), sorted(scenario.money.taxes)
    regime = [[at(f"linkage.rates_per_month.{a}.{b}", optional=True) for b in REGIMES] for a in REGIMES]
    rows, regimes, years = [], [], []
    for name in names:
        for result in RESULTS:
            own = linkage.rounds[name].outcomes.get(result)  # type: ignore[call-overload]
            block = own or linkage.outcomes.get(result)  # type: ignore[call-overload]
            prefix = f"linkage.rounds.{name}.outcomes.{result}" if own else f"linkage.outcomes.{result}"
            rows.append([at(f"{prefix}.{item}", optional=True) for item in ROUND_OUTCOME])
            regimes.append(NONE if block is None or block.regime is None else REGIMES.index(block.regime))
            years.append(0 if block is None else block.commitment_years)
    taxes = [scenario.money.taxes[name] for name in tax_names]
    return {
        "regime_at": ints(regime, 4, 4),
        "statements_at": ints([at(f"linkage.pressure.statements_per_month.{a}", optional=True) for a in REGIMES]),
        "initial_regime": REGIMES.index(linkage.initial_regime),
        "round_outcome_at": ints(rows, len(rows), len(ROUND_OUTCOME)),
        "round_outcome_regime": ints(regimes),
        "round_outcome_commitment_years": ints(years),
        "round_hns": ints([int(linkage.rounds[name].hns) for name in names]),
        "demand_phase_years": linkage.demand.phase_years,
        "tax_at": vector.table([f"money.taxes.{name}" for name in tax_names], TAX),
        "tax_months": floats([scenario.horizon.months(tax.date) for tax in taxes]),
        "tax_postponed_months": floats([tax.postponed_months for tax in taxes]),
        "regime_key": key("linkage/regime"),
        "statement_key": key("linkage/statement"),
        "round_key": ints([key(f"round/{name}") for name in names]),
        "demand_key": ints([key(f"round/{name}/demand") for name in names]),
        "cascade_key": key("money/cascade"),
        "provisional_key": key("money/provisional"),
    }


def dated_events(scenario: Scenario) -> dict[str, Any]:
    """Statements, regimes, tariffs and rounds by date."""
    linkage, months = scenario.linkage, scenario.horizon.months
    rounds = []
    for r, name in enumerate(sorted(linkage.rounds)):
        block = linkage.rounds[name]
        for date in sorted(set(block.dates)):
            result = block.results.get(date)
            rounds.append((months(date), r, month_number(date), NONE if result is None else RESULTS.index(result)))
    return {
        "statements": tuple(sorted((months(statement.date), statement.size) for statement in linkage.statements)),
        "known_regimes": tuple(sorted((months(k.date), REGIMES.index(k.regime)) for k in linkage.known_regimes)),
        "known_tariffs": tuple(sorted((months(date), share) for date, share in linkage.tariff.known.items())),
        "rounds": tuple(sorted(rounds)),
        "supplementary_month": scenario.money.supplementary.month,
    }  # fmt: skip
