"""The command line `alliancesim`: runs a command and turns what went wrong into one message and an exit status."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from types import FrameType

from alliancesim.errors import AllianceSimError, CheckFailed, RunError, ScenarioError
from alliancesim.study.runs import stopping

FINE, FAILED_CHECK, WRONG_REQUEST, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def main() -> None:
    """Entry point of the console script."""
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(status(sys.argv[1:]))


def status(arguments: list[str]) -> int:
    """Run one command; returns the exit status: 0 fine, 1 check failed, 2 wrong request or file, 3 our bug, 130 interrupted."""
    from alliancesim.cli import screen

    with screen.talk():
        return _status(arguments)


def _status(arguments: list[str]) -> int:
    from alliancesim.cli import screen

    debug = "--debug" in arguments or os.environ.get("ALLIANCESIM_DEBUG", "") not in ("", "0")
    try:
        with screen.output():
            _invoke(arguments)
        return FINE
    except screen.NobodyReads:
        return FINE
    except KeyboardInterrupt as error:
        return _end(str(error) or "interrupted", INTERRUPTED)
    except CheckFailed as error:
        return _end(str(error), FAILED_CHECK)
    except RunError as error:
        return _end(str(error), WRONG_REQUEST) if error.replication is None else _bug(error, debug)
    except ScenarioError as error:  # every line begins with its place
        sys.stderr.write(f"{error}\n")
        return WRONG_REQUEST
    except AllianceSimError as error:
        return _end(str(error), WRONG_REQUEST)
    except Exception as error:
        return _answered(error, debug)


def _invoke(arguments: list[str]) -> None:
    """Parse and run, without the parser's own handling of errors."""
    import typer.main

    from alliancesim.cli import check, compare, exchange, joint, scorecard, sensitivity  # noqa: F401 -- each adds its commands
    from alliancesim.cli.commands import app

    command = typer.main.get_command(app)
    with command.make_context("alliancesim", list(arguments)) as context:
        command.invoke(context)


def _answered(error: Exception, debug: bool) -> int:
    """The parser's exceptions (help was printed, a mistake in the arguments) are told by what they offer; the rest are bugs."""
    code = getattr(error, "exit_code", None)
    if not isinstance(code, int):
        return _bug(error, debug)
    show = getattr(error, "show", None)
    if show is not None:
        show()
    return code


def _bug(error: Exception, debug: bool) -> int:
    said = f"this is a bug of alliancesim: {type(error).__name__}: {error}"
    if debug:
        traceback.print_exception(error)
        return _end(said, BUG)
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="alliancesim-bug-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            traceback.print_exception(error, file=file)
        where = f"the traceback is in {file.name}"
    except OSError:
        where = "--debug shows the traceback"
    return _end(f"{said} ({where})", BUG)


def _end(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n" if "\n" in text else f"alliancesim: {text}\n")
    return code


def _stop(_signal: int, _frame: FrameType | None) -> None:
    stopping.request()
