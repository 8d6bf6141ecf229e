"""The command line `alliancesim`: runs a command and turns what went wrong into one message and an exit status."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from types import FrameType

from alliancesim.errors import AllianceSimError, CheckFailed, RunError

FINE, FAILED_CHECK, WRONG_REQUEST, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def main() -> None:
    """Entry point of the console script."""
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(status(sys.argv[1:]))


def status(arguments: list[str]) -> int:
    """Run one command; returns the exit status: 0 fine, 1 check failed, 2 wrong request or file, 3 our bug."""
    from alliancesim.cli.commands import app

    debug = "--debug" in arguments or os.environ.get("ALLIANCESIM_DEBUG", "") not in ("", "0")
    try:
        code = app(arguments, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else FINE
    except BrokenPipeError:
        _forget_output()
        return FINE
    except KeyboardInterrupt:
        return _end("interrupted; nothing was kept of an unfinished run", INTERRUPTED)
    except CheckFailed as error:
        return _end(str(error), FAILED_CHECK)
    except RunError as error:
        return _end(str(error), WRONG_REQUEST) if error.replication is None else _bug(error, debug)
    except AllianceSimError as error:
        return _end(str(error), WRONG_REQUEST)
    except OSError as error:
        if error.filename is None and error.errno is not None and not _writable(sys.stdout):
            _forget_output()
            return _end(f"standard output: cannot write: {error.strerror}", WRONG_REQUEST)
        return _bug(error, debug)
    except Exception as error:
        return _usage(error) or _bug(error, debug)


def _usage(error: Exception) -> int:
    """Show a mistake in the arguments; 0 when the error is none."""
    show = getattr(error, "show", None)
    code = getattr(error, "exit_code", None)
    if type(error).__name__ == "Abort":
        return _end("interrupted", INTERRUPTED)
    if show is None or not isinstance(code, int):
        return 0
    show()
    return code or WRONG_REQUEST


def _bug(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
        return _end(f"this is a bug of alliancesim: {type(error).__name__}: {error}", BUG)
    try:
        with tempfile.NamedTemporaryFile("w", prefix="alliancesim-bug-", suffix=".txt", delete=False, encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
        where = f"the traceback is in {file.name}"
    except OSError:
        where = "--debug shows the traceback"
    return _end(f"this is a bug of alliancesim: {type(error).__name__}: {error} ({where})", BUG)


def _end(text: str, code: int) -> int:
    sys.stderr.write(f"alliancesim: {text}\n" if "\n" not in text else f"{text}\n")
    return code


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _forget_output() -> None:
    """Nobody reads any more: let what is buffered go nowhere, so that closing does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _writable(stream: object) -> bool:
    try:
        stream.flush()  # type: ignore[attr-defined]
    except OSError:
        return False
    return True
