"""What may change the plan while it runs: revisions, cost review, bids, diversion. The part of compilation that knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alliancesim.plan.arrays import floats, ints
from alliancesim.plan.fields import BID, COST_REVIEW, TOPLINE_ADD, TOPLINE_AS_IS, TOPLINE_SHARE
from alliancesim.plan.layout import NEVER, NONE
from alliancesim.plan.params import Vector
from alliancesim.rules.linkage import REGIMES
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.values import Dated


def revisions_of(scenario: Scenario) -> list[str]:
    """The names of the revisions in the order of their dates, those without a date last."""
    revisions = scenario.money.revisions
    return sorted(revisions, key=lambda name: (revisions[name].date or "9999", name))


def revised_topline(scenario: Scenario, name: str) -> tuple[int, str, Dated | None]:
    """What a revision's dated series does to the topline, the series' path, and the series."""
    revision = scenario.money.revisions[name]
    path = f"money.revisions.{name}"
    if revision.topline_share_of_gdp is not None:
        return TOPLINE_SHARE, f"{path}.topline_share_of_gdp", revision.topline_share_of_gdp
    if revision.topline_add_bn is not None:
        return TOPLINE_ADD, f"{path}.topline_add_bn", revision.topline_add_bn
    return TOPLINE_AS_IS, path, None


def compile_changes(
    scenario: Scenario, vector: Vector, programs: list[str], buckets: list[str], key: Callable[[str], int]
) -> dict[str, Any]:
    """The fields of the plan that hold revisions, cost review, bids and diversion; `key` hashes addresses."""
    blocks = [scenario.programs[name] for name in programs]
    names, conditions = revisions_of(scenario), sorted(scenario.conditions)
    revisions = [scenario.money.revisions[name] for name in names]
    bids = {p: block.bid for p, block in enumerate(blocks) if block.bid is not None and block.bid.result is None}

    def month(date: str | None) -> float:
        return NEVER if date is None else scenario.horizon.months(date)

    def at(paths: list[str]) -> list[int]:
        return [vector.at(path, optional=True) for path in paths]

    def index(name: str | None) -> int:
        return NONE if name is None else programs.index(name)

    residual = {block.bucket: p for p, block in enumerate(blocks) if block.residual}
    triggers = [revision.triggers for revision in revisions]
    earliest = [
        NEVER if trigger is None else 0.0 if revision.earliest is None else month(revision.earliest)
        for revision, trigger in zip(revisions, triggers, strict=True)
    ]
    regimes = [NONE if t is None or t.regime is None else REGIMES.index(t.regime) for t in triggers]
    count = len(names)
    return {
        "bucket_residual": ints([residual.get(name, NONE) for name in buckets], len(buckets)),
        "revision_months": floats([month(revision.date) for revision in revisions]),
        "revision_earliest": floats(earliest),
        "revision_lost_at": ints(at([f"money.revisions.{n}.triggers.purchasing_power_lost_share" for n in names]), count),
        "revision_regime": ints(regimes, count),
        "revision_demand": ints([int(t is not None and t.demand_accepted) for t in triggers], count),
        "revision_mult_at": ints([vector.at(f"money.revisions.{n}.topline_mult") for n in names], count),
        "revision_topline": ints([revised_topline(scenario, name)[0] for name in names], count),
        "revision_authority_at": ints(
            [at([f"money.revisions.{n}.authority_mult.{b}" for b in buckets]) for n in names], count, len(buckets)
        ),
        "revision_scale_at": ints(
            [at([f"money.revisions.{n}.scales.{p}" for p in programs]) for n in names], count, len(programs)
        ),
        "revision_adds": ints([[int(p in r.adds) for p in programs] for r in revisions], count, len(programs)),
        "revision_cancels": ints([[int(p in r.cancels) for p in programs] for r in revisions], count, len(programs)),
        "review_at": ints(at([f"money.cost_review.{item}" for item in COST_REVIEW]), len(COST_REVIEW)),
        "review_key": ints([key(f"program/{name}/review") for name in programs], len(programs)),
        "bid_at": ints([at([f"programs.{programs[p]}.bid.{item}" for item in BID]) for p in bids], len(bids), len(BID)),
        "bid_condition_at": ints(
            [at([f"programs.{programs[p]}.bid.conditions.{c}" for c in conditions]) for p in bids], len(bids), len(conditions)
        ),
        "bid_program": ints(list(bids), len(bids)),
        "bid_months": floats([month(bid.decision) for bid in bids.values()]),
        "bid_key": ints([key(f"program/{programs[p]}/bid") for p in bids], len(bids)),
        "learning_of": ints([index(block.bid.learning_of if block.bid else None) for block in blocks], len(programs)),
        "divert_to": ints([index(block.divert_to) for block in blocks], len(programs)),
        "divert_regimes": ints(
            [[int(block.divert_to is not None and regime in block.divert_regimes) for regime in REGIMES] for block in blocks],
            len(programs), len(REGIMES),
        ),
    }  # fmt: skip
