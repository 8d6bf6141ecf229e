"""Scenarios on common draws: what every other one changes of the first, replication by replication.

Draws are addressed, so what a change does not touch is the same in both; the paired difference is the effect of the change.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from alliancesim.errors import RequestError
from alliancesim.plan.compile import compile_plan
from alliancesim.scenario.load import load_scenario
from alliancesim.study.differences.changes import input_differences
from alliancesim.study.differences.compared import default_names, find_compared, observations, open_years, subject
from alliancesim.study.differences.comparison import Comparison, Pair
from alliancesim.study.differences.difference import difference
from alliancesim.study.differences.drivers import chosen_orders, decompose
from alliancesim.study.differences.horizons import calendars
from alliancesim.study.runs.batch import check_request
from alliancesim.study.runs.layout import Layout
from alliancesim.study.runs.run import Progress, Run, Say, open_run, run
from alliancesim.study.statistics.paired import Functional

DEFAULT_N = 1000


def compare(
    *given: str | os.PathLike[str] | Run, n: int | None = None, seed: int | None = None, workers: int = 1,
    progress: Progress | None = None, engine: str | None = None, say: Say | None = None,
) -> Comparison:  # fmt: skip
    """Paired differences of scenarios or runs from the first one.

    Args:
        given: two or more scenario files, run folders or runs, in any mix; the first is the reference. A scenario is simulated
            with the seed and n of the runs, unless its default folder holds that run already.
        n: replications compared; default: all of the runs given, or 1000.
        seed: of simulations; default: that of the runs given, or 0.
        workers: threads of simulations (processes of the reference engine).
        progress: told after every chunk of a simulation.
        engine: `batch` or `reference`.
        say: told what is not simulated because it is there.

    Raises:
        RequestError: there are fewer than two, or they cannot be paired.
    """
    if len(given) < 2:
        message = f"{len(given)} given; a comparison takes two or more scenario files or run folders"
        raise RequestError(message)
    opened = [one if isinstance(one, Run) else open_run(one) if Path(one).is_dir() else None for one in given]
    there = [one for one in opened if one is not None]
    seeds = {one.seed for one in there} | ({seed} if seed is not None else set())
    if len(seeds) > 1:
        message = f"seeds {', '.join(map(str, sorted(seeds)))} differ: replications cannot be paired; run all with one seed"
        raise RequestError(message)
    common = seeds.pop() if seeds else 0
    count = n if n is not None else min((one.n for one in there), default=DEFAULT_N)
    check_request(count, common, workers)
    for one in there:
        if one.n < count:
            message = f"{one.folder} has {one.n} replications, {count} are asked for"
            raise RequestError(message)
    reference, *others = (
        one or run(name, count, common, workers, progress=progress, engine=engine, say=say)  # type: ignore[arg-type]
        for one, name in zip(opened, given, strict=True)
    )
    return Comparison([pair(reference, other, count) for other in others])


def explain_differences(
    comparison: Comparison, of: Sequence[str] = (), groups: Sequence[str] = (), workers: int = 1,
    progress: Progress | None = None, engine: str | None = None, orders: int | None = None,
) -> None:  # fmt: skip
    """Share out, in every pair, the differences of some outcomes (the most material ones) among the changed inputs.

    Arguments and errors are those of `drivers.decompose`.
    """
    for one in comparison.pairs:
        wanted = list(of) or one.most_material()
        one.decompositions = decompose(one.a, one.b, one.n, wanted, groups, workers, progress, engine, orders)


def check_drivers(given: Sequence[str | os.PathLike[str] | Run], of: Sequence[str], orders: int | None = None) -> None:
    """Refuse, before anything is simulated, what `explain_differences` would refuse of these arguments. Raises RequestError."""
    chosen_orders(orders)
    names = [Functional.behind(text)[0] for text in of]
    for one in given if names else ():
        if isinstance(one, Run):
            layout = one.layout
        else:
            layout = open_run(one).layout if Path(one).is_dir() else Layout.of(compile_plan(load_scenario(one)))
        find_compared(names, layout, layout.fiscal_years())


def pair(a: Run, b: Run, n: int) -> Pair:
    """The comparison of two runs over their first n replications."""
    names, years = default_names(a, b), open_years(a, b)
    own, other = (
        observations(one, find_compared(names, one.layout, years), n, calendar)
        for one, calendar in zip((a, b), calendars(a, b), strict=True)
    )
    differences = [difference(x, y, subject(x.outcome, a)) for x, y in zip(own, other, strict=True)]
    differences.sort(key=lambda one: (not one.clear(), -one.materiality, one.name))
    own_programs, other_programs = set(a.layout.programs), set(b.layout.programs)
    only_a, only_b = sorted(own_programs - other_programs), sorted(other_programs - own_programs)
    return Pair(a, b, n, differences, input_differences(a, b), only_a, only_b)
