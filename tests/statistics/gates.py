"""How often the check errs: 1,000 checks of a model that has not changed, and of one with a planted change.

    python tests/statistics/gates.py                      the tutorial scenario, a few minutes
    python tests/statistics/gates.py --gates 100 --json
    python tests/statistics/gates.py --gaps               laws without a density about the P80, some minutes

Each gate accepts the scenario under one seed and checks it under another: the worst case, in which a change of the model moved
every draw. It asks three things, through the functions of `alliancesim check`:

- With all margins zero and both looks, as under --settle: how often is anything called changed? At most 1 % of all gates.
- With the default margins: how often does the unchanged model pass, is it inconclusive, changed?
- With the default margins and one statistic shifted by the size that the check says it catches: is that one called changed in
  the first look? At least 90 %. Statistics and directions take turns.

Of laws with a gap beside the quantile or values that recur (`intervals.GAPS`, `RECURRING`) it asks of the P80, with a margin of
just the true difference: how often is it called changed, at most 0.5 % as one statistic, and how often equivalent, at most 2.5 %,
in one look? And how often is a shift that the check says it catches called changed?
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from intervals import GAPS, RECURRING, Kind

from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.study.gate.acceptance import default_statistics, kept
from alliancesim.study.gate.judgment import CHANGED, INCONCLUSIVE, Pairing, judge, judge_again, pairings
from alliancesim.study.gate.sample import Sample, extend
from alliancesim.study.runs.layout import Floats, Layout
from alliancesim.study.statistics.equivalence import CHANGED_RATE, EQUIVALENT_RATE, POWER
from alliancesim.study.statistics.paired import Functional, quantile_evidence, smallest_caught
from alliancesim.study.statistics.statistic import Statistic, find_statistics

JUST_MORE = 1e-6
"""What recurs is shifted by more than is stated: all shifts beyond are caught, that itself may be just the margin."""
TUTORIAL = Path(__file__).parents[2] / "scenarios" / "tutorial.yaml"
Law = Callable[[int], dict[str, Floats]]
"""Independent samples of the outcomes by seed: name to values, shape (replication,)."""


@dataclass
class Tally:
    """What many gates gave."""

    gates: int = 0
    alarms: int = 0
    """Null gates with margins of zero in which anything was called changed."""
    verdicts: Counter[str] = field(default_factory=Counter)
    """Null gates with default margins by their outcome after --settle."""
    planted: int = 0
    caught: int = 0


def play(law: Law, statistics: list[Statistic], gates: int, n: int, seed: int = 0) -> Tally:
    """Play gates. n: pairs of the first look; the second takes all that the law gives."""
    tally = Tally()
    for gate in range(gates):
        accepted, now = law(seed + 2 * gate), law(seed + 2 * gate + 1)
        strict = paired(statistics, 0.0, accepted, now, n)
        usual = paired(statistics, None, accepted, now, n)
        tally.gates += 1
        tally.alarms += CHANGED in settled(strict, n)
        found = settled(usual, n)
        tally.verdicts[CHANGED if CHANGED in found else INCONCLUSIVE if INCONCLUSIVE in found else "pass"] += 1
        plant(tally, usual, n, gate)
    return tally


def paired(
    statistics: list[Statistic], margin: float | None, accepted: dict[str, Floats], now: dict[str, Floats], n: int
) -> list[Pairing]:
    """Both samples as the check pairs them; margin None: the default ones."""
    held = kept([(statistic, margin) for statistic in statistics], accepted.__getitem__, n)
    return pairings(held, n, statistics, now.__getitem__)


def settled(both: list[Pairing], n: int) -> set[str]:
    """Verdicts after a first look at n pairs and a second at all."""
    first = judge(both, n)
    return {one.verdict for one in judge_again(first, both, len(both[0].now))}


def plant(tally: Tally, both: list[Pairing], n: int, gate: int) -> None:
    """Shift one statistic by what the check says it catches, and see."""
    stated = [one.catches for one in judge(both, n)]
    able = [i for i, size in enumerate(stated) if size]
    if not able:
        return
    i = able[gate % len(able)]
    sign = 1.0 if (gate // len(able)) % 2 else -1.0
    moved = [shifted(one, sign * float(stated[i] or 0.0)) if k == i else one for k, one in enumerate(both)]
    tally.planted += 1
    tally.caught += judge(moved, n)[i].verdict == CHANGED


def shifted(pairing: Pairing, shift: float) -> Pairing:
    """The same statistic with today's values moved by so much: what a planted change looks like."""
    return replace(pairing, now=pairing.now + shift, identical=False)


def tutorial(n: int) -> tuple[Law, list[Statistic]]:
    """The tutorial scenario, simulated, and what is judged of it by default."""
    loaded = load_scenario(TUTORIAL)
    compiled = compile_plan(loaded)
    layout = Layout.of(compiled)
    statistics = find_statistics(default_statistics(loaded, layout), layout)

    def law(seed: int) -> dict[str, Floats]:
        sample = Sample(layout, [one.outcome for one in statistics], n)
        extend(sample, compiled, n, seed, 1, None)
        return {one.outcome.name: sample.values(one.outcome.name) for one in statistics}

    return law, statistics


def invented(n: int) -> tuple[Law, list[Statistic]]:
    """The same names with an invented law, skewed, correlated, partly discrete and partly censored: no simulation."""
    _, statistics = tutorial(n)

    def law(seed: int) -> dict[str, Floats]:
        draws = np.random.default_rng([seed, n])
        common = draws.normal(size=n)
        found = {}
        for i, one in enumerate(statistics):
            values = np.exp(0.5 * common + 0.8 * draws.normal(size=n))
            if i % 3 == 1:
                values = np.floor(4.0 * values)
            if one.share is not None:
                values = np.where(values > 12.0, np.inf, values)
            found[one.outcome.name] = values
        return found

    return law, statistics


@dataclass
class Verdicts:
    """What many looks at one quantile gave, the margin being its true difference."""

    changed: int = 0
    equivalent: int = 0
    planted: int = 0
    caught: int = 0


def verdicts(kind: Kind, n: int, looks: int, seed: int = 0, statistic: str = "P80") -> Verdicts:
    """Judge a quantile whose true difference is the margin, and one of a sample of the same law that was shifted.

    Args:
        kind: the law; A is accepted.
        n: pairs of a look.
        looks: how many.
        seed: of the samples.
        statistic: which quantile.
    """
    generator, asked, found = np.random.default_rng([seed, n]), Functional.named(statistic), Verdicts()
    margin = abs(kind.true(asked))
    for look in range(looks):
        accepted, now = kind.draw(generator, n)
        evidence = quantile_evidence(accepted, now, asked, margin)
        found.changed += evidence.changed() <= CHANGED_RATE
        found.equivalent += evidence.equivalent() <= EQUIVALENT_RATE
        again, _ = kind.draw(generator, n)
        stated = smallest_caught(accepted, asked.p, margin, 1)
        if stated is not None:
            found.planted += 1
            size = stated + JUST_MORE
            moved = again + (size if look % 2 else -size)
            found.caught += quantile_evidence(accepted, moved, asked, margin).changed() <= CHANGED_RATE
    return found


def report_gaps(looks: int, seed: int) -> bool:
    """Print the verdicts on laws with a gap. Returns whether a bound is missed by more than chance: 3 standard errors."""
    missed = False
    sys.stdout.write(f"{looks:,} looks at the P80, margin its true difference, seed {seed}\n")
    sys.stdout.write(f"{'law':<34}{'n':>6}{'margin':>8}{'changed':>9}{'equivalent':>12}{'planted':>9}{'caught':>8}\n")
    for kind in (*GAPS, *RECURRING):
        margin = abs(kind.true(Functional.named("P80")))
        for n in (200, 1000):
            found = verdicts(kind, n, looks, seed)
            counts = f"{found.changed:>9}{found.equivalent:>12}{found.planted:>9}{found.caught:>8}"
            sys.stdout.write(f"{kind.name:<34}{n:>6}{margin:>8.2f}{counts}\n")
            sys.stdout.flush()
            for wrong, rate, of in (
                (found.changed, CHANGED_RATE, looks),
                (found.equivalent, EQUIVALENT_RATE, looks),
                (found.planted - found.caught, 1.0 - POWER, found.planted),
            ):
                missed |= wrong > rate * of + 3.0 * (rate * (1.0 - rate) * of) ** 0.5
    return missed


def main() -> int:
    """Play and report; exit status 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gates", type=int, default=1000)
    parser.add_argument("--n", type=int, default=200, help="pairs of the first look")
    parser.add_argument("--judged", type=int, default=400, help="pairs of the second look")
    parser.add_argument("--seed", type=int, default=0, help="gate g takes the seeds S + 2 g and S + 2 g + 1")
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--gaps", action="store_true", help="laws with a gap beside the quantile or values that recur, no scenario"
    )
    asked = parser.parse_args()
    if asked.gaps:
        return int(report_gaps(asked.gates, asked.seed))
    law, statistics = tutorial(asked.judged)
    tally = play(law, statistics, asked.gates, asked.n, asked.seed)
    most, least = 0.02 * tally.gates, 0.9 * tally.planted
    if asked.json:
        sys.stdout.write(json.dumps({**vars(asked), "statistics": len(statistics), **asdict(tally)}) + "\n")
    else:
        verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(tally.verdicts.items()))
        sys.stdout.write(
            f"{tally.gates:,} null gates, {len(statistics)} statistics, {asked.n} and {asked.judged} pairs, seed {asked.seed}\n"
            f"margins of zero: {tally.alarms:,} alarms (at most {most:g})\n"
            f"default margins: {verdicts}\n"
            f"planted shifts of the stated size: {tally.caught:,} of {tally.planted:,} caught (at least {least:g})\n"
        )
    return int(tally.alarms > most or tally.caught < least)


if __name__ == "__main__":
    sys.exit(main())
