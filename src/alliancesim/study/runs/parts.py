"""Parts: consecutive replications of a run, one Parquet file per table, in a folder per table.

A part is there when its seal is: a small file in the folder `parts`, written last, with the identity of the run and the digest of
each of its files. So a part that is damaged, or of another run, is found before it is used again. No file of a part is ever
changed once it has its name.
"""

from __future__ import annotations

import bisect
import errno
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xxhash

from alliancesim.study.runs.durable import sync, unfinished, write_durably
from alliancesim.study.runs.layout import REPLICATIONS, Layout
from alliancesim.study.runs.tables import arrow_table, encoded, replication_table

if TYPE_CHECKING:
    from alliancesim.study.runs.simulator import Chunk

SUFFIX = ".parquet"
SEALS, SEAL_SUFFIX = "parts", ".json"
NAME = re.compile(r"(\d{8})-n(\d+)")
Identity = dict[str, Any]
"""What two runs must share to have the same replications, see `place.identity`."""
NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES)


@dataclass(frozen=True, order=True)
class Part:
    """Replications first to first + count - 1."""

    first: int
    count: int

    @property
    def name(self) -> str:
        """Its name, the same in every table's folder."""
        return f"{self.first:08d}-n{self.count}"

    @property
    def end(self) -> int:
        """The replication after its last."""
        return self.first + self.count

    @classmethod
    def named(cls, name: str) -> Part | None:
        """The part of a name, None where it is no such name."""
        match = NAME.fullmatch(name)
        return cls(int(match[1]), int(match[2])) if match else None

    def file(self, folder: Path, table: str) -> Path:
        """Its file of one table."""
        return folder / table / f"{self.name}{SUFFIX}"

    def seal(self, folder: Path) -> Path:
        """Its seal."""
        return folder / SEALS / f"{self.name}{SEAL_SUFFIX}"


def table_names(layout: Layout) -> tuple[str, ...]:
    """All tables of a run."""
    return (REPLICATIONS, *layout.tables())


def found(folder: Path) -> list[Part]:
    """The parts in a folder, by their seals' names alone, in order."""
    place = folder / SEALS
    names = [path.stem for path in place.iterdir() if path.suffix == SEAL_SUFFIX] if place.is_dir() else []
    return sorted(part for name in names if (part := Part.named(name)) is not None)


def write_part(folder: Path, layout: Layout, identity: Identity, chunk: Chunk) -> Part:
    """Write a chunk of the run of this identity durably. Raises OSError."""
    part = Part(chunk.first, len(chunk.digests))
    rows = layout.rows(chunk.outcomes)
    digests = {}
    for name in table_names(layout):
        if name == REPLICATIONS:
            content = encoded(replication_table(chunk.first, chunk.digests, chunk.events))
        else:
            content = encoded(arrow_table(layout.tables()[name], chunk.first, rows[name]))
        digests[name] = xxhash.xxh3_128_hexdigest(content)
        write_durably(part.file(folder, name), content)
    write_durably(part.seal(folder), json.dumps({"run": identity, "files": digests}, indent=1).encode())
    return part


def is_whole(folder: Path, layout: Layout, identity: Identity, part: Part) -> bool:
    """Whether a part is of the run of this identity, and every file of it is there, undamaged."""
    return damaged(folder, table_names(layout), identity, part) is None


def damaged(folder: Path, tables: Iterable[str], identity: Identity, part: Part) -> Path | None:
    """The first file of a part that is not as it was sealed for the run of this identity: its seal, or its file of one of the
    tables. None where all are.
    """
    at = part.seal(folder)
    try:
        seal = json.loads(at.read_bytes())
        if seal["run"] != identity:
            return at
        for name in tables:
            at = part.file(folder, name)
            if xxhash.xxh3_128_hexdigest(at.read_bytes()) != seal["files"][name]:
                return at
    except (OSError, ValueError, KeyError, TypeError):
        return at
    return None


def take_over(source: Path, target: Path, layout: Layout, identity: Identity, part: Part) -> bool:
    """Link a part of another folder into this one (copy it where the file system has no links); False if it is not whole."""
    try:
        for name in table_names(layout):
            _link(part.file(source, name), part.file(target, name))
        _link(part.seal(source), part.seal(target))
    except FileNotFoundError:
        drop(target, layout, part)
        return False
    if is_whole(target, layout, identity, part):
        return True
    drop(target, layout, part)
    return False


def drop(folder: Path, layout: Layout, part: Part) -> None:
    """Remove a part; its seal first, so that what is left never counts."""
    part.seal(folder).unlink(missing_ok=True)
    for name in table_names(layout):
        part.file(folder, name).unlink(missing_ok=True)


def missing(held: Iterable[Part], n: int, size: int) -> list[tuple[int, int]]:
    """Spans (first, count) of replications below n that no part holds, none across a multiple of size."""
    spans = []
    for first, end in _gaps(sorted(held), n):
        at = first
        while at < end:
            count = min(size - at % size, end - at)
            spans.append((at, count))
            at += count
    return spans


def fitting(parts: Iterable[Part], held: Iterable[Part], n: int) -> list[Part]:
    """Of some parts, those below n that overlap neither each other nor what is held; in order."""
    taken = sorted(held)
    chosen = []
    for part in sorted(parts):
        at = bisect.bisect(taken, part)
        after_the_last = at == 0 or taken[at - 1].end <= part.first
        before_the_next = at == len(taken) or part.end <= taken[at].first
        if 0 < part.count and part.end <= n and after_the_last and before_the_next:
            chosen.append(part)
            taken.insert(at, part)
    return chosen


def _gaps(held: list[Part], n: int) -> Iterator[tuple[int, int]]:
    at = 0
    for part in held:
        if at < part.first:
            yield at, part.first
        at = part.end
    if at < n:
        yield at, n


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in NO_LINK:
            raise
        partial = unfinished(target)
        shutil.copyfile(source, partial)
        sync(partial)
        partial.rename(target)
