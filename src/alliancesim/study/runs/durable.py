"""Files that are there whole or not at all, also after a loss of power."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

UNFINISHED_SUFFIX = ".unfinished"


def unfinished(path: Path) -> Path:
    """What a file is called until it is whole."""
    return path.with_name(f"{path.name}{UNFINISHED_SUFFIX}")


def write_durably(path: Path, content: pa.Buffer | bytes) -> None:
    """Write a file, or replace it. Raises OSError; the file is then as it was."""
    partial = unfinished(path)
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """Make a file or folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
