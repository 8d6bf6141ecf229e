"""What the process `bootstrap` resamples: the monthly changes of the exchange rates on record."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from alliancesim.rules.draws import normal_quantile
from alliancesim.rules.elementary import log
from alliancesim.scenario.economy import Currency
from alliancesim.scenario.history import History
from alliancesim.units import month_name, month_number


def log_changes(history: History, last: str, first: str | None = None) -> list[float]:
    """Changes of the log month-end rate up to a month, in order of time.

    Args:
        history: a currency's record.
        last: the month of the last change, ``YYYY-MM``; it is on record.
        first: the month whose end the first change starts from; none: as far back as the record has no gap.
    """
    number = month_number(last)
    ends: list[float] = []
    while month_name(number) in history and (first is None or number >= month_number(first)):
        ends.append(log(history[month_name(number)][1]))
        number -= 1
    ends.reverse()
    return [after - before for before, after in zip(ends, ends[1:], strict=False)]


def normal_scores(values: list[float]) -> list[float]:
    """The standard normal quantiles of the values' ranks (rank - 1/2) / n; equal values in order of time."""
    order = sorted(range(len(values)), key=lambda i: (values[i], i))
    scores = [0.0] * len(values)
    for rank, i in enumerate(order):
        scores[i] = normal_quantile((rank + 0.5) / len(values))
    return scores


def resampling(currencies: dict[str, Currency], histories: dict[str, History], as_of: str) -> dict[str, Any]:
    """The fields of a plan that resampled currencies need. as_of: the last month of fact, ``YYYY-MM``."""
    blocks = list(currencies.items())
    resampled = [c for c, (_, block) in enumerate(blocks) if block.process.kind == "bootstrap"]
    changes: list[list[float]] = [[] for _ in blocks]
    for c in resampled:
        name, block = blocks[c]
        changes[c] = log_changes(histories[name], as_of, (block.process.history_from or "")[:7] or None)
    most = max(map(len, changes), default=0)
    logs, scores = np.zeros((len(blocks), most)), np.zeros((len(blocks), most))
    for c in resampled:
        logs[c, : len(changes[c])] = changes[c]
        scores[c, : len(changes[c])] = normal_scores(changes[c])
    order = resampled + [c for c in range(len(blocks)) if c not in resampled]
    return {
        "exchange_order": np.array(order, np.int64),
        "resampled": len(resampled),
        "change_count": np.array([len(row) for row in changes], np.int64),
        "change_log": logs,
        "change_score": scores,
        "change_mean": np.array([math.fsum(row) / len(row) if row else 0.0 for row in changes], np.float64),
    }
