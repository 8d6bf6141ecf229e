"""Whether a run has been asked to stop.

An interrupt that arrives inside a compiler callback is swallowed there; the request stays, and the next replication sees it.
"""

from __future__ import annotations

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
