"""A tax that comes late lacks in the toplines what it would have brought meanwhile, in whatever budgets that is counted."""

from __future__ import annotations

import random

from harness import Simulation, Tree, plain
from strategies.values import date

YEARS, TOPLINE, YIELD = 12, 10000.0, 64.0


def test_toplines_lack_what_a_late_tax_would_have_brought() -> None:
    rng, late = random.Random(3), 0
    for replication in range(250):
        due = rng.randrange(48)
        share = rng.choice([1.0, 0.5])
        surtax: Tree = {
            "date": date(due), "yield_bn": YIELD, "threshold_share": rng.choice([0.3, 0.5, 0.6]), "shortfall_share": share,
            "postponed_months": rng.choice([1, 5, 7, 12, 18]), "support_hit_share": rng.choice([0.0, 0.1]),
        }  # fmt: skip
        linkage: Tree = {
            "initial_regime": "contested",
            "pressure": {
                "initial": rng.uniform(0, 2),
                "half_life_months": 9.0,
                "statement_size": 0.7,
                "statements_per_month": {"contested": 0.1},
            },
            "support": {
                "initial_share": rng.uniform(0.2, 0.9),
                "mean_share": 0.7,
                "pressure_drag_per_month": 0.05,
                "half_life_months": 10.0,
            },
        }
        run = Simulation(plain(YEARS, money__topline_bn=TOPLINE, money__taxes={"surtax": surtax}, linkage=linkage)).traced(
            1, replication
        )
        passed = [line.months for line in run.told if line.subject == "tax surtax" and line.text == "takes effect"]
        if not passed or passed[0] > 12.0 * (YEARS - 1):
            continue  # no later budget settles what the last ones counted
        late += passed[0] > due
        lack = float(sum(TOPLINE - run.fiscal("topline_bn")))
        assert abs(lack - YIELD * share * (passed[0] - due) / 12.0) < 1e-4, (replication, lack, passed[0], due)
    assert late > 20
