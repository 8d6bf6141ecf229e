"""Pages that a command writes: written anew, or held against what stands there."""

from __future__ import annotations

import sys
from pathlib import Path


def settle(page: Path, fresh: str, arguments: list[str]) -> int:
    """Write a page; or with --check 1 where it differs from the fresh text, which is said. Its command has its name."""
    if "--check" not in arguments:
        page.write_text(fresh, encoding="utf-8")
        return 0
    if page.read_text(encoding="utf-8") == fresh:
        return 0
    sys.stderr.write(f"docs/{page.name} is not what the model gives now; run: python docs/{page.stem}.py\n")
    return 1
