"""Why two runs differ: the difference of an outcome, shared out among the groups of inputs that were changed.

The worth of some groups together is the outcome of the mixture that has them from B. Shares are Shapley values of it: they add
up to the whole difference, and no order in which changes could be made is preferred.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import xxhash

from alliancesim.errors import RequestError
from alliancesim.study.differences import shapley
from alliancesim.study.differences.changes import changes, inputs
from alliancesim.study.differences.compared import Compared
from alliancesim.study.differences.difference import UNKNOWN, bounded_cell, moved
from alliancesim.study.differences.grouping import ChangeGroup, grouped
from alliancesim.study.differences.mixture import Mixtures
from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Progress, Run, make_fanout
from alliancesim.study.sheet import Sheet
from alliancesim.study.statistics.estimate import Value
from alliancesim.study.statistics.paired import Functional, WeightedSum

DEFAULT_ORDERS = 64
LEAST_ORDERS, MOST_ORDERS = 4, 4096
MOST_NAMED = 4


@dataclass(frozen=True)
class Share:
    """What one group of inputs contributes."""

    group: ChangeGroup
    value: Value


@dataclass(frozen=True)
class Decomposition:
    """The difference of one statistic of one outcome, shared out."""

    outcome: Compared
    statistic: str
    total: Value
    """B - A."""
    bound: str | None
    """How total and shares are to be read where a quantile lies beyond the horizon, see `difference.moved`."""
    shares: list[Share]
    """The largest first; they add up to the total. All nan where that is unknown."""
    mixtures: int
    orders: int
    """Sampled orders; 0 where the shares are exact."""

    def __str__(self) -> str:
        return str(self.sheet())

    def sheet(self) -> Sheet:
        """The table for people."""
        scale, unit = self.outcome.column.scale
        columns = ["changed inputs", "which", "share of B - A"]
        sheet = Sheet(f"Why {self.outcome.name} differs ({self.statistic}, {unit})", columns, text_columns=2)
        unknown = self.bound if self.bound == UNKNOWN else None
        for one in self.shares:
            names = [change.name for change in one.group.changes]
            which = ", ".join(names[:MOST_NAMED]) + (f", {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
            sheet.rows.append([one.group.name, which, bounded_cell(one.value, unknown, scale)])
        sheet.rows.append(["all", "", bounded_cell(self.total, self.bound, scale)])
        how = f"over {self.orders} sampled orders of the groups" if self.orders else "exact"
        sheet.note = f"Shapley values, {how}; {self.mixtures:,} mixtures of A and B simulated. Shares add up before rounding."
        if self.bound is not None:
            sheet.note += " Quantiles count up to the horizon."
        return sheet

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        shares = [
            {"group": one.group.name, **one.value.plain(), "inputs": [change.name for change in one.group.changes]}
            for one in self.shares
        ]
        head = {"outcome": self.outcome.name, "statistic": self.statistic, "unit": self.outcome.column.unit}
        total = self.total.plain() | ({} if self.bound is None else {"bound": self.bound})
        return head | {"total": total, "mixtures": self.mixtures, "orders": self.orders, "shares": shares}


def decompose(
    a: Run, b: Run, n: int, of: Sequence[str], groups: Sequence[str] = (), workers: int = 1,
    progress: Progress | None = None, engine: str | None = None, orders: int | None = None,
) -> list[Decomposition]:  # fmt: skip
    """Share out the differences of outcomes among the groups of inputs in which b differs from a.

    Args:
        a, b: two runs of one seed.
        n: replications, at most those of either run.
        of: outcomes, each for its mean or with a statistic behind it, such as `programs.ship.slip_months.P80`.
        groups: patterns, see `grouping.grouped`.
        workers: threads.
        progress: told of the replications of all mixtures.
        engine: `batch` or `reference`.
        orders: sampled where there are more than 10 groups; an even number, default 64.

    Raises:
        RequestError: an outcome or pattern is unknown, a mixture is no scenario, or a run is not what its inputs give today.
    """
    sampled = chosen_orders(orders)
    if not of:
        return []
    found = grouped(changes(inputs(a), inputs(b)), groups)
    wanted = [Functional.behind(text) for text in of]
    mixtures = Mixtures(a, b, n, found, [name for name, _ in wanted], make_fanout(engine, workers))
    if len(found) <= shapley.MOST_EXACT:
        scheme = shapley.exact(len(found))
    else:
        scheme = shapley.sampled([group.name for group in found], sampled, a.seed)
    games = [_Game(scheme, functional) for _, functional in wanted]
    for done, mixture in enumerate(sorted(scheme.weights)):

        def tell(ready: int, _: int, done: int = done) -> None:
            if progress is not None:
                progress(done * n + ready, len(scheme.weights) * n)

        for game, observed in zip(games, mixtures.values(mixture, tell), strict=True):
            game.play(mixture, observed.known(game.functional.p))
    decompositions = []
    for i, game in enumerate(games):
        total, bound = moved(mixtures.in_a[i], mixtures.in_b[i], game.functional)
        parts = [total] * len(found) if len(found) == 1 or bound == UNKNOWN else game.shares()
        shares = [Share(group, value) for group, value in zip(found, parts, strict=True)]
        shares.sort(key=lambda share: (-abs(share.value.value), share.group.name))
        decompositions.append(
            Decomposition(
                mixtures.outcomes[i], game.functional.name, total, bound, shares, len(scheme.weights), len(scheme.orders)
            )
        )  # fmt: skip
    return decompositions


def chosen_orders(orders: int | None) -> int:
    """How many orders are sampled. Raises RequestError for a number that makes no sense."""
    chosen = DEFAULT_ORDERS if orders is None else orders
    if not LEAST_ORDERS <= chosen <= MOST_ORDERS or chosen % 2:
        message = f"orders = {chosen}; an even number from {LEAST_ORDERS} to {MOST_ORDERS:,}"
        raise RequestError(message)
    return chosen


@dataclass
class _Game:
    """One statistic of one outcome, as its mixtures come in."""

    scheme: shapley.Scheme
    functional: Functional
    worth: dict[int, float] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    """Hash of the values of a mixture."""
    sums: list[WeightedSum] = field(default_factory=list)

    def play(self, mixture: int, values: Floats) -> None:
        """One more mixture."""
        one = self.functional.of(values)
        self.worth[mixture], self.marks[mixture] = one.value, xxhash.xxh3_128_hexdigest(values.tobytes())
        self.sums = self.sums or [WeightedSum() for _ in range(self.scheme.players)]
        for total, weight in zip(self.sums, self.scheme.weights[mixture], strict=True):
            if weight != 0.0:
                total.add(float(weight), one)

    def shares(self) -> list[Value]:
        """Every group's share. A group that changes no replication of any mixture has none, exactly."""
        errors = self.scheme.sampling_error(self.worth)
        found = []
        for i, total in enumerate(self.sums):
            gains = [(mixture, mixture ^ 1 << i) for mixture in self.marks if mixture ^ 1 << i in self.marks]
            idle = all(self.marks[one] == self.marks[other] for one, other in gains)
            found.append(Value(0.0, 0.0, 0.0) if idle else _widened(total.value(), float(errors[i])))
        return found


def _widened(value: Value, error: float) -> Value:
    """An interval with an independent error of half its width more."""
    if value.low is None or value.high is None or error == 0.0:
        return value
    half = math.hypot(0.5 * (value.high - value.low), error)
    return Value.around(value.value, half)
