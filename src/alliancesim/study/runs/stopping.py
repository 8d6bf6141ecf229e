"""Whether a run has been asked to stop.

An interrupt that arrives inside a callback of the compiler or of the garbage collector is swallowed there; the request stays, and
the next replication sees it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_requested = False


def request() -> None:
    """Ask the run to stop: now if Python can be interrupted where it is, else before the next replication."""
    global _requested
    _requested = True
    raise KeyboardInterrupt


def check() -> None:
    """Raise KeyboardInterrupt if the run has been asked to stop."""
    if _requested:
        raise KeyboardInterrupt


@contextmanager
def remembered() -> Iterator[None]:
    """Have an interrupt remembered meanwhile, where it would otherwise be Python's own KeyboardInterrupt and no more."""
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours:
        yield
        return
    signal.signal(signal.SIGINT, _answer)
    try:
        yield
    finally:
        with suppress(ValueError):  # a generator that is left lying about may be closed in any thread
            signal.signal(signal.SIGINT, signal.default_int_handler)
        _forget()


def _answer(_signal: int, _frame: FrameType | None) -> None:
    request()


def _forget() -> None:
    global _requested
    _requested = False
