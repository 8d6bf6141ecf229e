"""Mean reversion from a short record: what least squares miss on average, and what the fit makes of it."""

from __future__ import annotations

import math

import numpy as np
from estimates import agree_mean

from alliancesim.study.exchange.ensemble import ensemble
from alliancesim.study.exchange.fit import point_values
from alliancesim.study.exchange.profile import one_thread


def test_mean_reversion_is_corrected_for_bias() -> None:
    half_life, months, paths = 6.0, 200, 200
    law = {"level_rate": 120.0, "half_life_months": half_life, "volatility_per_month": 0.03}
    levels = ensemble("ou", law, math.log(120.0), months, paths, 5, "test")
    keep = 0.5 ** (1.0 / half_life)
    plain_keep = [float(np.polyfit(level[:-1], level[1:], 1)[0]) for level in levels]
    with one_thread():
        corrected = [0.5 ** (1.0 / point_values(level, "ou")["half_life_months"]) for level in levels]

    agree_mean(np.array(plain_keep), keep - (1.0 + 3.0 * keep) / (months - 1))  # Kendall 1954
    agree_mean(np.array(corrected), keep)
