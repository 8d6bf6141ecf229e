"""Breaks one rule at a time and lets the identity that guards it look: run by test_guards in a process without the compiler.

Each guard names an identity and what is broken in a few words. Printed is, by guard, what the identity said of the sound
engine and of the broken one: nothing, or the first line of its complaint.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import invariances  # noqa: E402
import ledgers  # noqa: E402
import relations  # noqa: E402
from harness import DOLLAR, Simulation, Tree, overlay, plain  # noqa: E402

from alliancesim.engine import (  # noqa: E402
    budget,
    capability,
    contract,
    delivery,
    ledger,
    noise,
    revision,
    settlement,
)
from alliancesim.engine.reference import context, jobs, resources  # noqa: E402
from alliancesim.plan import compile as compiler  # noqa: E402
from alliancesim.plan import pipelines  # noqa: E402
from alliancesim.plan.columns import ESTIMATE, OUTLAYS  # noqa: E402
from alliancesim.plan.layout import CASH_CREDIT  # noqa: E402
from alliancesim.plan.order import Rank  # noqa: E402
from alliancesim.scenario import load as loader  # noqa: E402
from alliancesim.scenario.model import Horizon  # noqa: E402
from alliancesim.units import months_since  # noqa: E402

SEED = 3


class Break(NamedTuple):
    """What is put in the place of a rule: the object that holds it, its name there, and what makes the broken from the sound."""

    holder: Any
    name: str
    make: Callable[[Any], Any]


class Guard(NamedTuple):
    """An identity, and a rule broken under its eyes."""

    look: Callable[[], None]
    breaks: list[Break]


@contextmanager
def broken(breaks: list[Break]) -> Any:
    """The rules are broken while the context is open."""
    sound = [(one, getattr(one.holder, one.name)) for one in breaks]
    for one, was in sound:
        setattr(one.holder, one.name, one.make(was))
    try:
        yield
    finally:
        for one, was in sound:
            setattr(one.holder, one.name, was)


def busy() -> Tree:
    """A scenario in which much happens: foreign content, a queue, tranches, rework, tight money, noise."""
    tree = plain(
        6,
        currencies={"USD": DOLLAR},
        money={
            "topline_bn": 400.0,
            "personnel_bn": 300.0,
            "buckets": {"arms": {"authority_bn": 100.0}},
            "opening_burden": {"runoff_bn": {2025: 20.0, 2026: 10.0, 2027: 0.0}, "currency_shares": {"USD": 0.5}},
            "supplementary": {"total_bn": 9.0, "prepay_share": 0.5},
            "reserve": {"initial_bn": 1.0, "ceiling_bn": 3.0, "fill_share": 0.5},
        },
        economy__escalation={"mean_share": 0.02, "sd_share": 0.01},
        resources={
            "plant": {
                "kind": "line",
                "capacity": 1.0,
                "background": {"arrivals_per_month": 0.1, "size": {"dist": "exponential", "mean": 5.0}},
            },
            "team": {"kind": "slots", "capacity": 1},
        },
        channels__domestic={
            "payment": {"shares": [0.25, 0.75], "on_delivery_share": 0.2},
            "stages": {
                "design": {"duration_months": 5.0, "resource": "team", "noise": {"p90": 1.4}},
                "build": {"duration_months": 4.0, "resource": "plant"},
                "handover": {"duration_months": 2.0, "milestone": "delivered"},
                "trials": {"duration_months": 3.0, "noise": {"p90": 1.5}, "milestone": "operational"},
            },
        },
    )
    ship = {
        "title": "Ship",
        "bucket": "arms",
        "channel": "domestic",
        "unit_cost_bn": 6.0,
        "tranche_units": 4,
        "currency_shares": {"USD": 0.5},
        "cost_growth": {"p90": 1.2},
        "lots": [{"fy": 2025 + y, "units": 10} for y in range(4)],
    }
    tree["programs"] = {"ship": ship, "boat": ship | {"unit_cost_bn": 2.0}}
    return tree


def one(check: Callable[[Any], None], tree: Tree | None = None) -> Callable[[], None]:
    """An identity of single replications, looked at in a few of them."""

    def look() -> None:
        simulation = Simulation(tree or busy())
        for replication in range(2):
            check(simulation.traced(SEED, replication))

    return look


def grants() -> None:
    """The identity of queues."""
    simulation = Simulation(busy())
    with ledgers.watched() as seen:
        simulation.run(SEED)
    ledgers.check_grants(simulation, seen)


def after(act: Callable[..., None]) -> Callable[[Any], Any]:
    """A rule that does what it did, and then something more."""

    def make(sound: Any) -> Any:
        def rule(*arguments: Any) -> Any:
            result = sound(*arguments)
            act(*arguments)
            return result

        return rule

    return make


def before(act: Callable[..., None]) -> Callable[[Any], Any]:
    """A rule that does something first."""

    def make(sound: Any) -> Any:
        def rule(*arguments: Any) -> Any:
            act(*arguments)
            return sound(*arguments)

        return rule

    return make


def instead(rule: Callable[..., Any]) -> Callable[[Any], Any]:
    """Another rule."""
    return lambda _: rule


def numbered(self: Any, address: str) -> int:
    """Keys by the order in which a compilation meets addresses, instead of by their names."""
    met: dict[str, int] = self.__dict__.setdefault("met", {})
    return met.setdefault(address, len(met))


def add_outlay(plan: Any, w: Any, s: Any, out: Any, y: int) -> None:
    """A billion is paid that nobody appropriated."""
    out.fiscal[y, OUTLAYS] += 1.0


def forget_credit(plan: Any, w: Any, s: Any, *rest: Any) -> None:
    """What the supplementary budget paid early is forgotten."""
    s.cash[CASH_CREDIT] = 0.0


def forget_backlog(s: Any, p: int) -> None:
    """Units given up are counted nowhere."""
    s.wanted[p] = 0.0
    s.backlog[p, :] = 0.0


def charge_twice(self: Any, p: int, progress: Any, *rest: Any) -> None:
    """A month is charged a second time."""
    progress.charged[ESTIMATE] += 1.0


def overcharge(out: Any, p: int, *rest: Any) -> None:
    """A cause of cost growth gets what is no growth."""
    out.program[p, contract.COST_BY_CAUSE] += 1.0


def owe_less(w: Any, s: Any, p: int, y: int, *rest: Any) -> None:
    """A billion of a contract is forgotten."""
    s.due_home[y + 1] -= 1.0


def by_file(self: Any, *rest: Any) -> None:
    """Programs are numbered in the order of the file."""
    self.programs = list(self.scenario.programs)


def of_january(self: Any, date: str) -> float:
    """Months since a January, whenever fiscal years begin."""
    return months_since(date, self.first_fy, 1)


def beside(name: str) -> None:
    """The busy scenario with something that takes part in nothing."""
    relations.check_same(busy(), relations.with_inert(busy(), *relations.INERT[name]), SEED)


def bystander() -> None:
    """A program named to be compiled first."""
    block = {"title": "A", "bucket": "arms", "channel": "own", "unit_cost_bn": 0.0, "lots": [{"fy": 2025, "units": 1}]}
    invariances.check_bystander(busy(), "aaa", block, SEED)


def tight() -> Tree:
    """The busy scenario with too little authority."""
    return overlay(busy(), {"money.buckets.arms.authority_bn": 50.0})


def dropping() -> Tree:
    """The busy scenario with too little authority, and a revision that drops what has not been contracted."""
    return overlay(tight(), {"money.revisions": {"less": {"date": "2027-04", "cancels": ["ship", "boat"]}}})


def talks() -> Tree:
    """The busy scenario with a round on the first day of a fiscal year."""
    return overlay(busy(), {"linkage.rounds": {"talks": {"dates": ["2026-04"]}}})


def domestic() -> Tree:
    """The busy scenario with nothing bought abroad but its currency still there."""
    return invariances.without_foreign_content(busy())


def packaged() -> Tree:
    """The busy scenario with a package of two components and an ally that lends half of a third."""
    components = {"most": {"programs": {"ship": 20.0}}, "few": {"programs": {"ship": 80.0}}}
    enablers = {"eyes": {"ally_by_regime": {"firewalled": 0.5}}}
    return overlay(busy(), {"packages.strike": {"title": "Strike", "components": components, "enablers": enablers}})


def estimated() -> Tree:
    """The busy scenario with promises."""
    promise = {"programs.ship.baseline_delivery": "2027-01", "programs.ship.current_estimate": "2027-04"}
    return overlay(busy(), promise)


def one_yard(slots: int) -> Tree:
    """Many customers before one first-come-first-served yard."""
    background = {"arrivals_per_month": 0.2, "size": {"dist": "exponential", "mean": 9.0}, "priority": 5}
    return plain(20, resources__yard={"kind": "slots", "capacity": slots, "background": background})


def longer() -> None:
    """A longer horizon, in a scenario whose lots all lie in the first years."""
    invariances.check_longer(busy(), SEED, 2)


GUARDS: dict[str, Guard] = {
    "money: a payment nobody appropriated": Guard(
        one(ledgers.check_money), [Break(settlement, "settle_year", after(add_outlay))]
    ),
    "money: amounts off the grid": Guard(one(ledgers.check_money), [Break(contract, "snap_bn", instead(lambda x: x))]),
    "burden: prepayment forgotten": Guard(one(ledgers.check_burden), [Break(settlement, "supplement", after(forget_credit))]),
    "burden: due payments not revalued": Guard(
        one(ledgers.check_burden), [Break(settlement, "delivery_due", instead(lambda *_: 0.0))]
    ),
    "authority: every lot funded whole": Guard(
        one(ledgers.check_authority, tight()), [Break(contract, "funded_units", instead(lambda asked, *_: asked))]
    ),
    "quantity: deliveries stay in the pipeline": Guard(
        one(ledgers.check_quantity), [Break(delivery, "leave_pipeline", instead(lambda *_: None))]
    ),
    "quantity: what a revision drops is forgotten": Guard(
        one(ledgers.check_quantity, dropping()), [Break(revision, "drop_backlog", instead(forget_backlog))]
    ),
    "quantity: more taken into service than delivered": Guard(
        one(ledgers.check_order),
        [Break(jobs.Jobs, "take_into_service", lambda sound: lambda self, p, units, t: sound(self, p, 2.0 * units, t))],
    ),
    "delay: a month charged twice": Guard(one(ledgers.check_delay), [Break(jobs.Jobs, "deliver", before(charge_twice))]),
    "delay: the months before the contract left out": Guard(
        one(ledgers.check_delay),
        [Break(ledger, "write_slip", lambda sound: lambda *a: sound(*a[:4], a[4] - 1.0, *a[5:]))],
    ),
    "cost: a cause charged without growth": Guard(one(ledgers.check_cost), [Break(contract, "charge_cost", after(overcharge))]),
    "capability: more than its best component": Guard(
        one(ledgers.check_capability, packaged()), [Break(capability, "ces", instead(lambda shares, *_: 2.0 * max(shares)))]
    ),
    "capability: an enabler that adds to what is there": Guard(
        one(ledgers.check_capability, packaged()), [Break(capability, "enabler_share", instead(lambda *_: 1.5))]
    ),
    "queue: granted beyond capacity": Guard(grants, [Break(resources.Pool, "slots", instead(lambda self, year: 9.0))]),
    "order: stages that end before they begin": Guard(
        one(ledgers.check_order), [Break(noise, "noisy_months", instead(lambda *_: -1.0))]
    ),
    "order: lots begun before their contract": Guard(
        one(ledgers.check_order),
        [
            Break(
                jobs.Jobs,
                "flow",
                lambda sound: (
                    lambda self, resumed, p, progress, units, s, t, offset: sound(
                        self, resumed, p, progress, units, s, t - 5.0, offset
                    )
                ),
            )
        ],
    ),
    "clock: a round after the budget of its day": Guard(
        one(ledgers.check_clock, talks()),
        [
            Break(
                context, "order_key", instead(lambda rank, entity: (Rank.REQUEST if rank == Rank.ROUND else rank) << 32 | entity)
            )
        ],
    ),
    "estimate: plans not fitted to their dates": Guard(
        lambda: invariances.check_calm(estimated(), SEED),
        [Break(pipelines.LotFitter, "fit", instead(lambda self, *_: self.plain()))],
    ),
    "bystander: draws by number instead of by name": Guard(bystander, [Break(compiler.Compiler, "key", instead(numbered))]),
    "yen: prices follow a currency nobody pays in": Guard(
        lambda: invariances.check_yen(domestic(), SEED),
        [Break(contract, "passthrough_mult", instead(lambda rate, reference, share: rate / reference))],
    ),
    "scale: a rule in absolute money": Guard(
        lambda: invariances.check_scale(tight(), SEED),
        [
            Break(
                contract,
                "affordable_units",
                lambda sound: lambda w, s, p, y, unit, headroom: sound(w, s, p, y, unit + 1.0, headroom),
            )
        ],
    ),
    "horizon: draws that know the last year": Guard(
        longer, [Break(compiler.Compiler, "key", lambda sound: lambda self, address: sound(self, f"{address}/{self.years}"))]
    ),
    "contracts: what is owed forgotten": Guard(one(ledgers.check_contracts), [Break(contract, "pay_home", after(owe_less))]),
    "order: programs numbered as the file has them": Guard(
        lambda: relations.check_same(busy(), relations.turned_around(busy()), SEED),
        [Break(compiler.Compiler, "__init__", after(by_file)), Break(compiler.Compiler, "key", instead(numbered))],
    ),
    "inert: draws by number instead of by name": Guard(
        lambda: beside("a plant of others"), [Break(compiler.Compiler, "key", instead(numbered))]
    ),
    "inert: a tax in its time that is missed": Guard(
        lambda: beside("a tax in its time"),
        [Break(budget, "tax_shortfall_bn", instead(lambda plan, *_: 5.0 * len(plan.tax_months)))],
    ),
    "years: prices that know the calendar": Guard(
        lambda: relations.check_years(busy(), SEED, 3),
        [Break(contract, "price_drift", lambda sound: lambda plan, *rest: sound(plan, *rest) * plan.first_fy / 2025)],
    ),
    "months: dates counted from January": Guard(
        lambda: relations.check_months(estimated(), SEED, 6), [Break(Horizon, "months", instead(of_january))]
    ),
    "units: learning by their absolute number": Guard(
        lambda: relations.check_halves(busy(), SEED),
        [Break(contract, "learning_mult", instead(lambda made, reference, slope: 1.0 + made / 1000.0))],
    ),
    "arrivals: draws that know the last year": Guard(
        lambda: relations.check_arrived(busy(), SEED, 2),
        [Break(compiler.Compiler, "key", lambda sound: lambda self, address: sound(self, f"{address}/{self.years}"))],
    ),
    "resolved: a file without its prices": Guard(
        lambda: relations.check_resolved(busy(), SEED),
        [Break(loader.LoadedScenario, "resolved", lambda sound: lambda self: overlay(sound(self), {"economy.escalation": {}}))],
    ),
    "capacity: another slot that serves nobody": Guard(
        lambda: invariances.check_capacity(one_yard(2), one_yard(3), SEED),
        [Break(resources.Pool, "slots", lambda sound: lambda self, year: 4.0 - sound(self, year))],
    ),
}


def said(guard: Guard) -> str:
    """The identity's complaint in its first line, or nothing."""
    try:
        guard.look()
    except AssertionError as complaint:
        return f"AssertionError: {str(complaint).splitlines()[0] if str(complaint) else 'no'}"
    return ""


def main() -> None:
    """Look with the engine sound and with it broken."""
    found = {}
    for name, guard in GUARDS.items():
        sound = said(guard)
        with broken(guard.breaks):
            found[name] = (sound, said(guard))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
