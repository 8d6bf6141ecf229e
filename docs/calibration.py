"""Writes docs/calibration.md: what the baseline's distributions rest on, and its own output against the record.

    python docs/calibration.py            write the page
    python docs/calibration.py --check    exit 1 if the page shows anything else

Replications, traces and seed are those of calibration_record.py, the words those of calibration.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

import numpy as np
import yaml
from calibration_inputs import Distribution, distributions, evidence
from calibration_record import COMPUTED, QUANTITIES, REPLICATIONS, SEED, TRACED, Simulated, Values, number, recorded_slips
from generate import table
from pages import settle

from alliancesim.study.sheet import spread
from alliancesim.study.statistics.estimate import QUANTILES, Estimate, Value, interval_ranks, quantile_with_interval

FOLDER = Path(__file__).parent
PAGE = FOLDER / "calibration.md"
LOW, HIGH = 0.1, 0.9
LARGE = 100.0


class Comparison(NamedTuple):
    """One quantity on record and simulated, with the words for it."""

    key: str
    said: Mapping[str, Any]
    rows: list[float]
    record: float
    simulated: Estimate

    def inside(self) -> bool:
        """Whether the record, as far as its rounding leaves it open, meets the simulated 80 % band."""
        open_by = self.said.get("rounded_to", 0.0) / 2.0
        quantile = self.simulated.quantile
        return quantile[LOW].value <= self.record + open_by and self.record - open_by <= quantile[HIGH].value

    def band(self, simulated: Estimate | None = None) -> str:
        """`median [P10, P90]`."""
        percent = self.said.get("percent", False)
        return spread(simulated or self.simulated, 100.0 if percent else 1.0) + (" %" if percent else "")

    def words(self, which: str, **fields: float) -> str:
        """A text with the figures it asks for."""
        cells = {id_: float(row.value) for id_, row in evidence().items() if _is_number(row.value)}
        ends = {"low": min(self.rows), "high": max(self.rows), "record": self.record}
        middles = {"n": len(self.rows), "mean": fmean(self.rows), "median": median(self.rows)}
        return str(self.said[which]).format_map({**cells, **ends, **middles, **fields})


def estimated(values: Values) -> Estimate:
    """The quantiles of values by replication, or of values by replication and program.

    Programs of one replication depend on each other, so the intervals are as wide as if each replication were one value.
    """
    n = len(values)
    if values.ndim == 1:
        return Estimate(n, 0, None, None, {p: quantile_with_interval(values, p) for p in QUANTILES})
    every = np.sort(values[~np.isnan(values)])

    def at(rank: int | None) -> float | None:
        return None if rank is None else float(every[min(len(every) - 1, round(rank / n * len(every)))])

    ends = {p: interval_ranks(n, p) for p in QUANTILES}
    quantile = {p: Value(float(np.quantile(every, p)), at(low), at(high)) for p, (low, high) in ends.items()}
    return Estimate(n, 0, None, None, quantile)


def comparisons(simulated: Simulated, said: Mapping[str, Any]) -> list[Comparison]:
    """All comparisons of calibration.yaml."""
    return [
        Comparison(key, one, rows := on_record(one["record"]), recorded(key, one, rows), estimated(QUANTITIES[key](simulated)))
        for key, one in said.items()
    ]


def on_record(named: str | list[str]) -> list[float]:
    """The values a comparison names: rows of delays.csv, a cell of budget.csv, or the slips of a channel's programs."""
    if isinstance(named, list):
        return [number(row) for row in named]
    return list(recorded_slips(named.partition("/")[2]).values()) if named.startswith("programs/") else [number(named)]


def recorded(key: str, said: Mapping[str, Any], rows: list[float]) -> float:
    """The one value on record that is compared: the rows' mean where nothing else is computed from them."""
    return COMPUTED[key](rows) if key in COMPUTED else fmean(rows) * said.get("scale", 1.0)


def verdicts(found: list[Comparison], **fields: float) -> str:
    """The comparisons as a table."""
    rows = [
        (one.said["name"], one.words("evidence", **fields), one.band(), "inside" if one.inside() else "**outside**",
         one.words("inside" if one.inside() else "outside", **fields))
        for one in found
    ]  # fmt: skip
    return table(("quantity", "record", "simulated median [P10, P90]", "record is", "why, and what to know"), rows)


def changes(found: list[Comparison], baseline: Simulated) -> str:
    """What should change where the record is outside, and what the change gives."""
    lines = []
    for one in found:
        if one.inside() or "change" not in one.said:
            continue
        change = one.said["change"]
        line = f"- **{one.said['name']}**: {change['text']}"
        if settings := _expanded(change.get("settings", {}), baseline):
            changed = estimated(QUANTITIES[one.key](Simulated(settings)))
            line += f" That gives {one.band(changed)}; the record is {_shown(one)}."
        lines.append(line)
    return "\n".join(lines)


def _expanded(settings: Mapping[str, Any], baseline: Simulated) -> dict[str, str]:
    """Settings with the groups of programs they name in braces written out."""
    programs = baseline.loaded.scenario.programs
    pillars = {name for name, bucket in baseline.loaded.scenario.money.buckets.items() if bucket.pillar}
    groups = {
        "development": baseline.growing(development=True),
        "production": baseline.growing(development=False),
        "residuals": [name for name, program in programs.items() if program.residual and program.bucket in pillars],
    }
    found = {}
    for path, value in settings.items():
        named = next((group for group in groups if f"{{{group}}}" in path), None)
        for name in groups[named] if named else [""]:
            found[path.replace(f"{{{named}}}", name)] = str(value)
    return found


def inputs(found: list[Distribution]) -> str:
    """The distributions by group."""
    head = ("what", "distribution", "evidence", "how much", "confidence of the numbers")
    parts = []
    for group in dict.fromkeys(one.group for one in found):
        own = [one for one in found if one.group == group]
        rows = [(one.name, one.spread, ", ".join(one.evidence) or "-", one.strength(), one.confidence) for one in own]
        parts.append(f"### {group}\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def thinness(found: list[Distribution]) -> str:
    """How wide the spreads are with evidence and without, in a sentence of counts."""

    def middle(ones: list[Distribution]) -> str:
        tails = np.array([one.tail for one in ones])
        return f"P90 over median is {np.median(tails):.2f} in the middle ({tails.min():.2f} to {tails.max():.2f})"

    factors = [one for one in found if one.factor]
    bare = [one for one in factors if not one.evidence]
    cited = [one for one in factors if one.evidence]
    none = sum(one.strength() == "none" for one in found)
    thin = sum(one.strength().startswith("thin") for one in found)
    return (
        f"Of {len(found)} distributions {none} cite no row of evidence, and {thin} cite fewer than five sourced ones. Of the "
        f"lognormal factors on duration and cost {len(bare)} cite none: {middle(bare)}. {len(cited)} cite some: {middle(cited)}."
    )


def cited_rows(found: list[Distribution]) -> str:
    """The rows that the distributions cite."""
    ids = sorted({id_ for one in found for id_ in one.evidence})
    return table(("row", "what", "value", "unit", "n", "confidence"), [tuple(evidence()[id_]) for id_ in ids])


def page() -> str:
    """The whole page."""
    words = yaml.safe_load((FOLDER / "calibration.yaml").read_text(encoding="utf-8"))
    baseline = Simulated()
    found, given = comparisons(baseline, words["comparisons"]), list(distributions(baseline.loaded))
    return str(words["page"]).format(
        replications=REPLICATIONS, traced=TRACED, seed=SEED, digest=baseline.run.digest, count=len(found),
        inside=sum(one.inside() for one in found), verdicts=verdicts(found, **baseline.fields()),
        changes=changes(found, baseline), thinness=thinness(given), inputs=inputs(given), rows=cited_rows(given),
    )  # fmt: skip


def _shown(one: Comparison) -> str:
    value = one.record * (100.0 if one.said.get("percent") else 1.0)
    return f"{value:,.1f}" if value >= LARGE else f"{value:.3g}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(settle(PAGE, page(), sys.argv[1:]))
