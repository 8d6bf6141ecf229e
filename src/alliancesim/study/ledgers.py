"""The delay and cost ledgers of a run, replication by replication: of every program, of pillars and of the portfolio.

All values lie on binary grids, so in every replication the causes sum to the total exactly, also after weighting: a
program's weight is a multiple of 1 / WEIGHTS, and the weights of a group sum to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.plan.columns import CAUSES, COST_CAUSES
from alliancesim.study.apportion import apportioned
from alliancesim.study.runs.layout import Floats
from alliancesim.study.runs.run import Run
from alliancesim.units import MONEY_TICKS, MONTH_TICKS

WEIGHTS = 2**16
BY_VALUE, EQUAL = "value", "equal"
WEIGHTINGS = (BY_VALUE, EQUAL)


@dataclass(frozen=True)
class Kind:
    """One ledger of table `programs`: a total, and the columns its causes stand in."""

    name: str
    title: str
    unit: str
    causes: tuple[str, ...]
    columns: tuple[str, ...]
    steps: int
    """Steps of the grid its values lie on, in a unit."""
    censored: str | None = None
    base: str | None = None
    """The column the total is added to, where that is an amount of its own."""


KINDS = (
    Kind(
        "first_delivery", "Delay of the first delivery", "months", CAUSES, tuple(f"delay_{cause}_months" for cause in CAUSES),
        int(MONTH_TICKS), censored="first_delivery_censored",
    ),
    Kind(
        "completion", "Delay of the last planned unit", "months", CAUSES,
        tuple(f"completion_delay_{cause}_months" for cause in CAUSES), int(MONTH_TICKS), censored="completion_censored",
    ),
    Kind(
        "cost", "Cost growth of what is contracted", "bn", COST_CAUSES, tuple(f"cost_{cause}_bn" for cause in COST_CAUSES),
        int(MONEY_TICKS), base="planned_cost_bn",
    ),
)  # fmt: skip


@dataclass
class Ledger:
    """One ledger of one program, pillar, other bucket, or of the portfolio."""

    kind: Kind
    level: str
    name: str
    parts: Floats
    """Shape (cause, replication), on the grid of 1 / steps."""
    steps: int
    late: np.ndarray[Any, np.dtype[np.bool_]]
    """Where a delivery is censored, so that the total is the delay run up by the horizon. Shape (replication,)."""
    base: Floats | None
    weight_share: float = 1.0
    """Weight of a program in the portfolio."""

    def total(self) -> Floats:
        """The sum of the causes, exact on the grid. Shape (replication,)."""
        total: Floats = self.parts.sum(axis=0)
        return total


def ledgers(run: Run, kind: Kind, program: str | None = None, weighting: str = BY_VALUE) -> Iterator[Ledger]:
    """The ledgers of one kind: each program's, after those of a bucket the bucket's, at last the portfolio's.

    Costs are summed, over the programs that have a bucket; others take no home money. Delays are averaged, by value (mean
    planned cost of what is contracted within the horizon) or equally; residual programs, which stand for money and not for a
    thing delivered, are left out of them.

    Args:
        run: the run.
        kind: one of KINDS.
        program: this program's alone.
        weighting: one of WEIGHTINGS.

    Raises:
        RequestError: there is no such program or weighting.
        StoreError: a file is damaged.
    """
    names, described = run.layout.programs, run.manifest["programs"]
    run.layout.demand_program(program, run.scenario)
    if weighting not in WEIGHTINGS:
        message = f"no weights '{weighting}'; there are {', '.join(WEIGHTINGS)}"
        raise RequestError(message)
    left_out = {
        p for p, name in enumerate(names) if (described[name]["bucket"] is None if kind.base else described[name]["residual"])
    }
    counted = [p for p in range(len(names)) if p not in left_out]
    members = {bucket: [p for p in counted if described[names[p]]["bucket"] == bucket] for bucket in (*run.layout.buckets, None)}
    values = {} if kind.base else _values(run, counted, weighting)
    in_portfolio = {p: WEIGHTS for p in counted} if kind.base else _weights(values)
    if program is not None:
        p = names.index(program)
        yield from _each(run, kind, {p: in_portfolio.get(p, 0)})
        return
    portfolio = _Sum(run, kind)
    for bucket, inside in members.items():
        in_bucket = {p: WEIGHTS for p in inside} if kind.base else _weights({p: values[p] for p in inside})
        own = _Sum(run, kind)
        for one in _each(run, kind, {p: in_portfolio[p] for p in inside}):
            yield one
            own.add(one, in_bucket[names.index(one.name)])
            portfolio.add(one, in_portfolio[names.index(one.name)])
        if inside and bucket is not None:
            yield own.ledger("pillar" if run.manifest["buckets"][bucket]["pillar"] else "bucket", bucket)
    if counted:
        yield portfolio.ledger("portfolio", "portfolio")


class _Sum:
    """Ledgers added up with weights in steps of 1 / WEIGHTS."""

    def __init__(self, run: Run, kind: Kind) -> None:
        self.kind = kind
        self.parts = np.zeros((len(kind.causes), run.n))
        self.late = np.zeros(run.n, np.bool_)
        self.base = np.zeros(run.n) if kind.base else None

    def add(self, one: Ledger, weight: int) -> None:
        if weight == 0:
            return
        share = weight / WEIGHTS
        self.parts += one.parts * share
        self.late |= one.late
        if self.base is not None and one.base is not None:
            self.base += one.base * share

    def ledger(self, level: str, name: str) -> Ledger:
        steps = self.kind.steps * (1 if self.kind.base else WEIGHTS)
        return Ledger(self.kind, level, name, self.parts, steps, self.late, self.base)


def _each(run: Run, kind: Kind, weights: Mapping[int, int]) -> Iterator[Ledger]:
    columns = [*kind.columns, *(column for column in (kind.censored, kind.base) if column)]
    for p, read in run.by_key("programs", columns, list(weights)):
        values = dict(zip(columns, read, strict=True))
        late = values[kind.censored] > 0.0 if kind.censored else np.zeros(run.n, np.bool_)
        yield Ledger(
            kind, "program", run.layout.programs[p], np.stack([values[column] for column in kind.columns]), kind.steps, late,
            values[kind.base] if kind.base else None, weights[p] / WEIGHTS,
        )  # fmt: skip


def _values(run: Run, programs: list[int], weighting: str) -> dict[int, Fraction]:
    """What the programs weigh in an average."""
    if weighting == EQUAL:
        return dict.fromkeys(programs, Fraction(1))
    return {p: Fraction(float(cost.mean())) for p, (cost,) in run.by_key("programs", ["planned_cost_bn"], programs)}


def _weights(values: Mapping[int, Fraction]) -> dict[int, int]:
    """Weights in steps of 1 / WEIGHTS that sum to WEIGHTS; equal where nothing is contracted."""
    total = sum(values.values())
    shares = [value / total if total else Fraction(1, len(values)) for value in values.values()]
    return dict(zip(values, apportioned([share * WEIGHTS for share in shares]), strict=True))
