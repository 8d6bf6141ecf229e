"""The one place where Numba is configured: `@rule` for formulas, `@kernel` for clock-free steps, and the register of rules.

Compiled code is cached in a folder named by a hash of this package's sources and Numba's version, because Numba's own
cache does not see an edit in a helper of another file. A place that cannot be written falls back to no cache.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


COMPILED_PARTS = ("kernels.py", "units.py", "rules", "plan", "engine")
"""Where code stands that kernels are compiled from, or take constants from."""


def source_hash(parts: tuple[str, ...] = (".",)) -> str:
    """Hash of the package's Python sources (or of some parts) and of the versions that compile them."""
    digest = hashlib.blake2b(digest_size=10)
    root = Path(__file__).parent
    for part in parts:
        path = root / part
        for source in [path] if path.is_file() else sorted(path.rglob("*.py")):
            digest.update(str(source.relative_to(root)).encode())
            digest.update(source.read_bytes())
    digest.update(version("numba").encode() + version("numpy").encode())
    return digest.hexdigest()


def _cache_folder() -> Path | None:
    base = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path.home() / ".cache") / "alliancesim" / source_hash(COMPILED_PARTS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


CACHE_FOLDER = _cache_folder()
os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"

import numba  # noqa: E402  (its options are read from the environment at import)
from numba import types  # noqa: E402
from numba.experimental import structref  # noqa: E402
from numba.extending import overload  # noqa: E402

if CACHE_FOLDER is not None:
    numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]
OPTIONS: dict[str, Any] = {"cache": CACHE_FOLDER is not None, "nogil": True, "error_model": "python", "fastmath": False}


@dataclass(frozen=True)
class RuleNote:
    """What the register keeps of a rule."""

    name: str
    module: str
    unit: str
    source: str
    doc: str


RULES: dict[str, RuleNote] = {}


def rule(*, unit: str, source: str) -> Callable[[F], F]:
    """Register a formula with its unit and source, and compile it. Returns the Numba dispatcher."""

    def decorate(function: F) -> F:
        name = function.__name__
        RULES[name] = RuleNote(name, function.__module__, unit, source, function.__doc__ or "")
        return cast(F, numba.njit(**OPTIONS)(function))

    return decorate


def kernel(function: F) -> F:
    """Compile a clock-free step over the arrays of one replication."""
    return cast(F, numba.njit(**OPTIONS)(function))


@structref.register
class Handle(types.StructRef):
    """A named tuple of arrays as one pointer: kernels that pass 80 arrays by value take minutes to compile."""

    def preprocess_fields(self, fields: Any) -> Any:
        """Literal values are plain numbers to a kernel."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


class HandleProxy(structref.StructRefProxy):
    """What Python holds of a handle; its fields are read from the tuple it was packed from."""


structref.define_boxing(Handle, HandleProxy)


def _copied(fields):  # type: ignore[no-untyped-def]
    return fields


@overload(_copied)
def _copied_overload(fields):  # type: ignore[no-untyped-def]
    kind = Handle(list(zip(fields.fields, fields.types, strict=True)))
    body = "".join(f"    handle.{name} = fields.{name}\n" for name in fields.fields)
    scope: dict[str, Any] = {"new": structref.new, "kind": kind}
    exec(f"def make(fields):\n    handle = new(kind)\n{body}    return handle\n", scope)  # noqa: S102  (Numba needs source per field)
    return scope["make"]


@kernel
def _pack(fields):  # type: ignore[no-untyped-def]
    return _copied(fields)


def pack(fields: T) -> T:
    """A named tuple of arrays and numbers as a handle for kernels: the same arrays, passed as one pointer.

    With the compiler disabled it is the tuple itself.
    """
    return fields if getattr(numba.config, "DISABLE_JIT", 0) else cast(T, _pack(fields))
