"""A validated scenario becomes a plan: structure arrays, addresses of draws, and the parameter vector."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliancesim.errors import PlanError, ScenarioError
from alliancesim.plan.arrays import floats, ints
from alliancesim.plan.capability import compile_capability, outcome_places
from alliancesim.plan.changes import compile_changes, revised_topline, revisions_of
from alliancesim.plan.conditions import compile_conditions
from alliancesim.plan.exchange import compile_exchange
from alliancesim.plan.fields import GROWTH, PAYMENT_FIELDS, PROGRAM_FIELDS, RESOURCE, SCALARS, SERIES, STAGE, SWITCHES
from alliancesim.plan.layout import NONE, PAY_YEARS, TAIL_YEARS, Compiled, Plan
from alliancesim.plan.linkage import compile_linkage, dated_events
from alliancesim.plan.lots import all_lots, promises, quantities
from alliancesim.plan.mistakes import plan_mistakes
from alliancesim.plan.params import Vector, numbers
from alliancesim.plan.pipelines import LotTable, compile_stages
from alliancesim.plan.structure import Labels
from alliancesim.rules.draws import DISTRIBUTIONS, address_key
from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.pipelines import Program
from alliancesim.scenario.planned import begin_months, center, dated_value, dated_year, is_free, price_fy


def compile_plan(loaded: LoadedScenario) -> Compiled:
    """Compile a loaded scenario.

    Raises:
        ScenarioError: lots cannot meet their dates, or an indicator names an unknown outcome.
        PlanError: addresses collide.
    """
    return Compiler(loaded).compile()


class Compiler:
    """One compilation; each method compiles one section of the scenario."""

    def __init__(self, loaded: LoadedScenario) -> None:
        self.loaded = loaded
        self.scenario: Scenario = loaded.scenario
        self.vector = Vector(dict(numbers(self.scenario)))
        horizon = self.scenario.horizon
        self.first_fy = horizon.first_fy
        self.years = horizon.last_fy - horizon.first_fy + 1
        self.programs = sorted(self.scenario.programs)
        self.currencies = list(self.scenario.currencies)
        self.buckets = list(self.scenario.money.buckets)
        self.resources = sorted(self.scenario.resources)
        self.channels = sorted(self.scenario.channels)
        self.workforces = sorted(self.scenario.workforce)
        self.rounds = sorted(self.scenario.linkage.rounds)
        self.taxes = sorted(self.scenario.money.taxes)
        self.as_of = 0.0 if horizon.as_of is None else horizon.months(horizon.as_of[:7]) + 1.0
        self.as_of_year = NONE if self.as_of <= 0.0 else int(math.ceil(self.as_of / 12.0)) - 1
        self.keys: dict[int, str] = {}

    def key(self, address: str) -> int:
        """The key of an address; two addresses with one key are an error."""
        key = address_key(address)
        other = self.keys.setdefault(key, address)
        if other != address:
            message = f"addresses '{address}' and '{other}' have the same key; rename one"
            raise PlanError(message)
        return key

    def compile(self) -> Compiled:
        """All sections."""
        if wrong := plan_mistakes(self.loaded):
            raise ScenarioError(wrong)
        rows, structures = compile_stages(self.scenario, self.vector, self.programs, self.key)
        lots = all_lots(self.scenario, self.programs, self.years + TAIL_YEARS)
        tables = [LotTable(self.scenario, name, i, structures[i], lots[i]) for i, name in enumerate(self.programs)]
        fields: dict[str, Any] = {}
        for section in (self.clock, self.series, self.growth, self.money, self.contracts):
            fields |= section()
        fields |= compile_exchange(self.scenario, self.loaded.histories, self.vector, self.years, self.as_of, self.key)
        fields |= compile_linkage(self.scenario, self.vector, self.key)
        fields |= compile_changes(self.scenario, self.vector, self.programs, self.buckets, self.key)
        fields |= quantities(self.scenario, self.programs, lots, self.years + TAIL_YEARS, self.as_of_year)
        fields |= compile_conditions(self.scenario, self.vector, self.key)
        fields |= compile_capability(self.loaded, self.vector, outcome_places(self.loaded.names))
        fields["stage_at"] = ints(rows, len(rows), len(STAGE))
        at, kinds, values, bounds, keys = self.vector.uncertain()
        fields |= {
            "distribution_at": at,
            "distribution_kind": kinds,
            "distribution_values": values,
            "distribution_bounds": bounds,
        }
        plan = Plan(**fields, distribution_key=keys)
        base = self.vector.base()
        return Compiled(
            plan=plan,
            params=base.copy(),
            base=base,
            labels=self.labels(),
            stages=tuple(structures),
            lots=(*(job for table in tables for job in table.slots), *(job for table in tables for job in table.opening)),
            **promises(self.scenario, self.programs, tables, self.years),
            **dated_events(self.scenario),
            **self.customers(),
        )

    def labels(self) -> Labels:
        """Names by number."""
        pillars = tuple(name for name, bucket in self.scenario.money.buckets.items() if bucket.pillar)
        return Labels(
            self.vector.names(), tuple(self.currencies), tuple(self.buckets), pillars, tuple(self.programs),
            tuple(self.resources), tuple(self.rounds), tuple(self.taxes), tuple(sorted(self.scenario.conditions)),
            tuple(self.workforces), tuple(revisions_of(self.scenario)), tuple(self.scenario.packages),
            tuple(self.scenario.scorecard.areas),
        )  # fmt: skip

    def clock(self) -> dict[str, Any]:
        """Time, switches and scalars."""
        switches = self.scenario.mechanisms
        rule = self.scenario.economy.budget_rate_rule
        return {
            "years": self.years,
            "first_fy": self.first_fy,
            "as_of_months": self.as_of,
            "as_of_year": self.as_of_year,
            "horizon_months": 12.0 * self.years,
            "switch": ints([int(getattr(switches, name)) for name in SWITCHES]),
            "topline_is_share": int(self.scenario.money.topline_bn is None),
            "plan_window_years": self.scenario.money.plan_window_years,
            "passthrough_lag_months": self.scenario.economy.passthrough_lag_months,
            "budget_first_before": rule.first_month_before,
            "budget_last_before": rule.last_month_before,
            "scalar_at": ints([self.vector.at(path, optional=path.endswith("reference_bn")) for path in SCALARS]),
        }

    def series(self) -> dict[str, Any]:
        """Dated values of money, plan rates and capacities."""
        money = self.scenario.money
        topline = "topline_bn" if money.topline_bn is not None else "topline_share_of_gdp"
        opening = money.opening_burden
        paths = [
            (f"money.{topline}", getattr(money, topline)),
            ("money.personnel_bn", money.personnel_bn),
            ("money.hns_bn", money.hns_bn),
            ("money.opening_burden.runoff_bn", opening.runoff_bn if opening else None),
            ("money.opening_burden.apart_bn", opening.apart_bn if opening else None),
            ("money.supplementary.total_bn", money.supplementary.total_bn),
            ("money.supplementary.authority_bn", money.supplementary.authority_bn),
            ("money.deobligation_bn", money.deobligation_bn),
            ("readiness.need_bn", self.scenario.readiness.need_bn),
            *((f"money.buckets.{name}.authority_bn", money.buckets[name].authority_bn) for name in self.buckets),
            *((f"currencies.{name}.plan_rate", self.scenario.currencies[name].plan_rate) for name in self.currencies),
            *((f"resources.{name}.capacity", self.scenario.resources[name].capacity) for name in self.resources),
            *(
                (f"workforce.{name}.{item}", getattr(self.scenario.workforce[name], item))
                for name in self.workforces
                for item in ("required", "cohort")
            ),
            *(revised_topline(self.scenario, name)[1:] for name in revisions_of(self.scenario)),
        ]
        span = self.years + TAIL_YEARS
        at = np.full((len(paths), span), NONE, np.int64)
        growth = np.full(len(paths), NONE, np.int64)
        power = np.zeros((len(paths), span), np.int64)
        for d, (path, dated) in enumerate(paths):
            if dated is None:
                continue
            growth[d] = self.vector.at(f"{path}.then_growth_share")
            for y in range(span):
                taken, power[d, y] = dated_year(dated, self.first_fy + y)
                at[d, y] = self.vector.at(path if taken is None else f"{path}.{taken}")
        first = len(SERIES)
        return {
            "series_at": at,
            "series_growth_at": growth,
            "series_power": power,
            "bucket_series": first,
            "currency_series": first + len(self.buckets),
            "resource_series": first + len(self.buckets) + len(self.currencies),
            "workforce_series": first + len(self.buckets) + len(self.currencies) + len(self.resources),
            "revision_series": (
                first + len(self.buckets) + len(self.currencies) + len(self.resources) + 2 * len(self.workforces)
            ),
        }

    def growth(self) -> dict[str, Any]:
        """GDP and prices."""
        names = ("gdp", "escalation", "foreign_escalation")
        span = self.years + TAIL_YEARS
        known = [
            [self.vector.at(f"economy.{name}.known_share.{self.first_fy + y}", optional=True) for y in range(span)]
            for name in names
        ]
        return {
            "growth_at": self.vector.table([f"economy.{name}" for name in names], GROWTH),
            "growth_known_at": ints(known, 3, span),
            "growth_key": ints([self.key(f"economy/{name}") for name in names]),
            "gdp_base_year": self.scenario.economy.gdp.base_fy - self.first_fy,
        }

    def money(self) -> dict[str, Any]:
        """Buckets, the opening burden's currencies, and resources."""
        buckets = self.scenario.money.buckets
        fys = range(self.first_fy, self.first_fy + self.years + TAIL_YEARS)
        shares = [self.vector.at(f"money.opening_burden.currency_shares.{name}", optional=True) for name in self.currencies]
        return {
            "compensated": ints([self.compensated(y) for y in range(self.years)]),
            "bucket_apart": ints([int(buckets[name].base == "apart") for name in self.buckets]),
            "bucket_planned_bn": floats(
                [[dated_value(buckets[name].authority_bn, fy) for fy in fys] for name in self.buckets], len(buckets), len(fys)
            ),
            "opening_share_at": ints(shares),
            "system_key": ints(
                [self.key(f"system/{name}") for name in self.resources]
                + [self.key(f"system/channel/{name}") for name in self.channels]
            ),
            "resource_at": self.vector.table([f"resources.{name}" for name in self.resources], RESOURCE, optional=True),
            "resource_line": ints([int(self.scenario.resources[name].kind == "line") for name in self.resources]),
            "disruption_key": ints([self.key(f"resource/{name}/disruption") for name in self.resources]),
        }

    def compensated(self, y: int) -> int:
        """Whether year y's supplementary budget covered its loss: on record, or NONE where it is still to come."""
        money = self.scenario.money
        known = money.cascade.known.get(self.first_fy + y)
        if known is not None:
            return int(known)
        return 0 if 12.0 * y + money.supplementary.month < self.as_of else NONE

    def contracts(self) -> dict[str, Any]:
        """Programs as buyers: cost, currencies, payment."""
        vector, count = self.vector, len(self.programs)
        blocks = [self.scenario.programs[name] for name in self.programs]
        prefixes = [f"programs.{name}" for name in self.programs]
        payments, shares, norden = [], [], []
        for name, block in zip(self.programs, blocks, strict=True):
            payment = block.payment or self.scenario.channels[block.channel].payment
            prefix = f"programs.{name}.payment" if block.payment else f"channels.{block.channel}.payment"
            payments.append([vector.at(f"{prefix}.{item}", optional=payment is None) for item in PAYMENT_FIELDS])
            shares.append([vector.at(f"{prefix}.shares.{k}", optional=True) for k in range(PAY_YEARS)])
            norden.append(0 if payment is None else payment.norden_rayleigh_years or 0)
        currency = [[vector.at(f"{prefix}.currency_shares.{c}", optional=True) for c in self.currencies] for prefix in prefixes]
        order = sorted(range(count), key=lambda i: (blocks[i].priority, self.programs[i]))
        price_years = [price_fy(self.scenario, block) - self.first_fy for block in blocks]
        fewest = -max(0, *price_years) if price_years else 0
        return {
            "program_at": vector.table(prefixes, PROGRAM_FIELDS, optional=True),
            "program_share_at": ints(currency, count, len(self.currencies)),
            "payment_at": ints(payments, count, len(PAYMENT_FIELDS)),
            "payment_share_at": ints(shares, count, PAY_YEARS),
            "payment_years": ints(norden),
            "program_bucket": ints([NONE if b.bucket is None else self.buckets.index(b.bucket) for b in blocks]),
            "program_order": ints(order),
            "program_price_year": ints(price_years),
            "plan_growth_first": fewest,
            "plan_growth_years": self.years + TAIL_YEARS - min(0, *price_years) - fewest if price_years else 0,
            "program_free": ints([int(is_free(self.scenario, block)) for block in blocks]),
            "program_export": ints([int(block.bid is not None) for block in blocks]),
            "program_begin_months": floats([begin_months(self.scenario, block) for block in blocks]),
            "program_divisible": ints([int(b.quantity == "value") for b in blocks]),
            "program_advance": ints([int(self.scenario.channels[b.channel].advance) for b in blocks]),
            "program_settlement_at": ints([vector.at(f"channels.{b.channel}.settlement_lag_months") for b in blocks]),
            "program_passthrough_currency": ints([self.main_currency(block) for block in blocks]),
            "program_growth_key": ints([self.key(f"program/{name}/growth") for name in self.programs]),
            "program_noise_key": ints([self.key(f"program/{name}/noise") for name in self.programs]),
            "program_system": ints([len(self.resources) + self.channels.index(b.channel) for b in blocks]),
        }

    def main_currency(self, program: Program) -> int:
        """The currency of a program's largest share, the last by name of equals; the first currency where it has no share."""
        shares = [(center(share), name) for name, share in program.currency_shares.items()]
        if shares:
            return self.currencies.index(max(shares)[1])
        return 0 if self.currencies else NONE

    def customers(self) -> dict[str, Any]:
        """Resources as the schedulers see them."""
        blocks = [self.scenario.resources[name] for name in self.resources]
        sizes = []
        for block in blocks:
            if block.background is None:
                sizes.append((NONE, 0.0, 0.0, 0.0))
                continue
            a, b, c = (*block.background.size.parameters(), 0.0, 0.0)[:3]
            sizes.append((DISTRIBUTIONS.index(block.background.size.dist), a, b, c))
        return {
            "resource_kind": tuple(block.kind for block in blocks),
            "resource_staff": tuple(block.staff for block in blocks),
            "background_priority": tuple(block.background.priority if block.background else 0 for block in blocks),
            "background_size": tuple(sizes),
            "background_key": tuple(self.key(f"resource/{name}/background") for name in self.resources),
            "program_priority": tuple(self.scenario.programs[name].priority for name in self.programs),
        }
