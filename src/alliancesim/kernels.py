"""The one place where Numba is configured: `@rule` for formulas, `@kernel` for clock-free steps, and the register of rules.

Compiled code is cached in the folder that `kernelcache` names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from alliancesim.kernelcache import LOG, cache_folder

F = TypeVar("F", bound=Callable[..., Any])

CACHE_FOLDER = cache_folder()
os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"

import numba  # noqa: E402  (its options are read from the environment at import)
from numba.core import caching, event  # noqa: E402

if CACHE_FOLDER is not None:
    numba.config.CACHE_DIR = str(CACHE_FOLDER)  # type: ignore[attr-defined]
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}


class _Files(caching.CompileResultCacheImpl):
    """Numba's files, in our folder or nowhere: a folder that is not named by the sources could hold a stale kernel."""

    _locator_classes = [caching.UserProvidedCacheLocator]


class _Cache(caching.FunctionCache):
    """Numba's cache of one function, in which a damaged file is a miss, and one that cannot be written no error."""

    _impl_class = _Files

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What was compiled for a signature, or None."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # reading damaged pickles can raise anything
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for a signature, if there is room."""
        with contextlib.suppress(OSError):
            super().save_overload(sig, data)


class _Announcer(event.Listener):
    """Says once, before the first kernel is compiled, that this takes its time; nothing where all comes from the cache."""

    said = False

    def on_start(self, event: Any) -> None:
        """A function was not in the cache and will be compiled."""
        if self.said or not event.data["dispatcher"].py_func.__module__.startswith("alliancesim."):
            return
        self.said = True
        again = "once for this version" if CACHE_FOLDER is not None else "at every start: no cache folder can be written"
        LOG.warning("alliancesim: compiling the model's kernels, a minute or so, %s", again)

    def on_end(self, event: Any) -> None:
        """Compiled."""


event.register("numba:compile", _Announcer())


def compiled(function: F, **options: Any) -> F:
    """The Numba dispatcher of a function of this package, cached; the function itself where the compiler is disabled."""
    dispatcher = numba.njit(**(OPTIONS | options))(function)
    if CACHE_FOLDER is not None and dispatcher is not function:
        with contextlib.suppress(RuntimeError):  # the folder cannot be written any more
            dispatcher._cache = _Cache(function)
    return cast(F, dispatcher)


@dataclass(frozen=True)
class RuleNote:
    """What the register keeps of a rule."""

    name: str
    module: str
    unit: str
    source: str
    doc: str


RULES: dict[str, RuleNote] = {}


def rule(*, unit: str, source: str, **options: Any) -> Callable[[F], F]:
    """Register a formula with its unit and source, and compile it (options: of `compiled`). Returns the Numba dispatcher."""

    def decorate(function: F) -> F:
        name = function.__name__
        RULES[name] = RuleNote(name, function.__module__, unit, source, function.__doc__ or "")
        return compiled(function, **options)

    return decorate


def kernel(function: F) -> F:
    """Compile a clock-free step over the arrays of one replication."""
    return compiled(function)


def direct(function: F, *arguments: Any) -> F:
    """A kernel as compiled for arguments of these types; the function itself where the compiler is disabled.

    It saves Numba's look at the type of each argument at each call, which takes longer than most kernels do. So nobody looks:
    later arguments must be of the same types.
    """
    dispatcher: Any = function
    return cast(F, dispatcher.compile(tuple(map(numba.typeof, arguments)))) if hasattr(function, "compile") else function


def part(function: F) -> F:
    """Compile a kernel, small or with one caller, that the optimizer makes part of its callers: a step with a name of its own."""
    return compiled(function, forceinline=True)


def inlined(function: F) -> F:
    """Compile a kernel that becomes part of its callers, so that loops around it can be taken several steps at a time."""
    return compiled(function, inline="always")
