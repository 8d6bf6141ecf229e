"""Runs the commands of the pages' console blocks and puts their real output in their place.

    python docs/tour.py            rewrite README.md and the other pages played
    python docs/tour.py --check    exit 1 if a page shows anything else

A block is executed when it is fenced as ```console; each line that begins with `$ ` is a shell command, what follows is its
standard output. Blocks of a page share one temporary folder, into which the scenarios are linked.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/comparing.md", "docs/causes.md", "docs/sensitivity.md")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def played(block: str, folder: Path) -> str:
    """The block with every command's output as it is now."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "COLUMNS": "130", "NO_COLOR": "1"}
    lines = []
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line[2:]], cwd=folder, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 141):
            message = f"{line}\nexit {done.returncode}\n{done.stderr}"
            raise SystemExit(message)
        lines += [line, *(text.rstrip() for text in done.stdout.rstrip("\n").splitlines())]
    return "\n".join(lines)


def main() -> int:
    """Rewrite the pages, or say how they differ."""
    return max(shown(page, check="--check" in sys.argv[1:]) for page in PAGES)


def shown(page: str, *, check: bool) -> int:
    """Rewrite one page; or with `check` 1 where it differs, which is said."""
    path = ROOT / page
    text = path.read_text()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        fresh = BLOCK.sub(lambda match: f"```console\n{played(match[1], folder)}\n```", text)
    if not check:
        path.write_text(fresh)
        return 0
    if fresh == text:
        return 0
    for old, new in zip(text.splitlines(), fresh.splitlines(), strict=False):
        if old != new:
            sys.stderr.write(f"{page} shows: {old}\nthe command gives: {new}\nrun: python docs/tour.py\n")
            break
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
