"""Runs the commands in the console blocks of some pages and puts their real output in their place.

    python docs/tour.py                      rewrite all pages
    python docs/tour.py docs/comparing.md    rewrite this one
    python docs/tour.py --check              exit 1 if a page shows anything else

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
PAGES = (ROOT / "README.md", ROOT / "docs" / "comparing.md")
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


def replayed(text: str) -> str:
    """The text of a page with the output of all its blocks as it is now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        return BLOCK.sub(lambda match: f"```console\n{played(match[1], folder)}\n```", text)


def main() -> int:
    """Rewrite the pages, or say how they differ."""
    named = [Path(argument).resolve() for argument in sys.argv[1:] if argument != "--check"]
    stale = 0
    for page in named or PAGES:
        text = page.read_text()
        fresh = replayed(text)
        if "--check" not in sys.argv[1:]:
            page.write_text(fresh)
        elif fresh != text:
            stale = 1
            for old, new in zip(text.splitlines(), fresh.splitlines(), strict=False):
                if old != new:
                    sys.stderr.write(f"{page.name} shows: {old}\nthe command gives: {new}\nrun: python docs/tour.py\n")
                    break
    return stale


if __name__ == "__main__":
    raise SystemExit(main())
