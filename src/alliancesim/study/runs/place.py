"""Places of runs: how their folders are named, which ones may be written to, and what stands in them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alliancesim.errors import StoreError
from alliancesim.study.runs.durable import UNFINISHED_SUFFIX
from alliancesim.study.runs.manifest import FORMAT, FORMAT_VERSION
from alliancesim.study.runs.parts import SEAL_SUFFIX, SUFFIX, Identity, Part

RUNS = Path("results") / "runs"
MANIFEST = "manifest.json"
UNFINISHED = "unfinished.json"
"""Stands in the folder of an unfinished run and says which run it is."""


def default_folder(scenario: str, seed: int, n: int, scenario_hash: str) -> Path:
    """Where a run is stored unless told otherwise: the same run has the same folder."""
    return RUNS / f"{_stem(scenario, seed)}{n}-{scenario_hash[:8]}"


def relatives(place: Path, scenario: str, seed: int, scenario_hash: str) -> Iterator[Path]:
    """Where replications of a run may already stand: its own folder, and below `results/runs` those of other sizes."""
    yield place
    own = f"{_stem(scenario, seed)}*-{scenario_hash[:8]}"
    if place.parent == RUNS and place.match(own):
        for pattern in (own, working_folder(RUNS / own).name):
            yield from (path for path in sorted(RUNS.glob(pattern)) if path not in (place, working_folder(place)))


def working_folder(place: Path) -> Path:
    """Where a run is put together until it is complete."""
    return place.parent / f".{place.name}.unfinished"


def identity(manifest: dict[str, Any]) -> Identity:
    """What two runs must share to have the same replications."""
    code = manifest.get("versions", {}).get("code")
    return {key: manifest.get(key) for key in ("format", "format_version", "scenario_hash", "seed")} | {"code": code}


def identity_of(folder: Path) -> Identity | None:
    """The identity of the finished or unfinished run in a folder; None where there is none this version reads."""
    plain = _read(folder / MANIFEST)
    said = identity(plain) if plain is not None else _read(folder / UNFINISHED)
    return said if said is not None and (said.get("format"), said.get("format_version")) == (FORMAT, FORMAT_VERSION) else None


def replaced(folder: Path, n: int, own: Identity) -> str | None:
    """The run in a folder that a run of n replications and this identity does not take over; None where nothing is lost."""
    plain = _read(folder / MANIFEST)
    if plain is None or plain.get("format") != FORMAT:
        return None
    said = plain.get("n")
    held = said if isinstance(said, int) else 0
    if identity(plain) == own and held <= n:
        return None
    version = ", of another version of alliancesim" if identity(plain) | {"code": own["code"]} == own and held == n else ""
    return f"{plain.get('scenario')}, seed {plain.get('seed')}, {held:,} replication{'' if held == 1 else 's'}{version}"


def is_run_folder(path: Path) -> bool:
    """Whether a folder holds a manifest of a run."""
    plain = _read(path / MANIFEST)
    return plain is not None and plain.get("format") == FORMAT


def check_place(path: Path) -> None:
    """Refuse a place that cannot be renamed, or that holds what is not a run. Raises StoreError."""
    if path.name in ("", ".."):
        message = f"{path}: a run takes the place of a folder by its name; name one, for example {path / 'run'}"
        raise StoreError(message)
    if path.is_symlink():
        message = f"{path}: is a link to {path.readlink()}; name the folder itself"
        raise StoreError(message)
    if not path.exists():
        return
    if not path.is_dir():
        message = f"{path}: is a file; name a new folder"
        raise StoreError(message)
    if not any(path.iterdir()):
        return
    if not is_run_folder(path):
        message = f"{path}: exists and is not a run folder; it is left as it is. Name a new folder, or one that holds a run"
        raise StoreError(message)
    others = sorted(str(entry.relative_to(path)) for entry in path.rglob("*") if not _is_ours(entry, path))
    if others:
        message = f"{path}: holds files that are not the run's ({', '.join(others[:3])}); move them away first"
        raise StoreError(message)


def remove(folder: Path) -> None:
    """Remove a folder that holds nothing but a run; anything else in it stops the removal."""
    if all(_is_ours(entry, folder) for entry in folder.rglob("*")):
        shutil.rmtree(folder)


def _is_ours(entry: Path, folder: Path) -> bool:
    """Whether an entry is of a run: what says which run it is, a folder, or in a folder the file of a part."""
    depth = len(entry.relative_to(folder).parts)
    if entry.is_dir():
        return depth == 1 and not entry.is_symlink()
    whole = Path(entry.name.removesuffix(UNFINISHED_SUFFIX))
    if depth == 1:
        return whole.name in (MANIFEST, UNFINISHED)
    return depth == 2 and Part.named(whole.stem) is not None and whole.suffix in (SUFFIX, SEAL_SUFFIX)


def _stem(scenario: str, seed: int) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", scenario).strip("-.")[:80] or "scenario"
    return f"{name}-seed{seed}-n"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return plain if isinstance(plain, dict) else None
