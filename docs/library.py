"""Writes docs/library.md: each scenario of the library against the baseline, in the outcomes that its description names.

    python docs/library.py            write the page
    python docs/library.py --check    exit 1 if the page shows anything else

The outcomes, and where they must move, are those of library.yaml.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml
from generate import table
from pages import settle

from alliancesim.study.differences.compared import Compared, find_compared, observations, open_years
from alliancesim.study.differences.difference import moved
from alliancesim.study.runs.run import Run, run
from alliancesim.study.sheet import with_interval
from alliancesim.study.statistics.estimate import Value, mean_with_interval, quantile_with_interval
from alliancesim.study.statistics.paired import Functional

FOLDER = Path(__file__).parent
PAGE = FOLDER / "library.md"
SCENARIOS = FOLDER.parent / "scenarios"
BASELINE = "japan-2025-08"
REPLICATIONS, SEED = 300, 7
HEAD = """# The library of scenarios

Each file of [scenarios](../scenarios) that extends the Japan baseline asks one question. Below stand the outcomes that answer it,
in the baseline and as the scenario moves them: {replications} futures of each on common draws (seed {seed}), means where no
percentile is named, with 95 % intervals as `alliancesim compare` gives them. `python docs/library.py` makes this page again; a
test asks that every interval lies on the side of zero that [library.yaml](library.yaml) says. In the place of a year, `open` is
the sum over the fiscal years open on the as-of date, FY2025 to FY2035. Months count from the start of
FY2023; a delivery beyond the horizon counts as one at the horizon, so such a difference is a lower bound.

"""


class Claim(NamedTuple):
    """An outcome that a scenario must move."""

    outcome: str
    """As `study.differences.compared` has it, with or without a statistic behind it."""
    name: str
    rises: bool


class Answer(NamedTuple):
    """A claim and what two runs say about it."""

    claim: Claim
    outcome: Compared
    before: Value
    """In the baseline."""
    change: Value
    """The scenario less the baseline."""

    def holds(self) -> bool:
        """Whether the interval of the change lies on the side of zero that the claim says."""
        low, high = self.change.low, self.change.high
        return low is not None and low > 0.0 if self.claim.rises else high is not None and high < 0.0

    def level(self) -> str:
        """The baseline with its interval and unit."""
        scale, unit = self.outcome.column.scale
        return with_interval(self.before, scale) + ("" if unit == "1" else f" {unit}")

    def words(self) -> str:
        """What the scenario does to the outcome."""
        scale, unit = self.outcome.column.scale
        up = self.change.value > 0.0
        size = self.change if up else self.change.turned()
        shown = {"%": " points", "1": ""}.get(unit, f" {unit}")
        way = ("later" if up else "earlier") if self.outcome.censor else "up" if up else "down"
        return f"{self.claim.name}: {way} by {with_interval(size, scale)}{shown}"


def claims() -> dict[str, list[Claim]]:
    """The claims of library.yaml by scenario."""
    given = yaml.safe_load((FOLDER / "library.yaml").read_text(encoding="utf-8"))
    return {scenario: [Claim(**one) for one in claimed] for scenario, claimed in given.items()}


def simulated(scenario: str, folder: Path, n: int, seed: int) -> Run:
    """A run of a scenario of the library."""
    return run(SCENARIOS / f"{scenario}.yaml", n, seed, out=folder / scenario)


def answers(baseline: Run, other: Run, claimed: list[Claim]) -> Iterator[Answer]:
    """What two runs say about claims."""
    years = open_years(baseline, other)
    for claim in claimed:
        name, functional = Functional.behind(claim.outcome)
        wanted = [find_compared([name], one.layout, years) for one in (baseline, other)]
        a, b = (next(observations(one, of, one.n)) for one, of in zip((baseline, other), wanted, strict=True))
        before = mean_with_interval(a.values) if functional.p is None else quantile_with_interval(a.ranked, functional.p)
        yield Answer(claim, wanted[0][0], before, moved(a, b, functional)[0])


def question(description: str) -> str:
    """A description without the names of outcomes."""
    return re.sub(r" \([^)]*\)", "", description)


def page() -> str:
    """The whole page."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="library-") as name:
        baseline = simulated(BASELINE, Path(name), REPLICATIONS, SEED)
        for scenario, claimed in claims().items():
            other = simulated(scenario, Path(name), REPLICATIONS, SEED)
            head = f"[{scenario}](../scenarios/{scenario}.yaml)", question(other.manifest["description"])
            for answer in answers(baseline, other, claimed):
                rows.append((*head, f"`{answer.claim.outcome}`", answer.level(), answer.words()))
                head = "", ""
    told = table(("scenario", "question", "outcome", "baseline", "what the scenario does"), rows)
    return f"{HEAD.format(replications=REPLICATIONS, seed=SEED)}{told}\n"


if __name__ == "__main__":
    raise SystemExit(settle(PAGE, page(), sys.argv[1:]))
