"""Where compiled code is kept: a folder named by a hash of the sources it was compiled from.

Numba's own cache does not see an edit in a helper of another file; another hash is another folder, so an edited rule is never
answered by a stale kernel. A place that cannot be written means no cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock

NEVER_COMPILED = ("cli", "study")
"""Layers above the engines: no kernel is compiled from them or takes constants from them, so their edits cost no compilation."""
KEPT_FOLDERS = 5
SILENT_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 600.0
LOG = logging.getLogger("alliancesim")


def source_hash(without: tuple[str, ...] = ()) -> str:
    """Hash of the package's Python sources, some parts left out, and of the versions that compile them."""
    digest = hashlib.blake2b(digest_size=10)
    root = Path(__file__).parent
    for source in sorted(root.rglob("*.py")):
        place = source.relative_to(root)
        if place.parts[0] not in without:
            digest.update(str(place).encode())
            digest.update(source.read_bytes())
    digest.update("".join(map(version, ("numba", "llvmlite", "numpy"))).encode())
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """The folder of today's sources, made if need be; None where none can be written.

    Its base is NUMBA_CACHE_DIR or XDG_CACHE_HOME, else the user's cache directory. Only the folders used last are kept.
    """
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    try:
        folder = (Path(base) if base else Path.home() / ".cache") / "alliancesim" / source_hash(NEVER_COMPILED)
        known = folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            os.utime(folder)
    except (OSError, RuntimeError):  # no home
        return None
    if not known:
        forget_old(folder.parent)
    return folder


def forget_old(base: Path) -> None:
    """Remove all cache folders but those used last. A process that still uses one compiles again what it misses."""
    with contextlib.suppress(OSError):
        folders = [path for path in base.iterdir() if re.fullmatch("[0-9a-f]{20}", path.name)]
        for folder in sorted(folders, key=lambda path: path.stat().st_mtime)[:-KEPT_FOLDERS]:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def compiling_alone(folder: Path | None, what: str) -> Iterator[None]:
    """For the first use of kernels: let one process at a time compile, and the others wait and find what they need in the cache.

    Once a process has left without an error, nobody waits any more. Where no lock can be had, or not in time, all go on: only
    work is lost then.

    Args:
        folder: the cache folder; None where there is none.
        what: a name for these kernels.
    """
    done = folder / f"{what}.{sys.implementation.cache_tag}.compiled" if folder is not None else None
    with contextlib.ExitStack() as held:
        if done is not None and not done.exists():
            from filelock import FileLock

            with contextlib.suppress(OSError, RuntimeError):  # no locks there, or not in time (a TimeoutError)
                held.enter_context(_acquired(FileLock(done.with_suffix(".lock"))))
            if done.exists():
                held.close()
        yield
        if done is not None:
            with contextlib.suppress(OSError):
                done.touch()


def _acquired(lock: FileLock) -> contextlib.AbstractContextManager[object]:
    from filelock import Timeout

    try:
        return lock.acquire(SILENT_WAIT_SECONDS)
    except Timeout:
        LOG.warning("alliancesim: waiting for another process, which compiles the model's kernels")
        return lock.acquire(LONGEST_WAIT_SECONDS)
