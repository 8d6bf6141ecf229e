"""Putting a run together: in a working folder beside its place, part by part, then renamed to its place.

A killed run leaves the working folder, which does not read as a run; the same run again goes on from the parts in it. The run
that stood in the place before is not touched until the new one is complete.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from alliancesim.errors import RunError, StoreError
from alliancesim.study.runs import place as places
from alliancesim.study.runs.digest import run_digest
from alliancesim.study.runs.durable import UNFINISHED_SUFFIX, sync, write_durably
from alliancesim.study.runs.layout import REPLICATIONS, Layout
from alliancesim.study.runs.parts import (
    SEALS,
    Identity,
    Part,
    fitting,
    found,
    is_whole,
    missing,
    table_names,
    take_over,
    write_part,
)
from alliancesim.study.runs.reading import numbers, read_table

if TYPE_CHECKING:
    from alliancesim.study.runs.simulator import Chunk

WRITERS = 2
"""Threads that encode and write; each holds one chunk."""


def is_complete(place: Path, layout: Layout, n: int, identity: Identity) -> bool:
    """Whether a place holds a run of this identity with n replications, every part of it undamaged."""
    if not places.is_run_folder(place) or places.identity_of(place) != identity:
        return False
    parts = fitting(found(place), [], n)
    return not missing(parts, n, n) and parts == found(place) and all(is_whole(place, layout, identity, part) for part in parts)


class WorkingFolder:
    """The working folder of one run: enter, take over what is there, append what is missing, finish.

    Only one process can be inside. Left unfinished, it stays for the next one, unless it holds nothing.
    """

    def __init__(self, place: Path, layout: Layout, n: int, identity: Identity) -> None:
        self.place = place
        self.folder = places.working_folder(place)
        self.old = self.folder.with_suffix(".old")
        self.layout = layout
        self.n = n
        self.identity = identity
        self.held: list[Part] = []
        self.lock = -1
        self.finished = False
        self.pool = ThreadPoolExecutor(WRITERS, "writer")
        self.waiting: deque[Future[Part]] = deque()

    def __enter__(self) -> WorkingFolder:
        with _reported(self.place):
            places.check_place(self.place)
            self.lock = self._lock()
            try:
                self._begin()
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, _kind: object = None, error: BaseException | None = None, _trace: object = None) -> None:
        for future in self.waiting:
            future.cancel()
        self.pool.shutdown()
        self.held += [future.result() for future in self.waiting if not future.cancelled() and not future.exception()]
        self.waiting.clear()
        with contextlib.suppress(OSError):
            if not self.finished and self.folder.exists() and not found(self.folder):
                places.remove(self.folder)
        os.close(self.lock)
        if isinstance(error, KeyboardInterrupt | RunError | StoreError):
            error.args = (f"{str(error) or 'interrupted'}; {self._kept()}",)

    def replications(self) -> int:
        """How many replications are held."""
        return sum(part.count for part in self.held)

    def take_over(self, folders: Iterable[Path]) -> int:
        """Take over what other runs of the same identity hold; returns how many replications."""
        before = self.replications()
        with _reported(self.place):
            for folder in folders:
                if places.identity_of(folder) != self.identity:
                    continue
                for part in fitting(found(folder), self.held, self.n):
                    if take_over(folder, self.folder, self.layout, self.identity, part):
                        self.held.append(part)
        return self.replications() - before

    def missing(self, size: int) -> list[tuple[int, int]]:
        """Spans (first, count) still to be simulated, at most `size` long."""
        return missing(self.held, self.n, size)

    def append(self, chunk: Chunk) -> None:
        """Write a chunk in the background; waits while too many are on their way. Raises StoreError for an earlier one."""
        while len(self.waiting) >= WRITERS:
            self._take()
        self.waiting.append(self.pool.submit(write_part, self.folder, self.layout, self.identity, chunk))

    def settle(self) -> None:
        """Wait until everything appended is written. Raises StoreError."""
        while self.waiting:
            self._take()

    def contents(self) -> tuple[list[str], str, int]:
        """Names of the parts in order, the digest of the run and its events, as read from what is stored."""
        parts, events = sorted(self.held), 0

        def digests() -> Iterator[str]:
            nonlocal events
            for part in parts:
                table = read_table(self.folder, REPLICATIONS, [part], 1)
                events += int(numbers(table.column("events")).sum())
                yield from table.column("digest").to_pylist()

        digest = run_digest(self.layout, digests())
        return [part.name for part in parts], digest, events

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest and put the folder in its place. Raises StoreError."""
        with _reported(self.place):
            for name in self._folders():
                sync(self.folder / name)
            _write(self.folder / places.MANIFEST, manifest)
            (self.folder / places.UNFINISHED).unlink(missing_ok=True)
            sync(self.folder)
            self._replace()
            self.finished = True
            sync(self.place.parent)

    def _kept(self) -> str:
        """What is left of the run when it stops here."""
        count = self.replications()
        if not count:
            return "nothing was kept of it"
        return f"{count:,} of {self.n:,} replications are kept in {self.folder}; the same command continues with the others"

    def _lock(self) -> int:
        """Create the folder and lock it; the lock ends with this process, however it ends."""
        while True:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self.folder.exists() and self.folder.stat().st_ino == os.fstat(lock).st_ino:
                    return lock
            except BlockingIOError:
                os.close(lock)
                message = f"{self.place}: another run is being written there; wait for it, or name another place with --out"
                raise StoreError(message) from None
            os.close(lock)

    def _begin(self) -> None:
        """Keep what an unfinished run of the same identity left, drop the rest."""
        if self.old.exists() and not self.place.exists():
            self.old.rename(self.place)
        if places.identity_of(self.folder) != self.identity:
            for path in self.folder.iterdir():
                if path.is_dir():  # another scenario may have tables that this one has not
                    shutil.rmtree(path)
        for name in self._folders():
            (self.folder / name).mkdir(exist_ok=True)
            for path in (self.folder / name).glob(f"*{UNFINISHED_SUFFIX}"):
                path.unlink()
        (self.folder / places.MANIFEST).unlink(missing_ok=True)
        _write(self.folder / places.UNFINISHED, self.identity)
        left = fitting(found(self.folder), [], self.n)
        self.held = [part for part in left if is_whole(self.folder, self.layout, self.identity, part)]
        keep = set(self.held)
        for name in self._folders():
            for path in (self.folder / name).iterdir():
                if Part.named(path.stem) not in keep:
                    path.unlink()

    def _folders(self) -> tuple[str, ...]:
        return (SEALS, *table_names(self.layout))

    def _take(self) -> None:
        with _reported(self.place):
            self.held.append(self.waiting.popleft().result())

    def _replace(self) -> None:
        places.check_place(self.place)
        if not self.place.exists():
            self.folder.rename(self.place)
            return
        if self.old.exists():
            places.remove(self.old)
        self.place.rename(self.old)
        try:
            self.folder.rename(self.place)
        except OSError:
            self.old.rename(self.place)
            raise
        places.remove(self.old)


def retell(place: Path, manifest: dict[str, Any]) -> None:
    """Replace the manifest of a complete run. Raises StoreError; the old one is then as it was."""
    with _reported(place):
        folder = os.open(place, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # two that tell it anew write the same unfinished file
            _write(place / places.MANIFEST, manifest)
            os.fsync(folder)
        finally:
            os.close(folder)


def _write(path: Path, plain: dict[str, Any]) -> None:
    text = json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False)
    write_durably(path, f"{text}\n".encode(errors="backslashreplace"))  # JSON's own escape of what a file name has beyond UTF-8


@contextlib.contextmanager
def _reported(place: Path) -> Iterator[None]:
    """System errors of writing a run as StoreError with what to do about them."""
    try:
        yield
    except OSError as error:
        message = f"{place}: cannot write the run: {SAID.get(error.errno or 0, error.strerror or str(error))}"
        raise StoreError(message) from error
    except pa.ArrowException as error:
        message = f"{place}: cannot write the run: {error}"
        raise StoreError(message) from error


SAID = {
    errno.ENOSPC: "the disk is full; free some space, or name another place with --out",
    errno.EDQUOT: "the disk quota is used up; free some space, or name another place with --out",
    errno.EFBIG: "the file would be larger than the system allows here",
    errno.EACCES: "no permission to write there; name another place with --out",
    errno.EPERM: "no permission to write there; name another place with --out",
    errno.EROFS: "the file system is read-only; name another place with --out",
}
