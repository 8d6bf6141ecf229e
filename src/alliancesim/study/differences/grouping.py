"""Groups of changed inputs, between which a difference is shared out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from alliancesim.errors import RequestError, nearest
from alliancesim.study.differences.changes import Change


@dataclass(frozen=True)
class ChangeGroup:
    """Changes that are made together."""

    name: str
    changes: tuple[Change, ...]


def grouped(changes: Sequence[Change], patterns: Sequence[str] = ()) -> list[ChangeGroup]:
    """Every change in one group, the groups in the order of their names.

    Without patterns a group is a block of the scenario at the highest level at which there are at least two: `money` and
    `programs`, or, where only programs changed, `programs.kc46` and `programs.ship`.

    Args:
        changes: all that differs.
        patterns: for dotted paths, in the manner of file names; one may be several, separated by commas. What matches the first
            one is a group by its name, and so on; the rest is grouped as without patterns.

    Raises:
        RequestError: a pattern matches no change that is left.
    """
    rest = list(changes)
    found = []
    for pattern in patterns:
        parts = [part.strip() for part in pattern.split(",")]
        taken = tuple(change for change in rest if any(_matches(change, part) for part in parts))
        if not taken:
            names = [change.name for change in rest]
            meant = nearest(pattern, [*names, *(name.rpartition(".")[0] for name in names)])
            listed = ", ".join(names[:12]) + (f", ... ({len(names)} in all)" if len(names) > 12 else "") or "none"
            message = f"--group '{pattern}' matches no changed input that is left; " + (
                f"did you mean '{meant}'?" if meant else f"there are: {listed}"
            )
            raise RequestError(message)
        found.append(ChangeGroup(pattern, taken))
        rest = [change for change in rest if change not in taken]
    return sorted([*found, *_by_block(rest)], key=lambda group: group.name)


def _matches(change: Change, pattern: str) -> bool:
    """A pattern takes a path and all below it. What was added or removed as a whole goes by the path of the whole."""
    return any(fnmatchcase(change.name, one) for one in (pattern, f"{pattern}.*"))


def _by_block(changes: Sequence[Change]) -> list[ChangeGroup]:
    """Groups at the highest level that has two of them; one where no level has."""
    deepest = max((len(change.path) for change in changes), default=0)
    for depth in range(1, deepest + 1):
        blocks: dict[tuple[str, ...], list[Change]] = {}
        for change in changes:
            blocks.setdefault(change.path[:depth], []).append(change)
        if len(blocks) > 1 or depth == deepest:
            return [ChangeGroup(".".join(path), tuple(members)) for path, members in blocks.items()]
    return []
