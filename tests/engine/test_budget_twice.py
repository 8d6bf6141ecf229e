"""Budgets and years' ends, written a second time from docs/model.md 2.5, over random worlds in which nothing is drawn.

Parity says nothing of these steps, which both engines share. One currency at a fixed market rate against budget rates by year,
payments by profile and on delivery, cover, reserve, compensation, arrears, prepayment, deobligation, learning, stretch-out,
pass-through.
"""

from __future__ import annotations

import math
import random

import numpy as np
from harness import AT, Tree, load, plain

from alliancesim.engine import batch
from alliancesim.plan.compile import compile_plan

WORLDS, FIRST, TAIL = 300, 2025, 16
SLACK = 16 / 2**20
"""What rounding to the money grid may take without costing a unit."""
COLUMNS = ("obligatory_bn", "general_material_bn", "arrears_bn", "burden_bn", "prepaid_bn", "deobligated_bn",
           "authority_used_bn", "unspent_bn", "execution_loss_bn", "reserve_used_bn", "reserve_filled_bn", "compensation_bn",
           "foreign_payments_bn")  # fmt: skip


def world(rng: random.Random) -> Tree:
    """A world from loose to tight."""
    years, spot, chance = rng.randint(2, 9), rng.uniform(90, 130), lambda: rng.random() < 0.5
    usd = {"spot_rate": spot, "plan_rate": spot, "cover_share": rng.choice([0.0, 0.3, 1.0]),
           "budget_rate": {FIRST + y: spot * rng.uniform(0.85, 1.15) for y in range(years)}}  # fmt: skip
    tree = plain(years, currencies={"USD": usd}, programs={}, channels={})
    money = tree["money"]
    money["topline_bn"] = {FIRST + y: rng.uniform(60, 400) for y in range(years)} | {
        "then_growth_share": rng.choice([0.0, 0.03, -0.02])
    }
    money["personnel_bn"] = {FIRST: rng.uniform(20, 80), FIRST + rng.randint(1, years): rng.uniform(20, 80)}
    money["buckets"]["arms"]["authority_bn"] = {
        FIRST + y: rng.choice([40, 90, 300]) * rng.uniform(0.5, 1.5) for y in range(years)
    }
    money["funding"] = {"stretch_out_share": rng.choice([0.0, 0.05]), "later_years_share": rng.choice([1.0, 0.6, 0.4])}
    runoff = {2025: rng.uniform(0, 90), 2026: rng.uniform(0, 90), 2027: rng.uniform(0, 60), 2029: 0.0}
    money["opening_burden"] = {"runoff_bn": runoff, "currency_shares": {"USD": rng.choice([0.0, 0.4])}}
    money["deobligation_bn"] = (
        {2025: rng.uniform(0, 30), 2026: rng.uniform(0, 100), 2028: rng.uniform(0, 20)} if chance() else 0.0
    )
    money["supplementary"] = {"total_bn": {2025: rng.uniform(0, 60), 2027: rng.uniform(0, 90)} if chance() else 0.0,
                              "prepay_share": rng.choice([0.0, 0.3, 1.0])}  # fmt: skip
    ceiling = rng.uniform(0, 6)
    money["reserve"] = {"initial_bn": ceiling * rng.random(), "ceiling_bn": ceiling, "fill_share": rng.choice([0.0, 0.5, 1.0])}
    money["cascade"] = {"supplementary_intercept_share": rng.choice([0.0, 1.0])}
    profiles = ([1.0], [0.25, 0.5, 0.25], [0.0, 1.0], [0.1] * 10, [0.5, 0.0, 0.5])
    for i in range(rng.randint(1, 4)):
        stages = {"build": {"duration_months": rng.choice([7.0, 20.0, 30.0, 50.0]), "milestone": "delivered"}}
        payment = {"shares": rng.choice(profiles), "on_delivery_share": rng.choice([0.0, 0.2, 1.0])}
        tree["channels"][f"c{i}"] = {"payment": payment, "stages": stages}
        lots = [{"fy": FIRST + y, "units": rng.randint(1, 12)} for y in range(years) if rng.random() < 0.7]
        tree["programs"][f"p{i}"] = {
            "title": "A program", "bucket": "arms", "channel": f"c{i}", "priority": rng.randint(1, 2),
            "minimum_units": rng.randint(0, 4),
            "unit_cost_bn": round(rng.uniform(0.5, 12), 2), "lots": lots or [{"fy": FIRST, "units": 3}],
            "currency_shares": {"USD": rng.choice([0.0, 0.5, 0.9])}, "passthrough_share": rng.choice([0.0, 0.3]),
            "learning_slope_share": rng.choice([1.0, 0.9]), "learning_prior_units": 3.0,
        }  # fmt: skip
    return tree


def dated(value: Tree | float, fy: int) -> float:
    """A value by year."""
    if not isinstance(value, dict):
        return value
    years = sorted(year for year in value if year != "then_growth_share")
    last = max([year for year in years if year <= fy], default=years[0])
    return value[last] * (1.0 + value.get("then_growth_share", 0.0)) ** max(0, fy - years[-1])


class Books:
    """What is due, in home money and in millions of dollars, by profile and on delivery, and what is left of prepayments."""

    def __init__(self, tree: Tree) -> None:
        self.tree, self.money, self.usd = tree, tree["money"], tree["currencies"]["USD"]
        self.years = tree["horizon"]["last_fy"] - FIRST + 1
        opening, span = self.money["opening_burden"], range(self.years + 10)
        runoff = np.array([dated(opening["runoff_bn"], FIRST + k) for k in span] + [0.0] * (TAIL - 10))
        share = opening["currency_shares"]["USD"]
        self.home, self.abroad = runoff * (1.0 - share), runoff * share * 1000.0 / self.rate(0)
        self.home_late, self.abroad_late = np.zeros(len(runoff)), np.zeros(len(runoff))
        self.credit = self.arrears = 0.0
        self.reserve = self.money["reserve"]["initial_bn"]
        self.backlog: dict[str, list[list[float]]] = {name: [] for name in tree["programs"]}
        self.made = dict.fromkeys(tree["programs"], 3.0)
        self.rows = [self.year(y) for y in range(self.years)]

    def rate(self, y: int) -> float:
        return self.usd["budget_rate"][FIRST + y]

    def of(self, path: str, y: int) -> float:
        block, _, key = path.rpartition(".")
        return dated((self.money[block] if block else self.money)[key], FIRST + y)

    def unpaid(self, y: int) -> np.ndarray:
        """Home dues by profile after a year, prepayments off the next of them."""
        left, credit = self.home.copy(), self.credit
        left[: y + 1] = 0.0
        for k in range(y + 1, len(left)):
            used = min(credit, left[k])
            left[k], credit = left[k] - used, credit - used
        return left

    def due(self, y: int, rate: float) -> float:
        return self.home[y] + self.home_late[y] + (self.abroad[y] + self.abroad_late[y]) * rate / 1000.0

    def year(self, y: int) -> list[float]:
        rate, topline, personnel = self.rate(y), self.of("topline_bn", y), self.of("personnel_bn", y)
        credited = min(self.credit, self.home[y])
        self.credit -= credited
        left = self.unpaid(y)
        released = rest = min(self.of("deobligation_bn", y), left.sum())
        for k in range(len(left) - 1, y, -1):
            taken = min(rest, left[k])
            self.home[k], rest = self.home[k] - taken, rest - taken
        obligatory = self.due(y, rate) - credited
        authority = dated(self.money["buckets"]["arms"]["authority_bn"], FIRST + y)
        room = [topline - self.arrears - personnel - obligatory]
        for k in range(y + 1, y + 10):
            expected = self.of("funding.later_years_share", k) * (self.of("topline_bn", k) - self.of("personnel_bn", k))
            room.append(expected - self.due(k, rate))
        used = general = 0.0
        millions = self.abroad[y] + self.abroad_late[y]
        for name, program in sorted(self.tree["programs"].items(), key=lambda item: (item[1]["priority"], item[0])):
            home, abroad, units, profile, late = self.lot(name, program, y)
            cost = home + abroad * rate / 1000.0
            shares = dict(profile)
            shares[late[0]] = shares.get(late[0], 0.0) + late[1]
            limits = [(room[k] + SLACK) / (share * cost) for k, share in shares.items() if share > 0.0 and k < 10]
            most = min([(authority + SLACK) / cost, *limits])
            funded = units if most >= units else float(max(0, math.floor(most)))
            funded = funded if funded >= min(program["minimum_units"], units) else 0.0
            authority, used = authority - funded * cost, used + funded * cost
            for k, share in shares.items():
                if k < 10:
                    room[k] -= share * funded * cost
            for k, share in profile.items():
                self.home[y + k] += share * funded * home * (k > 0)
                self.abroad[y + k] += share * funded * abroad * (k > 0)
            general += profile.get(0, 0.0) * funded * cost
            millions += profile.get(0, 0.0) * funded * abroad
            self.home_late[y + late[0]] += late[1] * funded * home
            self.abroad_late[y + late[0]] += late[1] * funded * abroad
            self.take(name, funded)
        later = slice(y + 1, None)
        burden = self.home[later].sum() - self.credit + self.home_late[later].sum()
        burden += (self.abroad[later] + self.abroad_late[later]).sum() * rate / 1000.0
        prepaid = min(self.of("supplementary.total_bn", y) * self.money["supplementary"]["prepay_share"], self.unpaid(y).sum())
        self.credit += prepaid
        cash = topline - personnel - obligatory - general - self.arrears
        loss = millions * (1.0 - self.usd["cover_share"]) * (self.usd["spot_rate"] - rate) / 1000.0
        return [obligatory, general, *self.settle(cash, loss, burden, prepaid, released, used), millions * rate / 1000.0]

    def lot(self, name: str, program: Tree, y: int) -> tuple[float, float, float, dict[int, float], tuple[int, float]]:
        """Home money and dollars of a unit asked for, units, the shares of its profile, year and share of what is paid late."""
        self.backlog[name] += [[y, float(lot["units"])] for lot in program["lots"] if lot["fy"] == FIRST + y]
        units = sum(waiting for _, waiting in self.backlog[name])
        deferred = sum((y - since) * waiting for since, waiting in self.backlog[name]) / max(units, 1.0)
        first = program["lots"][0]
        learning = ((self.made[name] + units / 2) / (3.0 + first["units"] / 2)) ** (
            math.log(program["learning_slope_share"]) / math.log(2.0)
        )
        common = program["unit_cost_bn"] * learning * (1.0 + self.of("funding.stretch_out_share", y)) ** deferred
        share, price_rate = program["currency_shares"]["USD"], self.rate(first["fy"] - FIRST)
        through = (self.usd["spot_rate"] / price_rate) ** program["passthrough_share"]
        channel = self.tree["channels"][program["channel"]]
        late = channel["payment"]["on_delivery_share"]
        profile = {k: part * (1.0 - late) for k, part in enumerate(channel["payment"]["shares"])}
        year = max(1, int(channel["stages"]["build"]["duration_months"] // 12))
        return common * (1.0 - share) * through, common * share * 1000.0 / price_rate, units, profile, (year, late)

    def take(self, name: str, funded: float) -> None:
        """Contract units, what has waited longest first."""
        self.made[name] += funded
        for entry in self.backlog[name]:
            taken = min(funded, entry[1])
            entry[1], funded = entry[1] - taken, funded - taken
        self.backlog[name] = [entry for entry in self.backlog[name] if entry[1] > 0.0]

    def settle(self, cash: float, loss: float, burden: float, prepaid: float, released: float, used: float) -> list[float]:
        """The end of a year."""
        short, lapsed, drawn, filled, compensation = max(-cash, 0.0), max(cash, 0.0), 0.0, 0.0, 0.0
        reserve = self.money["reserve"]
        if loss > 0.0:
            drawn = min(self.reserve, loss)
            covered = self.money["cascade"]["supplementary_intercept_share"] == 1.0
            compensation = (loss - drawn) * covered
            short += loss - drawn - compensation
        else:
            met = min(-loss, short)
            short -= met
            filled = min((-loss - met) * reserve["fill_share"], reserve["ceiling_bn"] - self.reserve)
            lapsed += -loss - met - filled
        self.reserve += filled - drawn
        self.arrears = short
        return [short, burden, prepaid, released, used, lapsed, loss, drawn, filled, compensation]


def test_budgets_are_those_of_the_model() -> None:
    rng = random.Random(5)
    for number in range(WORLDS):
        tree = world(rng)
        compiled = compile_plan(load(tree))
        out, _ = batch.Engine(compiled).replications(compiled.params, 1, 0, 1)
        books = Books(tree)
        for column, expected in zip(COLUMNS, np.array(books.rows).T, strict=True):
            found = out.fiscal[0, :, AT["fiscal"][column]]
            assert np.allclose(found, expected, atol=1e-3), (number, column, found, expected)
        for p, name in enumerate(compiled.labels.programs):
            contracted = out.program_year[0, p, -1, AT["program_year"]["contracted_units"]]
            assert contracted == books.made[name] - 3.0, (number, name)
