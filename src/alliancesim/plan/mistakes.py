"""What no plan can be made of: dates that no lot can meet, and indicators of outcomes that there are not.

Both are looked for without compiling, so that they are told beside whatever else is wrong with a scenario.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from alliancesim.errors import Finding, nearest
from alliancesim.plan.capability import outcome_places
from alliancesim.plan.pipelines import LotTable, planned_lots, structure
from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.model import Scenario
from alliancesim.scenario.planned import stage_value
from alliancesim.scenario.yamlfile import KeyPath, dotted, finding

DATES_REST_ON = (
    "channel", "stages", "quantity", "residual", "bid", "lots", "start", "state", "tranche_units", "current_estimate",
    "delivered_before_units",
)  # fmt: skip
"""Keys of a program that its planned dates follow from."""


def plan_mistakes(loaded: LoadedScenario, broken: Collection[str] = ()) -> list[Finding]:
    """Every finding on dates and indicators.

    Args:
        loaded: the scenario, as far as there is one.
        broken: dotted paths of what is wrong with it already; nothing is concluded from what stands there.
    """
    return [*_dates(loaded, broken), *_indicators(loaded)]


def touches(broken: Collection[str], *path: str | int) -> bool:
    """Whether something is broken at a path or below it."""
    return any(f"{one}.".startswith(f"{dotted(path)}.") for one in broken)


def _dates(loaded: LoadedScenario, broken: Collection[str]) -> Iterator[Finding]:
    """Dates that no stretching of stages meets: of programs, and of alternatives that are not chosen."""
    if touches(broken, "horizon"):
        return
    told = set()
    names = sorted(loaded.names("programs"))
    for name in loaded.scenario.programs:
        for below, found, allowed in _unmet(loaded.scenario, names, name, broken):
            told.add((name, below, found))
            path: KeyPath = ("programs", name, *below)
            yield finding(loaded.where(path), path, found, allowed)
    for at, program in loaded.others.items():
        name = str(at[1])
        if touches(broken, *at):
            continue
        instead = loaded.scenario.model_copy(update={"programs": {**loaded.scenario.programs, name: program}})
        for below, found, allowed in _unmet(instead, names, name, broken):
            if (name, below, found) not in told:
                yield finding(loaded.where((*at, *below)), (*at, *below), found, allowed)


def _unmet(scenario: Scenario, programs: list[str], name: str, broken: Collection[str]) -> list[tuple[KeyPath, str, str]]:
    """Dates of a program that its lots cannot meet, each below the program; none where they rest on what is broken.

    programs: all names in their order, also of programs that are not in the scenario for what is wrong with them.
    """
    program = scenario.programs[name]
    if program.residual or not _is_sound(scenario, name, broken):
        return []
    stages = structure(scenario, programs, name, 0, lambda _: 0)
    return LotTable(scenario, name, 0, stages, planned_lots(program, [], scenario)).fitter.unmet


def _is_sound(scenario: Scenario, name: str, broken: Collection[str]) -> bool:
    """Whether nothing is broken that a program's dates follow from."""
    program = scenario.programs[name]
    channel = scenario.channels.get(program.channel)
    if channel is None or touches(broken, "channels", program.channel, "stages"):
        return False
    if any(touches(broken, "programs", name, key) for key in DATES_REST_ON):
        return False
    used = {stage_value(scenario, program, stage, "resource") for stage in channel.stages} - {None}
    return all(resource in scenario.resources and not touches(broken, "resources", resource) for resource in used)


def _indicators(loaded: LoadedScenario) -> Iterator[Finding]:
    """Indicators of the scorecard whose outcome there is not."""
    places = outcome_places(loaded.names)
    tables = sorted({address.partition(".")[0] for address in places})
    for area in loaded.names("scorecard", "areas"):
        for name in loaded.names("scorecard", "areas", area, "indicators"):
            path = ("scorecard", "areas", area, "indicators", name, "outcome")
            outcome = loaded.text(path)
            if outcome is None or outcome in places:
                continue
            table = outcome.partition(".")[0]
            allowed = f"outcomes of the tables {', '.join(tables)}"
            if table in tables:
                allowed = f"{table}.column" if table == "fiscal_years" else f"{table}.name.column"
            found = f"no outcome '{outcome}' by fiscal year"
            yield finding(loaded.where(path), path, found, allowed, nearest(outcome, places, 0.0))
