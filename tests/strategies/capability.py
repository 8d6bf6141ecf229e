"""Packages, readiness and a scorecard."""

from __future__ import annotations

from harness import Tree
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from strategies.values import REGIMES, amounts, shares


@st.composite
def capabilities(draw: DrawFn, programs: list[str]) -> Tree:
    """A package or two, readiness and a scorecard over any of the programs."""

    def units() -> Tree:
        names = draw(st.lists(st.sampled_from(programs), min_size=1, max_size=2, unique=True))
        return {name: draw(amounts(1, 30)) for name in names}

    packages: Tree = {}
    for name in ("strike", "shield")[: draw(st.integers(1, 2))]:
        count = draw(st.integers(1, 3))
        enablers: Tree = {}
        if draw(st.booleans()):
            enablers["eyes"] = {"ally_by_regime": {regime: draw(shares) for regime in REGIMES[: draw(st.integers(1, 4))]}}
        if draw(st.booleans()):
            enablers.setdefault("eyes", {})["programs"] = units()
        packages[name] = {
            "title": "A package",
            "elasticity": draw(st.sampled_from((0.0, 0.5, 1.0, 2.0, 0.999999))),
            "components": {f"c{i}": {"weight": draw(amounts(0.1, 2)), "programs": units()} for i in range(count)},
            "enablers": enablers,
        }
    outcomes = ("fiscal_years.availability_share", "fiscal_years.support_share", "packages.strike.capability_share",
                f"program_years.{programs[0]}.delivered_units", "fiscal_years.operational_arms_bn")  # fmt: skip
    indicators = {
        f"i{i}": {"outcome": outcome, "low": draw(amounts(0, 1)), "high": draw(amounts(2, 9)), "weight": draw(amounts(0.1, 2))}
        for i, outcome in enumerate(draw(st.lists(st.sampled_from(outcomes), min_size=1, max_size=4)))
    }
    return {
        "packages": packages,
        "readiness": {
            "need_bn": draw(amounts(0, 200)),
            "paid_bucket": draw(st.sampled_from(("arms", "fleet", "bases"))),
            "elasticity": draw(st.sampled_from((0.0, 0.5, 1.0))),
        },
        "scorecard": {
            "cutpoints": {"A": 70.0, "B": 0.0},
            "trend_years": 1,
            "areas": {"force": {"title": "The force", "indicators": indicators}},
        },
    }
