"""Every draw stands at the address and index that docs/model.md, 5.2, names, and an outcome worked out from it shows that."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from harness import DOLLAR, Simulation, Tree, plain
from scipy.stats import norm

from alliancesim.rules.draws import Z90, address_key, uniform

SEED, N, YEARS = 11, 24, 8


def u(address: str, index: int = 0, replication: int = 0) -> float:
    """The uniform at an address."""
    return float(uniform(SEED, replication, address_key(address), index))


def z(address: str, index: int = 0, replication: int = 0) -> float:
    """The score at an address."""
    return float(norm.ppf(u(address, index, replication)))


def yearly(**changes: Any) -> Tree:
    """A ship a year."""
    lots = [{"fy": 2025 + y, "units": 1} for y in range(YEARS)]
    return plain(YEARS, **{"programs__ship__lots": lots, "channels__domestic__stages__build__duration_months": 6.0} | changes)


def test_provisional_budgets() -> None:
    block = {"probability_intercept_share": 0.5, "wait_months": 9.0}
    delivered = Simulation(yearly(money__provisional=block)).run(SEED).program_year("ship", "delivered_units")
    late = [u("money/provisional", 2025 + y) < 0.5 for y in range(YEARS)]

    assert 0 < sum(late) < YEARS
    assert delivered.tolist() == [y + 1.0 - late[y] for y in range(YEARS)]


def test_compensation_by_a_supplementary_budget() -> None:
    usd = {"spot_rate": 128.0, "process": {"kind": "fixed"}, "plan_rate": 100.0,
           "budget_rate": {2025 + y: 100.0 for y in range(YEARS)}}  # fmt: skip
    tree = yearly(currencies__USD=usd, programs__ship__currency_shares={"USD": 1.0},
                  money__cascade={"supplementary_intercept_share": 0.5}, money__supplementary={"total_bn": 1.0})  # fmt: skip
    paid = Simulation(tree).run(SEED).fiscal("compensation_bn")

    assert (paid > 0.0).tolist() == [u("money/cascade", 2025 + y) < 0.5 for y in range(YEARS)]


def test_cost_reviews() -> None:
    review = {"review_share": 0.1, "hold_probability": 0.5, "cancellation_share": 0.1, "cancellation_probability": 0.5}
    tree = yearly(money__cost_review=review, programs__ship__cost_growth={"median": 2.0, "p90": 2.0})
    for replication, found in enumerate(Simulation(tree).runs(N, SEED)):
        dropped = u("program/ship/review", 1, replication) < 0.5
        held = not dropped and u("program/ship/review", 0, replication) < 0.5

        assert (found.program("ship", "canceled_by_review"), found.program("ship", "held_by_review")) == (dropped, held)


def test_bids() -> None:
    order = {"title": "Order", "channel": "domestic", "unit_cost_bn": 4.0, "lots": [{"fy": 2027, "units": 3}],
             "bid": {"decision": "2026-10", "probability": 0.5}}  # fmt: skip
    for replication, found in enumerate(Simulation(yearly(programs__order=order)).runs(N, SEED)):
        won = u("program/order/bid", 0, replication) < 0.5

        assert found.program_year("order", "planned_units")[-1] == 3.0 * won


@pytest.mark.parametrize(("off", "won"), [(-0.01, 0.0), (0.01, 3.0)])
def test_bids_by_what_a_condition_has_moved(off: float, won: float) -> None:
    # half a point above where it began, by a slope that brings 0.3 just below or above what is drawn
    chance = u("program/order/bid") + off
    slope = 2.0 * (math.log(chance / (1.0 - chance)) - math.log(0.3 / 0.7))
    order = {"title": "Order", "channel": "domestic", "unit_cost_bn": 4.0, "lots": [{"fy": 2027, "units": 3}],
             "bid": {"decision": "2026-10", "probability": 0.3, "conditions": {"rules": slope}}}  # fmt: skip
    effects = {"ease": {"on": "first_delivery", "condition": "rules", "add": 0.5}}
    tree = yearly(programs__order=order, conditions={"rules": {"initial": 2.0}}, programs__ship__effects=effects)

    assert Simulation(tree).run(SEED).program_year("order", "planned_units")[-1] == won


def test_rounds_and_demands() -> None:
    results: Tree = {name: {"tariff_share": share, "demand_probability": 0.5, "demand_share_of_gdp": 0.001}
                     for name, share in (("failure", 0.3), ("muddle", 0.2), ("favorable", 0.1))}  # fmt: skip
    linkage = {"rounds": {"talks": {"dates": ["2026-02"]}}, "outcomes": results, "demand": {"intercept": 0.0},
               "logit": {"cut_failure": -1.0, "cut_favorable": 1.0, "support": 0.0, "pressure": 0.0}}  # fmt: skip
    index = 12 * 2026 + 2 - 1
    worse, better = 1.0 / (1.0 + math.e), math.e / (1.0 + math.e)
    for replication, found in enumerate(Simulation(plain(3, linkage=linkage)).runs(N, SEED)):
        drawn = u("round/talks", index, replication)
        accepted = (u("round/talks/demand", 2 * index, replication) < 0.5
                    and u("round/talks/demand", 2 * index + 1, replication) < 0.5)  # fmt: skip

        assert found.fiscal("tariff_share")[-1] == (0.3 if drawn < worse else 0.2 if drawn < better else 0.1)
        assert (found.fiscal("topline_bn")[-1] > 1000.0) == accepted


@pytest.mark.parametrize(("off", "topline"), [(-0.01, 1000.0), (0.01, 1600.0)])
def test_demands_are_accepted_by_support_and_pressure_as_before_the_round(off: float, topline: float) -> None:
    chance = u("round/talks/demand", 2 * (12 * 2025 + 9) + 1) + off
    wanted = math.log(chance / (1.0 - chance))
    outcome = {"demand_probability": 1.0, "demand_share_of_gdp": 0.001, "pressure_add": 5.0}
    linkage = {
        "demand": {"intercept": wanted - 3.0 * 0.5 + 0.75 * 2.0, "support": 3.0, "pressure": 0.75, "phase_years": 1},
        "pressure": {"initial": 2.0, "half_life_months": 1e9}, "support": {"initial_share": 0.5, "mean_share": 0.5},
        "rounds": {"talks": {"dates": ["2025-10"]}}, "outcomes": dict.fromkeys(("failure", "muddle", "favorable"), outcome),
    }  # fmt: skip

    assert Simulation(plain(2, linkage=linkage)).run(SEED).fiscal("topline_bn").tolist() == pytest.approx([1000.0, topline])


def arrivals(address: str, draws: int, rate: float, months: float) -> list[tuple[float, int]]:
    """Candidates of a Poisson clock: month, and index of the first draw."""
    t, found, k = 0.0, [], 0
    while True:
        t += -math.log1p(-u(address, draws * k)) / rate
        if t >= months:
            return found
        found.append((t, draws * k))
        k += 1


def test_statements() -> None:
    linkage = {"initial_regime": "contested", "pressure": {
        "half_life_months": 12.0, "statement_size": 0.5, "statements_per_month": {"contested": 0.5},
        "statements_ceiling_per_month": 2.0}, "support": {"initial_share": 0.5, "mean_share": 0.5}}  # fmt: skip
    pressure = 0.0
    for t, index in arrivals("linkage/statement", 3, 2.0, 24.0):
        if u("linkage/statement", index + 1) < 0.25:
            pressure += 0.5 * -math.log1p(-u("linkage/statement", index + 2)) * 2.0 ** (-(24.0 - t) / 12.0)

    found = Simulation(plain(2, linkage=linkage)).run(SEED)
    assert found.fiscal("pressure")[1] == pytest.approx(pressure, rel=1e-3)
    assert found.fiscal("support_share").tolist() == [0.5, 0.5]


def test_regimes() -> None:
    rates = {"firewalled": {"contested": 0.05, "linked": 0.15}, "linked": {"ruptured": 0.1, "firewalled": 0.1},
             "contested": {"firewalled": 0.2}, "ruptured": {"contested": 0.2}}  # fmt: skip
    names = ("firewalled", "contested", "linked", "ruptured")
    regime, expected = 0, [0] * 12
    for t, index in arrivals("linkage/regime", 2, 0.4, 144.0):
        drawn = u("linkage/regime", index + 1) * 0.4
        for other, name in enumerate(names):
            rate = rates[names[regime]].get(name, 0.0)
            if drawn < rate:
                regime = other
                break
            drawn -= rate
        expected[int(t / 12.0) :] = [regime] * (12 - int(t / 12.0))

    linkage = {"initial_regime": "firewalled", "rates_per_month": rates, "ceiling_per_month": 0.4}
    assert len(set(expected)) > 2
    assert Simulation(plain(12, linkage=linkage)).run(SEED).fiscal("regime").tolist() == expected


def test_growth_of_gdp_and_prices() -> None:
    tree = yearly(economy={"gdp": {"base_fy": 2024, "base_bn": 1000.0, "mean_share": 0.02, "sd_share": 0.01},
                           "escalation": {"mean_share": 0.03, "sd_share": 0.02}}, programs__ship__price_fy=2025)  # fmt: skip
    found = Simulation(tree).run(SEED)
    gdp, prices = found.fiscal("gdp_bn"), found.program_year("ship", "contracted_bn")

    assert gdp[0] / 1000.0 - 1.0 == pytest.approx(0.02 + 0.01 * z("economy/gdp", 2025))
    for y in range(1, YEARS):
        assert gdp[y] / gdp[y - 1] - 1.0 == pytest.approx(0.02 + 0.01 * z("economy/gdp", 2025 + y))
        assert prices[y] / prices[y - 1] - 1.0 == pytest.approx(0.03 + 0.02 * z("economy/escalation", 2025 + y), abs=1e-5)


def test_growth_of_prices_abroad() -> None:
    usd = {"spot_rate": 100.0, "process": {"kind": "fixed"}, "plan_rate": 100.0, "budget_rate": {2025: 100.0}}
    tree = yearly(economy__foreign_escalation={"mean_share": 0.03, "sd_share": 0.02}, programs__ship__price_fy=2025,
                  currencies__USD=usd, programs__ship__currency_shares={"USD": 1.0})  # fmt: skip
    prices = Simulation(tree).run(SEED).program_year("ship", "contracted_bn")

    for y in range(1, YEARS):
        growth = 0.03 + 0.02 * z("economy/foreign_escalation", 2025 + y)
        assert prices[y] / prices[y - 1] - 1.0 == pytest.approx(growth, abs=1e-5)


def test_currencies_and_their_correlation() -> None:
    tree = plain(1, currencies={"USD": DOLLAR, "EUR": DOLLAR}, correlation={"USD": {"EUR": 0.6}})
    found = Simulation(tree).run(SEED)
    scores = {name: np.array([z(f"currency/{name}/innovation", 12 * 2025 + m) for m in range(12)]) for name in ("USD", "EUR")}
    joint = 0.6 * scores["USD"] + 0.8 * scores["EUR"]
    for name, score in (("USD", scores["USD"]), ("EUR", joint)):
        rates = 100.0 * np.exp(np.cumsum(0.03 * score - 0.03**2 / 2.0))

        assert found.currency(name, "market_rate")[0] == pytest.approx(rates.mean())


def test_recruiting() -> None:
    block = {"initial": 100.0, "required": 100.0, "cohort": 100.0, "recruiting_share": 0.25, "attrition_share": 0.0,
             "recruiting_sd_share": 0.5}  # fmt: skip
    stock = Simulation(plain(4, workforce={"crews": block})).run(SEED).workforce("crews", "stock_people")

    assert np.diff(stock).tolist() == pytest.approx([25.0 * math.exp(0.5 * z("workforce/crews", 2026 + y)) for y in range(3)])


def test_cost_growth_and_its_common_causes() -> None:
    growth = {"median": 1.2, "p90": 1.5, "system_loading_share": 0.6, "program_loading_share": 0.48}
    tree = plain(3, programs__ship__cost_growth=growth)
    score = 0.6 * z("system/channel/domestic") + 0.48 * z("program/ship/noise") + 0.64 * z("program/ship/growth")
    factor = 1.2 * math.exp(math.log(1.5 / 1.2) / Z90 * score)

    cost = Simulation(tree).run(SEED).program("ship", "contracted_cost_bn")
    assert cost == pytest.approx(80.0 * factor**0.5, abs=1e-4)  # half of it is revealed by the only lot


def test_stages_and_their_common_causes() -> None:
    noise = {"p90": 1.5, "system_loading_share": 0.6, "program_loading_share": 0.48}
    tree = plain(12, channels__domestic__stages__build__noise=noise, programs__ship__lots=[{"fy": 2026, "units": 10}])
    own = z("program/ship/stage/build", 32 * 32 * 2026)
    score = 0.6 * z("system/channel/domestic", 2026) + 0.48 * z("program/ship/noise") + 0.64 * own

    months = Simulation(tree).run(SEED).program("ship", "first_delivery_months")
    assert months == pytest.approx(12.0 + 20.0 * math.exp(math.log(1.5) / Z90 * score), abs=1.0 / 1024.0)


def test_rework_and_failure() -> None:
    stage = {"duration_months": 8.0, "failure_probability": 0.3, "milestone": "delivered",
             "rework": {"probability": 0.4, "to": "build", "most": 3, "work_share": 1.0}}  # fmt: skip
    tree = plain(6, channels__domestic__stages={"build": stage})
    for replication, found in enumerate(Simulation(tree).runs(N, SEED)):
        visit, first = 0, 32 * 32 * 2025
        address = "program/ship/stage/build"
        failed = u(f"{address}/failure", first + 1, replication) < 0.3
        while not failed and visit < 3 and u(f"{address}/rework", first + visit, replication) < 0.4:
            visit += 1
            failed = u(f"{address}/failure", first + visit + 1, replication) < 0.3

        assert found.program("ship", "first_delivery_censored") == failed
        if not failed:
            assert found.program("ship", "first_delivery_months") == 8.0 * (visit + 1)


def test_disruptions() -> None:
    block = {"mean_months_between": 6.0, "duration_median_months": 2.0, "duration_p90_months": 3.0, "severity_share": 0.5}
    tree = plain(4, resources={"yard": {"kind": "slots", "capacity": 1, "disruptions": block}})
    tree["channels"]["domestic"]["stages"]["build"]["resource"] = "yard"
    now, lost, address = 0.0, np.zeros(4), "resource/yard/disruption"
    for i in range(100):
        begin = now - 6.0 * math.log1p(-u(address, 2 * i))
        now = begin + 2.0 * math.exp(math.log(1.5) / Z90 * z(address, 2 * i + 1))
        for y in range(4):
            lost[y] += max(0.0, min(now, 12.0 * y + 12.0) - max(begin, 12.0 * y))

    assert Simulation(tree).run(SEED).resource_year("yard", "effective_rate_share") == pytest.approx(1.0 - lost / 24.0, abs=1e-3)


@pytest.mark.parametrize(
    ("size", "months"),
    [
        ({"dist": "exponential", "mean": 4.0}, lambda index: -4.0 * math.log1p(-u("resource/yard/background", index))),
        ({"dist": "normal", "mean": 1.0, "sd": 6.0}, lambda index: max(0.0, 1.0 + 6.0 * z("resource/yard/background", index))),
    ],
)
def test_orders_of_other_customers(size: Tree, months: Callable[[int], float]) -> None:
    background = {"arrivals_per_month": 0.2, "size": size, "backlog": 3}
    tree = plain(8, resources={"yard": {"kind": "slots", "capacity": 1, "background": background}})
    tree["channels"]["domestic"]["stages"]["build"]["resource"] = "yard"
    tree["programs"]["ship"] |= {"lots": [{"fy": 2025, "units": 1}], "priority": 9}
    address = "resource/yard/background"
    taken = [months((1 << 30) + n) for n in range(3)]
    t, n = -math.log1p(-u(address, 0)) / 0.2, 0
    while t < sum(taken):
        taken.append(months(2 * n + 1))
        n += 1
        t -= math.log1p(-u(address, 2 * n)) / 0.2

    assert n > 2
    assert min(taken) == 0.0 or size["dist"] == "exponential"
    assert Simulation(tree).run(SEED).program("ship", "delay_queueing_months") == pytest.approx(sum(taken), abs=2e-2)


def test_tranches_and_their_visits() -> None:
    stages = {"build": {"duration_months": 6.0, "resource": "plant"},
              "fit": {"duration_months": 8.0, "noise": {"p90": 1.5}, "milestone": "delivered",
                      "rework": {"probability": 1.0, "to": "fit", "most": 1, "work_share": 1.0}}}  # fmt: skip
    tree = plain(6, resources={"plant": {"kind": "line", "capacity": 1.0}}, channels__domestic__stages=stages,
                 programs__ship__tranche_units=5)  # fmt: skip
    found = Simulation(tree).run(SEED)
    ends = []
    for tranche in range(2):
        first = 32 * (32 * 2025 + tranche)
        visits = (8.0 * math.exp(math.log(1.5) / Z90 * z("program/ship/stage/fit", first + visit)) for visit in range(2))
        ends.append(6.0 + 5.0 * (tranche + 1) + sum(visits))

    assert found.program("ship", "first_delivery_months") == pytest.approx(min(ends), abs=2e-3)
    assert found.program("ship", "completion_months") == pytest.approx(max(ends), abs=2e-3)


def test_uncertain_parameters_are_kept_within_the_bounds_of_their_keys() -> None:
    # the topline is just enough for personnel and the first payment of ten ships
    tree = plain(
        1, money__topline_bn=320.0, mechanisms__budget_limits=False, money__lapse_share={"dist": "normal", "mean": 0.5, "sd": 0.5}
    )
    lapsed = [found.fiscal("unspent_bn")[0] for found in Simulation(tree).runs(N, SEED)]
    expected = [300.0 * min(1.0, max(0.0, 0.5 + 0.5 * z("parameter/money.lapse_share", 0, r))) for r in range(N)]

    assert lapsed == pytest.approx(expected, abs=1e-5)
    assert {0.0, 300.0} < set(expected)
