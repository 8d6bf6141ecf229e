"""The linkage's state between and at its events: pressure, support, regime, the outcome of a round."""

from __future__ import annotations

import math

from alliancesim.kernels import kernel
from alliancesim.plan.fields import (
    COMMITMENT_BN,
    CONCESSIONS,
    CUT_FAILURE,
    CUT_FAVORABLE,
    DEMAND_INTERCEPT,
    DEMAND_PRESSURE,
    DEMAND_PROBABILITY,
    DEMAND_SHARE,
    DEMAND_SUPPORT,
    HNS_MULT,
    LOGIT_CONCESSIONS,
    LOGIT_PRESSURE,
    LOGIT_SUPPORT,
    LOGIT_TIES,
    NEW_TARIFF,
    PRESSURE_ADD,
    PRESSURE_MULT,
    REFUSAL_PRESSURE,
    REGIME_CEILING,
    STATEMENT_SIZE,
    STATEMENTS_CEILING,
    SUPPORT_DRAG,
    SUPPORT_HALF_LIFE,
    SUPPORT_MEAN,
    TIES,
    TIES_DAMPING,
)
from alliancesim.plan.layout import (
    LINK_HALF_LIFE,
    LINK_HNS,
    LINK_PRESSURE,
    LINK_REGIME,
    LINK_SUPPORT,
    LINK_TARIFF,
    LINK_TIME,
    Plan,
    State,
    World,
)
from alliancesim.rules.draws import exponential, uniform
from alliancesim.rules.grid import snap_duration
from alliancesim.rules.linkage import damped_pressure, logistic, pressure_at, read_share, round_result, round_score, support_at

STATEMENT_DRAWS, REGIME_DRAWS = 3, 2
"""Draws that a candidate of a Poisson clock has to itself, the one of its date first."""


@kernel
def pressure_now(s: State, t: float) -> float:
    """Pressure at month t, at or after the last linkage event; reading changes nothing."""
    return pressure_at(s.link[LINK_PRESSURE], s.link[LINK_HALF_LIFE], t - s.link[LINK_TIME])


@kernel
def ties_now(plan: Plan, w: World, s: State) -> float:
    """Partner ties: the lever, and the condition that is added to it."""
    ties = w.scalar[TIES]
    return ties if plan.ties_condition < 0 else ties + s.condition[plan.ties_condition]


@kernel
def felt_pressure(plan: Plan, w: World, s: State, t: float) -> float:
    """Pressure at month t as a stage feels it that begins then."""
    pressure = pressure_now(s, t)
    damping = w.scalar[TIES_DAMPING]
    return pressure if damping == 0.0 else damped_pressure(pressure, damping, ties_now(plan, w, s))


@kernel
def support_now(w: World, s: State, t: float) -> float:
    """Domestic support (0-1) at month t; reading changes nothing."""
    return read_share(latent_now(w, s, t))


@kernel
def latent_now(w: World, s: State, t: float) -> float:
    """Unbounded support at month t."""
    a = w.scalar
    return support_at(s.link[LINK_SUPPORT], s.link[LINK_PRESSURE], a[SUPPORT_MEAN], a[SUPPORT_HALF_LIFE], a[SUPPORT_DRAG],
                      s.link[LINK_HALF_LIFE], t - s.link[LINK_TIME])  # fmt: skip


@kernel
def rebase(w: World, s: State, t: float) -> None:
    """Bring pressure and support to month t, from where they go on."""
    latent = latent_now(w, s, t)
    s.link[LINK_PRESSURE] = pressure_now(s, t)
    s.link[LINK_SUPPORT] = latent
    s.link[LINK_TIME] = t


@kernel
def jump(w: World, s: State, t: float, pressure_mult: float, pressure_add: float, support_add: float) -> None:
    """A linkage event: bring the state to t, then move it. One that moves nothing is none, to the bit."""
    if pressure_mult == 1.0 and pressure_add == 0.0 and support_add == 0.0:
        return
    rebase(w, s, t)
    s.link[LINK_PRESSURE] = s.link[LINK_PRESSURE] * pressure_mult + pressure_add
    s.link[LINK_SUPPORT] += support_add


@kernel
def next_candidate(seed: int, replication: int, key: int, index: int, per_month: float) -> float:
    """Months to the next event of a Poisson process."""
    return snap_duration(exponential(uniform(seed, replication, key, index)) / per_month)


@kernel
def meet_statement(plan: Plan, w: World, s: State, seed: int, replication: int, index: int, t: float) -> bool:
    """Thin a candidate statement by the regime's rate; if it stands, pressure jumps. True if it stands."""
    u = uniform(seed, replication, plan.statement_key, index + 1)
    if u * w.scalar[STATEMENTS_CEILING] >= w.statement_rate[int(s.link[LINK_REGIME])]:
        return False
    size = w.scalar[STATEMENT_SIZE] * exponential(uniform(seed, replication, plan.statement_key, index + 2))
    jump(w, s, t, 1.0, size, 0.0)
    return True


@kernel
def meet_regime(plan: Plan, w: World, s: State, seed: int, replication: int, index: int) -> bool:
    """One step of the uniformized chain. True if the regime changed."""
    here = int(s.link[LINK_REGIME])
    u = uniform(seed, replication, plan.regime_key, index + 1) * w.scalar[REGIME_CEILING]
    for other in range(4):
        if other == here:
            continue
        if u < w.regime_rate[here, other]:
            s.link[LINK_REGIME] = float(other)
            return True
        u -= w.regime_rate[here, other]
    return False


@kernel
def meet_round(plan: Plan, w: World, s: State, seed: int, replication: int, number: int, index: int, known: int, t: float) -> int:
    """Hold a negotiating round at month t and apply its outcome; returns the result.

    known: result on record, NONE to draw it. What a round on record demanded is on record too, so it demands nothing more.
    """
    a = w.scalar
    support, pressure = support_now(w, s, t), pressure_now(s, t)
    result = known
    if known < 0:
        score = round_score(support, pressure, a[CONCESSIONS], ties_now(plan, w, s), a[LOGIT_SUPPORT], a[LOGIT_PRESSURE],
                            a[LOGIT_CONCESSIONS], a[LOGIT_TIES])  # fmt: skip
        result = round_result(uniform(seed, replication, plan.round_key[number], index), score, a[CUT_FAILURE], a[CUT_FAVORABLE])
    row = number * 3 + result
    o = w.round_outcome[row]
    jump(w, s, t, o[PRESSURE_MULT], o[PRESSURE_ADD], 0.0)
    if plan.round_outcome_regime[row] >= 0:
        s.link[LINK_REGIME] = float(plan.round_outcome_regime[row])
    if o[NEW_TARIFF] >= 0.0:
        s.link[LINK_TARIFF] = o[NEW_TARIFF]
    if plan.round_hns[number] == 1:
        s.link[LINK_HNS] *= o[HNS_MULT]
    year = int(math.ceil(t / 12.0))
    for k in range(plan.round_outcome_commitment_years[row]):
        if year + k < len(s.commitment):
            s.commitment[year + k] += o[COMMITMENT_BN]
    demands = known < 0 and o[DEMAND_PROBABILITY] > 0.0
    if demands and uniform(seed, replication, plan.demand_key[number], 2 * index) < o[DEMAND_PROBABILITY]:
        chance = logistic(a[DEMAND_INTERCEPT] + a[DEMAND_SUPPORT] * support - a[DEMAND_PRESSURE] * pressure)
        if uniform(seed, replication, plan.demand_key[number], 2 * index + 1) < chance:
            for y in range(year, len(s.demand)):
                phase = min(1.0, float(y - year + 1) / float(plan.demand_phase_years))
                s.demand[y] += o[DEMAND_SHARE] * phase
        else:
            jump(w, s, t, 1.0, a[REFUSAL_PRESSURE], 0.0)
    return result
