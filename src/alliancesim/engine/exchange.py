"""Exchange rates of one replication: correlated scores, the path of each currency's process, shocks, and the rates of a year."""

from __future__ import annotations

import math

import numpy as np

from alliancesim.kernels import kernel
from alliancesim.plan.fields import (
    CALM_DRIFT,
    CALM_VOLATILITY,
    DRIFT,
    HALF_LIFE,
    JUMP_MEAN,
    JUMP_SD,
    JUMPS,
    LEAVE_CALM,
    LEAVE_TURBULENT,
    LEVEL,
    MEAN_BLOCK,
    SHOCK_HALF_LIFE,
    SHOCK_HAZARD,
    SHOCK_RAMP,
    SHOCK_SIZE,
    SPOT,
    TURBULENT,
    TURBULENT_DRIFT,
    TURBULENT_VOLATILITY,
    VOLATILITY,
    W_EXCHANGE,
)
from alliancesim.plan.layout import BEFORE_MONTHS, NEVER, NONE, Plan, World
from alliancesim.rules.draws import exponential, normal_share, uniform
from alliancesim.rules.elementary import exp, log
from alliancesim.rules.exchange import (
    BOOTSTRAP,
    GBM,
    JUMP_DIFFUSION,
    OU,
    REGIME_SWITCHING,
    gbm_step,
    jump_count,
    jump_drift,
    jump_log,
    long_run_turbulent,
    next_turbulent,
    ou_step,
    resampled_position,
    shock_log,
)


@kernel
def cholesky(plan: Plan, w: World, root) -> None:  # type: ignore[no-untyped-def]
    """Lower root of the currencies' correlation matrix in the order of `exchange_order`, into `root` (C, C)."""
    for i in range(len(plan.process)):
        for j in range(i + 1):
            at = plan.correlation_at[plan.exchange_order[i], plan.exchange_order[j]]
            total = 1.0 if i == j else (w.values[at] if at >= 0 else 0.0)
            for k in range(j):
                total -= root[i, k] * root[j, k]
            root[i, j] = math.sqrt(max(total, 0.0)) if i == j else (total / root[j, j] if root[j, j] > 0.0 else 0.0)


@kernel
def correlate(plan: Plan, root, score, first: int, out) -> None:  # type: ignore[no-untyped-def]
    """Scores correlated by `root`, from month first on. score, out: (C, month), score may have no rows."""
    if len(score) == 0:
        return
    for m in range(first, out.shape[1]):
        for i in range(len(out)):
            for k in range(i + 1):
                out[plan.exchange_order[i], m] += root[i, k] * score[plan.exchange_order[k], m]


@kernel
def resample(plan: Plan, seed: int, replication: int, w: World, root, change) -> None:  # type: ignore[no-untyped-def]
    """Draw the months that resampled currencies repeat; their changes go to `change` (C, month).

    The scores of the changes drawn, taken apart by `root`, replace those currencies' own, so that the others are correlated
    with what was drawn.
    """
    first = plan.history_rate.shape[1]
    position = np.full(plan.resampled, NONE)
    for m in range(first, w.rate.shape[1]):
        index = 2 * (12 * plan.first_fy - BEFORE_MONTHS + m)
        u_block = uniform(seed, replication, plan.block_key, index)
        u_start = uniform(seed, replication, plan.block_key, index + 1)
        for i in range(plan.resampled):
            c = plan.exchange_order[i]
            position[i] = resampled_position(position[i], plan.change_count[c], w.currency[c, MEAN_BLOCK], u_block, u_start)
            change[c, m] = plan.change_log[c, position[i]]
            rest = plan.change_score[c, position[i]]
            for k in range(i):
                rest -= root[i, k] * w.exchange_z[plan.exchange_order[k], m]
            w.exchange_z[c, m] = rest / root[i, i] if root[i, i] > 0.0 else 0.0


@kernel
def follow(kind: int, row, x: float, first: int, noise: bool, z, event, jump, change, out) -> None:  # type: ignore[no-untyped-def]
    """The log rate of one currency from month first on, into `out` (month,).

    Args:
        kind: code of the process.
        row: its numbers in the order of `plan.fields.CURRENCY`; a turbulent_probability below 0 is that of the long run.
        x: log rate at the end of month first - 1.
        first: the first month to draw, at least 1.
        noise: False gives the path of the expected drift.
        z, event, jump: (month,) standard normal scores of the innovation, of jumps and states, and of jump sizes; event and
            jump may be empty where the kind has none.
        change: (month,) changes resampled, empty unless the kind is BOOTSTRAP.
    """
    leave_calm, leave_turbulent = row[LEAVE_CALM], row[LEAVE_TURBULENT]
    chance = row[TURBULENT] if row[TURBULENT] >= 0.0 else long_run_turbulent(leave_calm, leave_turbulent)
    volatility = row[VOLATILITY] if noise else 0.0
    jumps = row[JUMPS] if noise else 0.0
    gap = row[TURBULENT_DRIFT] - row[CALM_DRIFT]
    if kind == REGIME_SWITCHING and noise:
        chance = 1.0 if normal_share(-event[first - 1]) < chance else 0.0
    for m in range(first, len(out)):
        if kind == GBM:
            x = gbm_step(x, row[DRIFT], volatility, z[m])
        elif kind == OU:
            x = ou_step(x, row[LEVEL], row[HALF_LIFE], row[VOLATILITY], z[m])
        elif kind == JUMP_DIFFUSION:
            x = gbm_step(x, row[DRIFT] - jump_drift(jumps, row[JUMP_MEAN], row[JUMP_SD]), volatility, z[m])
            if noise:
                x += jump_log(jump_count(jumps, normal_share(event[m])), row[JUMP_MEAN], row[JUMP_SD], jump[m])
        elif kind == REGIME_SWITCHING:
            chance = next_turbulent(chance, leave_calm, leave_turbulent)
            if noise:
                chance = 1.0 if normal_share(-event[m]) < chance else 0.0
                volatility = row[TURBULENT_VOLATILITY] if chance == 1.0 else row[CALM_VOLATILITY]
            x = gbm_step(x, row[CALM_DRIFT] + chance * gap, volatility, z[m])
        elif kind == BOOTSTRAP:
            x += row[DRIFT] + change[m]
        out[m] = x


@kernel
def draw_exchange(plan: Plan, seed: int, replication: int, w: World) -> None:
    """Monthly rates, fiscal-year means and budget rates of every currency."""
    count = len(plan.process)
    known = plan.history_rate.shape[1]
    months = w.rate.shape[1]
    noise = plan.switch[W_EXCHANGE] == 1
    onset = np.empty(len(plan.shock_key))
    for i in range(len(onset)):
        onset[i] = plan.shock_onset[i]
        if onset[i] == NEVER and w.shock[i, SHOCK_HAZARD] > 0.0:
            wait = exponential(uniform(seed, replication, plan.shock_key[i], 0)) / w.shock[i, SHOCK_HAZARD]
            onset[i] = plan.as_of_months + 12.0 * wait
    z = np.zeros((count, months))
    event = np.zeros((count if len(plan.event_key) > 0 else 0, months))
    jump = np.zeros((count if len(plan.jump_key) > 0 else 0, months))
    change = np.zeros((count if plan.resampled > 0 else 0, months))
    if noise:
        root = np.zeros((count, count))
        cholesky(plan, w, root)
        if plan.resampled > 0:
            resample(plan, seed, replication, w, root, change)
        correlate(plan, root, w.exchange_z, known, z)
        correlate(plan, root, w.event_z, known - 1, event)
        correlate(plan, root, w.jump_z, known, jump)
    else:
        for c in range(len(change)):
            change[c] = plan.change_mean[c]
    log_rate = np.empty(months)
    nothing = np.empty(0)
    for c in range(count):
        row = w.currency[c]
        x = log(row[SPOT]) if math.isnan(plan.last_log_rate[c]) else plan.last_log_rate[c]
        follow(
            plan.process[c], row, x, known, noise, z[c], event[c] if len(event) > 0 else nothing,
            jump[c] if len(jump) > 0 else nothing, change[c] if len(change) > 0 else nothing, log_rate,
        )  # fmt: skip
        for m in range(months):
            if m < known:
                w.rate[c, m] = row[SPOT] if math.isnan(plan.last_log_rate[c]) else plan.history_rate[c, m]
                continue
            shift = 0.0
            for i in range(len(onset)):
                if plan.shock_currency[i] == c:
                    elapsed = float(m - BEFORE_MONTHS) - onset[i]
                    shift += shock_log(w.shock[i, SHOCK_SIZE], elapsed, w.shock[i, SHOCK_RAMP], w.shock[i, SHOCK_HALF_LIFE])
            w.rate[c, m] = exp(log_rate[m] + shift)
        for y in range(plan.years):
            start = BEFORE_MONTHS + 12 * y
            w.market[c, y] = mean_rate(w.rate[c], start, start + 12)
            at = plan.budget_at[c, y]
            if at >= 0:
                w.budget[c, y] = w.values[at]
            else:
                w.budget[c, y] = mean_rate(w.rate[c], start - plan.budget_first_before, start - plan.budget_last_before + 1)


@kernel
def mean_rate(rate, begin: int, end: int) -> float:  # type: ignore[no-untyped-def]
    """Mean of monthly rates from position begin up to, not including, end."""
    total = 0.0
    for m in range(begin, end):
        total += rate[m]
    return total / (end - begin)
