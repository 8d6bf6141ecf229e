"""Currencies, their processes, and growth."""

from __future__ import annotations

from harness import Tree
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from strategies.values import CURRENCIES, FIRST_FY, RECORD, RECORD_MONTHS, amounts, growths, months, rarely, shares


@st.composite
def processes(draw: DrawFn, rate: float, on_record: bool) -> Tree:
    """A process of any kind; resampling only where there is a record to resample."""
    kinds = ("gbm", "fixed", "ou", "jump_diffusion", "regime_switching", "bootstrap")
    kind = draw(st.sampled_from(kinds[: 6 if on_record else 5]))
    walk = {"volatility_per_month": 0.03, "drift_per_month": draw(st.sampled_from((0.0, 0.002)))}
    if kind == "fixed":
        return {"kind": kind}
    if kind == "gbm":
        return {"kind": kind} | walk
    if kind == "ou":
        return {"kind": kind, "volatility_per_month": 0.03, "level_rate": rate * 0.9, "half_life_months": 30.0}
    if kind == "jump_diffusion":
        jumps = {"jumps_per_month": draw(st.sampled_from((0.0, 0.1, 3.0))), "jump_mean_log": 0.01}
        return {"kind": kind, "jump_sd_log": draw(st.sampled_from((0.0, 0.05)))} | walk | jumps
    if kind == "regime_switching":
        turbulent = walk | {"volatility_per_month": 0.06, "leave_probability": draw(st.sampled_from((0.0, 0.3, 1.0)))}
        tree: Tree = {"kind": kind, "calm": walk | {"leave_probability": draw(shares)}, "turbulent": turbulent}
        return tree | ({"turbulent_probability": draw(shares)} if draw(st.booleans()) else {})
    return {"kind": kind, "mean_block_months": draw(st.sampled_from((1.0, 6.0))), "history_from": draw(months(-300, -13))}


@st.composite
def currencies(draw: DrawFn, years: int, fact: int) -> Tree:
    """No currency up to three; fact: months that are history."""
    blocks: Tree = {}
    for name in CURRENCIES[: draw(st.integers(0, 3))]:
        rate = draw(amounts(50, 200))
        on_record = fact <= RECORD_MONTHS and draw(rarely(3))
        known = draw(st.integers(0, min(2, years - 1)))
        blocks[name] = {
            "spot_rate": rate,
            "process": draw(processes(rate, on_record)),
            "plan_rate": draw(st.sampled_from((rate, {FIRST_FY: rate * 0.9, "then_growth_share": -0.01}))),
            "budget_rate": {FIRST_FY + y: rate * draw(st.sampled_from((1.0, 0.9, 1.1))) for y in range(known + 1)},
            "cover_share": draw(st.sampled_from((0.0, 0.3))),
        }
        if on_record:
            blocks[name]["history"] = RECORD
            del blocks[name]["spot_rate"]
    return blocks


@st.composite
def growth(draw: DrawFn) -> Tree:
    """An AR(1) of prices or of GDP."""
    block: Tree = {"mean_share": draw(growths)}
    if draw(st.booleans()):
        block |= {"sd_share": 0.015, "persistence_share": draw(st.sampled_from((0.0, 0.5)))}
    if draw(rarely(3)):
        block["known_share"] = {FIRST_FY + 1: draw(growths)}
    return block
