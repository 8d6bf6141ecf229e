"""A resolved scenario as one that can be read where it is printed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alliancesim.scenario.load import LoadedScenario
from alliancesim.scenario.overlay import COMMAND_LINE
from alliancesim.scenario.yamlfile import node_at


def names_files(loaded: LoadedScenario) -> bool:
    """Whether a scenario names other files: fact tables, or a currency's history."""
    return next(_files_named(loaded), None) is not None


def resolved_here(loaded: LoadedScenario) -> dict[str, Any]:
    """The resolved scenario as a file in the current folder would have it: the files that it names are found from there."""
    tree = loaded.resolved()
    for *above, last in _files_named(loaded):
        part = tree
        for key in above:
            part = part[key]
        part[last] = _from_here(loaded, (*above, last), part[last])
    return tree


def _files_named(loaded: LoadedScenario) -> Iterator[tuple[str, ...]]:
    """Where a scenario names other files."""
    if loaded.scenario.facts is not None:
        yield ("facts",)
    yield from (("currencies", name, "history") for name in loaded.histories)


def _from_here(loaded: LoadedScenario, at: tuple[str, ...], written: str) -> str:
    """A path that stands in a file of the scenario, as one from the current folder; one from the root stays."""
    file = node_at(loaded.root, at).at.file
    beside = loaded.files[0] if file == COMMAND_LINE else Path(file)
    return written if Path(written).is_absolute() else Path(os.path.relpath(beside.parent / written)).as_posix()
