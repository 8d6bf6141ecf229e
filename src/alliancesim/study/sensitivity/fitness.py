"""Whether numbers would fit a scenario: what its checks say of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from alliancesim.errors import Finding
from alliancesim.scenario.crosscheck import crosscheck
from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.overlay import Assembly, apply_settings
from alliancesim.scenario.validation import validate
from alliancesim.study.sensitivity.ties import MENDED


def findings_about(loaded: LoadedScenario, values: Mapping[str, float]) -> list[Finding]:
    """What the checks say of these numbers when they stand in the scenario together. values: by dotted path.

    What numbers owe each other and `ties` mends is no finding, unless it is told of one of them.
    """
    root = copy.deepcopy(loaded.root)
    assembly = Assembly()
    apply_settings(root, values, assembly)
    scenario, found, left_out = validate(root)
    found += assembly.findings
    if scenario is not None:
        found += crosscheck(scenario, root, left_out)
    return [one for one in found if one.path in values or one.path.rpartition(".")[2] not in MENDED]
