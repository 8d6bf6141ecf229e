"""The manifest of a run: everything that identifies it and that a reader of its tables needs."""

from __future__ import annotations

import math
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancesim.study.runs.digest import plain_hash
from alliancesim.study.runs.layout import REPLICATION_COLUMNS, REPLICATIONS, Layout, key_dtype

if TYPE_CHECKING:
    from alliancesim.plan.layout import Compiled
    from alliancesim.scenario.load import LoadedScenario

FORMAT = "alliancesim run"
FORMAT_VERSION = 3


def scenario_hash(loaded: LoadedScenario) -> str:
    """Hash of all that decides outcomes, and of its texts: the resolved file without what it expects, and the rates on record."""
    return _hash(loaded, loaded.resolved())


def _hash(loaded: LoadedScenario, resolved: dict[str, Any]) -> str:
    histories = {currency: {month: list(rates) for month, rates in rows.items()} for currency, rows in loaded.histories.items()}
    deciding = {key: part for key, part in resolved.items() if key != "expect"}
    return plain_hash(_keyed({"scenario": deciding, "histories": histories}))


def manifest(
    loaded: LoadedScenario, compiled: Compiled, settings: dict[str, str], n: int, seed: int, engine: str, code: str
) -> dict[str, Any]:
    """The manifest of a run to come, without what only the run can tell."""
    scenario, resolved = loaded.scenario, loaded.resolved()
    layout = Layout.of(compiled)
    horizon = scenario.horizon
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "scenario": scenario.name,
        "description": scenario.description,
        "files": [path.name for path in loaded.files],
        "settings": settings,
        "scenario_hash": _hash(loaded, resolved),
        "seed": seed,
        "n": n,
        "engine": engine,
        "home_currency": scenario.home_currency,
        "as_of": horizon.as_of,
        "fy_first_month": horizon.fy_first_month,
        "horizon_months": compiled.plan.horizon_months,
        "layout": layout.plain(),
        "buckets": {name: {"pillar": bucket.pillar, "base": bucket.base} for name, bucket in scenario.money.buckets.items()},
        "programs": _programs(loaded, compiled),
        "versions": versions() | {"code": code},
        "tables": described_tables(layout),
        "resolved": _keyed(resolved),
        "histories": loaded.histories,
        "provenance": _provenance(loaded),
    }


def versions() -> dict[str, str | None]:
    """Versions of what computes."""
    own = {name: _version(name) for name in ("alliancesim", "numpy", "numba", "simpy", "pyarrow", "xxhash")}
    machine = f"{platform.system()} {platform.machine()}"
    return own | {"python": platform.python_version(), "machine": machine, "git": git_commit()}


def git_commit() -> str | None:
    """Commit of the package's own sources, with `-dirty` when they differ from it; None outside a clone."""
    folder = Path(__file__).parent
    try:
        for command in (("ls-files", "--error-unmatch", Path(__file__).name), ("describe", "--always", "--dirty", "--abbrev=40")):
            done = subprocess.run(["git", *command], cwd=folder, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def _programs(loaded: LoadedScenario, compiled: Compiled) -> dict[str, dict[str, Any]]:
    described = {}
    for p, name in enumerate(compiled.labels.programs):
        program = loaded.scenario.programs[name]
        described[name] = {
            "title": program.title,
            "bucket": program.bucket,
            "channel": program.channel,
            "quantity": program.quantity,
            "residual": program.residual,
            "baseline_delivery": program.baseline_delivery,
            "current_estimate": program.current_estimate,
            "baseline_months": _number(compiled.baseline_months[p]),
            "planned_first_months": _number(compiled.planned_first[p]),
            "planned_completion_months": _number(compiled.planned_completion[p]),
            "planned_units": compiled.planned_total[p],
        }
    return described


def _provenance(loaded: LoadedScenario) -> dict[str, dict[str, str]]:
    """Confidence and source of every number the files give, by dotted path."""
    said = {leaf.name: {"confidence": leaf.confidence, "source": leaf.fact or leaf.source} for leaf in loaded.provenance.values()}
    return {name: {key: text for key, text in one.items() if text is not None} for name, one in said.items()}


def described_tables(layout: Layout) -> dict[str, Any]:
    """Rows and columns of every table of a run, as a manifest tells them."""
    index, *_ = columns = [_described(*column) for column in REPLICATION_COLUMNS]
    described: dict[str, Any] = {REPLICATIONS: {"rows": index["name"], "columns": columns}}
    for table in layout.tables().values():
        described[table.name] = {
            "rows": " x ".join([index["name"], *(name for name, _ in table.keys)]),
            "columns": [
                index,
                *(_described(name, "key", name.replace("_", " "), key_dtype(entries)) for name, entries in table.keys),
                *(_described(*column, "float64") for column in table.columns),
            ],
        }
    return described


def column_names(tables: dict[str, Any]) -> dict[str, list[str]]:
    """The names of the columns of every table that a manifest tells of."""
    return {name: [column["name"] for column in table["columns"]] for name, table in tables.items()}


def _described(name: str, unit: str, meaning: str, dtype: str) -> dict[str, str]:
    return {"name": name, "unit": unit, "meaning": meaning, "dtype": dtype}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _keyed(value: Any) -> Any:
    """Plain data with text keys, as JSON has them."""
    if isinstance(value, dict):
        return {str(key): _keyed(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_keyed(part) for part in value]
    return value


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
