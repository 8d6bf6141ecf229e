"""Which points of the unit cube a sensitivity analysis looks at, and what the values there tell: SALib samples and analyzes.

The replication index is one more input, `chance`, in a group of its own. SALib's value for it only says whether it has moved
within a block (a base sample of Sobol with its crossed rows, a trajectory of Morris): a block has two replications of its own,
one before and one after. So A and B of the Saltelli scheme have different replications, and only the crossed row of `chance`
exchanges them.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import SALib.analyze.morris
import SALib.analyze.sobol
import SALib.sample.morris
import SALib.sample.sobol

from alliancesim.errors import RequestError
from alliancesim.plan.layout import Ints
from alliancesim.rules.draws import address_key
from alliancesim.study.runs.layout import Floats
from alliancesim.study.statistics.estimate import CONFIDENCE, Value, finite

METHODS = ("morris", "sobol")
CHANCE = "chance"
LEVELS = 4
"""Levels of Morris's grid (Morris 1991; Campolongo et al. 2007)."""
STEP_SHARE = LEVELS / (2 * (LEVELS - 1))
"""How far a trajectory moves an input on it."""
TAIL_SHARE = 0.01
"""Morris's grid spans each input between this quantile and its mirror, since distributions may have no ends."""
RESAMPLES = 200
"""Bootstrap samples behind an interval."""
LEAST_SHARE = 2.0**-53
LEAST_MOVED = 10
"""Blocks of Sobol in which the outcome must leave its median, so that shares of its variance can have intervals."""


@dataclass(frozen=True)
class Index:
    """What a group of inputs does to one outcome: Sobol gives shares of its variance, Morris changes in units of the outcome."""

    group: str
    size: Value
    """Sobol: total-order index. Morris: mean absolute change by a step (mu* times STEP_SHARE)."""
    first: Value | None = None
    """Sobol: first-order index."""
    sd: float | None = None
    """Morris: sd of the changes, of a group of one input."""
    moved: int = 0
    """In how many blocks moving it, and it alone, moved the outcome."""
    blocks: int = 0
    """How many there are; each moves every group once."""

    def idle(self) -> bool:
        """Whether it moves no evaluation, as far as that is known."""
        return self.moved == 0 and self.size.low is not None

    def clear(self) -> bool:
        """Whether its size can be bounded away from zero."""
        return self.size.low is not None and self.size.low > 0.0

    def verdict(self) -> str:
        """The same in words; `total only`: the first-order index is not distinguishable from zero.

        What moved the outcome even once has an effect, however little its size is known.
        """
        if self.moved == 0:
            return "no effect" if self.idle() else "not distinguishable from zero"
        if not self.clear():
            return "some effect"
        if self.first is not None and (self.first.low is None or self.first.low <= 0.0):
            return "total only"
        return "clear"

    def told(self) -> str:
        """The verdict for a table, some effect with how often there was one."""
        verdict = self.verdict()
        return f"{verdict} ({self.moved:,} of {self.blocks:,})" if verdict == "some effect" else verdict


class Design:
    """The evaluations of one analysis.

    Attributes:
        shares: points of the unit cube, shape (evaluation, input).
        replications: shape (evaluation,).
        block: evaluations that belong together.
    """

    def __init__(self, method: str, groups: Sequence[str], n: int, seed: int) -> None:
        """groups: the group of each input; n: base samples of Sobol (a power of 2), trajectories of Morris.

        Raises RequestError for a method or an n that makes no sense.
        """
        if (wrong := wrong_design(method, n)) is not None:
            raise RequestError(wrong)
        self.method = method
        self.seed = seed
        names = [f"x{i}" for i in range(len(groups))]
        self.problem: dict[str, Any] = {
            "num_vars": len(names) + 1, "names": [*names, CHANCE], "groups": [*groups, CHANCE],
            "bounds": [[0.0, 1.0]] * (len(names) + 1),
        }  # fmt: skip
        self.groups = list(dict.fromkeys(self.problem["groups"]))
        generator = np.random.default_rng([seed, address_key("sensitivity/sample")])
        if method == "sobol":
            self.block = len(self.groups) + 2
            self.points = SALib.sample.sobol.sample(self.problem, n, calc_second_order=False, scramble=True, seed=generator)
            self.shares = np.clip(self.points[:, :-1], LEAST_SHARE, 1.0 - LEAST_SHARE)
        else:
            self.block = len(self.groups) + 1
            self.points = SALib.sample.morris.sample(self.problem, n, num_levels=LEVELS, seed=generator)
            self.shares = TAIL_SHARE + (1.0 - 2.0 * TAIL_SHARE) * self.points[:, :-1]
        chance = self.points[:, -1].reshape(-1, self.block)
        moved = chance != chance[:, :1]
        self.replications: Ints = (2 * np.arange(len(chance))[:, None] + moved).ravel()

    def independent(self) -> Any:
        """Positions of evaluations that share neither inputs nor replications: the first of a block, and of Sobol the last."""
        first = np.arange(0, len(self.replications), self.block)
        return first if self.method == "morris" else np.concatenate([first, first + self.block - 1])

    def indices(self, values: Floats) -> list[Index]:
        """The index of every group, `chance` last; none where the values are all the same. values: shape (evaluation,).

        Shares of Sobol have no interval where too few evaluations moved: the bootstrap sees only the few that did.
        """
        if np.ptp(values) == 0.0:
            return []
        moved, blocks = self._moved(values), len(values) // self.block
        bootstrap = [self.seed, address_key("sensitivity/bootstrap")]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # bootstrap samples that happen to be constant
            if self.method == "sobol":
                found = SALib.analyze.sobol.analyze(
                    self.problem, values, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=bootstrap
                )
                known = self._tells(values)
                total, first = (
                    [
                        Value.around(float(value), float(half) if known else None)
                        for value, half in zip(found[of], found[f"{of}_conf"], strict=True)
                    ]
                    for of in ("ST", "S1")
                )
                return [
                    Index(group, _from_zero(size), alone, moved=moved[group], blocks=blocks)
                    for group, size, alone in zip(self.groups, total, first, strict=True)
                ]
            found = SALib.analyze.morris.analyze(
                self.problem, self.points, values, num_resamples=RESAMPLES, conf_level=CONFIDENCE, num_levels=LEVELS,
                seed=np.random.default_rng(bootstrap),
            )  # fmt: skip
        at = {name: i for i, name in enumerate(found["names"])}
        size, half, sd = (
            (STEP_SHARE * np.asarray(found[name], np.float64)).tolist() for name in ("mu_star", "mu_star_conf", "sigma")
        )
        places = [(group, at[group]) for group in self.groups]
        return [
            Index(group, _from_zero(Value.around(size[i], half[i])), sd=finite(sd[i]), moved=moved[group], blocks=blocks)
            for group, i in places
        ]

    def _moved(self, values: Floats) -> dict[str, int]:
        """In how many blocks each group, moved alone, moved the outcome."""
        each = values.reshape(-1, self.block)
        if self.method == "sobol":  # A, then A with each group of B
            return dict(zip(self.groups, (each[:, 1:-1] != each[:, :1]).sum(axis=0).tolist(), strict=True))
        steps = np.diff(self.points.reshape(*each.shape, -1), axis=1) != 0.0
        of_input = np.array([self.groups.index(group) for group in self.problem["groups"]])
        stepped = of_input[steps.argmax(axis=2)][np.diff(each, axis=1) != 0.0]
        return dict(zip(self.groups, np.bincount(stepped, minlength=len(self.groups)).tolist(), strict=True))

    def _tells(self, values: Floats) -> bool:
        """Whether shares of variance rest on enough blocks, and on some of the evaluations that give the variance (A and B)."""
        moved = (values.reshape(-1, self.block) != np.median(values)).any(axis=1)
        return int(moved.sum()) >= LEAST_MOVED and float(np.ptp(values[self.independent()])) > 0.0


def _from_zero(size: Value) -> Value:
    """The size of an effect, none of which is below zero: its interval, symmetric by its making, is cut there."""
    return size if size.low is None else Value(size.value, max(0.0, size.low), size.high)


def wrong_design(method: str, n: int) -> str | None:
    """What makes no sense of a method, or of an n for it; None where both do."""
    if method not in METHODS:
        return f"method = '{method}'; {' or '.join(METHODS)}"
    if method == "sobol" and (n < 2 or n & (n - 1)):
        below = 1 << max(1, n.bit_length() - 1)
        return f"n = {n}; Sobol's sequence is balanced at powers of 2: {below} or {2 * below}"
    if method == "morris" and n < 2:
        return f"trajectories = {n}; at least 2"
    return None
