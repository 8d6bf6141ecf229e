"""Processes fitted to a currency's record: estimates with intervals, information criteria, and the block to paste."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliancesim.errors import RequestError
from alliancesim.plan.layout import Floats
from alliancesim.rules.exchange import ou_keep
from alliancesim.rules.likelihood import regime_switching_likelihood
from alliancesim.scenario.yamlfile import dump
from alliancesim.study.exchange import laws, likelihood
from alliancesim.study.exchange.profile import Law, Peak, interval, maximize, one_thread
from alliancesim.study.exchange.record import Record, read_record
from alliancesim.study.sheet import Sheet

DIGITS = 4
"""Significant digits of a number in the block to paste."""
NO_LIMIT = "The record shows no mean reversion; without limit of its half-life, ou is the random walk gbm."
"""Why a fit has no block to paste."""
NEAR = 1e-6
"""Distance from a bound, in the scale of the search, at which the bound is what was found."""


@dataclass(frozen=True)
class ParameterEstimate:
    """A parameter of a process with its 95 % interval. An infinite value means that the record sets no limit."""

    name: str
    """Its key below `process`."""
    value: float
    low: float
    high: float
    bound: bool = False
    """Whether it stands at a bound of the search, so that the record does not tell it."""

    def plain(self) -> dict[str, Any]:
        """As plain data; None for infinity."""
        ends = {"value": self.value, "low": self.low, "high": self.high}
        numbers = {key: x if math.isfinite(x) else None for key, x in ends.items()}
        return {"parameter": self.name} | numbers | {"at_bound": self.bound}


@dataclass(frozen=True)
class Fit:
    """One process fitted to a record."""

    process: str
    record: Record
    estimates: tuple[ParameterEstimate, ...]
    log_likelihood: float
    """Largest, given the first month end."""
    turbulent_probability: float | None = None
    """Of regime_switching: filtered probability of the turbulent state in the last month."""

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2.0 * len(self.estimates) - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's Bayesian information criterion."""
        return len(self.estimates) * math.log(len(self.record.change)) - 2.0 * self.log_likelihood

    def values(self) -> dict[str, float]:
        """The numbers of the process by key below `process`."""
        numbers = {estimate.name: estimate.value for estimate in self.estimates}
        return numbers if self.turbulent_probability is None else numbers | {"turbulent_probability": self.turbulent_probability}

    def block(self) -> dict[str, Any] | None:
        """What to lay over the scenario; None where the record gives no finite number for a key."""
        if not all(math.isfinite(value) for value in self.values().values()):
            return None
        source = f"fit_{self.record.currency}"
        process: dict[str, Any] = {"kind": self.process}
        for name, value in self.values().items():
            *above, key = name.split(".")
            block = process
            for part in above:
                block = block.setdefault(part, {})
            block[key] = float(f"{value:.{DIGITS}g}")
        citation = f"alliancesim fit, {self.process} by maximum likelihood to {self.record.title()}"
        return {
            "sources": {source: {"citation": citation, "confidence": "sourced"}},
            "currencies": {self.record.currency: {"process": process | {"source": source}}},
        }

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        return {
            "process": self.process,
            "estimates": [estimate.plain() for estimate in self.estimates],
            "turbulent_probability": self.turbulent_probability,
            "log_likelihood": self.log_likelihood,
            "aic": self.aic,
            "bic": self.bic,
            "block": self.block(),
        }

    def sheet(self) -> Sheet:
        """The estimates for people."""
        sheet = Sheet(self.process, ["parameter", "estimate", "95 % interval"])
        for one in self.estimates:
            low, high = (_shown(end, one) for end in (one.low, one.high))
            sheet.rows.append([one.name, _shown(one.value, one), f"{low} to {high}"])
        notes = []
        if self.turbulent_probability is not None:
            notes.append(f"Probability of the turbulent state in {self.record.last}: {self.turbulent_probability:.2f}.")
        if self.block() is None:
            notes.append(NO_LIMIT)
        if unknown := [one.name for one in self.estimates if one.bound]:
            notes.append(f"At a bound of the search, so not told by the record: {', '.join(unknown)}.")
        sheet.note = " ".join(notes)
        return sheet


@dataclass(frozen=True)
class Fits:
    """Processes fitted to one record."""

    record: Record
    fits: tuple[Fit, ...]

    def __str__(self) -> str:
        return "\n".join([self.heading(), *map(str, self.sheets())])

    def heading(self) -> str:
        """What was fitted to."""
        return f"{self.record.title()}: {len(self.record.change)} monthly changes"

    def sheets(self) -> list[Sheet]:
        """Estimates of each process, and the criteria side by side, the best first by BIC."""
        criteria = Sheet("Criteria, given the first month end", ["process", "numbers", "log likelihood", "AIC", "BIC"])
        for fit in sorted(self.fits, key=lambda one: one.bic):
            numbers = [f"{fit.log_likelihood:.1f}", f"{fit.aic:.1f}", f"{fit.bic:.1f}"]
            criteria.rows.append([fit.process, str(len(fit.estimates)), *numbers])
        return [*(fit.sheet() for fit in self.fits), criteria]

    def yaml(self) -> str:
        """The blocks to paste, one document for each process."""
        blocks = [dump(block).rstrip("\n") for fit in self.fits if (block := fit.block()) is not None]
        return "\n---\n".join(blocks)

    def plain(self) -> dict[str, Any]:
        """As plain data fit for JSON."""
        return self.record.plain() | {"fits": [fit.plain() for fit in self.fits]}


def fit(
    scenario: str | os.PathLike[str], currency: str, process: str | None = None, first: str | None = None,
    last: str | None = None, settings: Mapping[str, Any] | None = None,
) -> Fits:  # fmt: skip
    """Fit processes to the record of a scenario's currency.

    Args:
        scenario: the YAML file.
        currency: one of its currencies that has a history.
        process: one of `laws.FITTED`; default: each of them.
        first, last: months ``YYYY-MM`` whose ends begin and end the record; default: all of it up to the as-of month.
        settings: values by dotted path laid over the file.

    Raises:
        ScenarioError: the scenario is wrong.
        RequestError: the process has no likelihood, or the record is not there or too short.
    """
    if process is not None and process not in laws.FITTED:
        message = f"process = '{process}': no likelihood to fit; allowed: {', '.join(laws.FITTED)}"
        raise RequestError(message)
    record = read_record(scenario, currency, first, last, settings)
    with one_thread():
        return Fits(record, tuple(fit_record(record, kind) for kind in ([process] if process else laws.FITTED)))


def fit_record(record: Record, process: str) -> Fit:
    """Fit one process to a record."""
    estimates = _reverting(record.level) if process == "ou" else _likeliest(record.level, process)
    values = [estimate.value for estimate in estimates]
    if process == "ou":
        return Fit(process, record, estimates, likelihood.ou_conditional(record.level))
    log_likelihood = laws.LAWS[process](record.level).log_likelihood(*values)
    turbulent = regime_switching_likelihood(record.change, *values)[1] if process == "regime_switching" else None
    return Fit(process, record, estimates, log_likelihood, turbulent)


def point_values(level: Floats, process: str, driftless: bool = False) -> dict[str, float]:
    """Estimates alone, by key below `process`; driftless: with every drift held at 0. level: (n + 1,) log rates at month ends."""
    if process == "ou":
        half_life, volatility = _corrected(level)
        return {"level_rate": _level_rate(level, half_life), "half_life_months": half_life, "volatility_per_month": volatility}
    law = laws.LAWS[process](level)
    held = {i: 0.0 for i, parameter in enumerate(law.parameters) if driftless and parameter.name.endswith("drift_per_month")}
    values = maximize(law, held).natural(law)
    found = {parameter.name: value for parameter, value in zip(law.parameters, values, strict=True)}
    if process == "regime_switching":
        found["turbulent_probability"] = regime_switching_likelihood(np.diff(level), *values)[1]
    return found


def _likeliest(level: Floats, process: str) -> tuple[ParameterEstimate, ...]:
    law = laws.LAWS[process](level)
    peak = maximize(law)
    values = peak.natural(law)
    return tuple(
        ParameterEstimate(parameter.name, values[i], *interval(law, i, peak), bound=_at_bound(law, i, peak))
        for i, parameter in enumerate(law.parameters)
    )


def _at_bound(law: Law, at: int, peak: Peak) -> bool:
    """Whether the search ended at one of a parameter's bounds."""
    parameter = law.parameters[at]
    return any(abs(parameter.free(end) - float(peak.free[at])) < NEAR for end in (parameter.low, parameter.high))


def _reverting(level: Floats) -> tuple[ParameterEstimate, ...]:
    """Mean reversion: interval of the level by the likelihood, of the others by the restricted likelihood."""
    half_life, volatility = _corrected(level)
    whole, restricted = laws.ou(level), laws.ou_restricted(level)
    peak, others = maximize(whole), maximize(restricted)
    ends = [interval(whole, 0, peak), interval(restricted, 0, others), interval(restricted, 1, others)]
    values = [_level_rate(level, half_life), half_life, volatility]
    return tuple(
        ParameterEstimate(parameter.name, value, low, high)
        for parameter, value, (low, high) in zip(whole.parameters, values, ends, strict=True)
    )


def _corrected(level: Floats) -> tuple[float, float]:
    """Half-life and volatility, corrected for bias; an infinite half-life where nothing of reversion is left.

    The restricted likelihood leaves the bias that an autoregression with a known mean has, -2 keep / n (Marriott & Pope 1954,
    Bias in the estimation of autocorrelations); it is added back.
    """
    law = laws.ou_restricted(level)
    half_life, volatility = maximize(law).natural(law)
    keep = ou_keep(half_life)
    keep += 2.0 * keep / len(level)
    if keep >= 1.0:
        return math.inf, float(np.diff(level).std())
    half_life = likelihood.half_life(keep)
    return half_life, maximize(law, {0: math.log(half_life)}).natural(law)[1]


def _level_rate(level: Floats, half_life_months: float) -> float:
    return math.exp(likelihood.generalized_mean(level, ou_keep(half_life_months)))


def _shown(value: float, estimate: ParameterEstimate) -> str:
    """A number with the digits that its interval's width gives sense to."""
    if not math.isfinite(value):
        return "no limit"
    width = estimate.high - estimate.low
    if not math.isfinite(width) or width <= 0.0:
        return f"{value:.3g}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(width)))}f}"
