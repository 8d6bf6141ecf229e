"""Rolling-origin back-test: month by month the processes are fitted to what was known, and their forecasts scored."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.plan.layout import Floats, Ints
from alliancesim.scenario.economy import ExchangeProcess
from alliancesim.scenario.history import months_between
from alliancesim.study.exchange.ensemble import ensemble
from alliancesim.study.exchange.fit import point_values
from alliancesim.study.exchange.laws import LONGEST_HALF_LIFE
from alliancesim.study.exchange.profile import one_thread
from alliancesim.study.exchange.record import FEWEST_CHANGES, Record, check_month, read_record
from alliancesim.study.runs.batch import check_request, not_whole
from alliancesim.study.runs.run import Progress
from alliancesim.study.sheet import Sheet
from alliancesim.study.statistics.estimate import Value, student

HORIZONS = (3, 12, 36)
"""Months from origin to outcome."""
FIRST_ORIGIN = "2005-01"
COVER = 0.8
"""Of the band whose coverage is told."""
RESAMPLES = 2000
BLOCK_HORIZONS = 2
"""Length of the blocks that intervals are resampled in, in horizons: windows that overlap stay together."""
LEAST_MEMBERS, MOST_MEMBERS = 100, 100_000
"""With fewer futures the band between two of them holds 80 % of outcomes only to more than one percent."""
MOST_EVERY = 1_000
"""Months from one origin to the next."""
FIFTHS = 5
PERCENT = 100.0
DRIFTLESS = "without drift"
WALK = "random_walk"
"""The reference: independent normal changes without drift, of the root mean square of those on record."""


@dataclass(frozen=True)
class Score:
    """A process at one horizon, over all origins; without intervals where those make fewer than two blocks."""

    process: str
    months: int
    origins: int
    crps: Value
    """Mean continuous ranked probability score of the log rate, percent."""
    gain: Value
    """Mean CRPS below that of the random walk, as a share of the random walk's; above 0 is better."""
    coverage: Value
    """Share of outcomes within the central 80 % band."""
    fifths: tuple[float, ...]
    """Shares of outcomes by fifth of the forecast distribution (probability integral transform); even ones are 0.2."""

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        values = {name: getattr(self, name).plain() for name in ("crps", "gain", "coverage")}
        return {"process": self.process, "months": self.months, "origins": self.origins, **values, "fifths": list(self.fifths)}


@dataclass(frozen=True)
class Backtest:
    """All scores."""

    record: Record
    first: str
    last: str
    """First and last origin of the shortest horizon."""
    every: int
    members: int
    seed: int
    scores: tuple[Score, ...]

    def __str__(self) -> str:
        return "\n".join([self.heading(), *map(str, self.sheets())])

    def heading(self) -> str:
        """What was done."""
        step = "month" if self.every == 1 else f"{self.every} months"
        futures = f"{self.members:,} futures each, seed {self.seed}"
        return f"{self.record.title()}: origins {self.first} to {self.last}, every {step}, {futures}"

    def sheets(self) -> list[Sheet]:
        """A table for each horizon, the best process first."""
        sheets = []
        for months in sorted({score.months for score in self.scores}):
            at = sorted((score for score in self.scores if score.months == months), key=lambda score: score.crps.value)
            title = f"{months} months ahead, {at[0].origins} origins"
            sheet = Sheet(title, ["process", "CRPS %", "gain on random walk %", "80 % band holds %", "outcomes by fifth %"])
            for score in at:
                fifths = " ".join(f"{share * PERCENT:.0f}" for share in score.fifths)
                texts = (_text(score.crps, 2), _text(score.gain, 1, PERCENT), _text(score.coverage, 0, PERCENT))
                sheet.rows.append([score.process, *texts, fifths])
            sheets.append(sheet)
        sheets[-1].note = (
            f"In brackets 95 % intervals, Student's of blocks of {BLOCK_HORIZONS} horizons, which are resampled as the windows "
            "of neighboring origins overlap; ? where they are fewer than two blocks. A gain whose interval holds 0 is none."
        )
        return sheets

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        origins = {"first_origin": self.first, "last_origin": self.last, "every": self.every}
        scores = [score.plain() for score in self.scores]
        return self.record.plain() | origins | {"members": self.members, "seed": self.seed, "scores": scores}


def backtest(
    scenario: str | os.PathLike[str], currency: str, first: str = FIRST_ORIGIN, last: str | None = None, every: int = 1,
    members: int = 2000, seed: int = 0, settings: Mapping[str, Any] | None = None, progress: Progress | None = None,
) -> Backtest:  # fmt: skip
    """Refit every process at every origin to the record up to then, and score its forecasts.

    Args:
        scenario: the YAML file.
        currency: one of its currencies that has a history.
        first: the first origin, ``YYYY-MM``.
        last: the last month whose rate is an outcome; default: the as-of month.
        every: months from one origin to the next.
        members: futures drawn of each forecast, 100 or more.
        seed: of their draws, common to all processes.
        settings: values by dotted path laid over the file.
        progress: told after each origin.

    Raises:
        ScenarioError: the scenario is wrong.
        RequestError: the request makes no sense, the record is not there, or no origin has both a past and an outcome in it.
    """
    check_request(
        1, seed, 1, not_whole("every", every, 1, MOST_EVERY), not_whole("members", members, LEAST_MEMBERS, MOST_MEMBERS)
    )
    check_month(first, "--from")
    record = read_record(scenario, currency, None, last, settings)
    months = months_between(record.first, record.last)
    origins = [at for at in range(FEWEST_CHANGES, len(months) - min(HORIZONS)) if months[at] >= first][::every]
    if not origins:
        needed = f"{FEWEST_CHANGES} changes before it and {min(HORIZONS)} months after it"
        message = f"from {first}: no origin with {needed} in {record.first} to {record.last}"
        raise RequestError(message)
    block_months = ExchangeProcess().mean_block_months
    pits: dict[tuple[str, int], list[float]] = {}
    points: dict[tuple[str, int], list[float]] = {}
    with one_thread():
        for done, origin in enumerate(origins):
            for name, futures in forecasts(record.upto(months[origin]), block_months, members, seed):
                for horizon in HORIZONS:
                    if origin + horizon < len(months):
                        outcome, sample = float(record.level[origin + horizon]), futures[:, horizon - 1]
                        points.setdefault((name, horizon), []).append(PERCENT * _crps(outcome, sample))
                        pits.setdefault((name, horizon), []).append(float(np.sum(sample < outcome) + 0.5) / (members + 1))
            if progress is not None:
                progress(done + 1, len(origins))
    scores = [
        _score(process, horizon, np.array(values), np.array(points[WALK, horizon]), np.array(pits[process, horizon]), every, seed)
        for (process, horizon), values in points.items()
    ]
    return Backtest(record, months[origins[0]], months[origins[-1]], every, members, seed, tuple(scores))


def forecasts(known: Record, mean_block_months: float, members: int, seed: int) -> Iterator[tuple[str, Floats]]:
    """Name and log rates (member, month) of everything that competes. known: the record so far."""
    change, level = known.change, known.level
    volatility = float(np.sqrt(np.mean(change * change)))

    def futures(process: str, values: Mapping[str, float]) -> Floats:
        resampled = change if process == "bootstrap" else None
        return ensemble(
            process, values, float(level[-1]), max(HORIZONS), members, seed, f"backtest/{known.last}", resampled
        )  # fmt: skip

    yield WALK, futures("gbm", {"drift_per_month": 0.5 * volatility * volatility, "volatility_per_month": volatility})
    yield "gbm", futures("gbm", point_values(level, "gbm"))
    reverting = point_values(level, "ou")
    if not np.isfinite(reverting["half_life_months"]):
        reverting |= {"half_life_months": LONGEST_HALF_LIFE, "level_rate": float(np.exp(level[-1]))}
    yield "ou", futures("ou", reverting)
    for process in ("jump_diffusion", "regime_switching"):
        yield process, futures(process, point_values(level, process))
        yield f"{process} {DRIFTLESS}", futures(process, point_values(level, process, driftless=True))
    blocks_alone = {"mean_block_months": mean_block_months}
    yield "bootstrap", futures("bootstrap", blocks_alone)
    yield f"bootstrap {DRIFTLESS}", futures("bootstrap", blocks_alone | {"drift_per_month": -float(change.mean())})


def _text(value: Value, digits: int, scale: float = 1.0) -> str:
    """Fixed digits: rounded to its error, as `sheet.with_interval` does, an end near 0 would read as 0."""
    middle, low, high = ("?" if x is None else f"{x * scale:.{digits}f}" for x in (value.value, value.low, value.high))
    return f"{middle} ({low} to {high})"


def _crps(outcome: float, sample: Floats) -> float:
    import scoringrules

    return float(scoringrules.crps_ensemble(outcome, sample))


def _score(process: str, horizon: int, values: Floats, reference: Floats, pit: Floats, every: int, seed: int) -> Score:
    length = -(-BLOCK_HORIZONS * horizon // every)
    at, number = blocks(len(values), length, seed), len(values) / length
    inside = (np.abs(pit - 0.5) <= 0.5 * COVER).astype(float)
    held = _of_blocks(float(inside.mean()), inside[at].mean(axis=1), number)
    gain = 1.0 - values.mean() / reference.mean()
    gains = 1.0 - values[at].mean(axis=1) / reference[at].mean(axis=1)
    fifths = np.histogram(pit, bins=FIFTHS, range=(0.0, 1.0))[0] / len(pit)
    return Score(
        process, horizon, len(values), _of_blocks(float(values.mean()), values[at].mean(axis=1), number),
        _of_blocks(float(gain), gains, number), _share(held), tuple(float(share) for share in fifths),
    )  # fmt: skip


def _of_blocks(value: float, resampled: Floats, number: float) -> Value:
    """A statistic with its interval; none where its series is shorter than two blocks.

    Quantiles of the resamples of so few blocks are too close: the spread of k means about their own mean is short by
    sqrt((k - 1) / k), and its estimate has k - 1 degrees of freedom.

    Args:
        value: of the series.
        resampled: of series put together from its blocks.
        number: blocks in the series, k, not always whole.
    """
    if number < 2.0:  # then most resamples, or all, are the same series begun elsewhere
        return Value.around(value, None)
    half = student(number - 1.0) * float(np.std(resampled)) * math.sqrt(number / (number - 1.0))
    return Value.around(value, half)


def _share(value: Value) -> Value:
    """The same of a share, whose interval ends at 0 and 1."""
    low, high = (None if end is None else min(1.0, max(0.0, end)) for end in (value.low, value.high))
    return Value(value.value, low, high)


def blocks(count: int, length: int, seed: int) -> Ints:
    """Positions of resampled series, shape (RESAMPLES, count): circular blocks, Politis & Romano 1992."""
    starts = np.random.default_rng(seed).integers(0, count, (RESAMPLES, -(-count // length)))
    return ((starts[:, :, None] + np.arange(length)) % count).reshape(RESAMPLES, -1)[:, :count]
