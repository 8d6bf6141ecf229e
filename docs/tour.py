"""Runs the commands of README's console blocks and puts their real output in their place.

    python docs/tour.py            rewrite README.md
    python docs/tour.py --check    exit 1 if README.md shows anything else

A block is executed when it is fenced as ```console; each line that begins with `$ ` is a shell command, what follows is its
standard output. Blocks share one temporary folder, into which the scenarios are linked.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
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
    """Rewrite README.md, or say how it differs."""
    text = README.read_text()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        fresh = BLOCK.sub(lambda match: f"```console\n{played(match[1], folder)}\n```", text)
    if "--check" not in sys.argv[1:]:
        README.write_text(fresh)
        return 0
    if fresh == text:
        return 0
    for old, new in zip(text.splitlines(), fresh.splitlines(), strict=False):
        if old != new:
            sys.stderr.write(f"README.md shows: {old}\nthe command gives: {new}\nrun: python docs/tour.py\n")
            break
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
