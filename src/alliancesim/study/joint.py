"""Joint confidence: the probability that programs are ready by a date and within a ceiling, and what a level of it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.study.runs.layout import Floats, none_such
from alliancesim.study.runs.run import Run
from alliancesim.study.sheet import Sheet, with_interval
from alliancesim.study.statistics.estimate import Value, finite, quantile_with_interval, share_with_interval
from alliancesim.units import MONTH_TICKS, date_of, months_since

READY = {"operational": "first_operational", "delivered": "first_delivery", "complete": "completion"}
"""What ready may mean, with the outcome it stands for: first unit operational, first delivery, last planned unit delivered."""
LEVEL = 0.7
"""The level NASA's policy asks of a joint cost and schedule confidence (NPR 7120.5)."""
MOST_SHOWN = 12
TICK = 1.0 / MONTH_TICKS


@dataclass(frozen=True)
class Confidence:
    """Joint confidence of one date and one ceiling."""

    in_time: Value
    within: Value
    both: Value


@dataclass(frozen=True)
class Point:
    """One pair of the frontier: at the required level, the date needs this ceiling at least."""

    months: float
    """The end of a month."""
    ceiling_bn: Value


@dataclass(frozen=True)
class Joint:
    """What `joint` prints."""

    run: Run
    programs: tuple[str, ...]
    ready: str
    by_months: float
    ceiling_bn: float
    level: float
    confidence: Confidence
    each_in_time: tuple[Value, ...]
    """P(ready by the date), program by program."""
    ceiling_needed_bn: Value
    """The least ceiling that gives the level at the date; infinite: none does."""
    months_needed: Value
    """The earliest time that gives the level within the ceiling; infinite: none of the horizon does."""
    frontier: tuple[Point, ...]

    def sheets(self) -> list[Sheet]:
        """The probabilities, and the frontier."""
        by = self._last_day(self.by_months)
        count = self.programs[0] if len(self.programs) == 1 else f"{len(self.programs)} programs"
        chosen = f"{count} {self.ready} by {by}" + (
            f", for at most {self.ceiling_bn:,.10g} bn" if math.isfinite(self.ceiling_bn) else ", at any cost"
        )
        shares = Sheet(chosen, ["event", "probability, %"])
        for event, value in (
            ("in time and within the ceiling", self.confidence.both),
            ("in time", self.confidence.in_time),
            ("within the ceiling", self.confidence.within),
            *((f"in time: {name}", value) for name, value in zip(self.programs, self.each_in_time, strict=True)),
        ):
            shares.rows.append([event, with_interval(value, 100.0)])
        shares.note = f"95 % Monte Carlo intervals. Cost: at signature, over the horizon. Never {self.ready} within it: not met."
        return [shares, self._needed(), self._frontier()]

    def plain(self) -> dict[str, Any]:
        """Everything, as plain data fit for JSON; null where no date or ceiling does."""
        probabilities = {"both": self.confidence.both, "in_time": self.confidence.in_time, "within": self.confidence.within}
        return self.run.plain() | {
            "programs": list(self.programs),
            "ready": self.ready,
            "by": self._last_day(self.by_months),
            "ceiling_bn": finite(self.ceiling_bn),
            "level": self.level,
            "probability": {name: value.plain() for name, value in probabilities.items()},
            "in_time": {name: value.plain() for name, value in zip(self.programs, self.each_in_time, strict=True)},
            "ceiling_needed_bn": self.ceiling_needed_bn.plain(),
            "date_needed": {name: self._day_of(at) for name, at in self.months_needed.plain().items()},
            "frontier": [{"by": self._last_day(one.months), "ceiling_bn": one.ceiling_bn.plain()} for one in self.frontier],
        }

    def _needed(self) -> Sheet:
        sheet = Sheet(f"What a joint confidence of {self.level:.4g} needs", ["given", "needed"], text_columns=2)
        ceiling, when = self.ceiling_needed_bn, self.months_needed
        found = "no ceiling suffices" if math.isinf(ceiling.value) else f"{with_interval(ceiling)} bn"
        sheet.rows.append([f"by {self._last_day(self.by_months)}", found])
        if math.isfinite(self.ceiling_bn):
            dates = [(self._day_of(end) or "?")[:7] for end in (when.value, when.low, when.high)]
            found = "no date of the horizon suffices" if math.isinf(when.value) else f"{dates[0]} ({dates[1]} to {dates[2]})"
            sheet.rows.append([f"within {self.ceiling_bn:,.10g} bn", found])
        return sheet

    def _frontier(self) -> Sheet:
        sheet = Sheet(f"Frontier of joint confidence {self.level:.4g}: the later, the cheaper", ["by the end of", "ceiling, bn"])
        first = {with_interval(one.ceiling_bn): one.months for one in reversed(self.frontier)}  # month of each ceiling as printed
        rows = [[self._last_day(months)[:7], ceiling] for ceiling, months in reversed(first.items())]
        steps = max(1, min(MOST_SHOWN, len(rows)) - 1)
        sheet.rows = [rows[round(i * (len(rows) - 1) / steps)] for i in range(min(MOST_SHOWN, len(rows)))]
        sheet.note = "A ?: too few replications to bound the interval. --json has every month."
        if not rows:
            sheet.note = f"No date of the horizon and no ceiling reach it: P({self.ready} by the horizon) is too low."
        return sheet

    def _last_day(self, end_months: float) -> str:
        """The day that ends at a time."""
        return self._date(end_months - TICK)

    def _day_of(self, months: float | None) -> str | None:
        """The day in which an event lies, None where there is none."""
        return None if months is None or math.isinf(months) else self._date(months)

    def _date(self, months: float) -> str:
        return date_of(months, self.run.layout.first_fy, self.run.manifest["fy_first_month"])


def joint(
    run: Run, programs: Sequence[str] = (), pillars: Sequence[str] = (), by: str | None = None, ceiling_bn: float | None = None,
    level: float = LEVEL, ready: str = "operational",
) -> Joint:  # fmt: skip
    """The joint confidence of programs of a run.

    Args:
        run: the run.
        programs: names of programs.
        pillars: buckets of which all named programs are chosen; with neither, all named programs.
        by: `YYYY-MM` or `YYYY-MM-DD`, to its end, at which the next begins and no longer counts; None: the horizon.
        ceiling_bn: of the summed cost at signature; None: any cost.
        level: the joint confidence that frontier and needs are for.
        ready: one of READY.

    Raises:
        RequestError: a program, pillar, date, ceiling, level or word that makes no sense; all of them are named.
    """
    horizon = float(run.manifest["horizon_months"])
    wrong = _wrong_words(run, programs, pillars, ready)
    when = horizon if by is None else _end_of(run, by)
    if when is None or not 0.0 < when <= horizon:
        first, last = (date_of(month, run.layout.first_fy, run.manifest["fy_first_month"])[:7] for month in (0.0, horizon - 1))
        wrong.append(f"by = '{by}'; a date YYYY-MM or YYYY-MM-DD within the horizon, {first} to {last}")
    if ceiling_bn is not None and not 0.0 <= ceiling_bn < math.inf:
        wrong.append(f"ceiling = {ceiling_bn}; a number of bn of at least 0")
    if not 0.0 < level < 1.0:
        wrong.append(f"level = {level}; a probability between 0 and 1, for example {LEVEL}")
    if wrong or when is None:
        raise RequestError("\n".join(wrong))
    chosen = _chosen(run, programs, pillars)
    months, cost, shares = np.full(run.n, -math.inf), np.zeros(run.n), {}
    columns = [f"{READY[ready]}_months", f"{READY[ready]}_censored", "contracted_cost_bn"]
    for p, (at, late, own) in run.by_key("programs", columns, [run.layout.programs.index(name) for name in chosen]):
        mine = np.where(late > 0.0, math.inf, np.minimum(at, horizon - TICK))  # what comes at the horizon itself counts
        shares[run.layout.programs[p]] = _share(mine < when)
        months, cost = np.maximum(months, mine), cost + own
    most = math.inf if ceiling_bn is None else ceiling_bn
    return Joint(
        run, chosen, ready, when, most, level, confidence(months, cost, when, most), tuple(shares[name] for name in chosen),
        ceiling_needed_bn=quantile_with_interval(np.where(months < when, cost, math.inf), level),
        months_needed=quantile_with_interval(np.where(cost <= most, months, math.inf), level),
        frontier=frontier(months, cost, level, range(1, int(horizon) + 1)),
    )  # fmt: skip


def confidence(months: Floats, cost: Floats, by_months: float, ceiling_bn: float) -> Confidence:
    """Probabilities to be in time, within the ceiling, and both, with Wilson's intervals.

    months: when all is ready, infinite where it is not; cost: in bn. One value per replication. by_months: the end of the time
    there is, at which it is too late.
    """
    in_time, within = months < by_months, cost <= ceiling_bn
    return Confidence(_share(in_time), _share(within), _share(in_time & within))


def frontier(months: Floats, cost: Floats, level: float, times: Sequence[int]) -> tuple[Point, ...]:
    """For each time before whose end some ceiling gives the level, the least one that does. times: ends of months."""
    points = (Point(float(t), quantile_with_interval(np.where(months < t, cost, math.inf), level)) for t in times)
    return tuple(point for point in points if math.isfinite(point.ceiling_bn.value))


def _wrong_words(run: Run, programs: Sequence[str], pillars: Sequence[str], ready: str) -> list[str]:
    wrong = run.layout.unknown_programs(programs, run.scenario)
    described = [one for one in run.manifest["programs"].values() if not one["residual"]]
    known = {one["bucket"] for one in described if one["bucket"] is not None}  # initiatives and exports have none
    wrong += [none_such("pillar", name, sorted(known), " with programs") for name in pillars if name not in known]
    if not wrong and not _chosen(run, programs, pillars):
        wrong.append(f"{run.scenario} has no named programs, so there is nothing to be ready")
    return wrong + ([] if ready in READY else [f"ready = '{ready}'; {', '.join(READY)}"])


def _chosen(run: Run, programs: Sequence[str], pillars: Sequence[str]) -> tuple[str, ...]:
    described = run.manifest["programs"]
    every = not programs and not pillars
    return tuple(
        name
        for name in run.layout.programs
        if name in programs or (not described[name]["residual"] and (every or described[name]["bucket"] in pillars))
    )


def _end_of(run: Run, text: str) -> float | None:
    """The model month at which a calendar month or day ends, None where the text is neither."""
    try:
        is_month = len(text) == len("YYYY-MM")
        day = date.fromisoformat(f"{text}-01" if is_month else text)
        after = str(day + timedelta(days=32))[: len("YYYY-MM")] if is_month else str(day + timedelta(days=1))
    except (ValueError, OverflowError):
        return None
    return months_since(after, run.layout.first_fy, int(run.manifest["fy_first_month"]))


def _share(met: np.ndarray[Any, Any]) -> Value:
    return share_with_interval(int(met.sum()), len(met))
